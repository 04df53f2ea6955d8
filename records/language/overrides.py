"""Sharing in spite of a block: what is asked of whoever decides that, and what is kept of it.

Who may decide (ME) and writing it down are the service's part. What is kept counts by category, so
that training and the lexicon can learn from it (rule 12); it names nobody and ranks nobody.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from parties import legible
from parties.errors import InvalidInput
from records.language.values import Effect, Finding, Moment, Verdict

_SHORTEST_REASON: Final = 5  # characters: a word or two explain nothing


@dataclass(frozen=True, slots=True)
class Tally:
    """How many findings were overridden, by category. Adds up; has no order, on purpose."""

    counts: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> "Tally":
        return cls._sorted(Counter(finding.category for finding in findings))

    def __add__(self, other: "Tally") -> "Tally":
        return self._sorted(Counter(dict(self.counts)) + Counter(dict(other.counts)))

    @property
    def total(self) -> int:
        return sum(count for _, count in self.counts)

    def as_json(self) -> dict[str, int]:
        return dict(self.counts)

    @classmethod
    def _sorted(cls, counted: Counter[str]) -> "Tally":
        return cls(tuple(sorted(counted.items())))


@dataclass(frozen=True, slots=True)
class Override:
    """A decision to share as it stands: the verdict that holds now, why, and the count to keep."""

    verdict: Verdict
    reason: str
    tally: Tally


def override(verdict: Verdict, *, reason: str) -> Override:
    """Turn the blocks of a sharing into confirmed hints.

    Raises InvalidInput: nothing is blocked, this is no sharing (a signature has no way round), or
    the reason says nothing. The caller asks whether this person may decide.
    """
    if verdict.moment != Moment.SHARE:
        raise InvalidInput(
            "只有对外提供时可以说明理由后放行。", field="moment", mend="请先修改文字，再签名。"
        )
    blocked = [found for found in verdict.findings if found.effect == Effect.BLOCK]
    if not blocked:
        raise InvalidInput("没有需要放行的内容。", field="text", mend="可以直接提供。")
    said = reason.strip()
    if legible.length(reason) < _SHORTEST_REASON:
        raise InvalidInput("理由太短。", field="reason", mend="请写明为什么须按原文提供。")
    findings = tuple(
        found._replace(effect=Effect.CONFIRM) if found.effect == Effect.BLOCK else found
        for found in verdict.findings
    )
    return Override(replace(verdict, findings=findings), said, Tally.of(blocked))
