"""The office finds the question about a family's words in its list and decides on its page."""

import pytest

from parties import clock, tenancy
from tests.api.callers import member
from tests.factories import CN, World
from tests.portal.visitors import by_password
from tests.processes.notice_walk import Sent, sent
from tests.records.desk import Desk
from workflow import communication
from workflow.models import Case, HumanTask

pytestmark = pytest.mark.django_db

WORDS = "孩子昨晚说不想活了"
TITLE = "发现危险迹象：请决定是否启动危机流程"


@pytest.fixture
def walk(world: World) -> Sent:
    made = sent(world, at=clock.now().astimezone(CN).replace(hour=10))
    made.act("reply", "mother", text=WORDS)
    return made


def question(world: World) -> HumanTask:
    with tenancy.scope(world.id):
        return HumanTask.objects.select_related("case").get(name="upgrade_decide")


@pytest.mark.parametrize(
    ("outcome", "channel", "closed"), [("crisis", "CRISIS", False), ("watch", "NOTICE", True)]
)
def test_the_office_reads_the_words_and_decides(
    walk: Sent, outcome: str, channel: str, closed: bool
) -> None:
    phone = by_password(walk.world, "duty_officer")
    assert TITLE in phone.text
    path = f"/tasks/{question(walk.world).pk}"

    phone.open(path)
    assert WORDS in phone.text
    assert f'href="/notices/{walk.receipt("mother").pk}"' in phone.html
    typed = {"answer-outcome": outcome, "answer-reason": "已与班主任核实"}
    phone.send(path, sure="1", **typed)

    task = question(walk.world)
    assert (task.state, task.case.channel) == ("COMPLETED", channel)
    assert (task.case.closed_at is not None) == closed


def test_a_tap_beside_the_words_takes_two(walk: Sent) -> None:
    phone = by_password(walk.world, "teacher")
    path = f"/notices/{walk.receipt('mother').pk}"
    phone.open(path)
    phone.send(f"{path}/danger")
    assert WORDS in phone.text
    assert question(walk.world).state == "OPEN"

    phone.send(f"{path}/danger", sure="1")

    task = question(walk.world)
    assert (task.state, task.case.channel) == ("CANCELLED", "CRISIS")
    assert phone.page.request["PATH_INFO"] == f"/cases/{task.case_id}"
    with tenancy.scope(walk.world.id):
        assert Case.objects.filter(channel="CRISIS").count() == 1


def test_a_family_has_no_such_button_and_others_no_such_page(walk: Sent) -> None:
    path = f"/notices/{walk.receipt('mother').pk}"
    mother = by_password(walk.world, "mother")
    mother.open(path)
    assert "报告为危机" not in mother.text
    assert TITLE not in by_password(walk.world, "mother").text

    assert mother.send(f"{path}/danger", sure="1").status_code == 403
    stranger = by_password(walk.world, "stranger")
    assert stranger.send(f"{path}/danger", sure="1").status_code == 404
    assert stranger.open(f"/tasks/{question(walk.world).pk}").status_code == 404


def test_words_beside_a_record_lead_to_the_record(world: World) -> None:
    desk = Desk(world, clock.now())
    record = desk.offered()
    communication.refuse(
        school_id=world.id, record_id=record.pk, by=world["mother"], at=desk.at,
        as_read=desk.mark(record, "mother"), reason=WORDS,
    )  # fmt: skip
    phone = by_password(world, "duty_officer")

    phone.open(f"/tasks/{question(world).pk}")

    assert f'href="/records/{record.pk}"' in phone.html
    assert WORDS not in phone.text  # they stay where they stand
    phone.open(f"/records/{record.pk}")
    assert WORDS in phone.text
    asked = member(world, "duty_officer").get(f"/tasks/{question(world).pk}").json()
    assert asked["record"] == str(record.pk)
