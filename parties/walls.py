"""What is kept from one guardian, and since when: facts about the person, read with the viewer.

Only workflow knows of cases and whom they name; it says here by `register` how they are read.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self
from uuid import UUID

from parties.likeness import Ids, Moments
from parties.models import Person

#: Later than every moment: nothing is kept from them, or for ever.
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
#: Sooner than every moment: they never saw anything of it.
ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)

#: About nothing and for no time, so that whoever has no wall gets the same SQL as who has some:
#: how long an answer takes must not tell it.
_ABOUT_NOTHING: Final = Ids([UUID(int=0)])
_SINCE_NEVER: Final = Moments([NEVER])
_UNTIL_ALWAYS: Final = Moments([ALWAYS])
_NO_CASE: Final = Ids([UUID(int=2**128 - 1)])


@dataclass(frozen=True, slots=True)
class Wall:
    """What concerns `about`, a student or a case, is shut from `since` on to this guardian, unless
    it came to the family after `until`.
    """

    about: UUID
    since: datetime
    until: datetime = NEVER


@dataclass(frozen=True, slots=True)
class Walls:
    """All walls of one guardian, column by column. `judged`: cases that know of the person, which
    are shut by a wall or not at all.
    """

    about: Ids = _ABOUT_NOTHING
    since: Moments = _SINCE_NEVER
    until: Moments = _UNTIL_ALWAYS
    judged: Ids = _NO_CASE

    @classmethod
    def of(cls, walls: Collection[Wall], judged: Collection[UUID]) -> Self:
        return cls(
            about=Ids([*_ABOUT_NOTHING, *(one.about for one in walls)]),
            since=Moments([*_SINCE_NEVER, *(one.since for one in walls)]),
            until=Moments([*_UNTIL_ALWAYS, *(one.until for one in walls)]),
            judged=Ids([*_NO_CASE, *sorted(judged)]),
        )


#: Of somebody from whom nothing is kept.
NONE: Final = Walls()

Read = Callable[[Person, frozenset[UUID], datetime], Walls]

_reads: list[Read] = []


def register(read: Read) -> None:
    """Let `read` find the walls of a guardian; called from AppConfig.ready() alone."""
    _reads[:] = [read]


def of(person: Person, wards: frozenset[UUID], at: datetime) -> Walls:
    """The walls between `person` and these students at `at`; inside a scope."""
    return _reads[0](person, wards, at) if wards and _reads else NONE
