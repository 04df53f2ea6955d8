"""Things that exist when odd requests about them come: of one world, for one of its people."""

import re
from datetime import timedelta
from uuid import UUID

from parties import clock, tenancy
from tests.api import plan_stories
from tests.factories import CN, World
from tests.processes.notice_walk import drafted, sent
from tests.processes.walker import Walk
from tests.records import consented
from tests.records.desk import Desk
from workflow import notifications
from workflow.models import HumanTask, Notification

PEOPLE = {"staff": "duty_officer", "guardian": "mother", "company": "company"}


def ids(world: World, walk: Walk, who: str, operation: str) -> dict[str, UUID]:
    """Things that exist; the staff member may see and do each of them."""
    notifications.deliver_due(lane="crisis", via="test")
    with tenancy.scope(world.id):
        message = Notification.objects.filter(channel="in_app").order_by("created_at")
        mine = message.filter(recipient=world[who]).first() if who in world.people else None
        tasks = HumanTask.objects.filter(case=walk.case_id).order_by("created_at")
        person = world.people.get(who)
        task = tasks.filter(candidates__contains=[person.pk]).first() if person else None
        task = task or tasks.first()
    assert task is not None
    return {
        **_beside_the_case(world, who, operation),
        "case_id": walk.case_id,
        "task_id": task.pk,
        "message_id": mine.pk if mine else walk.case_id,
        "student_id": world.student.pk,
    }


def _beside_the_case(world: World, who: str, operation: str) -> dict[str, UUID]:
    """What the operation names; all of it for lists and for what is about the student.

    An operation on one case or one task never meets a notice, which takes a second to send.
    """
    named = set(re.findall(r"{(\w+)}", operation))
    everything = not named or "student_id" in named
    found: dict[str, UUID] = {}
    if everything or {"notice_id", "receipt_id"} & named:
        found |= notice_ids(world, who)
    if everything or "item_id" in named:
        found["item_id"] = _item(world, who)
    if everything or "consent_id" in named:
        found["consent_id"] = _consent(world)
    return found


def _item(world: World, who: str) -> UUID:
    """One that is this person's to do, in a plan of its own."""
    party = {"duty_officer": "SCHOOL", "mother": "FAMILY"}.get(who, "COMPANY")
    owner = world[who].pk if party == "SCHOOL" else None
    return plan_stories.item(world, owner_party=party, owner_id=owner).pk


def _consent(world: World) -> UUID:
    """Given by the mother, for a while from now."""
    return consented.give(Desk(world, at=clock.now())).pk


def notice_ids(world: World, who: str) -> dict[str, UUID]:
    """A draft of the staff member's own, or a notice that went out; a receipt with a reply."""
    yesterday = clock.now().astimezone(CN).replace(hour=10) - timedelta(days=1)
    out = sent(world, at=yesterday)
    out.act("reply", "mother", text="孩子说不想活了")
    mine = drafted(world, by=who, at=yesterday) if who == PEOPLE["staff"] else out
    return {"notice_id": mine.notice_id, "receipt_id": out.receipt("mother").pk}
