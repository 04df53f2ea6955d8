"""What was taken back, held or put aside: its message stays here, its link opens nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from api.errors import exception_handler
from parties import links, tenancy
from parties.errors import LinkWithdrawn, NotSignedIn
from parties.models import Person, SignInLink
from records.models import CommunicationRecord
from tests.factories import World
from tests.portal.visitors import Phone, by_password
from tests.records.desk import Desk
from tests.records.filed import case
from tests.workflow.outbox import deliver, events, incidents
from workflow import channels, communication, record_holds
from workflow.channels import Envelope
from workflow.models import CaseParty, Notification

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def sms_sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The links of the text messages that left."""
    left: list[str] = []

    def send(envelope: Envelope) -> None:
        if envelope.channel == "sms":
            left.append(envelope.text.link)

    monkeypatch.setattr(channels, "send", send)
    return left


def offered(desk: Desk) -> CommunicationRecord:
    """To a mother and a father, at 22:40: the text waits for the morning."""
    record = desk.drafted()
    offer(desk, record)
    return record


def offer(desk: Desk, record: CommunicationRecord) -> None:
    desk.check(record)
    communication.offer(
        school_id=desk.world.id, record_id=record.pk, by=desk.world["teacher"], at=desk.at
    )


def recall(desk: Desk, record: CommunicationRecord) -> None:
    communication.recall(
        school_id=desk.world.id, record_id=record.pk, by=desk.world["teacher"], at=desk.at
    )


def hold(desk: Desk, record: CommunicationRecord) -> None:
    record_holds.hold(
        school_id=desk.world.id, record_id=record.pk, by=desk.world["duty_officer"], at=desk.at,
        reason="先由心理教师说明", until=desk.at + 7 * DAY,
    )  # fmt: skip


def discard(desk: Desk, record: CommunicationRecord) -> None:
    communication.discard(
        school_id=desk.world.id, record_id=record.pk, by=desk.world["teacher"], at=desk.at,
        reason="写错了学生，另写一份", seen=None,
    )  # fmt: skip


Act = Callable[[Desk, CommunicationRecord], None]
WAYS = pytest.mark.parametrize("act", [recall, hold, discard])


def links_of(world: World, who: str) -> list[SignInLink]:
    with tenancy.scope(world.id):
        return list(SignInLink.objects.filter(person=world[who]).order_by("created_at", "pk"))


def texts(world: World) -> dict[str, str]:
    """Of each guardian: what became of the text message, the newest last."""
    with tenancy.scope(world.id):
        rows = Notification.objects.filter(template="link.record", channel="sms")
        return dict(rows.order_by("created_at").values_list("recipient__name", "state"))


def morning(world: World) -> None:
    with tenancy.scope(world.id):
        Notification.objects.filter(state="PENDING").update(due_at="2026-01-01T00:00:00Z")
    deliver("routine")


@WAYS
def test_the_text_of_the_night_does_not_leave_in_the_morning(
    world: World, act: Act, sms_sent: list[str]
) -> None:
    desk = Desk(world)
    record = offered(desk)
    assert set(texts(world).values()) == {"PENDING"}
    desk.later(minutes=20)

    act(desk, record)
    morning(world)

    assert sms_sent == []
    assert set(texts(world).values()) == {"UNDELIVERABLE"}
    withheld = [one["payload"] for one in events(world, "notification.withheld")]
    assert {one["code"] for one in withheld} == {"message.outdated"}
    assert {one["channel"] for one in withheld} == {"sms", "email"}
    assert incidents(world) == []  # nobody's fault


@WAYS
def test_its_link_says_that_there_is_nothing_to_do(world: World, act: Act) -> None:
    desk = Desk(world)
    record = offered(desk)
    (link,) = links_of(world, "mother")

    act(desk, record)

    phone = Phone()
    phone.page = phone.client.post(f"/l/{links.token_of(link.pk)}", follow=True)
    assert phone.page.status_code == 410
    assert "现在不用您做什么" in phone.text
    assert "已经失效" not in phone.text
    for told in ("暂缓", "收回", "德育处"):  # nobody at home learns which it was
        assert told not in phone.text


