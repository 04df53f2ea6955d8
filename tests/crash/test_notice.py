"""Every transition of bpmn/notice.bpmn, with processes that die while it is crossed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from parties import tenancy
from records.models import Notice
from tests.crash.stories import Story, Tally, tell_figures
from tests.factories import CN, MINUTE, NOW
from tests.processes.intake_walk import raised
from tests.processes.notice_walk import FRIDAY, Sent, drafted, second_family
from workflow import notice_answering, notice_calls, notice_sending, notices, processes

pytestmark = pytest.mark.django_db(transaction=True)

GRADE = {"scope": "GRADE", "school_class": None, "grade": "2024"}
SCHOOL = {"scope": "SCHOOL", "school_class": None}


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=CN)


def written(story: Story, *, at: datetime = FRIDAY, **given: Any) -> Sent:
    story.at(at)
    return drafted(story.world, at=at, **given)


def submit(story: Story, walk: Sent, by: str = "teacher") -> None:
    story.move("submit", lambda: walk.submit(by), at=walk.at)


def decide(story: Story, walk: Sent, task: str, by: str, outcome: str = "approved") -> None:
    walk.at += MINUTE
    story.do(task, by, {"outcome": outcome}, case=walk.case_id, at=walk.at)


def late(story: Story, name: str, moment: datetime) -> None:
    story.sweep(name, lambda: processes.step_due(via="beat", lane="routine"), at=moment)


@pytest.mark.parametrize(
    ("scope", "task", "by"),
    [
        ({}, "approve_class", "teacher"),
        (GRADE, "approve_grade", "grade_leader"),
        (SCHOOL, "approve_school", "duty_officer"),
    ],
)
def test_a_second_person_approves_and_the_last_answer_ends_it(
    story: Story, scope: dict[str, Any], task: str, by: str
) -> None:
    author = "counsellor" if not scope else "teacher"
    walk = written(story, by=author, **scope)
    submit(story, walk, author)
    if not scope:
        decide(story, walk, task, by, "returned")
        walk.submit(author)
    decide(story, walk, task, by)
    if not scope:
        receipt = walk.receipt("mother").pk
        story.move("the last answer", lambda: notice_answering.confirm(
            school_id=story.world.id, receipt_id=receipt, by=story.world["mother"], at=walk.at,
            how="APP",
        ), at=walk.at)  # fmt: skip


def test_it_is_withdrawn_before_anybody_was_told(story: Story) -> None:
    walk = written(story, by="counsellor")
    walk.submit("counsellor")
    story.move("withdraw", lambda: notices.withdraw(
        school_id=story.world.id, notice_id=walk.notice_id, by=story.world["counsellor"],
        at=walk.at,
    ), at=walk.at)  # fmt: skip


def test_a_name_that_came_meanwhile_stops_it(story: Story) -> None:
    walk = written(story, by="counsellor", body="请庄梦蝶准时参加。")
    story.rest(FRIDAY)
    with tenancy.scope(story.world.id):
        pending = Notice.objects.get(pk=walk.notice_id)
        notices._open(pending, by=story.world["counsellor"], at=walk.at)
        story.world.pupil("庄梦蝶", story.world.school_class)
    story.pending("start", lambda: processes.start_pending(via="beat", lane="routine"))


def test_batches_nights_and_the_whole_ladder(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    second_family(story.world)
    monkeypatch.setattr(notice_sending, "BATCH", 1)
    monkeypatch.setattr(notice_calls, "MEETINGS", 1)
    walk = written(story, at=local(9, 22), needs_answer=True)
    submit(story, walk)
    late(story, "sent in the morning", local(10, 7))
    late(story, "the next batch", local(10, 7, 1))
    for minute in range(2, 7):
        story.rest(local(10, 7, minute))
    late(story, "again, but at night", local(11, 22))
    late(story, "again in the morning", local(12, 7))
    late(story, "again, the next batch", local(12, 7, 1))
    late(story, "by text, but at night", local(12, 22))
    late(story, "by text in the morning", local(13, 7))
    late(story, "by text, the next batch", local(13, 7, 1))
    story.rest(local(13, 7, 2))
    late(story, "all are told again, ask to call", local(13, 8))
    late(story, "ask to call the second", local(14, 8))
    late(story, "meetings, but at night", local(16, 22))
    late(story, "meetings in the morning", local(17, 7))
    late(story, "meetings, the next batch", local(17, 7, 1))
    late(story, "no more meetings", local(17, 7, 2))
    late(story, "the end", local(30, 12))


def test_one_family_is_told_by_a_person(story: Story) -> None:
    story.at(NOW)
    walk = raised(story.world)
    walk.choose(
        "notice",
        reason="只通知补考安排",
    )
    walk.at += timedelta(days=5)
    late(story, "nobody has told them", walk.at)
    walk.at += timedelta(days=5)
    late(story, "still nobody has told them", walk.at)
    told = {"how": "phone", "told_at": walk.at.isoformat(), "words": "补考在下周三下午"}
    walk.at += MINUTE
    story.do("notice_tell", "teacher", told, case=walk.case_id, at=walk.at)


def test_a_matter_is_routed_to_somebody_who_tells(story: Story) -> None:
    story.at(NOW)
    walk = raised(story.world)
    walk.at += MINUTE
    answer = {"channel": "notice", "reason": "只通知补考安排"}
    task = walk.task("choose_channel").pk
    story.move("route", lambda: story.answered(task, "teacher", answer, at=walk.at), at=walk.at)


def test_every_transition_of_the_diagram_is_survived(
    tally: Tally, record_property: Callable[[str, object], None]
) -> None:
    tell_figures(tally, record_property)
