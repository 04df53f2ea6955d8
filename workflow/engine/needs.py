"""What our own code needs of a decision table that it has answered.

A school edits its tables without a developer: what the code behind a table relies on is declared
once, beside that code, and lint holds every table of this name to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True)
class Floor:
    """Whenever the input `asked` is `value`, the result is one of `allowed`, whatever a school
    writes; `because` says to the school whose promise that is.
    """

    asked: str
    value: str
    allowed: frozenset[str]
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableNeeds:
    """One answer for every combination of `inputs`, all of whose values are known.

    Of the two results `result` is one of `results`, and `code` is the id of the rule, in Latin
    letters, kept for good (`longest_code`) beside the rule's description (`longest_label`).
    """

    decision: str
    inputs: Mapping[str, frozenset[str]]
    result: str
    results: frozenset[str]
    code: str
    longest_code: int
    longest_label: int
    floors: tuple[Floor, ...] = field(default=())

    @property
    def outputs(self) -> tuple[str, str]:
        return self.result, self.code


_needs: Final[dict[str, TableNeeds]] = {}


def need_table(needs: TableNeeds) -> TableNeeds:
    """Declare what is needed of one decision. Raises ImproperlyConfigured when it was before."""
    if needs.decision in _needs:
        raise ImproperlyConfigured(f"decision {needs.decision!r} is needed twice")
    _needs[needs.decision] = needs
    return needs


def needed_tables() -> Mapping[str, TableNeeds]:
    return dict(_needs)