@WAYS
def test_whoever_holds_the_token_is_told_so_by_the_api_as_well(world: World, act: Act) -> None:
    desk = Desk(world)
    record = offered(desk)
    (link,) = links_of(world, "mother")
    token = links.token_of(link.pk)

    act(desk, record)

    with pytest.raises(LinkWithdrawn) as told:
        links.spend(token)
    answer = exception_handler(told.value, {})
    assert answer is not None
    assert (answer.status_code, answer.data["code"]) == (410, "sign_in.link_withdrawn")
    for hidden in ("暂缓", "收回", "德育处"):
        assert hidden not in str(answer.data)
    for strange in (token[:-1], token.swapcase(), links.token_of(record.pk)):
        with pytest.raises(NotSignedIn) as refused:
            links.spend(strange)
        assert refused.value.code == "sign_in.refused"


def test_a_link_that_was_used_or_replaced_is_no_withdrawn_one(world: World) -> None:
    desk = Desk(world)
    record = offered(desk)
    recall(desk, record)
    desk.later(minutes=10)
    offer(desk, record)
    old, new = links_of(world, "mother")
    links.spend(links.token_of(new.pk))

    for link in (old, new):
        with pytest.raises(NotSignedIn) as refused:
            links.spend(links.token_of(link.pk))
        assert refused.value.code == "sign_in.refused"


def test_what_is_offered_again_comes_with_a_link_of_its_own(
    world: World, sms_sent: list[str]
) -> None:
    desk = Desk(world)
    record = offered(desk)
    recall(desk, record)
    desk.later(minutes=10)
    offer(desk, record)
    morning(world)

    old, new = links_of(world, "mother")
    assert (old.state, new.state) == ("REVOKED", "ISSUED")
    assert len(sms_sent) == len(texts(world))
    phone = Phone()
    phone.page = phone.client.post(f"/l/{links.token_of(old.pk)}", follow=True)
    assert "有了新链接" in phone.text


def test_by_day_nothing_of_the_others_is_touched(world: World, sms_sent: list[str]) -> None:
    desk = Desk(world)
    record, other = offered(desk), offered(desk)
    recall(desk, record)
    morning(world)

    states = {(one.target_id, str(one.state)) for one in links_of(world, "mother")}
    assert states == {(record.pk, "REVOKED"), (other.pk, "ISSUED")}
    assert len(sms_sent) == len(texts(world))


def test_a_guardian_to_whom_it_stands_still_is_not_told_by_the_link(world: World) -> None:
    desk = Desk(world)
    with desk.as_("teacher"):
        own = case(world, at=desk.at, channel="MEETING", shown_channel="MEETING")
    record = desk.drafted(case_id=own.pk)
    offer(desk, record)
    desk.later(minutes=7)
    named(desk, world["father"])
    desk.later(minutes=7)

    recall(desk, record)

    (mothers,), (fathers,) = links_of(world, "mother"), links_of(world, "father")
    assert (mothers.state, fathers.state) == ("REVOKED", "ISSUED")


def named(desk: Desk, person: Person) -> None:
    """A matter names them: what they had stays as it was."""
    with desk.as_("teacher") as viewer:
        made = case(desk.world, at=viewer.at, channel="NOTICE", shown_channel="NOTICE")
        CaseParty.objects.create(
            school=desk.world.school, case=made, person=person, part="SUSPECT", since=viewer.at
        )


def test_the_page_that_recalls_shuts_the_link(world: World) -> None:
    desk = Desk(world)
    record = offered(desk)
    phone = by_password(world, "teacher")
    phone.open(f"/records/{record.pk}")
    seen = phone.value("seen")

    phone.send(f"/records/{record.pk}/recall", seen=seen)

    assert [str(one.state) for one in links_of(world, "mother")] == ["REVOKED"]


def test_a_text_whose_link_was_opened_from_the_mail_is_no_fault(
    world: World, sms_sent: list[str]
) -> None:
    desk = Desk(world)
    offered(desk)
    (link,) = links_of(world, "mother")
    links.spend(links.token_of(link.pk))
    morning(world)

    assert texts(world)["mother"] == "UNDELIVERABLE"
    assert incidents(world) == []
    assert not [one for one in sms_sent if one == links.url(link.pk)]
