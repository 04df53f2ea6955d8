"""A meeting that the family knows becomes a crisis that names the father: nothing he or the student
can ask is answered differently, during it, after it is closed, and after it is a meeting again.

The same case before and after: every id is the same, so every byte must be.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from parties import clock, tenancy
from parties.models import Person
from records import communication, item_files
from records.attachments import Upload
from records.models import CommunicationRecord
from tests.api.plan_stories import today
from tests.factories import World
from tests.privacy.observers import Answer, Ids, differences
from tests.privacy.test_two_worlds import deliver, observer, phone
from tests.processes.intake_walk import Intake, in_meeting
from tests.processes.walker import FATHER
from tests.records import agreed
from tests.records.desk import Desk
from tests.records.uploads.files import jpeg
from workflow import notifications, rerouting, stabilising
from workflow.closing import UPWARD
from workflow.models import Case, HumanTask, Notification
from workflow.upgrading import UpgradeInput

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("channels")]

Story = Callable[[Intake], None]
WATCHERS = ("father", "student", "mentor")


def meeting(world: World, *, days: int) -> Intake:
    """Two months ago; both parents and the student were told to sign in."""
    walk = in_meeting(world, at=clock.now() - timedelta(days=days))
    with tenancy.scope(world.id):
        for who in ("father", "mother", "student"):
            notifications.enqueue(
                school_id=world.id, case_id=walk.case_id, to_id=world[who].pk, to_role="G",
                channel="in_app", template="case.news", key=f"news:{who}", lane="routine",
                at=walk.at,
            )  # fmt: skip
    deliver()
    return walk


def recorded(walk: Intake) -> CommunicationRecord:
    """What was talked about; the teacher and the father have signed it, and it has taken effect."""
    desk = Desk(walk.world, walk.at)
    record = desk.offered(case_id=walk.case_id)
    for who in ("teacher", "father"):
        desk.sign(record, who)
    return record


def corrected(walk: Intake, record: CommunicationRecord) -> CommunicationRecord:
    """A next version, written in the crisis, which takes the place of the one he signed."""
    desk = Desk(walk.world, walk.at)
    with desk.as_("teacher") as viewer:
        made = communication.next_version(viewer, record_id=record.pk)
    desk.say(made, "学生说父亲前天晚上动手打了她。")
    desk.check(made)
    desk.offer(made)
    for who in ("teacher", "mother"):
        desk.sign(made, who)
    return made


def upgraded(walk: Intake) -> None:
    """It names the father; nobody has answered for an hour and a half."""
    walk.at += timedelta(hours=1)
    rerouting.upgrade(
        school_id=walk.world.id, case_id=walk.case_id, by=walk.world["teacher"], at=walk.at,
        upgrade=UpgradeInput(to="CRISIS", reason="手臂有新伤，说不敢回家", suspects=FATHER),
    )  # fmt: skip
    for _ in range(9):
        walk.wait(minutes=10)


def triaged(walk: Intake, *, safe: str) -> None:
    upgraded(walk)
    walk.acknowledge()
    walk.triage(suspect_kind="guardian", safe_to_tell=safe)
    walk.wait(minutes=5)


def not_safe(walk: Intake) -> None:
    triaged(walk, safe="no")
    walk.do_all("report_decide", "report_confirm", *UPWARD, "protect")
    walk.wait(hours=24)


def safe_for_the_others(walk: Intake) -> None:
    """Telling the mother is safe; the father is named all the same."""
    triaged(walk, safe="yes")
    walk.do("call_guardian")
    walk.do_all("report_decide", "report_confirm", *UPWARD)
    walk.wait(hours=24)


def closed(walk: Intake) -> None:
    triaged(walk, safe="yes")
    for _ in range(12):
        walk.do_all(*sorted(walk.open() - {"follow_up"}))
    case = walk.case
    assert case.state == Case.State.FOLLOW_UP
    with tenancy.scope(walk.world.id):  # how two people get there is told in test_crisis_closing
        case.close(at=walk.at + timedelta(days=60))
        case.save()


def a_meeting_again(walk: Intake) -> None:
    """Two people take it down; the new meeting goes on with the mother."""
    triaged(walk, safe="yes")
    walk.do("call_guardian")
    walk.do_all("report_decide", "report_confirm", *UPWARD)
    walk.acknowledge()
    common: dict[str, Any] = {"school_id": walk.world.id, "case_id": walk.case_id, "at": walk.at}
    made = stabilising.propose(
        **common, by=walk.world["counsellor"], to="MEETING", reason="家长配合"
    )
    stabilising.confirm(**common, by=walk.world["duty_officer"], proposal_id=made.pk)
    walk.wait(minutes=5)
    assert walk.open() == {"meet"}


#: After it is a meeting again the student takes part in it: that the student sees.
STORIES: dict[str, tuple[Story, frozenset[str]]] = {
    "upgraded": (upgraded, frozenset()),
    "not_safe": (not_safe, frozenset()),
    "safe_for_the_others": (safe_for_the_others, frozenset()),
    "closed": (closed, frozenset()),
    "a_meeting_again": (a_meeting_again, frozenset({"student"})),
}


#: A copy on paper says when it was taken.
_STAMPED = ("GET /records/{record_id}/export", "page get /records/{target_id}/pdf")


def differs(before: dict[str, Answer], after: dict[str, Answer]) -> list[str]:
    calm, now = (
        {name: it for name, it in each.items() if not name.startswith(_STAMPED)}
        for each in (before, after)
    )
    return differences(calm, now)


def known_ids(walk: Intake, record: CommunicationRecord | None = None) -> Ids:
    """The meeting as the father knows it: its case, a task of it, and the message he got."""
    with tenancy.scope(walk.world.id):
        task = HumanTask.objects.filter(case=walk.case_id).earliest("created_at")
        father = Person.objects.get(name="father")
        message = Notification.objects.get(case=walk.case_id, recipient=father)
    ids = Ids(walk.case_id, task.pk, message.pk, walk.world.student.pk)
    if record is None:
        return ids
    item, photo = agreed_on(walk)
    return replace(ids, record=record.pk, target=record.pk, item=item, attachment=photo, file=photo)


def agreed_on(walk: Intake) -> tuple[UUID, UUID]:
    """What the family is to do from today on, and a photo that the mother added to it."""
    [item] = agreed.agree(walk.world, walk.case_id, today(), when=walk.at)
    photo = item_files.store(
        school_id=walk.world.id, by=walk.world["mother"], at=walk.at, item_id=item.pk,
        upload=Upload(source=jpeg(), name="作业.jpg", media_type="image/jpeg"),
    )  # fmt: skip
    return item.pk, photo.pk


@pytest.mark.parametrize("story", sorted(STORIES))
def test_an_upgrade_against_the_father_changes_not_one_byte(
    world: World, other_school: World, story: str
) -> None:
    walk = meeting(world, days=90)
    ids = known_ids(walk, recorded(walk))
    seen = {who: observer(world, other_school, who) for who in WATCHERS}
    for one in seen.values():
        one.asks(ids)  # what reading once changes, it changes here
    before = {who: (one.asks(ids), phone(world, who)) for who, one in seen.items()}
    assert before["father"][0]["GET /cases/{case_id}"][0] == 200

    happens, may_notice = STORIES[story]
    happens(walk)
    deliver()

    leaks: list[str] = []
    for who, one in seen.items():
        if who not in may_notice:
            calm, quiet = before[who]
            leaks += [f"{who}: {line}" for line in differs(calm, one.asks(ids))]
            leaks += [f"{who}: phone"] if phone(world, who) != quiet else []
    assert not leaks, "\n".join(leaks)


def test_a_later_version_leaves_what_he_signed_as_it_stood(
    world: World, other_school: World
) -> None:
    walk = meeting(world, days=90)
    record = recorded(walk)
    ids, father = known_ids(walk, record), observer(world, other_school, "father")
    father.asks(ids)
    before, quiet = father.asks(ids), phone(world, "father")
    assert before["GET /records/{record_id}"][0] == 200
    safe_for_the_others(walk)

    made = corrected(walk, record)
    deliver()

    assert Desk(world).now(record).state == CommunicationRecord.State.SUPERSEDED
    assert differs(before, father.asks(ids)) == []
    assert phone(world, "father") == quiet
    assert father.caller.get(f"/records/{made.pk}").status_code == 404


def test_the_mother_who_may_be_told_does_see_the_meeting_again(
    world: World, other_school: World
) -> None:
    """The comparison has teeth: for her the same story does change the answers."""
    walk = meeting(world, days=3)
    ids, mother = known_ids(walk), observer(world, other_school, "mother")
    mother.asks(ids)
    before = mother.asks(ids)

    triaged(walk, safe="yes")

    assert case_of(before)[2] != case_of(mother.asks(ids))[2]


def case_of(answers: dict[str, Answer]) -> Answer:
    return answers["GET /cases/{case_id}"]


def test_a_hidden_round_leaves_no_trace_when_the_ladder_starts_anew(
    world: World, other_school: World
) -> None:
    """What the first alarm hid may not show up because a second one came later."""
    walk = meeting(world, days=5)
    ids, father = known_ids(walk), observer(world, other_school, "father")
    father.asks(ids)
    before = father.asks(ids)
    triaged(walk, safe="yes")
    to_safety_without_the_father(walk)

    walk.wait(hours=2)
    walk.again()
    walk.wait(minutes=5)

    assert differences(before, father.asks(ids)) == []


def to_safety_without_the_father(walk: Intake) -> None:
    walk.do("call_guardian")
    walk.do_all(
        "report_decide", "report_confirm", *UPWARD, "protect", "meeting_urgent", "safety_plan"
    )
