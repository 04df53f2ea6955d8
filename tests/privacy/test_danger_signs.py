"""A mother's words ask the school a question; nothing that anybody at home or outside can ask is
answered differently for it. The same school before and after: every id is the same.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from parties import clock, tenancy
from records.models import CommunicationRecord
from tests.api.papers import effective
from tests.factories import CN, World
from tests.privacy.observers import Ids, differences
from tests.privacy.test_two_worlds import deliver, observer, phone
from tests.processes.notice_walk import Sent, sent
from workflow import family_words, upgrade_ladder
from workflow.models import HumanTask, Notification

pytestmark = pytest.mark.django_db(transaction=True)

WATCHERS = ("father", "student", "classmate", "stranger", "mentor")


def noticed(world: World) -> Sent:
    return sent(world, at=clock.now().astimezone(CN).replace(hour=10) - timedelta(days=1))


def test_a_question_about_a_family_changes_no_byte_for_others(
    world: World, other_school: World
) -> None:
    walk = noticed(world)
    deliver()
    seen = {who: observer(world, other_school, who) for who in WATCHERS}
    nothing = Ids.absent(world.student.pk)
    before = {who: (one.asks(nothing), phone(world, who)) for who, one in seen.items()}

    walk.act("reply", "mother", text="他爸爸昨晚打她，孩子说不想活了")
    upgrade_ladder.look_due(via="test", at=walk.at + timedelta(hours=1))
    deliver()

    leaks = []
    for who, one in seen.items():
        calm, quiet = before[who]
        leaks += [f"{who}: {line}" for line in differences(calm, one.asks(real(walk)))]
        leaks += [who] if phone(world, who) != quiet else []
    assert leaks == []


def test_nor_does_a_question_about_words_beside_a_record(world: World, other_school: World) -> None:
    """What the mother wrote stands already; what differs is that somebody was asked about it."""
    paper = effective(world)
    deliver()
    seen = {who: observer(world, other_school, who) for who in ("mother", "father", "student")}
    nothing = Ids.absent(world.student.pk)
    before = {who: (one.asks(nothing), phone(world, who)) for who, one in seen.items()}

    with tenancy.scope(world.id) as at:
        record = CommunicationRecord.objects.get(pk=paper.id)
        family_words.listen("孩子说不想活了", case_id=None, at=at, source="refusal", about=record)
    upgrade_ladder.look_due(via="test", at=clock.now() + timedelta(hours=1))
    deliver()

    leaks = []
    for who, one in seen.items():
        calm, quiet = before[who]
        leaks += [f"{who}: {line}" for line in differences(calm, one.asks(found(world)))]
        leaks += [who] if phone(world, who) != quiet else []
    assert leaks == []


def real(walk: Sent) -> Ids:
    return replace(found(walk.world), target=walk.receipt("mother").pk)


def found(world: World) -> Ids:
    """The question's own ids."""
    with tenancy.scope(world.id):
        task = HumanTask.objects.get(name="upgrade_decide")
        message = Notification.objects.filter(case=task.case_id, channel="in_app").first()
    assert message is not None
    return Ids(task.case_id, task.pk, message.pk, world.student.pk)


def test_the_comparison_has_teeth(world: World, other_school: World) -> None:
    walk = noticed(world)
    teacher = observer(world, other_school, "teacher")
    nothing = Ids.absent(world.student.pk)
    before = teacher.asks(nothing)

    walk.act("reply", "mother", text="孩子说不想活了")

    changed = differences(before, teacher.asks(nothing))
    assert any(line.startswith("GET /cases:") for line in changed)
