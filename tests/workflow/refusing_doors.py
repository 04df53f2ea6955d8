"""Doors at which somebody writes words, each in a state that refuses the act."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from parties import tenancy
from parties.errors import InvalidInput, LostRace, SanfangError, WrongState
from records import plans
from records.complaints import Complaint
from records.evaluations import Score
from records.models import ActionItem, CommunicationRecord
from records.witnessed import Witnessed
from tests.factories import World
from tests.processes.meeting_walk import MeetingWalk, begin, offered
from tests.records import agreed as plan
from tests.records.desk import Desk
from tests.records.meeting_days import local
from workflow import attendance, communication, family_words, meeting_replies, record_objections
from workflow import plans as case_plans

NO_TIME = timedelta()

#: Writes words at a door that refuses them: `by` whom, and how long `after` the first moment.
Say = Callable[..., None]
Door = Callable[[World], Say]


def settled(world: World) -> MeetingWalk:
    """A date is agreed, and it was changed twice."""
    walk = offered(world)
    walk.choose()
    with tenancy.scope(world.id):
        meeting = walk.meeting_inside()
        meeting.changes = 2
        meeting.save()
    return walk


def answering(walk: MeetingWalk, verb: Callable[..., Any], **more: Any) -> Say:
    meeting = walk.meeting.pk

    def say(words: str, by: str = "mother", after: timedelta = NO_TIME) -> None:
        verb(
            school_id=walk.world.id, meeting_id=meeting, by=walk.world[by], at=walk.at + after,
            words=words, **more,
        )  # fmt: skip

    return say


def declining(world: World) -> Say:
    return answering(settled(world), meeting_replies.decline)


def changing(world: World) -> Say:
    return answering(settled(world), meeting_replies.ask_change)


def not_coming(world: World) -> Say:
    """The mentor, after the talk has begun."""
    walk = begin(world)
    walk.do("meeting_prepare", kind="AT_COMPANY", people=[str(world["mentor"].pk)])
    walk.go_to(local(12, 9))
    walk.do("meeting_dossier")
    walk.offer()
    walk.choose()
    walk.at = local(14, 10, 5)
    say = answering(walk, attendance.answer, comes=False)
    return lambda words, by="mentor", **more: say(words, by=by, **more)


def at_item(world: World, item: ActionItem, verb: Callable[..., Any], name: str) -> Say:
    def say(words: str, by: str = "mother", after: timedelta = NO_TIME) -> None:
        verb(
            school_id=world.id, item_id=item.pk, by=world[by], at=plan.at(12, 12) + after,
            **{name: words},
        )  # fmt: skip

    return say


def excusing(world: World) -> Say:
    """The day was signed already."""
    item = plan.one(world)
    family_words.check_in(school_id=world.id, item_id=item.pk, by=world["mother"], at=plan.MONDAY)
    return at_item(world, item, family_words.check_in, "excuse")


def excusing_no_day(world: World) -> Say:
    """Nothing of this is due by the day."""
    return at_item(world, plan.one(world, plan.draft()), family_words.check_in, "excuse")


def dropped(world: World) -> ActionItem:
    item = plan.one(world, plan.draft())
    plans.drop(
        school_id=world.id, item_id=item.pk, by=world["teacher"], at=plan.MONDAY, why="改用别的办法"
    )
    return item


def stuck(world: World) -> Say:
    return at_item(world, dropped(world), family_words.block, "why")


def done(world: World) -> Say:
    return at_item(world, dropped(world), family_words.finish, "note")


def scoring(world: World) -> Say:
    """This side has scored."""
    give = score_of(world, plan.planned(world))
    give("作业都交了")
    return give


def scoring_no_plan(world: World) -> Say:
    return score_of(world, plan.meeting(world))


def score_of(world: World, case: UUID) -> Say:
    def give(words: str, by: str = "mother", after: timedelta = NO_TIME) -> None:
        case_plans.score(
            school_id=world.id, case_id=case, by=world[by], at=plan.MONDAY + after,
            given=Score(score=1, words=words),
        )  # fmt: skip

    return give


def offered_record(world: World) -> tuple[Desk, CommunicationRecord]:
    desk, case = Desk(world, plan.MONDAY), plan.meeting(world)
    record = desk.drafted()
    with tenancy.scope(world.id):
        CommunicationRecord.objects.filter(pk=record.pk).update(case_id=case)
    desk.check(record)
    desk.offer(record)
    return desk, desk.now(record)


def beside(desk: Desk, record: CommunicationRecord, verb: str, **more: Any) -> Say:
    name = {"sign": "note", "refuse": "reason"}[verb]
    mark = desk.mark(record, "mother")

    def say(words: str, by: str = "mother", after: timedelta = NO_TIME) -> None:
        getattr(communication, verb)(
            school_id=desk.world.id, record_id=record.pk, by=desk.world[by], at=desk.at + after,
            **{"as_read": mark, name: words, **more},
        )  # fmt: skip

    return say


def signing(world: World) -> Say:
    """She has said no."""
    desk, record = offered_record(world)
    desk.refuse(record, "mother")
    return beside(desk, record, "sign", method="IN_APP")


def refusing(world: World) -> Say:
    """She has signed."""
    desk, record = offered_record(world)
    desk.sign(record, "mother")
    return beside(desk, record, "refuse")


def refusing_other_words(world: World) -> Say:
    return beside(*offered_record(world), "refuse", as_read="0" * 32)


def relaying(world: World) -> Say:
    """A teacher writes down what the mother said, who has signed."""
    desk, record = offered_record(world)
    desk.sign(record, "mother")
    mark = desk.mark(record, "teacher")

    def say(words: str, by: str = "teacher", after: timedelta = NO_TIME) -> None:
        given = Witnessed(
            signer=world["mother"].pk, method="REFUSED", witness=world["duty_officer"].pk,
            reason=f"母亲说“{words}”", as_read=mark,
        )  # fmt: skip
        communication.witness(
            school_id=world.id, record_id=record.pk, by=world[by], at=desk.at + after, given=given
        )

    return say


def objecting_to(desk: Desk, record: CommunicationRecord) -> Say:
    def say(words: str, by: str = "mother", after: timedelta = NO_TIME) -> None:
        record_objections.object_to(
            school_id=desk.world.id, record_id=record.pk, by=desk.world[by], at=desk.at + after,
            complaint=Complaint(ground="WRONG", wish="CORRECT", words=words),
        )  # fmt: skip

    return say


def objecting_too_soon(world: World) -> Say:
    return objecting_to(*offered_record(world))


def objecting_twice(world: World) -> Say:
    desk, record = offered_record(world)
    for who in ("teacher", "mother"):
        desk.sign(record, who)
    desk.object(record)
    return objecting_to(desk, record)


def annotating_too_much(world: World) -> Say:
    desk, record = offered_record(world)
    for who in ("teacher", "mother"):
        desk.sign(record, who)
    filed = desk.object(record)

    def say(words: str, by: str = "mother", after: timedelta = NO_TIME) -> None:
        record_objections.annotate(
            school_id=world.id, objection_id=filed.pk, by=world[by], at=desk.at + after,
            words=words.ljust(600, "。"),
        )  # fmt: skip

    return say


DOORS: dict[Door, type[SanfangError]] = {
    declining: WrongState,
    changing: WrongState,
    not_coming: WrongState,
    excusing: WrongState,
    excusing_no_day: InvalidInput,
    stuck: WrongState,
    done: WrongState,
    scoring: WrongState,
    scoring_no_plan: InvalidInput,
    signing: WrongState,
    refusing: WrongState,
    refusing_other_words: LostRace,
    relaying: WrongState,
    objecting_too_soon: WrongState,
    objecting_twice: InvalidInput,
    annotating_too_much: InvalidInput,
}
