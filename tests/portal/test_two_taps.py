"""Two taps at the same moment, as a slow phone sends them: one is stored, both land on it."""

import copy
from typing import Any
from uuid import UUID

import pytest

from parties import clock, tenancy
from parties.errors import InvalidInput
from parties.models import Consent
from records import notices
from records.models import ActionItem, CommunicationRecord, Notice
from tests.api import plan_stories
from tests.api.callers import member
from tests.api.papers import FACT
from tests.api.test_record_races import at_once
from tests.factories import World
from tests.portal.visitors import Phone, by_password

pytestmark = pytest.mark.django_db(transaction=True)


def twice(phone: Phone, address: str, **fields: Any) -> list[tuple[int, str]]:
    """Status and destination of both answers."""
    marks = {name: phone.value(name) for name in ("csrfmiddlewaretoken", "nonce")}
    typed = {**marks, **fields}
    one, other = phone.client, copy.copy(phone.client)
    other.cookies = copy.deepcopy(one.cookies)
    one.raise_request_exception = other.raise_request_exception = False
    answers = at_once(lambda: one.post(address, typed), lambda: other.post(address, typed))
    return [(each.status_code, each.headers.get("Location", "")) for each in answers]


def only(world: World, model: Any) -> UUID:
    with tenancy.scope(world.id):
        return UUID(str(model.objects.get().pk))


def a_notice(world: World, **changed: Any) -> dict[str, Any]:
    return {
        "title": "家长会通知",
        "body": "定于周五召开家长会。",
        "scope": "CLASS",
        "school_class": str(world.school_class.pk),
        "strength": "READ",
        **changed,
    }


@pytest.mark.parametrize("pressed", ["keep", "offer"])
def test_a_record_is_written_once(world: World, pressed: str) -> None:
    phone = by_password(world, "teacher")
    address = f"/students/{world.student.pk}/records/new?trigger=PRAISE"
    phone.open(address)
    typed = {"started_at": "2026-10-09T16:00", "place_kind": "OFFICE", "presence": "IN_PERSON"}

    came = [str(world["mother"].pk)]
    got = twice(phone, address, people=came, s_FACT=FACT, **typed, **{pressed: "1"})

    assert got == [(302, f"/records/{only(world, CommunicationRecord)}")] * 2


@pytest.mark.parametrize("pressed", ["keep", "offer"])
def test_a_draft_is_changed_once_by_a_page_that_is_sent_again(world: World, pressed: str) -> None:
    phone = by_password(world, "teacher")
    address = f"/students/{world.student.pk}/records/new?trigger=PRAISE"
    phone.open(address)
    page, nonce = phone.page, phone.value("nonce")
    typed: dict[str, Any] = {"started_at": "2026-10-09T16:00", "place_kind": "OFFICE"}
    typed |= {"presence": "IN_PERSON", "people": [str(world["mother"].pk)]}
    phone.send(address, nonce=nonce, s_FACT=FACT, keep="1", **typed)
    phone.page = page  # Back

    got = twice(phone, address, s_FACT="10月8日实训考核 58 分。", **typed, **{pressed: "1"})

    assert got == [(302, f"/records/{only(world, CommunicationRecord)}")] * 2
    with tenancy.scope(world.id):
        edits = CommunicationRecord.objects.get().edits
    assert edits == (7 if pressed == "offer" else 5)


def test_a_notice_is_changed_once_by_a_page_that_is_sent_again(world: World) -> None:
    phone = by_password(world, "teacher")
    phone.open("/notices/new?template=blank")
    page, nonce = phone.page, phone.value("nonce")
    phone.send("/notices/new?template=blank", nonce=nonce, **a_notice(world))
    phone.page = page  # Back

    got = twice(phone, "/notices/new?template=blank", **a_notice(world, title="周四家长会"))

    assert got == [(302, f"/notices/{only(world, Notice)}/desk")] * 2
    with tenancy.scope(world.id):
        assert Notice.objects.get().version == 2


@pytest.mark.parametrize("turn", range(3))
def test_a_notice_is_drafted_once(world: World, turn: int) -> None:
    phone = by_password(world, "teacher")
    phone.open("/notices/new?template=blank")

    got = twice(phone, "/notices/new?template=blank", **a_notice(world))

    assert got == [(302, f"/notices/{only(world, Notice)}/desk")] * 2


