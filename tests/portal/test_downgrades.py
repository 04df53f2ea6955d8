"""降级 on a phone: a meeting by whoever looks after the student, a crisis by two of two offices."""

import copy
import re

import pytest

from parties import tenancy
from tests.api.test_record_races import at_once
from tests.factories import World
from tests.portal.visitors import Phone, by_link, by_password
from tests.processes.intake_walk import Intake, in_meeting, raised
from tests.workflow.moves import confirm, in_crisis, propose, upgrade
from workflow.models import DowngradeProposal

pytestmark = pytest.mark.usefixtures("channels")

WHY = "两周平稳，家长配合"
DOOR, SECOND = "降级…", "确认降级…"


def page_of(walk: Intake) -> str:
    return f"/cases/{walk.case_id}/downgrade"


def opened(walk: Intake, who: str) -> Phone:
    phone = by_password(walk.world, who)
    assert phone.open(page_of(walk)).status_code == 200
    return phone


def press(phone: Phone, walk: Intake, reason: str = WHY) -> None:
    """The one button of the page, with what it carries."""
    carried = re.findall(r'name="(seen|confirms)" value="([^"]*)"', phone.html)
    phone.send(page_of(walk), reason=reason, **dict(carried))


def doors(walk: Intake, who: str) -> list[str]:
    """What the page of the case calls the way down, for this person."""
    phone = by_password(walk.world, who)
    phone.open(f"/cases/{walk.case_id}")
    return re.findall(rf'href="{page_of(walk)}">([^<]+)<', phone.html)


def landed_on(phone: Phone) -> str:
    return str(phone.page.request["PATH_INFO"])


def proposals(walk: Intake) -> list[tuple[str, str]]:
    with tenancy.scope(walk.world.id):
        rows = DowngradeProposal.objects.filter(case=walk.case_id).order_by("at")
        return [(str(one.state), one.reason) for one in rows]


# --- a meeting ------------------------------------------------------------------------------------


def test_the_teacher_finds_the_door_and_takes_a_meeting_down_with_a_reason(world: World) -> None:
    walk = in_meeting(world)
    assert doors(walk, "teacher") == [DOOR]
    phone = opened(walk, "teacher")
    assert "降级以后是：常规通知" in phone.text

    press(phone, walk, "只剩信息告知")

    assert landed_on(phone) == f"/cases/{walk.case_id}"
    assert (walk.case.channel, walk.reasons()[-1]) == ("NOTICE", ("只剩信息告知", ""))
    assert doors(walk, "teacher") == []


def test_what_nobody_has_decided_yet_has_no_way_down(world: World) -> None:
    walk = raised(world)
    assert doors(walk, "teacher") == []
    phone = by_password(world, "teacher")
    phone.open(f"/cases/{walk.case_id}")
    assert "还没有决定渠道的事项" in phone.text
    assert "面对面会谈事项" not in phone.text
    phone.open("/")
    assert "student：还没有决定渠道的事项" in phone.text
    assert "student：面对面会谈" not in phone.text

    walk.choose("meeting")

    phone.open("/")
    assert "student：面对面会谈" in phone.text
    assert doors(walk, "teacher") == [DOOR]
    phone.open(f"/cases/{walk.case_id}")
    assert "面对面会谈事项" in phone.text


def test_and_up_again(world: World) -> None:
    walk = in_meeting(world)
    phone = opened(walk, "teacher")
    press(phone, walk)
    assert f'href="/cases/{walk.case_id}/upgrade"' in phone.html

    phone.open(f"/cases/{walk.case_id}/upgrade")
    phone.send(f"/cases/{walk.case_id}/upgrade", to="MEETING", reason="家长要求面谈")

    assert walk.case.channel == "MEETING"
    assert doors(walk, "teacher") == [DOOR]


def test_without_a_reason_nothing_is_done_and_the_mend_stands_at_the_field(world: World) -> None:
    walk = in_meeting(world)
    phone = opened(walk, "teacher")

    press(phone, walk, " ")

    assert phone.page.status_code == 400
    beside = phone.html.split('id="field-reason"')[1].split("<textarea")[0]
    assert "没有填写理由。请写明为什么改变渠道。" in beside
    assert walk.case.channel == "MEETING"


@pytest.mark.parametrize(
    ("who", "status"),
    [("principal", 403), ("mother", 403), ("student", 403), ("mentor", 404), ("stranger", 404)],
)
def test_who_may_not_has_no_door_and_no_page(world: World, who: str, status: int) -> None:
    walk = in_meeting(world)

    assert doors(walk, who) == []
    phone = by_password(world, who)
    assert phone.open(page_of(walk)).status_code == status
    phone.open("/")
    assert phone.send(page_of(walk), reason=WHY, seen="MEETING:").status_code == status
    assert walk.case.channel == "MEETING"


def test_a_link_for_one_errand_does_not_open_it(world: World) -> None:
    walk = in_meeting(world)
    phone = by_link(world, "teacher", purpose="READ_CASE", case_id=walk.case_id)

    assert page_of(walk) not in phone.html
    assert phone.open(page_of(walk)).status_code == 403


def test_a_second_tap_lands_where_the_first_did(world: World) -> None:
    walk = in_meeting(world)
    phone = opened(walk, "teacher")
    again = copy.copy(phone)
    press(phone, walk)

    press(again, walk)

    assert landed_on(again) == f"/cases/{walk.case_id}"
    assert len(walk.decisions()) == 2


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_the_same_moment_are_one_step(world: World) -> None:
    walk = in_meeting(world)
    phone = opened(walk, "teacher")
    typed = {
        "csrfmiddlewaretoken": phone.value("csrfmiddlewaretoken"),
        "seen": phone.value("seen"),
        "reason": WHY,
    }
    one, other = phone.client, copy.copy(phone.client)
    other.cookies = copy.deepcopy(one.cookies)

    answers = at_once(
        lambda: one.post(page_of(walk), typed), lambda: other.post(page_of(walk), typed)
    )

    assert [each.headers.get("Location") for each in answers] == [f"/cases/{walk.case_id}"] * 2
    assert len(walk.decisions()) == 2


