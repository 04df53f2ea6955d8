"""A sign of danger in what a family writes beside an answer asks a person; it decides nothing."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from parties import tenancy
from parties.errors import WrongState
from parties.models import Absence
from parties.roles import Role
from records.complaints import Complaint
from records.models import CommunicationRecord, ItemCheckIn, MeetingReply
from records.witnessed import Witnessed
from tests.factories import HOUR, NOW, World, people_of
from tests.processes.meeting_walk import offered
from tests.records import agreed as plan
from tests.records.desk import Desk
from workflow import communication, family_words, meeting_replies, record_objections
from workflow.models import Case, HumanTask, Notification

pytestmark = pytest.mark.django_db

DANGER = "她說活著沒意思，想tiaolou"  # traditional and Pinyin: the same words
CALM = "今天已打卡，笑死我了"

Story = Callable[[World, str], UUID]


def excused(world: World, words: str) -> UUID:
    item = plan.one(world)
    family_words.check_in(
        school_id=world.id, item_id=item.pk, by=world["mother"], at=plan.MONDAY, excuse=words
    )
    return item.case_id


def stuck(world: World, words: str) -> UUID:
    item = plan.one(world, plan.draft())
    family_words.block(
        school_id=world.id, item_id=item.pk, by=world["mother"], at=plan.MONDAY, why=words
    )
    return item.case_id


def done(world: World, words: str) -> UUID:
    """By the mentor: a company's words count as much."""
    item = plan.one(world, plan.draft(owner_party="COMPANY"))
    family_words.finish(
        school_id=world.id, item_id=item.pk, by=world["mentor"], at=plan.MONDAY, note=words
    )
    return item.case_id


def changed(world: World, words: str) -> UUID:
    walk = offered(world)
    walk.change(words=words)
    return walk.case_id


def declined(world: World, words: str) -> UUID:
    walk = offered(world)
    meeting_replies.decline(
        school_id=world.id, meeting_id=walk.meeting.pk, by=world["mother"], at=walk.at, words=words
    )
    return walk.case_id


def offered_record(world: World) -> tuple[Desk, CommunicationRecord]:
    desk, case = Desk(world, plan.MONDAY), plan.meeting(world)
    record = desk.drafted()
    with tenancy.scope(world.id):
        CommunicationRecord.objects.filter(pk=record.pk).update(case_id=case)
    desk.check(record)
    desk.offer(record)
    return desk, desk.now(record)


# --- beside a record ------------------------------------------------------------------------------


def common(desk: Desk, record: CommunicationRecord, by: str = "mother") -> dict[str, Any]:
    return {
        "school_id": desk.world.id, "record_id": record.pk, "by": desk.world[by], "at": desk.at,
    }  # fmt: skip


def signing(desk: Desk, record: CommunicationRecord) -> dict[str, Any]:
    return {**common(desk, record), "as_read": desk.mark(record, "mother")}


def refuse(desk: Desk, record: CommunicationRecord, words: str) -> None:
    communication.refuse(**signing(desk, record), reason=words)


def sign(desk: Desk, record: CommunicationRecord, words: str) -> None:
    communication.sign(**signing(desk, record), method="IN_APP", note=words)


def relay(desk: Desk, record: CommunicationRecord, words: str) -> None:
    """A teacher writes down what the mother said on the phone."""
    given = Witnessed(
        signer=desk.world["mother"].pk,
        method="REFUSED",
        witness=desk.world["duty_officer"].pk,
        reason=f"母亲说“{words}”",
        as_read=desk.mark(record, "teacher"),
    )
    communication.witness(**common(desk, record, "teacher"), given=given)


def relay_more(desk: Desk, record: CommunicationRecord, words: str) -> None:
    """What is not kept, because another word stands, is heard all the same."""
    relay(desk, record, "不同意“多次”")
    with pytest.raises(WrongState):
        relay(desk, record, words)


def object_(desk: Desk, record: CommunicationRecord, words: str) -> None:
    for who in ("teacher", "mother"):
        desk.sign(record, who)
    record_objections.object_to(
        **common(desk, record), complaint=Complaint(ground="WRONG", wish="CORRECT", words=words)
    )


