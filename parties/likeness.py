"""What somebody is like, with every id and moment taken out of them.

A policy asks who stands where. Ids and moments it only compares for being the same, or hands on to
SQL, where they change no word. So a statement made for a stand-in serves everybody who is alike
(parties/statements.py). The stand-in is made of the form and of nothing else: what is not in the
form cannot be in the statement, and a real id never is.

    (viewer, student) --of--> form, the same for all who are alike, and values, which are theirs
    form --stand_in--> (a viewer, a student) who do not exist
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, datetime
from typing import Any, Final, NoReturn
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

from parties.models import Person, Student

Place = tuple[str | int, ...]


class Unlike(Exception):
    """More was asked of a stand-in than whether it is the same as another."""


class Ids(tuple[UUID, ...]):
    """However many ids, handed to SQL as one array."""

    __slots__ = ()


class Moments(tuple[datetime, ...]):
    """However many moments, handed to SQL as one array."""

    __slots__ = ()


class Whole:
    """A dataclass of code and words: it stays as it is, in one piece."""

    __slots__ = ()


_VALUES: Final = (UUID, datetime, Ids, Moments)
#: All that a stand-in row knows; whatever else is asked of it would be a query, and is refused.
_KNOWN: Final[Mapping[type[Model], Sequence[str]]] = {
    Person: ("id", "school_id"),
    Student: ("id", "school_id"),
}


@dataclass(frozen=True, slots=True)
class Form:
    """Where values stand, which are the same, and of what kind each is; all the rest as it is."""

    tree: Hashable
    kinds: tuple[type, ...]
    #: Asked for at each look into what is kept; a tree is large.
    _hash: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.tree, self.kinds)))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True, slots=True)
class Likeness:
    """`values`, by number, are what the form leaves out."""

    form: Form
    values: tuple[Any, ...]


class Known:
    """What is given again and again, as the reader of a page: taken apart once for all of it.

    First of what is given, it stands for its parts.
    """

    __slots__ = ("_alike", "_numbers", "_trees", "given")

    def __init__(self, *given: Any) -> None:
        self.given = given
        self._alike = _of(given)
        self._numbers = {value: number for number, value in enumerate(self._alike.values)}
        self._trees = [_tree(one, self._numbers) for one in given]

    def followed_by(self, more: tuple[Any, ...]) -> Likeness:
        """The likeness of all. What stands in both is only found by looking at both."""
        places: dict[Any, list[Place]] = {}
        _find(more, (), places)
        if not self._numbers.keys().isdisjoint(places):
            return _of((*self.given, *more))
        values = _ordered(places)
        before, known = self._alike.form, self._alike.values
        numbers = {value: number for number, value in enumerate(values, len(known))}
        inside = (*self._trees, *[_tree(one, numbers) for one in more])
        kinds = (*before.kinds, *[_kind(value) for value in values])
        return Likeness(Form(("many", tuple, inside), kinds), (*known, *values))


def of(given: Any) -> Likeness:
    """Take `given` apart: tuples, frozensets, dataclasses and known rows, down to ids and moments.

    Values are numbered by where they stand, so that it does not matter which came first in a set.

    Raises:
        TypeError: a row that nobody can stand in for, or something that changes.
    """
    first = given[0] if isinstance(given, tuple) and given else None
    return first.followed_by(given[1:]) if isinstance(first, Known) else _of(given)


def _of(given: Any) -> Likeness:
    places: dict[Any, list[Place]] = {}
    _find(given, (), places)
    values = _ordered(places)
    tree = _tree(given, {value: number for number, value in enumerate(values)})
    return Likeness(Form(tree, tuple([_kind(value) for value in values])), tuple(values))


def _ordered(places: Mapping[Any, list[Place]]) -> list[Any]:
    return sorted(places, key=lambda value: (sorted(places[value]), value))


def _find(given: Any, place: Place, places: dict[Any, list[Place]]) -> None:
    """Every value and its place, into `places`; those in one set stand in one place.

    It is asked a hundred times for one page of a file, so it makes nothing on the way.
    """
    if isinstance(given, _VALUES):
        places.setdefault(given, []).append(place)
    elif isinstance(given, tuple | frozenset):
        ordered = isinstance(given, tuple)
        for number, one in enumerate(given):
            _find(one, (*place, number) if ordered else place, places)
    elif isinstance(given, Model):
        for name in _known(type(given)):
            places.setdefault(getattr(given, name), []).append((*place, name))
    else:
        for name in _parts(type(given)):
            _find(getattr(given, name), (*place, name), places)


def _tree(given: Any, numbers: Mapping[Any, int]) -> Hashable:
    """(what it is, its class, what it is made of); `stand_in` is the way back."""
    kind = type(given)
    if isinstance(given, _VALUES):
        return "value", None, numbers[given]
    if isinstance(given, tuple):
        return "many", kind, tuple([_tree(one, numbers) for one in given])
    if isinstance(given, frozenset):
        return "many", kind, frozenset([_tree(one, numbers) for one in given])
    if isinstance(given, Model):
        return "row", kind, tuple([numbers[getattr(given, name)] for name in _known(kind)])
    if names := _parts(kind):
        return "parts", kind, tuple([_tree(getattr(given, name), numbers) for name in names])
    return "as it is", kind, given


def stand_in(tree: Any, values: Sequence[Any]) -> Any:
    """What has this tree, with `values` in their places."""
    what, kind, inside = tree
    if what == "value":
        return values[inside]
    if what == "many":
        return kind(stand_in(one, values) for one in inside)
    if what == "row":
        return kind.from_db(DEFAULT_DB_ALIAS, _known(kind), [values[number] for number in inside])
    if what == "parts":
        made = zip(_parts(kind), (stand_in(one, values) for one in inside), strict=True)
        return kind(**dict(made))
    return inside


_parts_of: Final[dict[type, tuple[str, ...]]] = {}


def _parts(kind: type) -> tuple[str, ...]:
    """Names of the fields of what is taken apart, without those that make no difference to what it
    is; asked too often to be worked out anew.
    """
    if kind not in _parts_of:
        apart = is_dataclass(kind) and not issubclass(kind, Whole)
        named = [one.name for one in fields(kind) if one.compare] if apart else []
        _parts_of[kind] = tuple(named)
    return _parts_of[kind]


def _known(model: type[Model]) -> Sequence[str]:
    if model not in _KNOWN:
        raise TypeError(f"Nobody can stand in for a {model.__name__}.")
    return _KNOWN[model]


def _kind(value: Any) -> type:
    return next((kind for kind in _VALUES if isinstance(value, kind)), type(value))


def nobody(form: Form, *, draft: int) -> Sequence[Any]:
    """Values that are nobody's. In another draft each is another, and so is what is made of it."""
    return [_NOBODYS[kind](draft, number) for number, kind in enumerate(form.kinds)]


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise Unlike("A stand-in was asked for more than whether it is the same as another.")


