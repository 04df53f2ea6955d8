"""What an event may hold: ids, codes, small numbers and moments. Everything else is refused.

An event can never be erased, so it must never hold what somebody may ask to have erased.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

#: What an event is about: ("case", its id).
Subject = tuple[str, UUID]

_KIND_LENGTH: Final = 64
_KIND: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
_CODE: Final = re.compile(r"[a-zA-Z0-9_.:+-]{0,64}")
#: Telephone, student and identity numbers are content, not codes; dates and UUIDs are neither.
_NUMBER: Final = re.compile(r"\+?[0-9][0-9-]{5,}[0-9Xx]")
_SEPARATORS: Final = re.compile(r"[.:+_-]")
_LONG_NUMBER: Final = re.compile(r"[0-9]{7,}[Xx]?")
#: "tel:13800138000", "sms.86-138-0013-8000": a mobile number between a code's separators.
_MOBILE: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:86[.:+_-]?)?1[3-9][0-9](?:[.:+_-]?[0-9]){8}(?![0-9A-Za-z])"
)
_NO_NUMBER: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}(-[0-9]{4}){3}-[0-9]{12}")
_LARGEST_INT: Final = 10**9  # counts and minutes; a mobile number has eleven digits


class EventRefused(ValueError):
    """The event holds something that may never be written for good. Says where, never what."""


def named(subject: Subject) -> str:
    name, id_ = subject
    if not _NAME.fullmatch(name) or not isinstance(id_, UUID):
        raise EventRefused("a subject is a lowercase word and a UUID")
    return f"{name}:{id_}"


def moment(at: datetime) -> str:
    if at.utcoffset() is None:
        raise EventRefused("a moment has no time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def refuse_kind(kind: str) -> None:
    """Refuse whatever is not "noun.past_tense"."""
    if not _KIND.fullmatch(kind) or len(kind) > _KIND_LENGTH:
        raise EventRefused("kind is not noun.past_tense")


def checked(payload: Mapping[str, object]) -> dict[str, object]:
    """The payload as JSON has it, or a refusal of the first thing that it may not hold."""
    return {_key(key): _plain(key, value) for key, value in payload.items()}


def _key(key: str) -> str:
    if not _NAME.fullmatch(key):
        raise EventRefused("a payload key is not a lowercase word")
    return key


def _plain(key: str, value: object) -> object:
    """`value` as JSON; lists one deep, because a payload is a line and no document."""
    if isinstance(value, list | tuple | set | frozenset):
        return [_atom(key, item) for item in value]
    return _atom(key, value)


def _atom(key: str, value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < _LARGEST_INT:
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and _is_code(value):
        return str(value)
    raise EventRefused(f"payload {key!r} holds something that is neither id nor code")


def _is_code(text: str) -> bool:
    if not _CODE.fullmatch(text):
        return False
    if _NO_NUMBER.fullmatch(text):
        return True
    return not (
        _NUMBER.fullmatch(text)
        or _LONG_NUMBER.fullmatch(_SEPARATORS.sub("", text))
        or _MOBILE.search(text)
    )
