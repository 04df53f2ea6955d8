"""Keys of company systems. Only the SHA-256 of a key is stored; it is shown once, when made."""

import hashlib
import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from ledger import events
from parties import tenancy
from parties.errors import InvalidInput
from parties.links import machine_now
from parties.models import ApiKey, Company, CompanyMember, Person
from parties.relations import in_force

PREFIX: Final = "sf_"
_LENGTH: Final = len(PREFIX) + 43


def make(*, school_id: int, uscc: str, person_id: UUID | None = None) -> str:
    """Return a new key of the company with this 统一社会信用代码; nobody can read it again.

    It acts as `person_id`, a member of the company, or as its only member.

    Raises:
        InvalidInput: no such company, or it is not clear whom the key acts as.
    """
    plain = PREFIX + secrets.token_urlsafe(32)
    with tenancy.scope(school_id) as at:
        company = Company.objects.filter(uscc=uscc).first()
        if company is None:
            raise InvalidInput("没有这家企业。", field="uscc", mend="请先导入企业名册。")
        acts_as = _one_member(company, person_id, at=at)
        key = ApiKey.objects.create(
            school_id=school_id,
            company=company,
            person_id=acts_as,
            key_hash=hash_of(plain),
            created_at=machine_now(),
        )
        events.append(
            school_id=school_id,
            kind="api_key.made",
            actor=None,
            subject=("api_key", key.pk),
            refs=[("company", company.pk)],
            at=at,
        )
    return plain


def _one_member(company: Company, person_id: UUID | None, *, at: datetime) -> UUID:
    members = in_force(CompanyMember.objects.filter(company=company), at)
    if person_id is not None:
        members = members.filter(person=person_id)
    people = set(members.values_list("person_id", flat=True))
    if len(people) != 1:
        raise InvalidInput(
            "密钥须代表企业的一名人员。", field="person", mend="请指明该企业在册人员之一。"
        )
    return people.pop()


def owner(plain: str) -> Person | None:
    """Whom a key acts as, or None: unknown, revoked and expired look the same."""
    if len(plain) != _LENGTH or not plain.isascii():
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT school_id, id FROM key_lookup(%s)", [hash_of(plain)])
        row = cursor.fetchone()
    if row is None or row[1] is None:
        return None
    with tenancy.scope(int(row[0])):
        key = ApiKey.objects.select_related("person").filter(pk=row[1]).first()
        if key is None or key.state != ApiKey.State.ACTIVE:
            return None
        if key.expires_at is not None and key.expires_at <= machine_now():
            return None
        return key.person


def hash_of(plain: str) -> bytes:
    return hashlib.sha256(plain.encode()).digest()