def test_what_became_of_it_meanwhile_is_shown_before_anything_is_done(world: World) -> None:
    """The office opened a meeting, and a crisis is there when they tap."""
    walk = in_meeting(world)
    phone = opened(walk, "duty_officer")
    upgrade(walk)

    press(phone, walk, "只剩信息告知")

    assert phone.page.status_code == 409
    assert "您填写的时候，这里有了变化" in phone.text
    assert "现在是：危机" in phone.text
    assert "只剩信息告知" in phone.html
    assert proposals(walk) == []


# --- a crisis -------------------------------------------------------------------------------------


def test_two_offices_take_a_crisis_down_and_each_sees_who_is_missing(world: World) -> None:
    walk = in_crisis(world)
    assert (doors(walk, "counsellor"), doors(walk, "duty_officer")) == ([DOOR], [DOOR])
    phone = opened(walk, "counsellor")
    press(phone, walk)
    assert "提出降级，待德育处确认" in phone.text
    assert (walk.case.channel, proposals(walk)) == ("CRISIS", [("PROPOSED", WHY)])
    assert (doors(walk, "counsellor"), doors(walk, "duty_officer")) == ([DOOR], [SECOND])
    phone.open(page_of(walk))
    assert "还须谁确认 德育处" in phone.text
    assert "请等另一人确认" in phone.text

    second = opened(walk, "duty_officer")
    assert f"提出人 {world['counsellor'].name}" in second.text
    assert WHY in second.text
    press(second, walk, "已当面核实")

    assert landed_on(second) == f"/cases/{walk.case_id}"
    assert (walk.case.channel, walk.reasons()[-1]) == ("MEETING", (WHY, "已当面核实"))


def test_and_up_to_a_crisis_again(world: World) -> None:
    walk = in_crisis(world)
    confirm(walk, propose(walk))
    phone = by_password(world, "duty_officer")
    said = {"to": "CRISIS", "reason": "又有新伤", "safe_now": "NO", "sure": "1"}
    phone.open(f"/cases/{walk.case_id}/upgrade")

    phone.send(f"/cases/{walk.case_id}/upgrade", **said)

    assert walk.case.channel == "CRISIS"


def test_who_gave_the_second_name_and_sees_the_case_no_more_is_not_told_of_a_fault(
    world: World,
) -> None:
    walk = in_crisis(world)
    propose(walk, by="duty_officer")
    phone = opened(walk, "counsellor")
    again = copy.copy(phone)

    for each in (phone, again):
        press(each, walk, "")
        assert (each.page.status_code, landed_on(each)) == (200, "/tasks/done")

    assert walk.case.channel == "MEETING"


def test_one_office_alone_does_not_do_it(world: World) -> None:
    walk = in_crisis(world)
    made = propose(walk, by="duty_officer")
    phone = opened(walk, "head_of_office")
    assert "还须谁确认 心理教师" in phone.text
    assert 'name="confirms"' not in phone.html

    phone.send(page_of(walk), seen=phone.value("seen"), confirms=str(made.pk))

    assert phone.page.status_code == 403
    assert (walk.case.channel, doors(walk, "head_of_office")) == ("CRISIS", [DOOR])


@pytest.mark.parametrize("who", ["teacher", "grade_leader", "principal"])
def test_in_a_crisis_the_rest_of_the_team_has_no_door(world: World, who: str) -> None:
    walk = in_crisis(world)

    assert doors(walk, who) == []
    assert by_password(world, who).open(page_of(walk)).status_code == 403


def test_what_the_law_asks_for_first_is_said_and_the_reason_stays(world: World) -> None:
    walk = in_meeting(world)
    upgrade(walk)
    walk.acknowledge()
    phone = opened(walk, "counsellor")

    press(phone, walk)

    assert phone.page.status_code == 409
    assert "双人研判之前不能降级" in phone.text
    assert WHY in phone.html
    assert proposals(walk) == []


def test_a_second_tap_is_the_same_proposal(world: World) -> None:
    walk = in_crisis(world)
    phone = opened(walk, "counsellor")
    again = copy.copy(phone)
    press(phone, walk)

    press(again, walk)

    assert landed_on(again) == f"/cases/{walk.case_id}"
    assert proposals(walk) == [("PROPOSED", WHY)]


def test_whoever_was_faster_is_seen_before_it_is_replaced(world: World) -> None:
    walk = in_crisis(world)
    phone = opened(walk, "duty_officer")
    propose(walk, by="counsellor")

    press(phone, walk, "我也这样看")

    assert phone.page.status_code == 409
    assert "两周平稳" in phone.text
    assert "我也这样看" in phone.html
    press(phone, walk, "我也这样看")
    assert walk.reasons()[-1] == (WHY, "我也这样看")


@pytest.mark.parametrize("made_up", ["", "x", "\x00", "6f1c2f7e-0000-4000-8000-000000000000"])
def test_a_proposal_that_there_is_not_is_no_fault(world: World, made_up: str) -> None:
    walk = in_crisis(world)
    phone = opened(walk, "duty_officer")

    phone.send(page_of(walk), reason=WHY, seen=phone.value("seen"), confirms=made_up)

    assert phone.page.status_code == 404
    assert walk.case.channel == "CRISIS"
