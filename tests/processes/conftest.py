from collections.abc import Iterator
from typing import Final

import pytest

from tests.crash import flows
from tests.processes.crisis_round import Round, stood_in

#: Modules whose tests together walk every sequence flow of one diagram.
WHOLE: Final = {
    "tests.processes.test_follow_up_diagram": "follow_up",
    "tests.processes.test_intake_diagram": "intake",
    "tests.processes.test_meeting_diagram": "meeting",
    "tests.processes.test_notice_diagram": "notice",
}


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


@pytest.fixture(scope="module", autouse=True)
def every_flow_is_walked(request: pytest.FixtureRequest) -> Iterator[None]:
    """A branch that nobody walks is an error of the module, once all its tests have run."""
    process = WHOLE.get(request.module.__name__)
    if process is None or not _runs_whole(request):
        yield
        return
    with flows.crossed() as crossings:
        yield
    left = sorted(map(str, flows.of(process) - crossings.look()))
    assert not left, f"bpmn/{process}.bpmn, walked by no test: {'; '.join(left)}"


def _runs_whole(request: pytest.FixtureRequest) -> bool:
    """Not a few tests by name, nor spread over workers one by one."""
    module = request.module
    tests = {name for name in vars(module) if name.startswith("test_")}
    chosen = {
        item.originalname
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.module is module
    }
    alone = request.config.getoption("dist", "no") in ("no", "loadfile")
    return alone and "::" not in "".join(request.config.args) and tests == chosen
