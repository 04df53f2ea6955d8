"""Which sheet is which, and what its columns mean: the names that schools really write above them.

Three answers for a header: a field we store, one we know but do not store (said in the report), or
one the law makes us refuse. Anything else is unknown, and named in the report too.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from parties.roster.columns import COLUMNS, NOT_STORED, Column, Kind

#: Class of domain sections 3.0 and 3.1 for every header that contains one of these words.
_SENSITIVE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("民族", "政治面貌", "宗教", "信仰"), "SPE"),
    **dict.fromkeys(("健康", "病史", "疾病", "过敏", "用药", "血型", "残疾", "体检"), "HLT"),
    **dict.fromkeys(
        ("贫困", "建档立卡", "低保", "困难程度", "困难类型", "人均收入", "家庭收入", "人均月收入"),
        "ECO",
    ),
    **dict.fromkeys(("心理",), "PSY"),
}

_HINT: Final = re.compile(r"\((?:必填|选填|可选|必须)\)$")


#: One known header may be chance; two are a list of that kind.
_TELLING: Final = 2


def normal(header: str) -> str:
    """One form for a header: half width, no spaces, no star, no “(必填)”."""
    text = unicodedata.normalize("NFKC", header)
    text = re.sub(r"[\s*\u200b\ufeff]", "", text).rstrip(":")
    return _HINT.sub("", text)


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why a school loads a sensitive column: its class and the reason, both said by a person."""

    class_code: str
    reason: str


#: What the field of a mapped sensitive column begins with; its header follows.
SENSITIVE: Final = "sensitive:"


def sensitive_class(header: str) -> str | None:
    """The class of a column that may not be loaded, or None."""
    return next((code for word, code in _SENSITIVE.items() if word in header), None)


def _names_of(kind: Kind) -> Mapping[str, Column]:
    return {normal(name).casefold(): column for column in COLUMNS[kind] for name in column.names}


_BY_NAME: Final[Mapping[Kind, Mapping[str, Column]]] = {kind: _names_of(kind) for kind in Kind}
_NOT_STORED: Final = frozenset(normal(name).casefold() for name in NOT_STORED.split())


def column_for(kind: Kind, header: str) -> Column | None:
    return _BY_NAME[kind].get(header.casefold())


def is_known(header: str) -> bool:
    """Whether any sheet uses this header: what finds the header row among titles and data."""
    return (
        header.casefold() in _NOT_STORED
        or sensitive_class(header) is not None
        or any(column_for(kind, header) is not None for kind in Kind)
    )


def is_not_stored(header: str) -> bool:
    return header.casefold() in _NOT_STORED


def kind_by_title(title: str) -> Kind | None:
    """The kind a sheet's own name says, e.g. “学生” or “学生名册”."""
    bare = re.sub(r"(信息|名册|名单|花名册|表|登记|\s)+$", "", normal(title))
    aliases = {
        "值班": Kind.DUTY,
        "家长": Kind.GUARDIANS,
        "教师": Kind.STAFF,
        "实习": Kind.PLACEMENTS,
    }
    by_name = {re.sub(r"表$", "", kind.value): kind for kind in Kind}
    return (by_name | aliases).get(bare)


def kind_by_headers(headers: Sequence[str]) -> Kind | None:
    """The kind that knows most of these columns; complete ones before others.

    Completeness alone would not do: a student list without 班级 has all that guardians need.
    """
    fields = {kind: _fields_in(kind, headers) for kind in Kind}
    best = max(Kind, key=lambda kind: (len(fields[kind]), not missing(kind, fields[kind])))
    return best if len(fields[best]) >= _TELLING else None


def _fields_in(kind: Kind, headers: Sequence[str]) -> set[str]:
    return {column.field for name in headers if (column := column_for(kind, name)) is not None}


def missing(kind: Kind, fields: Collection[str]) -> list[str]:
    """First names of required columns that are not there."""
    return [c.names[0] for c in COLUMNS[kind] if c.required and c.field not in fields]
