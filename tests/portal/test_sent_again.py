"""Back, other words, the same page once more: two taps are one act, and no words are lost."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import F

from parties import tenancy
from records.models import ActionItem, CommunicationRecord, ItemCheckIn, Notice, Objection
from tests.api import plan_stories
from tests.api.callers import member
from tests.api.papers import FACT, Paper, effective
from tests.factories import World
from tests.portal.test_case_plan import typed as an_item
from tests.portal.test_two_taps import a_notice
from tests.portal.visitors import Phone, by_link, by_password
from workflow.models import HumanTask, IdempotencyKey, Matter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("channels")]

State = CommunicationRecord.State

DAY = {"started_at": "2026-10-09T16:00", "place_kind": "OFFICE", "presence": "IN_PERSON"}
HOME = "他说晚上睡得晚，早上起不来。"
OTHER = "10月8日实训考核 58 分。"
BLANK = "/notices/new?template=blank"
LATER = "定于周四召开家长会。"
DANGER = "孩子昨晚说不想活了"


class Page:
    """A page that is sent, and sent again after Back."""

    def __init__(self, phone: Phone, address: str, **filled: Any) -> None:
        self.phone, self.address = phone, address
        phone.open(address)
        self.before, self.filled = phone.page, {**filled, "nonce": phone.value("nonce")}

    def send(self, **typed: Any) -> Any:
        self.phone.page = self.before  # Back
        return self.phone.send(self.address, **{**self.filled, **typed})

    def send_shown(self, **typed: Any) -> Any:
        """What stands on the page now, with what it carries unseen."""
        unseen = {name: self.phone.value(name) for name in ("nonce", "seen", "version")}
        return self.phone.send(self.address, **{**self.filled, **unseen, **typed})


# --- a matter -------------------------------------------------------------------------------------


def told(world: World) -> list[tuple[str, str]]:
    with tenancy.scope(world.id):
        return [(one.words, one.danger) for one in Matter.objects.order_by("raised_at")]


def test_other_words_of_danger_are_a_second_matter(world: World) -> None:
    phone = by_link(world, "mother")
    student = str(world.student.pk)
    page = Page(phone, "/matters/new", student=student, trigger="visit")

    page.send(words="最近成绩下滑，想谈一谈", danger="no")
    first = phone.text
    for _tap in range(2):
        page.send(words="孩子昨晚说不想活了", danger="yes")

    assert told(world) == [("最近成绩下滑，想谈一谈", "no"), ("孩子昨晚说不想活了", "yes")]
    assert "回执编号 SX" in phone.text
    assert phone.text != first
    with tenancy.scope(world.id):
        assert Matter.objects.values("case_id").distinct().count() == 2


def test_long_keys_that_differ_at_their_end_are_two_matters(world: World) -> None:
    body = {"student": str(world.student.pk), "trigger": "visit", "danger": "no"}
    mother = member(world, "mother")
    for end, words in (("a", "想谈一谈"), ("b", "孩子昨晚说不想活了")):
        key = {"Idempotency_Key": "k" * 150 + end}
        assert mother.post("/matters", {**body, "words": words}, **key).status_code == 201

    assert [words for words, _danger in told(world)] == ["想谈一谈", "孩子昨晚说不想活了"]


def test_a_key_that_is_counted_from_one_again_brings_other_words(world: World) -> None:
    body = {"student": str(world.student.pk), "trigger": "visit", "danger": "no"}
    mother, key = member(world, "mother"), {"Idempotency_Key": "1"}
    mother.post("/matters", {**body, "words": "想谈一谈"}, **key)
    with tenancy.scope(world.id):
        IdempotencyKey.objects.update(created_at=F("created_at") - timedelta(hours=25))

    mother.post("/matters", {**body, "words": "孩子昨晚说不想活了"}, **key)

    assert [words for words, _danger in told(world)] == ["想谈一谈", "孩子昨晚说不想活了"]


# --- an item of a plan ----------------------------------------------------------------------------


def test_another_item_from_the_same_page_is_a_second_item(world: World) -> None:
    case = plan_stories.running(world)
    page = Page(by_password(world, "teacher"), f"/cases/{case}/plan")
    for title in ("每晚聊十分钟", "周末一起做饭", "周末一起做饭", "每晚聊十分钟"):
        page.send(**an_item(title=title))

    assert "周末一起做饭" in page.phone.text
    with tenancy.scope(world.id):
        titles = sorted(one.title for one in ActionItem.objects.all())
    assert titles == ["周末一起做饭", "每晚聊十分钟"]


# --- a record -------------------------------------------------------------------------------------


def a_page(world: World, **filled: Any) -> Page:
    address = f"/students/{world.student.pk}/records/new?trigger=PRAISE"
    came = {"people": [str(world["mother"].pk)]}
    return Page(by_password(world, "teacher"), address, s_FACT=FACT, **DAY, **{**came, **filled})


def only(world: World) -> tuple[str, list[str], int]:
    with tenancy.scope(world.id):
        one = CommunicationRecord.objects.get()
        kept = one.statements.filter(withdrawn_at=None).order_by("place")
        return one.state, [each.text for each in kept], one.edits


def test_other_words_of_a_record_change_its_draft(world: World) -> None:
    page = a_page(world)
    page.send(keep="1")
    first = only(world)
    page.send(keep="1")
    assert only(world) == first

    page.send(s_HOME=HOME, keep="1")

    state, words, edits = only(world)
    assert (state, words) == (State.DRAFT, [FACT, HOME])
    assert HOME in page.phone.text
    page.send(s_HOME=HOME, keep="1")
    assert only(world) == (state, words, edits)


@pytest.mark.parametrize(
    "changed",
    [
        {"people": "father"},
        {"presence": "PHONE"},
        {"place": "三楼会议室"},
        {"ended_at": "2026-10-09T17:00"},
        {"next_focus": "看作业本"},
        {"source_FACT": "GUARDIAN"},
        {"prep_kind_1": "TRANSCRIPT", "prep_note_1": "第五周小测"},
    ],
)
def test_whatever_else_was_changed_counts_as_well(world: World, changed: dict[str, str]) -> None:
    page = a_page(world)
    page.send(keep="1")
    first = only(world)

    people = {"people": [str(world[changed["people"]].pk)]} if "people" in changed else {}
    answer = page.send(**{**changed, **people}, keep="1")

    assert answer.redirect_chain
    assert only(world)[2] > first[2]


def test_the_button_that_was_tapped_is_obeyed(world: World) -> None:
    page = a_page(world)
    page.send(keep="1")

    page.send(s_HOME="他总是这么懒。", look="1")
    assert "他总是这么懒" in page.phone.html
    assert only(world)[:2] == (State.DRAFT, [FACT])
    page.send(s_FACT=OTHER, offer="1")

    assert only(world)[:2] == (State.PENDING_SIGNATURES, [OTHER])


def test_the_same_words_are_handed_over_when_that_is_tapped(world: World) -> None:
    page = a_page(world)
    page.send(keep="1")
    for _tap in range(2):
        answer = page.send(offer="1")
        assert answer.redirect_chain

    assert only(world)[:2] == (State.PENDING_SIGNATURES, [FACT])


def test_a_late_second_tap_hands_over_nothing_that_was_taken_back(world: World) -> None:
    page = a_page(world)
    page.send(offer="1")
    with tenancy.scope(world.id):
        pk = CommunicationRecord.objects.get().pk
    page.phone.open(f"/records/{pk}")
    page.phone.send(f"/records/{pk}/recall", seen=page.phone.value("seen"))
    assert only(world)[0] != State.PENDING_SIGNATURES

    page.send(offer="1")

    assert only(world)[0] != State.PENDING_SIGNATURES


def test_a_page_that_says_it_wrongly_keeps_the_words(world: World) -> None:
    page = a_page(world)
    page.send(keep="1")

    answer = page.send(started_at="", s_HOME=HOME, keep="1")

    assert answer.status_code == 400
    assert HOME in page.phone.html
    assert only(world)[:2] == (State.DRAFT, [FACT])


def test_words_that_may_not_be_handed_over_change_nothing_and_stay_on_the_page(
    world: World,
) -> None:
    page = a_page(world)
    page.send(keep="1")
    first = only(world)

    answer = page.send(s_FACT="他是差生。", offer="1")

    assert answer.status_code == 400
    assert "他是差生" in page.phone.html
    assert only(world) == first


def test_a_draft_that_was_changed_since_is_not_put_back_unseen(world: World) -> None:
    page = a_page(world)
    page.send(keep="1")
    phone = page.phone
    with tenancy.scope(world.id):
        pk = CommunicationRecord.objects.get().pk
    phone.open(f"/records/{pk}/edit")
    seen = phone.value("seen")
    phone.send(f"/records/{pk}/edit", s_FACT=FACT, s_HOME=HOME, seen=seen, keep="1", **DAY)

    answer = page.send(s_FACT=OTHER, keep="1")

    assert answer.status_code == 400
    assert (OTHER in phone.html, f'href="/records/{pk}"' in phone.html) == (True, True)
    assert only(world)[1] == [FACT, HOME]
    page.send_shown(s_FACT=OTHER, s_HOME=HOME, keep="1")
    assert only(world)[1] == [OTHER, HOME]


@pytest.mark.parametrize("added", ["statements", "prepared"])
def test_what_was_added_elsewhere_since_is_not_taken_back_unseen(world: World, added: str) -> None:
    page = a_page(world)
    page.send(keep="1")
    paper = Paper(member(world, "teacher"))
    with tenancy.scope(world.id):
        paper.id = str(CommunicationRecord.objects.get().pk)
    paper.keep(paper.writer.get(f"/records/{paper.id}"))
    if added == "statements":
        paper.say(HOME, section="HOME", source="GUARDIAN")
    else:
        paper.do("prepared", {"prepared": [{"kind": "TRANSCRIPT"}]}, method="put")
    before = only(world)

    answer = page.send(s_FACT=OTHER, keep="1")

    assert (answer.status_code, OTHER in page.phone.html) == (400, True)
    assert "那份草稿后来改过" in page.phone.text
    assert only(world) == before


def test_words_for_a_record_that_was_handed_over_stay_on_the_page(world: World) -> None:
    page = a_page(world)
    page.send(offer="1")

    answer = page.send(s_FACT=OTHER, keep="1")

    assert answer.status_code == 400
    assert OTHER in page.phone.html
    assert "待签字" in page.phone.text
    assert only(world)[:2] == (State.PENDING_SIGNATURES, [FACT])
    page.send_shown(s_FACT=OTHER, keep="1")
    with tenancy.scope(world.id):
        assert CommunicationRecord.objects.count() == 2


# --- a notice -------------------------------------------------------------------------------------


def a_draft(world: World) -> Page:
    return Page(by_password(world, "teacher"), BLANK, **a_notice(world))


def stored(world: World) -> list[tuple[UUID, str, int]]:
    with tenancy.scope(world.id):
        rows = Notice.objects.order_by("created_at")
        return [(one.pk, one.body, one.version) for one in rows]


def test_other_words_of_a_notice_change_its_draft(world: World) -> None:
    page = a_draft(world)
    page.send()
    page.send(grade="2024")  # of no account for a class
    for _tap in range(2):
        page.send(body=LATER)

    assert LATER in page.phone.text
    assert [(body, version) for _pk, body, version in stored(world)] == [(LATER, 2)]


@pytest.mark.parametrize("changed", [{"scope": "SCHOOL"}, {"strength": "SIGN"}, {"deadline": 1}])
def test_whom_a_notice_is_for_and_how_counts_as_well(world: World, changed: dict[str, Any]) -> None:
    page = a_draft(world)
    page.send()

    page.send(**{**changed, **({"deadline": "2099-01-01T12:00"} if "deadline" in changed else {})})

    assert [version for _pk, _body, version in stored(world)] == [2]


def test_a_notice_that_was_changed_since_is_not_put_back_unseen(world: World) -> None:
    page = a_draft(world)
    page.send()
    page.send(body=LATER)

    answer = page.send(body="定于周三召开家长会。")

    assert answer.status_code == 409
    assert "定于周三" in page.phone.html
    assert LATER in page.phone.text
    assert stored(world)[0][1] == LATER
    page.send_shown(body="定于周三召开家长会。")
    assert [body for _pk, body, _version in stored(world)] == ["定于周三召开家长会。"]


def test_words_for_a_notice_that_was_submitted_stay_on_the_page(world: World) -> None:
    page = a_draft(world)
    page.send()
    pk = stored(world)[0][0]
    page.phone.send(f"/notices/{pk}/submit")

    answer = page.send(body=LATER)

    assert answer.status_code == 400
    assert LATER in page.phone.html
    assert f'href="/notices/{pk}/desk"' in page.phone.html
    assert [body for _pk, body, _version in stored(world)] == ["定于周五召开家长会。"]
    page.send_shown(body=LATER)
    assert [body for _pk, body, _version in stored(world)] == ["定于周五召开家长会。", LATER]


# --- what a family writes -------------------------------------------------------------------------


def questions(world: World) -> int:
    """How often somebody is asked to look at words of danger."""
    with tenancy.scope(world.id):
        return HumanTask.objects.filter(name="upgrade_decide").count()


def test_an_objection_in_other_words_stays_on_the_page_and_is_listened_to(world: World) -> None:
    address = f"/records/{effective(world).id}/object"
    phone = by_password(world, "mother")
    page = Page(phone, address, ground="WRONG", wish="CORRECT")
    for _tap in range(2):
        assert page.send(words="那天他准时到了。").redirect_chain
    assert questions(world) == 0

    answer = page.send(words=DANGER)

    assert answer.status_code == 400
    assert DANGER in phone.html
    assert "还没有了结" in phone.text
    assert questions(world) == 1
    with tenancy.scope(world.id):
        assert [one.words for one in Objection.objects.all()] == ["那天他准时到了。"]


def test_an_excuse_in_other_words_is_kept_beside_the_first_and_listened_to(world: World) -> None:
    item = plan_stories.item(world)
    phone = by_password(world, "mother")
    page = Page(phone, "/plan")
    for words in ("孩子发烧", "孩子发烧", DANGER, DANGER):
        page.address = f"/plan/{item.pk}/excuse"
        page.send(excuse=words)

    with tenancy.scope(world.id):
        kept = [(one.excuse, one.aside) for one in ItemCheckIn.objects.order_by("aside")]
    assert kept == [(DANGER, False), ("孩子发烧", True)]
    assert questions(world) == 1