def test_an_item_is_planned_once(world: World) -> None:
    case = plan_stories.running(world)
    phone = by_password(world, "teacher")
    phone.open(f"/cases/{case}/plan")
    typed = {
        "title": "每晚聊十分钟", "owner_party": "FAMILY", "owner": "", "recurrence": "",
        "starts_on": phone.value("starts_on"), "due_at": phone.value("due_at"),
        "from_consensus": "", "kind": "SHORT", "field_class": "COM",
        "target": "", "measure": "", "baseline": "",
    }  # fmt: skip

    got = twice(phone, f"/cases/{case}/plan", **typed)

    assert got == [(302, f"/cases/{case}/plan")] * 2
    only(world, ActionItem)


def a_yes(world: World, **changed: str) -> dict[str, str]:
    """Of the mother, on paper."""
    said = {"giver": str(world["mother"].pk), "proof": "PAPER", "proof_note": "3号柜"}
    return {**said, **changed}


def at_consents(world: World) -> tuple[Phone, str]:
    phone, address = by_password(world, "teacher"), f"/students/{world.student.pk}/consent-desk"
    phone.open(address)
    phone.client.raise_request_exception = False
    return phone, address


def test_a_consent_is_written_down_once(world: World) -> None:
    phone, address = at_consents(world)

    got = twice(phone, address, ends_on=phone.value("ends_on"), **a_yes(world))

    assert got == [(302, address)] * 2
    only(world, Consent)


def test_a_guardian_who_taps_twice_says_yes_once(world: World) -> None:
    phone, address = by_password(world, "mother"), f"/students/{world.student.pk}/consents"
    phone.open(address)

    got = twice(phone, address, days="30")

    assert got == [(302, address)] * 2
    only(world, Consent)


def test_the_mark_of_a_page_is_nobody_elses_consent(world: World) -> None:
    """Neither one that the writer may read, nor one of another child."""
    phone, address = at_consents(world)
    ends_on = phone.value("ends_on")
    phone.send(address, nonce=phone.value("nonce"), ends_on=ends_on, **a_yes(world))
    first = only(world, Consent)
    phone.open(address)

    paper = a_yes(world, giver=str(world["father"].pk))
    answer = phone.send(address, nonce=str(first), ends_on=ends_on, **paper)

    assert answer.status_code == 200
    with tenancy.scope(world.id):
        assert Consent.objects.exclude(pk=first).get().giver_id == world["father"].pk


def test_a_page_that_was_used_for_one_child_writes_nothing_for_another(world: World) -> None:
    phone, address = at_consents(world)
    ends_on, mark = phone.value("ends_on"), phone.value("nonce")
    phone.send(address, nonce=mark, ends_on=ends_on, **a_yes(world))
    with tenancy.scope(world.id):
        other, world.student = world.student, world["classmate"].student
        aunt = world.guardian("aunt", "OTHER")
    there = f"/students/{world.student.pk}/consent-desk"
    phone.open(there)

    answer = phone.send(there, nonce=mark, ends_on=ends_on, **a_yes(world, giver=str(aunt.pk)))

    assert answer.status_code == 400
    assert "请重新打开页面再填写" in phone.text
    with tenancy.scope(world.id):
        assert Consent.objects.get().student_id == other.pk


def test_a_page_answers_for_what_its_own_writer_made_with_it(world: World) -> None:
    """Whatever stands elsewhere under that mark is neither touched nor told of."""
    made = member(world, "teacher").post("/notices", a_notice(world)).json()["id"]
    phone = by_password(world, "grade_leader")
    phone.open("/notices/new?template=blank")
    phone.client.raise_request_exception = False

    answer = phone.send("/notices/new?template=blank", nonce=made, **a_notice(world, title="另外"))

    assert answer.status_code == 200
    with tenancy.scope(world.id):
        assert Notice.objects.get(pk=made).author_id == world["teacher"].pk
        assert Notice.objects.exclude(pk=made).get().author_id == world["grade_leader"].pk


def test_an_id_that_is_somebody_elses_is_refused_with_its_field(world: World) -> None:
    made = member(world, "teacher").post("/notices", a_notice(world)).json()["id"]
    given = notices.Draft(title="另外", body="周五开会。", scope="SCHOOL", strength="READ")

    with pytest.raises(InvalidInput) as refused:
        notices.draft(
            school_id=world.id,
            by=world["grade_leader"],
            at=clock.now(),
            given=given,
            id_=UUID(made),
        )

    assert (refused.value.field, refused.value.mend) == ("id", "请重新打开页面再填写。")
