"""Words for an item of a plan that were refused: they stay at the item, beside what to do."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from parties.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Mistake:
    """`pk`: of the item, or of the case for a score: `chosen` and `now` stood beside its words."""

    pk: UUID
    field: str
    words: str
    refused: InvalidInput
    chosen: str = ""
    now: str = ""

    @property
    def said(self) -> str:
        return f"{self.refused}{self.refused.mend}"

    def require_shown(
        self, lines: Collection[Mapping[str, Any]], cases: Collection[UUID] = ()
    ) -> None:
        """A page that has no such form any more cannot say it there. Raises what was refused."""
        if self.pk not in cases and not any(self._is_at(line) for line in lines):
            raise self.refused

    def _is_at(self, line: Mapping[str, Any]) -> bool:
        if line["pk"] != self.pk or not line["live"]:
            return False
        days, said = line["progress"], line["signed"] or line["excused"]
        asks = days is not None and days.today_due and not said
        return self.field != "excuse" or asks or bool(line.get("blind"))
