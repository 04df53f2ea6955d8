"""Every transition of bpmn/intake.bpmn, with processes that die while it is crossed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.crash.stories import Story, Tally, tell_figures
from tests.factories import MINUTE, NOW
from tests.processes.intake_walk import CALM, RED, Intake, raised
from workflow import processes

pytestmark = pytest.mark.django_db(transaction=True)

_REASON = {"reason": "与家长通过电话"}


def move_raised(story: Story, words: str) -> Intake:
    walk: Intake = story.move("raise", lambda: raised(story.world, words=words), at=NOW)
    return walk


def quiet_raised(story: Story, words: str) -> Intake:
    story.at(NOW)
    return raised(story.world, words=words)


def do(story: Story, walk: Intake, task: str, by: str = "teacher", **answer: Any) -> None:
    walk.at += MINUTE
    story.do(task, by, {**_REASON, **answer}, case=walk.case_id, at=walk.at)


def late(story: Story, walk: Intake, name: str, **time: float) -> None:
    walk.at += timedelta(**time)
    story.sweep(name, lambda: processes.step_due(via="beat", lane="routine"), at=walk.at)


def test_a_calm_matter_becomes_a_meeting_after_two_reminders(story: Story) -> None:
    walk = move_raised(story, CALM)
    late(story, walk, "nobody has decided", days=3)
    late(story, walk, "still nobody has decided", days=3)
    do(story, walk, "choose_channel", channel="meeting")


def test_red_words_become_a_meeting_with_a_second_look(story: Story) -> None:
    walk = move_raised(story, RED)
    late(story, walk, "nobody has decided", minutes=31)
    late(story, walk, "still nobody has decided", minutes=31)
    do(story, walk, "choose_channel_now", channel="meeting")
    late(story, walk, "nobody has confirmed", minutes=31)
    late(story, walk, "still nobody has confirmed", minutes=31)
    do(story, walk, "confirm_channel", by="duty_officer", agree="yes")


def test_red_words_are_a_crisis(story: Story) -> None:
    walk = quiet_raised(story, RED)
    do(story, walk, "choose_channel_now", channel="crisis")


def test_two_who_do_not_agree_have_a_crisis(story: Story) -> None:
    walk = quiet_raised(story, RED)
    walk.choose("meeting")
    do(story, walk, "confirm_channel", by="duty_officer", agree="no")


def test_calm_words_may_be_a_crisis(story: Story) -> None:
    walk = quiet_raised(story, CALM)
    do(story, walk, "choose_channel", channel="crisis")


def test_every_transition_of_the_diagram_is_survived(
    tally: Tally, record_property: Callable[[str, object], None]
) -> None:
    tell_figures(tally, record_property)
