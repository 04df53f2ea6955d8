"""bpmn/notice.bpmn through the real services, with a hand-driven clock over a 调休 weekend."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from parties import tenancy
from parties.models import GuardianLink, Membership, Restriction, SignInLink, Student
from records.models import FileEntry, Notice, NoticeReceipt
from records.notices import AboutOnePerson
from tests.factories import CN, LONG_AGO, World
from tests.processes.notice_walk import FRIDAY, drafted, second_family, sent
from workflow import notice_answering, notice_sending, notices, processes
from workflow.errors import WrongState
from workflow.models import Case, HumanTask, Incident, Notification, ProcessInstance

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 10, 12, 10, 0, tzinfo=CN)


# --- the gate and the approval --------------------------------------------------------------------


def test_what_is_about_one_person_never_gets_a_case(world: World) -> None:
    walk = drafted(world, body="张三助学金已发放")

    with pytest.raises(AboutOnePerson) as refused:
        walk.submit()

    assert [one.finding.words for one in refused.value.findings] == ["张三助学金"]
    assert walk.notice.state == Notice.State.REFUSED
    assert walk.notice.case_id is None


def test_the_homeroom_teacher_approves_for_the_own_class_by_submitting(world: World) -> None:
    walk = sent(world)

    assert walk.notice.state == Notice.State.SENT
    assert walk.notice.approver_id == world["teacher"].pk
    assert walk.open_tasks() == {}
    assert walk.case.state == Case.State.IN_PROGRESS


@pytest.mark.parametrize(
    ("by", "scope", "task", "who"),
    [
        ("counsellor", {}, "approve_class", {"teacher"}),
        (
            "teacher",
            {"scope": "GRADE", "school_class": None, "grade": "2024"},
            "approve_grade",
            {"grade_leader"},
        ),
        (
            "teacher",
            {"scope": "SCHOOL", "school_class": None},
            "approve_school",
            {"duty_officer", "head_of_office"},
        ),
    ],
)
def test_who_approves_depends_on_the_scope(
    world: World, by: str, scope: dict[str, Any], task: str, who: set[str]
) -> None:
    walk = drafted(world, by=by, **scope)
    walk.submit(by)

    assert set(walk.open_tasks()) == {task}
    assert walk.candidates(task) == who
    assert walk.notice.state == Notice.State.PENDING_APPROVAL
    walk.decide(task, sorted(who)[0])
    assert walk.notice.state == Notice.State.SENT


def test_a_class_without_a_teacher_is_approved_by_the_grade_leader(world: World) -> None:
    with tenancy.scope(world.id):
        Membership.objects.filter(person=world["teacher"]).delete()
    walk = drafted(world, by="counsellor")
    walk.submit("counsellor")

    assert walk.candidates("approve_class") == {"grade_leader"}


def test_a_returned_notice_is_a_draft_again_and_its_author_hears_of_it(world: World) -> None:
    walk = drafted(world, by="counsellor")
    walk.submit("counsellor")
    first = walk.case

    walk.decide("approve_class", "teacher", "returned")

    assert walk.notice.state == Notice.State.DRAFT
    assert walk.messages(to="counsellor") == [("in_app", "notice.returned")]
    assert walk.case.state == Case.State.CANCELLED
    walk.submit("counsellor")
    assert walk.case.pk != first.pk


def test_it_can_be_withdrawn_until_it_is_sent(world: World) -> None:
    walk = drafted(world, by="counsellor")
    walk.submit("counsellor")

    notices.withdraw(
        school_id=world.id, notice_id=walk.notice_id, by=world["counsellor"], at=walk.at
    )

    assert walk.notice.state == Notice.State.WITHDRAWN
    assert walk.case.state == Case.State.CANCELLED
    assert walk.instance.status == ProcessInstance.State.COMPLETED
    assert walk.open_tasks() == {}


def test_what_was_sent_cannot_be_withdrawn(world: World) -> None:
    walk = sent(world)

    with pytest.raises(WrongState):
        notices.withdraw(
            school_id=world.id, notice_id=walk.notice_id, by=world["teacher"], at=walk.at
        )


def test_a_name_that_came_to_the_school_meanwhile_stops_it_in_the_process(world: World) -> None:
    walk = drafted(world, by="counsellor", body="请庄梦蝶准时参加。")
    with tenancy.scope(world.id):
        pending = Notice.objects.get(pk=walk.notice_id)
        notices._open(pending, by=world["counsellor"], at=walk.at)
        world.pupil("庄梦蝶", world.school_class)

    walk.wait()

    assert walk.notice.state == Notice.State.REFUSED
    assert walk.case.state == Case.State.CANCELLED
    assert walk.messages(to="counsellor") == [("in_app", "notice.returned")]


# --- sending --------------------------------------------------------------------------------------


def test_each_guardian_gets_one_receipt_per_child_and_a_link(world: World) -> None:
    walk = sent(world)

    assert walk.receipt("father").state == NoticeReceipt.State.PENDING
    assert walk.messages(to="mother") == [("in_app", "notice.new"), ("sms", "notice.link")]
    with tenancy.scope(world.id):
        assert NoticeReceipt.objects.count() == 2
        entry = FileEntry.objects.get(student=world.student)
    assert (entry.kind, entry.object_id) == ("notice", walk.notice_id)


def test_a_barred_guardian_is_left_out(world: World) -> None:
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school,
            student=world.student,
            person=world["father"],
            kind=Restriction.Kind.NO_CONTACT,
            starts_at=LONG_AGO,
        )
    walk = sent(world)

    assert walk.messages(to="father") == []
    with tenancy.scope(world.id):
        assert set(NoticeReceipt.objects.values_list("guardian_id", flat=True)) == {
            world["mother"].pk
        }


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 10, 9, 20, 59, tzinfo=CN), Notice.State.SENT),
        (datetime(2026, 10, 9, 21, 0, tzinfo=CN), Notice.State.APPROVED),
        (datetime(2026, 10, 10, 6, 59, tzinfo=CN), Notice.State.APPROVED),
        (datetime(2026, 10, 10, 7, 0, tzinfo=CN), Notice.State.SENT),
    ],
)
def test_nothing_leaves_between_evening_and_morning(
    world: World, moment: datetime, expected: str
) -> None:
    walk = sent(world, at=moment)

    assert walk.notice.state == expected
    assert bool(walk.messages()) == (expected == Notice.State.SENT)


def test_what_waited_for_the_morning_is_sent_at_seven(world: World) -> None:
    walk = sent(world, at=datetime(2026, 10, 9, 22, 0, tzinfo=CN))
    assert walk.instance.next_due_at == datetime(2026, 10, 10, 7, 0, tzinfo=CN)

    walk.wait(until=datetime(2026, 10, 10, 7, 0, tzinfo=CN))

    assert walk.notice.sent_at == datetime(2026, 10, 10, 7, 0, tzinfo=CN)


def test_big_scopes_are_sent_in_batches_a_minute_apart(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    second_family(world)
    monkeypatch.setattr(notice_sending, "BATCH", 1)
    walk = sent(world)
    counts = []
    for _ in range(5):
        with tenancy.scope(world.id):
            counts.append(NoticeReceipt.objects.count())
        walk.at += timedelta(minutes=1)
        processes.step_due(via="test", lane="routine", at=walk.at)

    assert counts == [1, 2, 3, 3, 3]


# --- the ladder -----------------------------------------------------------------------------------


def test_silence_is_met_by_resending_texting_and_calling(world: World) -> None:
    walk = sent(world)
    told = []
    for hours in (24, 48, 72, 96):
        walk.wait(until=FRIDAY + timedelta(hours=hours))
        told.append((walk.messages(to="mother")[2:], sorted(walk.open_tasks())))

    resent = [("email", "notice.link"), ("in_app", "notice.new")]
    texted = [*resent, ("sms", "notice.link")]
    assert told == [
        (resent, []),
        (texted, []),
        (texted, ["notice_call"]),
        (texted, ["notice_call", "notice_call_second"]),
    ]
    assert walk.candidates("notice_call") == {"teacher"}


def test_whoever_answered_is_left_in_peace(world: World) -> None:
    second_family(world)
    walk = sent(world)
    walk.act("confirm", "mother")
    before = walk.messages(to="mother"), walk.messages(to="father")

    walk.wait(until=FRIDAY + timedelta(hours=72))

    assert (walk.messages(to="mother"), walk.messages(to="father")) == before
    assert ("sms", "notice.link") in walk.messages(to="other_mother")[2:]
    assert set(walk.open_tasks()) == {"notice_call"}


def test_one_answer_per_child_ends_it(world: World) -> None:
    second_family(world)
    walk = sent(world)
    walk.act("confirm", "mother")
    assert walk.notice.state == Notice.State.SENT

    with tenancy.scope(world.id):
        receipt = NoticeReceipt.objects.get(guardian=world["other_mother"])
    notice_answering.confirm(
        school_id=world.id,
        receipt_id=receipt.pk,
        by=world["other_mother"],
        at=walk.at,
        how="APP",
    )

    assert walk.notice.state == Notice.State.CLOSED
    assert walk.case.state == Case.State.CLOSED
    assert walk.instance.status == ProcessInstance.State.COMPLETED


def test_the_calls_fall_away_with_the_last_answer(world: World) -> None:
    walk = sent(world)
    walk.wait(until=FRIDAY + timedelta(hours=72))

    walk.act("confirm", "father")

    assert walk.open_tasks() == {}
    with tenancy.scope(world.id):
        task = HumanTask.objects.get(name="notice_call")
    assert (task.state, task.cancel_reason) == ("CANCELLED", "notice_answered")


def test_a_class_without_anybody_to_call_is_an_incident(world: World) -> None:
    with tenancy.scope(world.id):
        Membership.objects.filter(role__in=["HT", "GL", "ME"]).delete()
    walk = drafted(world, by="principal")
    walk.submit("principal")

    walk.wait(until=FRIDAY + timedelta(hours=72))

    with tenancy.scope(world.id):
        assert Incident.objects.get().code == "task.nobody"


@pytest.mark.parametrize(("needs_answer", "meetings"), [(True, 1), (False, 0)])
def test_an_owed_answer_becomes_a_meeting_after_five_working_days(
    world: World, needs_answer: bool, meetings: int
) -> None:
    walk = sent(world, needs_answer=needs_answer)

    def opened() -> int:
        with tenancy.scope(world.id):
            return Case.objects.filter(channel="MEETING", student=world.student).count()

    # Friday, then the working Saturday, Monday to Thursday: five working days.
    walk.wait(until=datetime(2026, 10, 15, 17, 29, tzinfo=CN))
    assert opened() == 0
    walk.wait(until=datetime(2026, 10, 15, 17, 30, tzinfo=CN))

    assert opened() == meetings


def test_it_closes_at_its_deadline_and_says_what_arrived_nowhere(world: World) -> None:
    walk = sent(world, deadline=MONDAY)

    walk.wait(until=MONDAY + timedelta(minutes=1))

    assert walk.notice.state == Notice.State.CLOSED
    assert walk.receipt("mother").state == NoticeReceipt.State.UNREACHED
    assert walk.kinds()[-1] in {"notice.closed", "process.finished"}


def test_a_message_about_one_child_says_nothing_of_the_other(world: World) -> None:
    """A mother of two gets a message for each; what arrived nowhere must not look delivered."""
    with tenancy.scope(world.id):
        sibling = Student.objects.get(person=world["classmate"])
        GuardianLink.objects.create(
            school=world.school, student=sibling, guardian=world["mother"], relation="MOTHER"
        )
    walk = sent(world, deadline=MONDAY)
    mine = walk.receipt("mother")
    with tenancy.scope(world.id):
        link = SignInLink.objects.get(target_id=mine.pk)
        arrived = Notification.objects.get(key=f"notice:{link.pk}:sms")
        arrived.mark_sent(at=walk.at, via="test")
        arrived.save()
    walk.wait(until=MONDAY + timedelta(minutes=1))

    assert walk.receipt("mother").state == NoticeReceipt.State.DELIVERED
    assert walk.receipt("mother", sibling).state == NoticeReceipt.State.UNREACHED
    assert walk.receipt("father").state == NoticeReceipt.State.UNREACHED


def test_an_answer_after_the_end_is_still_welcome(world: World) -> None:
    walk = sent(world, deadline=MONDAY)
    walk.wait(until=MONDAY + timedelta(minutes=1))

    assert walk.act("confirm", "mother").state == NoticeReceipt.State.CONFIRMED
