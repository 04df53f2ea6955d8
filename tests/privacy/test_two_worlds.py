"""Two worlds that differ in a hidden crisis alone look the same, to the last byte, to whoever may
not know of it: status, headers, bodies, lists, counts, refusals, and what arrives on the phone.

The same school before and during the crisis: every id is the same, so every byte must be.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from parties import clock, tenancy
from parties.models import Person
from parties.roles import Role
from tests.api.callers import Caller, company, member
from tests.factories import World
from tests.privacy.observers import (
    Answer,
    Ids,
    Observer,
    api_addresses,
    differences,
    page_addresses,
)
from tests.processes.walker import FATHER, Walk
from workflow import cases, notifications, zero_reports
from workflow.models import HumanTask, Notification
from workflow.reports import ReportInput

pytestmark = pytest.mark.django_db(transaction=True)

Story = Callable[[World], Walk]

#: The only thing that may tell: all staff of the grade see a banner while nobody answers, or after
#: a missed clock rang again (contracts.md 3). It says that one waits: not which, how many or whose.
DECLARED = {"data_admin": ("GET /alerts", "page get /:", "page head /:")}


def unanswered(world: World) -> Walk:
    """Reported against the father an hour and a half ago; the whole ladder rang in vain."""
    walk = _begin(world, hours=1.5)
    for _ in range(9):
        walk.wait(minutes=10)
    return walk


def not_safe(world: World) -> Walk:
    """Two days on: acknowledged, triaged as not safe to tell, calls, reports and daily reports."""
    walk = _begin(world, hours=50)
    walk.wait(minutes=4)
    walk.acknowledge()
    walk.triage(suspect_kind="guardian", safe_to_tell="no")
    walk.do_all("report_decide", "report_confirm", "protect")
    walk.wait(hours=24)
    if "zero_report" in walk.all_open():
        walk.do("zero_report")
    walk.wait(hours=24)
    return walk


def _begin(world: World, *, hours: float) -> Walk:
    at = clock.now() - timedelta(hours=hours)
    report = ReportInput(
        student_id=world.student.pk,
        who="",
        observed="手臂有新伤，说不敢回家",
        safe_now="NO",
        suspects=FATHER,
    )
    receipt = cases.report_crisis(
        school_id=world.id, reporter=world["teacher"], role=Role.HT, at=at, report=report,
        request_key="two worlds",
    )  # fmt: skip
    return Walk(world, receipt.case_id, at)


def deliver() -> None:
    for lane in ("crisis", "routine"):
        while notifications.deliver_due(lane=lane, via="test"):
            continue


def real_ids(walk: Walk) -> Ids:
    """Of the hidden case: a task of it and a message about it."""
    with tenancy.scope(walk.world.id):
        task = HumanTask.objects.filter(case=walk.case_id).earliest("created_at")
        message = Notification.objects.filter(case=walk.case_id, channel="in_app").first()
    assert message is not None
    return Ids(walk.case_id, task.pk, message.pk, walk.world.student.pk)


def observer(world: World, other: World, who: str) -> Observer:
    if who == "company":
        return Observer(company(world))
    if who == "other_head":
        return Observer(member(other, "head_of_office"))
    return Observer(member(world, who))


def phone(world: World, who: str) -> list[tuple[str, str, str]]:
    """Everything ever sent to this person's devices, whether it arrived or not."""
    with tenancy.scope(world.id):
        person = Person.objects.filter(name=who).first()
        rows = Notification.objects.filter(recipient=person).order_by("pk")
        return sorted(rows.values_list("channel", "template", "state"))


def undeclared(who: str, found: list[str]) -> list[str]:
    return [f"{who}: {line}" for line in found if not line.startswith(DECLARED.get(who, ()))]


STORIES: dict[str, Story] = {"unanswered": unanswered, "not_safe": not_safe}
#: The mother is told by telephone in the second story: not before.
OBSERVERS = {
    "unanswered": [
        "father", "mother", "student", "classmate", "stranger", "mentor", "data_admin", "company",
        "other_head",
    ],
    "not_safe": ["father", "student", "stranger", "mentor", "data_admin", "company", "other_head"],
}  # fmt: skip


@pytest.mark.parametrize("story", sorted(STORIES))
def test_a_hidden_crisis_changes_not_one_byte(
    world: World, other_school: World, story: str
) -> None:
    seen = {who: observer(world, other_school, who) for who in OBSERVERS[story]}
    nothing = Ids.absent(world.student.pk)
    before = {who: (one.asks(nothing, heads=True), phone(world, who)) for who, one in seen.items()}

    walk = STORIES[story](world)
    deliver()
    real = real_ids(walk)

    leaks: list[str] = []
    for who, one in seen.items():
        calm, quiet = before[who]
        hidden, absent = one.asks(real, heads=True), one.asks(nothing, heads=True)
        found = differences(calm, hidden) + differences(calm, absent)
        leaks += undeclared(who, found)
        leaks += [f"{who}: phone"] if phone(world, who) != quiet else []
    assert not leaks, "\n".join(leaks)
    assert len(walk.events()) > 10


def test_the_same_eyes_do_notice_what_they_may_see(world: World, other_school: World) -> None:
    """The comparison has teeth: the team, asked the same, answers differently in many places."""
    teacher = observer(world, other_school, "teacher")
    before = teacher.asks(Ids.absent(world.student.pk))

    walk = not_safe(world)
    deliver()

    found = differences(before, teacher.asks(real_ids(walk)))
    assert len(found) > 10
    assert any("/timeline" in line for line in found)
    assert any("page get /cases/" in line for line in found)


def test_a_suspect_cannot_tell_by_asking_for_a_link(world: World) -> None:
    number = phone_number(world, "father")

    def ask() -> Answer:
        answer = Caller().post("/links", {"contact": number})
        return answer.status_code, dict(answer.headers), bytes(answer.content)

    calm = ask()
    messages = phone(world, "father")
    not_safe(world)

    assert ask() == calm
    assert phone(world, "father") == messages * 2


def phone_number(world: World, who: str) -> str:
    with tenancy.scope(world.id):
        return str(Person.objects.get(name=who).phone)


def test_a_second_report_by_the_suspect_is_a_case_of_its_own(world: World) -> None:
    """Were it folded into the hidden case, the receipt would tell that there is one."""
    not_safe(world)
    father = member(world, "father")

    answer = father.post(
        "/crises",
        {"student": str(world.student.pk), "observed": "孩子没有回家", "safe_now": "UNKNOWN"},
    )

    assert answer.status_code == 201
    assert set(answer.json()) == {"receipt_no", "reported_at", "numbers"}


def test_every_address_is_asked() -> None:
    assert {"/cases", "/cases/{case_id}", "/cases/{case_id}/timeline", "/tasks", "/inbox"} <= set(
        api_addresses("get")
    )
    assert {"/", "/report", "/cases/{case_id}", "/tasks/{task_id}"} <= set(page_addresses())
    left = [address for address in api_addresses("get") if "{" in Ids.absent(uuid4()).fill(address)]
    assert left == []


def test_zero_reports_of_a_hidden_case_are_nobodys_else(world: World) -> None:
    walk = not_safe(world)
    zero_reports.miss_due(via="test", at=walk.at)

    assert "zero_report.given" in walk.kinds()
