"""The bodies that share a file: the school, its classes, its internship companies."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import uuid4

from django.db import models

from parties.crypto import EncryptedTextField
from parties.models.belonging import school_of_its_references
from parties.roles import Role


class School(models.Model):
    """One tenant. Its number is the only sequence in the model and never leaves the database."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)

    field_classes: ClassVar[Mapping[str, str]] = {"id": "AUD", "code": "PUB", "name": "PUB"}

    def __str__(self) -> str:
        return f"school #{self.pk}"


class SchoolClass(models.Model):
    """行政班. `grade` is the year of entry, so that a grade leader keeps a cohort."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    grade = models.CharField(max_length=20)
    major = models.CharField(max_length=100, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "PUB",
        "school": "AUD",
        "code": "PUB",
        "name": "PUB",
        "grade": "PUB",
        "major": "PUB",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "code"], name="one_class_per_code"),
        ]

    def __str__(self) -> str:
        return f"class #{self.pk}"


class Company(models.Model):
    """实习单位, known by its 统一社会信用代码 (GB 32100)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+", db_index=False)
    uscc = models.CharField("统一社会信用代码", max_length=18)
    name = models.CharField(max_length=200)
    district = models.CharField(max_length=100, blank=True)
    address = models.CharField(max_length=200, blank=True)
    contact_name = models.CharField(max_length=100, blank=True)
    phone = EncryptedTextField(blank=True, default="")
    duty_phone = EncryptedTextField(blank=True, default="")

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "PUB",
        "school": "AUD",
        "uscc": "PUB",
        "name": "PUB",
        "district": "PUB",
        "address": "PUB",
        "contact_name": "CON",
        "phone": "CON",
        "duty_phone": "CON",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "uscc"], name="one_company_per_uscc"),
        ]

    def __str__(self) -> str:
        return f"company #{self.pk}"


class CompanyMember(models.Model):
    """A mentor or an administrator of a company, in [starts_at, ends_at)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    company = models.ForeignKey(
        Company, models.PROTECT, related_name="members", db_constraint=False
    )
    person = models.ForeignKey(
        "parties.Person", models.PROTECT, related_name="company_roles", db_constraint=False
    )
    role = models.CharField(
        max_length=3, choices=[(role.value, role.label) for role in (Role.CM, Role.CA)]
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "company": "PUB",
        "person": "IDN",
        "role": "IDN",
        "starts_at": "IDN",
        "ends_at": "IDN",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "company", "person", "role"], name="one_company_role"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="company_role_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"company member #{self.pk} {self.role}"