class _Id(UUID):
    """Nobody's id."""

    __str__ = __int__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    hex = bytes = bytes_le = urn = fields = property(_refuse)

    def __init__(self, draft: int, number: int) -> None:
        super().__init__(int=draft << 32 | number)

    def __repr__(self) -> str:
        return f"<stand-in {self.int:x}>"

    def __hash__(self) -> int:
        return self.int & 0xFFFF_FFFF  # sets come in the same order in every draft


class _Moment(datetime):
    """No moment of anybody: neither sooner nor later than any other, and on no day."""

    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __radd__ = __sub__ = __rsub__ = __str__ = _refuse
    astimezone = date = time = timetz = timestamp = timetuple = utctimetuple = _refuse
    isoformat = strftime = weekday = isoweekday = isocalendar = toordinal = replace = _refuse
    year = month = day = hour = minute = second = microsecond = property(_refuse)


def _moment(draft: int, number: int) -> _Moment:
    return _Moment(1000 + draft, 1, 1, microsecond=number, tzinfo=UTC)


_NOBODYS: Final[Mapping[type, Callable[[int, int], Any]]] = {
    UUID: _Id,
    datetime: _moment,
    Ids: lambda draft, number: Ids([_Id(draft, number)]),
    Moments: lambda draft, number: Moments([_moment(draft, number)]),
    int: lambda draft, number: (draft << 40) + number,
}
