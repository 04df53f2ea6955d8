"""What the database refuses about meetings, and two guardians who tap at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from parties import tenancy
from parties.errors import InvalidInput, WrongState
from records.meetings import outcomes
from records.meetings.outcomes import Try
from records.models import DossierItem, Meeting, MeetingAttempt, MeetingInvitee, MeetingSlot
from tests.factories import NOW, World
from tests.records.meeting_days import again, change, choose, later, offered, prepared


def tried(world: World, meeting: Meeting, **values: Any) -> MeetingAttempt:
    return MeetingAttempt.objects.create(
        **{
            "school_id": world.id, "student": world.student, "meeting": meeting, "round": 1,
            "channel": "PHONE", "outcome": "NO_ANSWER", "tried_at": NOW, "recorded_at": NOW,
            "by": world["teacher"], **values,
        }
    )  # fmt: skip


@pytest.mark.django_db
def test_the_database_refuses_what_must_never_be(world: World) -> None:
    meeting, slots = offered(world)
    choose(world, meeting, slots[0].pk)
    mine = {"school_id": world.id, "student": world.student, "meeting": meeting}
    chosen = {"chosen_by": world["mother"], "chosen_at": NOW}
    refused: list[Callable[[], object]] = [
        lambda: Meeting.objects.filter(pk=meeting.pk).update(changes=3),
        lambda: Meeting.objects.filter(pk=meeting.pk).update(no_shows=4),
        lambda: Meeting.objects.filter(pk=meeting.pk).update(student_wish="NO"),
        lambda: Meeting.objects.filter(pk=meeting.pk).update(state="HELD"),
        lambda: Meeting.objects.filter(pk=meeting.pk).update(state="NOT_MET", ended_at=NOW),
        lambda: MeetingSlot.objects.filter(pk=slots[1].pk).update(**chosen),
        lambda: MeetingSlot.objects.filter(pk=slots[1].pk).update(chosen_at=NOW),
        lambda: MeetingSlot.objects.filter(pk=slots[1].pk).update(ends_at=slots[1].starts_at),
        lambda: MeetingSlot.objects.filter(pk=slots[1].pk).update(is_remote=True),
        lambda: MeetingInvitee.objects.filter(person=world["father"]).update(part="MUST_NOT"),
        lambda: MeetingInvitee.objects.filter(person=world["mother"]).update(
            part="MUST_NOT", reason="NO_MEETING"
        ),
        lambda: DossierItem.objects.create(
            **mine, kind="PSY_REPORT", added_by=world["teacher"], added_at=NOW
        ),
        lambda: tried(world, meeting, channel="HOME_VISIT"),
        lambda: tried(world, meeting, channel="MEETING"),
        lambda: tried(world, meeting, outcome="NO_SHOW"),
        lambda: tried(world, meeting, channel="HOME_VISIT", companion=world["teacher"]),
        lambda: tried(world, meeting, tried_at=later(hours=1)),
        lambda: meeting.replies.update(kind="DECLINED"),
        lambda: meeting.replies.all().delete(),
        lambda: Meeting.objects.create(
            school_id=world.id, student=world.student, case_id=meeting.case_id, kind="REMOTE",
            trigger="STUDY", purpose="x", student_wish="NO", student_present=False,
            prepared_by=world["teacher"], prepared_at=NOW,
        ),
    ]  # fmt: skip
    with tenancy.scope(world.id):
        for act in refused:
            with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
                act()


@pytest.mark.django_db
def test_what_was_said_lies_sealed_in_the_database(world: World) -> None:
    meeting, _ = offered(world)
    change(world, meeting, words="晚上打两份工")

    with tenancy.scope(world.id), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM records_meetingreply r")
        stored = "".join(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT row_to_json(m)::text FROM records_meeting m")
        stored += "".join(row[0] for row in cursor.fetchall())
    assert "打两份工" not in stored
    assert "实训考核" not in stored


@pytest.mark.django_db
def test_holding_and_missing_need_their_time(world: World) -> None:
    meeting, slots = offered(world)
    choose(world, meeting, slots[0].pk)

    with tenancy.scope(world.id), pytest.raises(WrongState, match="还没有到"):
        outcomes.held(meeting_id=meeting.pk, by=world["teacher"], at=NOW)
    with tenancy.scope(world.id), pytest.raises(WrongState, match="还没有到"):
        outcomes.missed(meeting_id=meeting.pk, by=world["teacher"], at=NOW)


def together(*acts: Callable[[], object]) -> list[object]:
    """All at the same moment, each on a connection of its own; results or refusals."""
    line = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            line.wait(10)
            return act()
        except WrongState as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_of_two_choices_at_once_exactly_one_counts(world: World, turn: int) -> None:
    meeting, slots = offered(world)

    came = together(
        lambda: choose(world, meeting, slots[0].pk, by="mother"),
        lambda: choose(world, meeting, slots[1].pk, by="father"),
    )

    assert sum(isinstance(one, WrongState) for one in came) == 1
    with tenancy.scope(world.id):
        assert meeting.slots.filter(chosen_at__isnull=False).count() == 1
    assert again(world, meeting).sequence == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_tap_changes_once(world: World) -> None:
    meeting, _ = offered(world)

    came = together(*[lambda: change(world, meeting) for _ in range(4)])

    assert not any(isinstance(one, WrongState) for one in came)
    assert again(world, meeting).changes == 1


@pytest.mark.django_db(transaction=True)
def test_a_choice_and_a_change_at_once_leave_one_truth(world: World) -> None:
    meeting, slots = offered(world)

    together(
        lambda: choose(world, meeting, slots[0].pk, by="mother"),
        lambda: change(world, meeting, by="father"),
    )

    now = again(world, meeting)
    with tenancy.scope(world.id):
        holds = meeting.slots.filter(chosen_at__isnull=False, called_off_at=None).count()
    assert (now.state, holds, now.changes) == ("PREPARING", 0, 1)


@pytest.mark.django_db(transaction=True)
def test_two_who_prepare_at_once_prepare_one_meeting(world: World) -> None:
    case = uuid4()
    came = together(
        lambda: prepared(world, case_id=case).pk, lambda: prepared(world, case_id=case).pk
    )

    assert len(set(came)) == 1


@pytest.mark.django_db
def test_an_attempt_says_who_and_what(world: World) -> None:
    meeting, _ = offered(world)
    with tenancy.scope(world.id):
        made = outcomes.attempt(
            meeting_id=meeting.pk, by=world["teacher"], at=NOW,
            tried=Try(world["mother"].pk, "PHONE", "NO_ANSWER", NOW, note="响铃一分钟"),
        )  # fmt: skip
        assert (made.person_id, made.round) == (world["mother"].pk, 1)


@pytest.mark.django_db
def test_nobody_was_reached_about_a_meeting_before_there_was_one(world: World) -> None:
    meeting, _ = offered(world)
    with tenancy.scope(world.id), pytest.raises(InvalidInput) as told:
        outcomes.attempt(
            meeting_id=meeting.pk, by=world["teacher"], at=NOW,
            tried=Try(world["mother"].pk, "PHONE", "NO_ANSWER", NOW - timedelta(days=366)),
        )  # fmt: skip

    assert told.value.field == "tried_at"
    assert "早于这次会谈" in str(told.value)
