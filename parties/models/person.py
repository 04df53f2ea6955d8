"""People, and what only a student has. A person belongs to one school."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID, uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from parties.crypto import EncryptedTextField
from parties.models.belonging import school_of_its_references
from parties.models.organisation import School, SchoolClass


class Person(models.Model):
    """Anybody the school knows. Two schools that know the same human hold two persons.

    `*_index` are keyed hashes (parties.crypto.blind_index): equal values meet, nothing is readable.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=100)
    staff_no = models.CharField("工号", max_length=40, blank=True)
    phone = EncryptedTextField(blank=True, default="")
    phone_index = models.BinaryField(max_length=32, null=True, blank=True)
    email = EncryptedTextField(blank=True, default="")
    email_index = models.BinaryField(max_length=32, null=True, blank=True)
    id_no = EncryptedTextField(blank=True, default="")
    id_no_index = models.BinaryField(max_length=32, null=True, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "IDN",
        "school": "AUD",
        "name": "IDN",
        "staff_no": "IDN",
        "phone": "CON",
        "phone_index": "GID",
        "email": "CON",
        "email_index": "GID",
        "id_no": "GID",
        "id_no_index": "GID",
        "language": "IDN",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "staff_no"],
                condition=~models.Q(staff_no=""),
                name="one_person_per_staff_no",
            ),
            models.UniqueConstraint(fields=["school", "id_no_index"], name="one_person_per_id_no"),
        ]
        indexes = [
            models.Index(fields=["phone_index"], name="person_by_phone"),
            models.Index(fields=["email_index"], name="person_by_email"),
        ]

    def __str__(self) -> str:
        return f"person #{self.pk}"

    @property
    def crypto_subject(self) -> UUID:
        """Whose key encrypts this row: erasing that key erases the person."""
        return self.pk


class Account(AbstractBaseUser):
    """A login with a password, for staff, students and whoever the school gives one."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    person = models.OneToOneField(
        Person, models.PROTECT, related_name="account", db_constraint=False
    )
    login = models.CharField(max_length=80, unique=True)
    is_active = models.BooleanField(default=True)

    objects = BaseUserManager()

    USERNAME_FIELD = "login"

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "AUD",
        "school": "AUD",
        "person": "IDN",
        "login": "IDN",
        "password": "GID",
        "last_login": "AUD",
        "is_active": "AUD",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("login"), name="one_account_per_login"),
        ]

    def __str__(self) -> str:
        return f"account #{self.pk}"


class Student(models.Model):
    """What a person has because they learn here."""

    class Sex(models.TextChoices):
        FEMALE = "F", "女"
        MALE = "M", "男"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    school = school_of_its_references()
    person = models.OneToOneField(
        Person, models.PROTECT, related_name="student", db_constraint=False
    )
    student_no = models.CharField("学号", max_length=40)
    national_edu_id = EncryptedTextField("学籍号", blank=True, default="")
    national_edu_id_index = models.BinaryField(max_length=32, null=True, blank=True)
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    school_class = models.ForeignKey(
        SchoolClass, models.PROTECT, related_name="students", db_constraint=False
    )
    enrolled_on = models.DateField(null=True, blank=True)
    boarding = models.BooleanField("住宿", default=False)

    field_classes: ClassVar[Mapping[str, str]] = {
        "id": "IDN",
        "school": "AUD",
        "person": "IDN",
        "student_no": "IDN",
        "national_edu_id": "GID",
        "national_edu_id_index": "GID",
        "sex": "IDN",
        "birth_date": "IDN",
        "school_class": "IDN",
        "enrolled_on": "IDN",
        "boarding": "CON",
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "student_no"], name="one_student_per_no"),
            models.UniqueConstraint(
                fields=["school", "national_edu_id_index"], name="one_student_per_edu_id"
            ),
        ]

    def __str__(self) -> str:
        return f"student #{self.pk}"

    @property
    def crypto_subject(self) -> UUID:
        return self.person_id