def annotate(desk: Desk, record: CommunicationRecord, words: str) -> None:
    for who in ("teacher", "mother"):
        desk.sign(record, who)
    filed = desk.object(record)
    record_objections.annotate(
        school_id=desk.world.id, objection_id=filed.pk, by=desk.world["mother"], at=desk.at,
        words=words,
    )  # fmt: skip


Act = Callable[[Desk, CommunicationRecord, str], None]
ACTS: list[Act] = [refuse, sign, relay, relay_more, object_, annotate]


def beside(act: Act) -> Story:
    """The act on a record of a case."""

    def story(world: World, words: str) -> UUID:
        desk, record = offered_record(world)
        act(desk, record, words)
        assert record.case_id is not None
        return record.case_id

    return story


STORIES: list[Story] = [excused, stuck, done, changed, declined, *map(beside, ACTS)]


def asked(world: World, case: UUID) -> set[str]:
    with tenancy.scope(world.id):
        tasks = HumanTask.objects.filter(case=case, name="upgrade_decide")
        return people_of(world, {pk for task in tasks for pk in task.candidates})


def told(world: World) -> set[str]:
    with tenancy.scope(world.id):
        found = Notification.objects.filter(template="follow_up.danger")
        return people_of(world, set(found.values_list("recipient_id", flat=True)))


@pytest.mark.parametrize("story", STORIES)
def test_a_sign_of_danger_asks_the_office_and_tells_the_teacher_alone(
    world: World, story: Story
) -> None:
    case = story(world, DANGER)

    assert asked(world, case) == {"duty_officer", "head_of_office"}
    assert told(world) == {"duty_officer", "head_of_office", "teacher"}
    with tenancy.scope(world.id):
        assert Case.objects.get(pk=case).channel == "MEETING"  # a person decides


@pytest.mark.parametrize("story", STORIES)
def test_ordinary_words_ask_nobody(world: World, story: Story) -> None:
    assert asked(world, story(world, CALM)) == set()
    assert told(world) == set()


def test_the_words_are_kept_as_they_were_written(world: World) -> None:
    changed(world, DANGER)
    with tenancy.scope(world.id):
        assert MeetingReply.objects.get(kind="CHANGE").words == DANGER
    excused(world, DANGER)
    with tenancy.scope(world.id):
        assert ItemCheckIn.objects.get().excuse == DANGER


def test_the_same_excuse_sent_twice_asks_once(world: World) -> None:
    item = plan.one(world)
    for _ in range(2):
        family_words.check_in(
            school_id=world.id, item_id=item.pk, by=world["mother"], at=plan.MONDAY, excuse=DANGER
        )

    with tenancy.scope(world.id):
        assert HumanTask.objects.filter(name="upgrade_decide").count() == 1


@pytest.mark.parametrize("act", ACTS)
def test_words_in_no_matter_are_looked_at_at_once(world: World, act: Act) -> None:
    desk = Desk(world, NOW)
    act(desk, desk.offered(), CALM)
    assert hurried(world) == set()

    act(desk, desk.offered(), DANGER)
    assert hurried(world) == {"duty_officer", "teacher"}


def hurried(world: World) -> set[str]:
    with tenancy.scope(world.id):
        found = Notification.objects.filter(template="notice.look_now", lane="crisis")
        return people_of(world, set(found.values_list("recipient_id", flat=True)))


@pytest.mark.parametrize(
    ("away", "looks", "role"),
    [
        ((), {"duty_officer"}, Role.ME),
        (("duty_officer",), {"head_of_office"}, Role.ME),
        (("duty_officer", "head_of_office"), {"vice_principal"}, Role.VP),
        (("duty_officer", "head_of_office", "vice_principal"), {"principal"}, Role.PR),
    ],
)
@pytest.mark.parametrize("danger", [False, True])
def test_words_reach_somebody_whoever_is_away(
    world: World, away: tuple[str, ...], looks: set[str], role: Role, danger: bool
) -> None:
    with tenancy.scope(world.id):
        for who in away:
            Absence.objects.create(
                school=world.school, person=world[who], starts_at=NOW - HOUR, ends_at=NOW + HOUR
            )

        told = family_words.who_looks(world.student, danger=danger, at=NOW)

    office = {person: held for person, held in told.items() if held != Role.HT}
    assert office == {world[who].pk: role for who in looks}
