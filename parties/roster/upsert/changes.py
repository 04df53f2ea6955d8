"""What an import would do, collected before anything is written.

Planning touches only objects in memory, so a dry run and a real run take the same path and differ
in one call: `Changes.write()`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model

from parties import keyring
from parties.crypto import EncryptedTextField
from parties.models import (
    CalendarDay,
    Company,
    CompanyMember,
    DutyShift,
    GuardianLink,
    Membership,
    Person,
    Placement,
    Restriction,
    School,
    SchoolClass,
    SensitiveFact,
    Student,
)

_CHUNK: Final = 500
#: A row never comes before what it points to.
_ORDER: Final[tuple[type[Model], ...]] = (
    School,
    CalendarDay,
    SchoolClass,
    Person,
    Student,
    SensitiveFact,
    Membership,
    DutyShift,
    GuardianLink,
    Restriction,
    Company,
    CompanyMember,
    Placement,
)
_UNCHANGED, _CHANGED, _NEW = range(3)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many things of one sort the file would make, change or leave."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


class Changes:
    """Rows to insert, rows to change with the fields that differ, rows to remove."""

    def __init__(self) -> None:
        self._new: dict[type[Model], list[Model]] = {}
        self._changed: dict[Model, set[str]] = {}
        self._removed: list[Model] = []
        self._marks: dict[str, dict[Model, int]] = {}

    def add(self, thing: Model, *, sort: str) -> None:
        self._new.setdefault(type(thing), []).append(thing)
        self._mark(thing, sort, _NEW)

    def change(self, thing: Model, values: Mapping[str, Any], *, sort: str) -> None:
        """Set what differs. A thing that this import made itself is still simply new."""
        differing = {name: v for name, v in values.items() if getattr(thing, name) != v}
        for name, value in differing.items():
            setattr(thing, name, value)
        self.touch(thing, differing, sort=sort)

    def touch(self, thing: Model, fields: Mapping[str, Any], *, sort: str) -> None:
        """Note that `fields` of `thing` were set; none at all means it stays as it is."""
        if thing._state.adding:
            return
        self._mark(thing, sort, _CHANGED if fields else _UNCHANGED)
        if fields:
            self._changed.setdefault(thing, set()).update(fields)

    def remove(self, thing: Model, *, sort: str) -> None:
        self._removed.append(thing)
        self._mark(thing, sort, _CHANGED)

    def tallies(self) -> dict[str, Tally]:
        return {sort: _tally(list(marks.values())) for sort, marks in self._marks.items()}

    def write(self, school_id: int) -> None:
        """Everything at once, in the caller's transaction."""
        for thing in self._removed:
            thing.delete()
        people = {person.pk for person in self._new.get(Person, [])}
        with keyring.new_subjects(school_id, people):
            for model in _ORDER:
                model._base_manager.bulk_create(self._new.get(model, []), batch_size=_CHUNK)
        for model in _ORDER:
            self._update(model)

    def _update(self, model: type[Model]) -> None:
        """One statement per set of changed fields; a sealed value needs its own row's save()."""
        groups: dict[frozenset[str], list[Model]] = {}
        for thing, fields in self._changed.items():
            if isinstance(thing, model):
                groups.setdefault(frozenset(fields), []).append(thing)
        sealed = {f.name for f in model._meta.fields if isinstance(f, EncryptedTextField)}
        for differing, things in groups.items():
            if differing & sealed:
                for thing in things:
                    thing.save(update_fields=sorted(differing))
            else:
                model._base_manager.bulk_update(things, sorted(differing), batch_size=_CHUNK)

    def _mark(self, thing: Model, sort: str, mark: int) -> None:
        marks = self._marks.setdefault(sort, {})
        marks[thing] = max(mark, marks.get(thing, _UNCHANGED))


def _tally(marks: list[int]) -> Tally:
    return Tally(marks.count(_NEW), marks.count(_CHANGED), marks.count(_UNCHANGED))
