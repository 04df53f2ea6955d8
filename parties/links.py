"""One-time links: for guardians, mentors and whoever has no password.

The token is never stored. It is a keyed hash of the link's random id, so the worker that sends the
message computes it again, and a stolen database opens no door without the key outside of it. All
moments are machine time.
"""

import base64
import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from django_fsm import can_proceed

from ledger import events
from parties import tenancy
from parties.crypto import blind_index
from parties.errors import LinkWithdrawn, NotSignedIn
from parties.models import Person, SignInLink

LIFETIME: Final = timedelta(minutes=10)
_TOKEN_LENGTH: Final = 43  # 32 bytes in base64 without padding


def issue(
    *,
    person: Person,
    purpose: str = SignInLink.Purpose.SIGN_IN,
    case_id: UUID | None = None,
    target_id: UUID | None = None,
    lifetime: timedelta = LIFETIME,
) -> SignInLink:
    """A new link; older ones of the same person, purpose and target stop working. Inside a scope.

    `target_id` is the one notice, meeting, record or student that a link of that purpose opens.
    """
    opens: dict[str, Any] = {"purpose": purpose, "case_id": case_id, "target_id": target_id}
    _revoke_older(person, opens)
    now = machine_now()
    made = SignInLink(
        school_id=person.school_id,
        person=person,
        **opens,
        created_at=now,
        expires_at=now + lifetime,
    )
    made.token_hash = hash_of(token_of(made.pk))
    made.save(force_insert=True)
    return made


def _revoke_older(person: Person, opens: Mapping[str, Any]) -> None:
    """Those of the same person that open the same."""
    older = SignInLink.objects.select_for_update().filter(
        person=person, **opens, state=SignInLink.State.ISSUED
    )
    for link in older:
        link.revoke()
        link.save(update_fields=["state"])


def issue_many(
    *,
    school_id: int,
    wanted: Collection[tuple[UUID, UUID]],
    purpose: str,
    lifetime: timedelta,
) -> Mapping[UUID, UUID]:
    """A link for each (person, target), in one statement; answers link ids by target.

    Older ones go on working until they end: somebody may be looking at the first message still.
    Inside a scope.
    """
    now = machine_now()
    made = [
        SignInLink(
            school_id=school_id,
            person_id=person,
            purpose=purpose,
            target_id=target,
            created_at=now,
            expires_at=now + lifetime,
        )
        for person, target in wanted
    ]
    for link in made:
        link.token_hash = hash_of(token_of(link.pk))
    SignInLink.objects.bulk_create(made)
    return {link.target_id: link.pk for link in made if link.target_id is not None}


def holders(*, purpose: str, target_id: UUID) -> Collection[UUID]:
    """Who has a link to this that still opens it. Inside a scope."""
    issued = SignInLink.objects.filter(state=SignInLink.State.ISSUED)
    found = issued.filter(purpose=purpose, target_id=target_id)
    return set(found.values_list("person_id", flat=True))


def revoke(*, purpose: str, target_id: UUID, people: Collection[UUID]) -> None:
    """The links of these people to this open nothing any more. Inside a scope."""
    issued = SignInLink.objects.select_for_update().filter(state=SignInLink.State.ISSUED)
    for link in issued.filter(purpose=purpose, target_id=target_id, person__in=people):
        link.revoke()
        link.save(update_fields=["state"])


def spend(token: str) -> SignInLink:
    """Use a link up; of two who try at the same moment exactly one succeeds.

    Raises:
        LinkWithdrawn: what it is for was taken back; only who holds the token is told.
        NotSignedIn: unknown, spent, replaced and expired look the same.
    """
    found = _lookup(token)
    if found is None:
        raise NotSignedIn("链接已失效，请重新获取。")
    school_id, pk = found
    with tenancy.scope(school_id) as at:
        link = SignInLink.objects.select_for_update(of=("self",)).get(pk=pk)
        now = machine_now()
        if _is_withdrawn(link):
            raise LinkWithdrawn("学校正在整理链接里的内容，现在不用您做什么；需要时会再发新链接。")
        if not can_proceed(link.spend) or link.expires_at <= now:
            raise NotSignedIn("链接已失效，请重新获取。")
        link.spend(at=now)
        link.save(update_fields=["state", "spent_at"])
        events.append(
            school_id=school_id,
            kind="link.spent",
            actor=link.person_id,
            subject=("person", link.person_id),
            refs=[("link", link.pk)],
            at=at,
            payload={"purpose": link.purpose},
        )
        return link


def lasted(token: str) -> timedelta | None:
    """How long a link was good for, spent or over; None for one that never was.

    Only who holds the token can ask, and learns no more than the message said that brought it.
    """
    found = _lookup(token)
    if found is None:
        return None
    school_id, pk = found
    with tenancy.scope(school_id):
        link = SignInLink.objects.filter(pk=pk).first()
    return None if link is None else link.expires_at - link.created_at


def _is_withdrawn(link: SignInLink) -> bool:
    """Whether what a link is for was taken back, and no newer link came in its place."""
    if link.state != SignInLink.State.REVOKED or link.target_id is None:
        return False
    newer = SignInLink.objects.filter(
        person=link.person_id, purpose=link.purpose, target_id=link.target_id
    )
    return not newer.exclude(pk=link.pk).filter(created_at__gte=link.created_at).exists()


def url(link_id: UUID) -> str:
    """What a message says; computed again by whoever sends it."""
    return f"{settings.PUBLIC_URL}/l/{token_of(link_id)}"


def token_of(link_id: UUID) -> str:
    digest = blind_index(None, "sign_in_link", str(link_id))
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def machine_now() -> datetime:
    """The database's own time, which no drill moves."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    if row is None or not isinstance(row[0], datetime):
        raise TypeError("the database answered no moment")
    return row[0]


def _lookup(token: str) -> tuple[int, UUID] | None:
    if len(token) != _TOKEN_LENGTH or not token.isascii():
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT school_id, id FROM link_lookup(%s)", [hash_of(token)])
        row = cursor.fetchone()
    return None if row is None or row[1] is None else (int(row[0]), row[1])
