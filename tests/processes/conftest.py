from collections.abc import Iterator

import pytest

from tests.processes.crisis_round import Round, stood_in


@pytest.fixture
def case() -> Iterator[Round]:
    """A report has come in; whatever the handlers decide is set to the shortest way."""
    with stood_in() as make:
        round_ = make()
        round_.answers = {
            "next_contact": ["guardian", "done"],
            "next_follow_up": ["done"],
            "check_closing": ["yes"],
            "report_pending": ["no"],
        }
        round_.begin()
        yield round_
