"""What a family and a company read of a matter never sends them to the homeroom teacher, who may be
the one that it is about.
"""

from datetime import timedelta

import pytest

from parties import clock
from parties.roles import Role
from portal import words
from tests.api.meeting_stories import moments
from tests.factories import World
from tests.portal.visitors import by_password
from tests.processes.intake_walk import raised
from tests.processes.meeting_walk import MeetingWalk

pytestmark = pytest.mark.django_db(transaction=True)


def on_offer(world: World) -> MeetingWalk:
    """The grade leader has taken it to a meeting and offers times."""
    begun = raised(
        world, by="mother", role=Role.G, words="班主任念了孩子的成绩，想谈一谈", trigger="visit",
        needs_family=True, recused=True, at=clock.now() - timedelta(hours=2),
    )  # fmt: skip
    begun.choose("meeting", by="grade_leader")
    walk = MeetingWalk(world, begun.case_id, clock.now() - timedelta(minutes=5))
    for name in ("meeting_prepare", "meeting_dossier"):
        walk.do(name, by="grade_leader")
    lines = {f"slot_{n}_at": moment.isoformat() for n, moment in enumerate(moments(walk.at), 1)}
    walk.do("meeting_offer_slots", by="grade_leader", **lines, place_kind="OFFICE", place="302")
    return walk


def test_whoever_cannot_come_is_sent_to_who_arranges_the_talk(world: World) -> None:
    walk = on_offer(world)
    walk.choose()
    phone = by_password(world, "student")

    phone.open(f"/meetings/{walk.meeting.pk}")

    assert "打电话与安排会谈的老师商量" in phone.text
    assert "班主任" not in phone.text


def test_the_record_offers_nobody_who_was_kept_away(world: World) -> None:
    walk = on_offer(world)
    walk.choose()
    walk.go_to(moments(walk.at)[0] + timedelta(hours=1))
    walk.do("meeting_hold", by="grade_leader")
    leader = by_password(world, "grade_leader")

    leader.open(f"/tasks/{walk.task('meeting_minutes').pk}/record")

    assert leader.page.status_code == 200
    assert "counsellor（" in leader.text
    assert "teacher（" not in leader.text


def test_the_plan_says_nothing_of_a_call_by_the_homeroom_teacher() -> None:
    assert "班主任" not in words.EVENTS["plan.talk_asked"]


def test_the_school_is_told_where_a_record_stays_between_them(world: World) -> None:
    walk = on_offer(world)
    leader = by_password(world, "grade_leader")

    leader.open(f"/cases/{walk.case_id}")

    assert "沟通记录请从这件事的待办里写" in leader.text
