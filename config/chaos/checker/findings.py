"""What a check may find."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Final

LOST: Final = "lost"
DOUBLED: Final = "doubled"
SKIPPED: Final = "skipped"
#: Broken, but nothing was lost, doubled or skipped by it.
BROKEN: Final = "broken"


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken invariant: `what` in a code, `where` by an id."""

    invariant: str
    harm: str
    what: str
    where: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


#: Finds violations, and says how many things it looked at.
Found = tuple[int, Iterable[Violation]]
Check = Callable[..., Found]
