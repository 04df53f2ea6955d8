"""Of phrases that overlap the longest counts, then the first; chosen within each run of them."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from records.language import matching
from records.language.matching import Named

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=40)


def chosen(found: Sequence[Named]) -> list[Named]:
    """The rule as it is said, over the whole text."""
    kept: list[Named] = []
    for one in sorted(found, key=lambda each: (each.start - each.end, each.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda each: each.start)


@settings(deadline=None)
@given(SPANS)
def test_runs_of_overlaps_are_chosen_from_as_the_whole_text_is(
    spans: list[tuple[int, int]],
) -> None:
    found = [Named(start, start + size, str(place)) for place, (start, size) in enumerate(spans)]

    assert matching._longest(found) == chosen(found)
