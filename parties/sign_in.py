"""Who is asking, and how they came in: by password, by a one-time link, by a company's key.

The session keeps only who came in and by what means; every right is read anew for each request, so
an ended relation counts at once. API and pages share this module and nothing else.
"""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.db.models import QuerySet

from parties import links, statements, tenancy, throttle
from parties.errors import NotSignedIn
from parties.models import Account, Person, SignInLink

#: A session from a link lasts for one errand on a phone, machine time.
LINK_SESSION_SECONDS: Final = 2 * 3600
_LONGEST_LOGIN: Final = 80
_LONGEST_PASSWORD: Final = 1024
_KEY: Final = "sanfang"
_NO_SCHOOL: Final = 0


class Means(StrEnum):
    PASSWORD = "password"  # noqa: S105 - a name, no secret
    LINK = "link"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who came in. A link for one errand (`case_id`, `target_id`) opens nothing else."""

    person: Person
    means: Means
    purpose: str = SignInLink.Purpose.SIGN_IN
    case_id: UUID | None = None
    target_id: UUID | None = None

    @property
    def school_id(self) -> int:
        return self.person.school_id

    @property
    def is_bound(self) -> bool:
        return self.purpose != SignInLink.Purpose.SIGN_IN


def by_password(session: SessionBase, *, login: str, password: str, address: str) -> Identity:
    """Open a session of its own id. An unknown login costs the same work and looks the same.

    Raises:
        NotSignedIn: wrong or unknown or inactive.
        TooMany: too many tries for this login from this network.
    """
    login = login.strip()
    guess = (login.casefold(), throttle.network(address))
    throttle.hit(throttle.PASSWORD, *guess)
    decoy = _decoy()
    account = _account(login)
    usable = account is not None and account.is_active and len(password) <= _LONGEST_PASSWORD
    stored = account.password if account is not None and usable else decoy
    if not check_password(password[:_LONGEST_PASSWORD], stored) or account is None or not usable:
        raise NotSignedIn("账号或密码不正确。")
    throttle.forget(throttle.PASSWORD, *guess)
    _open(
        session,
        {
            "school": account.school_id,
            "person": str(account.person_id),
            "means": Means.PASSWORD.value,
            "account": str(account.pk),
            "proof": account.get_session_auth_hash(),
        },
    )
    return Identity(account.person, Means.PASSWORD)


def confirm(person: Person, *, password: str) -> None:
    """Make sure that whoever is signed in as `person` is still them. Not for use inside a scope.

    Raises:
        NotSignedIn: wrong, or this person has no password.
        TooMany: too many tries for this person.
    """
    throttle.hit(throttle.CONFIRM, str(person.pk))
    with tenancy.scope(person.school_id):
        account = Account.objects.filter(person=person, is_active=True).first()
    stored = _decoy() if account is None else account.password
    right = check_password(password[:_LONGEST_PASSWORD], stored)
    if not right or account is None or len(password) > _LONGEST_PASSWORD:
        raise NotSignedIn("密码不正确，请再输入一次。")
    throttle.forget(throttle.CONFIRM, str(person.pk))


def by_link(session: SessionBase, *, token: str) -> SignInLink:
    """Spend a link and open a short session of its own id. Raises NotSignedIn."""
    link = links.spend(token)
    _open(
        session,
        {
            "school": link.school_id,
            "person": str(link.person_id),
            "means": Means.LINK.value,
            "purpose": link.purpose,
            "case": "" if link.case_id is None else str(link.case_id),
            "target": "" if link.target_id is None else str(link.target_id),
        },
    )
    session.set_expiry(LINK_SESSION_SECONDS)
    return link


def leave(session: SessionBase) -> None:
    session.flush()


def identify(session: SessionBase) -> Identity | None:
    """Who opened this session, if they still may come in."""
    kept = session.get(_KEY)
    if not isinstance(kept, dict):
        return None
    with tenancy.scope(int(kept["school"])):
        if kept["means"] == Means.LINK.value:
            person = Person.objects.filter(pk=kept["person"]).first()
            if person is None:
                return None
            case_id, target_id = (_uuid(kept.get(name)) for name in ("case", "target"))
            return Identity(person, Means.LINK, kept["purpose"], case_id, target_id)
        found = statements.rows(_active, UUID(kept["account"]))
    account = next(iter(found), None)
    if account is None:
        return None
    if not secrets.compare_digest(account.get_session_auth_hash(), kept["proof"]):
        return None  # the password was changed since
    return Identity(account.person, Means.PASSWORD)


def _active(account_id: UUID) -> QuerySet[Account]:
    return Account.objects.select_related("person").filter(pk=account_id, is_active=True)


def _uuid(kept: object) -> UUID | None:
    return UUID(kept) if isinstance(kept, str) and kept else None


def _open(session: SessionBase, kept: dict[str, str | int]) -> None:
    """A new session id on every sign-in: one that somebody planted before stays worthless."""
    session.flush()
    session[_KEY] = kept


def _account(login: str) -> Account | None:
    """The account of a login; an unknown one costs the same queries."""
    found = _lookup(login) if len(login) <= _LONGEST_LOGIN and "\x00" not in login else None
    school_id, pk = found or (_NO_SCHOOL, uuid4())
    with tenancy.scope(school_id):
        return Account.objects.select_related("person").filter(pk=pk).first()


def _lookup(login: str) -> tuple[int, UUID] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT school_id, id FROM login_lookup(%s)", [login])
        row = cursor.fetchone()
    return None if row is None or row[1] is None else (int(row[0]), row[1])


_decoys: list[str] = []


def _decoy() -> str:
    """A hash that no password opens, as slow to check as a real one."""
    if not _decoys:
        _decoys.append(make_password(secrets.token_urlsafe(32)))
    return _decoys[0]
