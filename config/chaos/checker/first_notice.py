"""I6: the first notice of a crisis leaves within a second of its acknowledgement.

Where a fault came in between: within a second and one lease of the moment at which it was over.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import quantiles
from typing import Final
from uuid import UUID

from config.chaos.checker import outbox
from config.chaos.checker.books import Books, Fault
from config.chaos.checker.findings import BROKEN, Found, Violation

#: Seconds.
PROMPT: Final = 1.0
LEASE: Final = 5.0
_HUNDRED: Final = 100


def check(books: Books) -> Found:
    first = _first_arrivals(books)
    found: list[Violation] = []
    answered = list(_answered(books))
    for case, asked, acknowledged in answered:
        if case not in first:
            continue  # I5 says so
        allowed = allowance(books.faults, asked, acknowledged)
        if first[case] > allowed:
            where = f"{case} {first[case] - acknowledged:.2f} s"
            found.append(Violation("I6", BROKEN, "crisis.first_notice_late", where))
    return len(answered), found


def latencies(books: Books) -> dict[str, float]:
    """Seconds from acknowledgement to the first notice: median, p99 and the longest, of all."""
    first = _first_arrivals(books)
    took = [max(0.0, first[case] - at) for case, _, at in _answered(books) if case in first]
    if len(took) < 2:  # noqa: PLR2004 -- quantiles need two
        return {}
    cuts = quantiles(took, n=_HUNDRED, method="inclusive")
    named = {"p50": cuts[49], "p99": cuts[98], "max": max(took)}
    return {name: round(seconds, 3) for name, seconds in named.items()}


def allowance(faults: Sequence[Fault], asked: float, acknowledged: float) -> float:
    """Until when the first notice may take: each fault that comes before then moves it on."""
    allowed = acknowledged + PROMPT
    for fault in faults:
        if fault.began <= allowed and fault.ended >= asked - LEASE:
            allowed = max(allowed, fault.ended + LEASE + PROMPT)
    return allowed


def _answered(books: Books) -> Iterator[tuple[UUID, float, float]]:
    """Case, moment of asking and moment of the acknowledgement of every crisis report."""
    cases = {row["receipt_no"]: row["case_id"] for row in books.table("workflow_crisisreport")}
    for asked, answer in books.acknowledged:
        case = cases.get(answer["body"].get("receipt_no"))
        if asked["kind"] == "crisis" and case is not None:
            yield case, asked["at"], answer["at"]


def _first_arrivals(books: Books) -> Mapping[UUID, float]:
    texts = outbox.texts(books)
    found: dict[UUID, float] = defaultdict(lambda: float("inf"))
    for line in books.provider:
        row = texts.get(line["key"])
        if row is not None and row["template"] == "crisis.alert":
            found[row["case_id"]] = min(found[row["case_id"]], line["at"])
    return dict(found)
