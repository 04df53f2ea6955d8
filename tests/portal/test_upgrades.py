"""升级 on a phone: the team's button, one tap to a meeting, two to a crisis."""

from datetime import timedelta

import pytest

from parties import clock, tenancy
from tests.factories import World
from tests.portal.visitors import Phone, by_link, by_password
from tests.processes.intake_walk import Intake, in_meeting, raised
from tests.processes.notice_walk import sent
from tests.processes.walker import begin
from workflow.models import CrisisReport, Escalation

pytestmark = pytest.mark.usefixtures("channels")

WHY = "手臂有新伤，说不敢回家"
BUTTON = "升级…"


def ladders(walk: Intake) -> int:
    with tenancy.scope(walk.world.id):
        return Escalation.objects.filter(case=walk.case_id, state="WAITING").count()


def in_notice(world: World) -> Intake:
    walk = raised(world)
    walk.choose("notice")
    return walk


def opened(walk: Intake, who: str = "teacher") -> Phone:
    phone = by_password(walk.world, who)
    phone.open(f"/cases/{walk.case_id}")
    assert phone.page.status_code == 200
    return phone


def test_a_meeting_is_a_matter_and_offers_the_way_up(world: World) -> None:
    phone = opened(in_meeting(world))

    assert "面对面会谈事项" in phone.text
    assert "危机" not in phone.text
    assert BUTTON in phone.text


def test_a_crisis_is_called_one_and_has_nothing_above_it(world: World) -> None:
    walk = begin(world)
    phone = by_password(world, "teacher")

    phone.open(f"/cases/{walk.case_id}")

    assert "危机事项" in phone.text
    assert BUTTON not in phone.text
    assert phone.open(f"/cases/{walk.case_id}/upgrade").status_code == 403


def test_one_tap_takes_a_notice_to_a_meeting(world: World) -> None:
    walk = in_notice(world)
    phone = opened(walk)
    phone.open(f"/cases/{walk.case_id}/upgrade")

    phone.send(f"/cases/{walk.case_id}/upgrade", to="MEETING", reason="家长要求面谈")

    assert phone.page.request["PATH_INFO"] == f"/cases/{walk.case_id}"
    assert (walk.case.channel, ladders(walk)) == ("MEETING", 0)
    assert walk.reasons()[-1] == ("家长要求面谈", "")


def test_a_crisis_takes_two_taps_and_keeps_what_was_said(world: World) -> None:
    walk = in_meeting(world)
    phone = opened(walk)
    phone.open(f"/cases/{walk.case_id}/upgrade")
    phone.send(f"/cases/{walk.case_id}/upgrade", to="CRISIS", reason=WHY, safe_now="NO")
    assert "确认，升级为危机" in phone.text
    assert phone.html.index('href="tel:110"') < phone.html.index("<h1")
    assert (walk.case.channel, ladders(walk)) == ("MEETING", 0)

    kept = {name: phone.value(name) for name in ("to", "reason", "safe_now", "sure")}
    phone.send(f"/cases/{walk.case_id}/upgrade", **kept)

    assert (walk.case.channel, ladders(walk)) == ("CRISIS", 1)
    with tenancy.scope(world.id):
        report = CrisisReport.objects.get(case=walk.case_id)
        assert (report.observed, report.safe_now) == (WHY, "NO")


@pytest.mark.parametrize(
    ("said", "mistake"),
    [
        ({"to": "CRISIS", "reason": " "}, "没有填写理由"),
        ({"to": "NOTICE", "reason": WHY}, "这不是更高的渠道"),
        ({"to": "", "reason": WHY}, "没有这个渠道"),
        ({"to": "CRISIS", "reason": WHY, "safe_now": "MAYBE", "sure": "1"}, "现在是否安全"),
    ],
)
def test_what_is_missing_is_said_and_what_was_written_stays(
    world: World, said: dict[str, str], mistake: str
) -> None:
    walk = in_meeting(world)
    phone = opened(walk)
    phone.open(f"/cases/{walk.case_id}/upgrade")

    phone.send(f"/cases/{walk.case_id}/upgrade", **said)

    assert phone.page.status_code == 400
    assert mistake in phone.text
    assert said["reason"].strip() in phone.html
    assert walk.case.channel == "MEETING"


def test_a_mother_sees_the_matter_and_no_way_up(world: World) -> None:
    walk = in_meeting(world)
    phone = by_link(world, "mother")
    phone.open(f"/cases/{walk.case_id}")

    assert "与您有关的事项" in phone.text
    assert BUTTON not in phone.text
    assert phone.open(f"/cases/{walk.case_id}/upgrade").status_code == 403


def test_a_stranger_finds_nothing(world: World) -> None:
    walk = in_meeting(world)

    assert by_password(world, "stranger").open(f"/cases/{walk.case_id}/upgrade").status_code == 404


@pytest.mark.parametrize("to", ["MEETING", "CRISIS"])
def test_a_notice_to_many_families_is_nobodys_matter_to_take_up(world: World, to: str) -> None:
    """It would stop for all of them, and no student could be met; what to do instead is said."""
    walk = sent(world, at=clock.now() - timedelta(days=1))
    phone, page = by_password(world, "teacher"), f"/cases/{walk.case_id}"
    phone.open(page)
    assert BUTTON not in phone.text
    assert phone.open(f"{page}/upgrade").status_code == 409
    phone.open("/")

    answer = phone.send(f"{page}/upgrade", to=to, reason=WHY, safe_now="NO", sure="1")

    assert answer.status_code == 409
    assert "请“报告危机”" in phone.text
    assert WHY in phone.text
    assert walk.case.channel == "NOTICE"
    assert walk.instance.status == "RUNNING"
