"""What both guardians say of an item is kept, and stays for a named one as he knew it."""

from datetime import date, timedelta
from typing import Any

import pytest

from parties import clock, tenancy
from records import check_ins, plan_times, plans
from records.models import ActionItem, Attachment, ItemCheckIn
from tests.api.callers import Caller, member
from tests.api.plan_stories import today
from tests.api.test_item_evidence import send
from tests.factories import World
from tests.portal.visitors import by_password
from tests.privacy.test_items_stand_still import (
    answers,
    before_it,
    do,
    item_of,
    looked_at,
    named,
    opens,
    photo,
)
from tests.privacy.test_own_words_stand import ended
from tests.records import agreed

pytestmark = pytest.mark.django_db(transaction=True)

NO_NET = "家里断网，明天补"


def said_of_today(world: World, item: ActionItem) -> set[tuple[str, str, str]]:
    with tenancy.scope(world.id):
        rows = ItemCheckIn.objects.filter(item=item.pk).select_related("by")
        return {(one.by.name if one.by else "", str(one.state), one.excuse) for one in rows}


@pytest.mark.parametrize("excused", ["before", "since"])
def test_his_excuse_stays_when_she_says_that_it_was_done(world: World, excused: str) -> None:
    item, father = item_of(world), member(world, "father")
    if excused == "before":
        do(world, check_ins.check_in, item, "father", excuse=NO_NET, at=before_it())
    named(world)
    if excused == "since":
        assert father.post(f"/items/{item.pk}/check-ins", {"excuse": NO_NET}).status_code == 200
    known = answers(father, world, item)
    assert known[1]["progress"]["today"] == "EXCUSED"

    do(world, check_ins.check_in, item, "mother")

    assert answers(father, world, item) == known
    assert father.post(f"/items/{item.pk}/check-ins", {"excuse": NO_NET}).status_code == 200
    assert answers(father, world, item) == known
    assert said_of_today(world, item) == {("father", "EXCUSED", NO_NET), ("mother", "DONE", "")}
    mother = member(world, "mother").get(f"/items/{item.pk}").json()
    assert (mother["progress"]["today"], mother["progress"]["excused"]) == ("DONE", 0)


def test_her_excuse_is_kept_when_he_says_that_it_was_done(world: World) -> None:
    item = item_of(world)
    do(world, check_ins.check_in, item, "mother", excuse=NO_NET)

    do(world, check_ins.check_in, item, "father")

    assert said_of_today(world, item) == {("mother", "EXCUSED", NO_NET), ("father", "DONE", "")}
    for who in ("mother", "father", "teacher"):
        weeks = answers(member(world, who), world, item)[4]
        assert [one["state"] for one in weeks if one["kind"] == "plan_checkin"] == ["签到 1 天"]


def since_yesterday(world: World) -> tuple[ActionItem, date]:
    """Agreed on a day ago: yesterday was its first turn."""
    ago = clock.now() - timedelta(days=1)
    day = plan_times.local_day(ago)
    case = agreed.meeting(world, began=ago)
    return agreed.agree(world, case, today(starts_on=day), when=ago)[0], day


@pytest.mark.parametrize("then", ["MISSED", "EXCUSED"])
def test_a_day_stays_for_him_what_it_was_when_others_mend_it(world: World, then: str) -> None:
    (item, yesterday), father = since_yesterday(world), member(world, "father")
    if then == "EXCUSED":
        excuse = {"excuse": NO_NET, "at": before_it()}
        do(world, check_ins.check_in, item, "mother", day=yesterday, **excuse)
    else:
        with tenancy.scope(world.id):
            check_ins.mark_missed(item, yesterday, at=before_it(), via="test")
    named(world)
    known = answers(father, world, item)
    assert known[1]["progress"][then.lower()] == 1

    do(world, check_ins.check_in, item, "mother", day=yesterday)

    assert answers(father, world, item) == known
    mother = member(world, "mother").get(f"/items/{item.pk}").json()["progress"]
    assert (mother["done"], mother[then.lower()]) == (1, 0)


def test_he_mends_a_day_that_she_mended_already(world: World) -> None:
    (item, yesterday), father = since_yesterday(world), member(world, "father")
    with tenancy.scope(world.id):
        check_ins.mark_missed(item, yesterday, at=before_it(), via="test")
    named(world)
    do(world, check_ins.check_in, item, "mother", day=yesterday, excuse="在外婆家")

    given = father.post(f"/items/{item.pk}/check-ins", {"day": yesterday.isoformat()})

    assert (given.status_code, given.json()["state"]) == (200, "DONE")
    assert ("mother", "EXCUSED", "在外婆家") in said_of_today(world, item)
    assert answers(father, world, item)[1]["progress"]["done"] == 1


def files(caller: Caller, world: World) -> int:
    lines = caller.get(f"/students/{world.student.pk}/file").json()["results"]
    return sum(one["kind"] == "attachment" for one in lines)


@pytest.mark.parametrize("how", ["done", "verified", "dropped"])
def test_a_file_of_his_is_taken_though_the_item_ended(world: World, how: str) -> None:
    item, father = item_of(world), member(world, "father")
    named(world)
    ended(world, item, how)
    evidence = stored(world, item).evidence

    sent = send(father, item.pk)

    assert sent.status_code == 201, sent.content.decode()
    made = sent.json()["id"]
    for who in ("father", "teacher"):
        assert files(member(world, who), world) == 1, who
        assert member(world, who).get(f"/attachments/{made}").status_code == 200, who
    assert stored(world, item).evidence == evidence
    page = by_password(world, "teacher")
    page.open(f"/plan/{item.pk}/evidence")
    assert made in page.html


def stored(world: World, item: ActionItem) -> ActionItem:
    with tenancy.scope(world.id):
        return ActionItem.objects.get(pk=item.pk)


def test_he_replaces_what_was_verified_since(world: World) -> None:
    item, father = item_of(world), member(world, "father")
    old = photo(world, item, "father", at=before_it())
    do(world, plans.finish, item, "father", note="做完了", evidence=[old.pk], at=before_it())
    named(world)
    do(world, plans.verify, item, "teacher", as_read=looked_at(world, item))

    sent = send(father, item.pk, replaces=str(old.pk))

    assert sent.status_code == 201, sent.content.decode()
    assert father.get(f"/items/{item.pk}").json()["evidence"] == [sent.json()["id"]]
    assert stored(world, item).evidence == [old.pk]
    assert opens(world, "teacher", old)


def test_how_many_files_others_added_is_not_told(world: World, monkeypatch: Any) -> None:
    item, father = item_of(world), member(world, "father")
    named(world)
    monkeypatch.setattr("records.item_files.MOST", 1)
    photo(world, item, "mother")

    assert send(father, item.pk).status_code == 201
    assert send(father, item.pk).status_code == 409


def test_what_ended_for_him_too_takes_no_file(world: World) -> None:
    item, father = item_of(world), member(world, "father")
    do(world, plans.finish, item, "mother", note="做完了", at=before_it())
    named(world)

    assert send(father, item.pk).status_code == 409
    with tenancy.scope(world.id):
        assert not Attachment.objects.exists()


def noted(caller: Caller, item: ActionItem) -> Any:
    rows = caller.get(f"/items/{item.pk}").json().get("noted")
    return rows and [(one["by"]["name"], one["state"], one["text"]) for one in rows]


def test_the_school_reads_what_he_said_of_an_item_that_ended(world: World) -> None:
    item, father = item_of(world), member(world, "father")
    named(world)
    ended(world, item, "done")
    father.post(f"/items/{item.pk}/check-ins", {"excuse": NO_NET})
    father.post(f"/items/{item.pk}/block", {"why": "孩子不接我的电话"})
    file = send(father, item.pk).json()["id"]
    father.post(f"/items/{item.pk}/done", {"note": "我送她去的", "evidence": [file]})

    assert noted(member(world, "teacher"), item) == [
        ("father", "EXCUSED", NO_NET),
        ("father", "BLOCKED", "孩子不接我的电话"),
        ("father", "DONE", "我送她去的"),
    ]
    rows = member(world, "teacher").get(f"/items/{item.pk}").json()["noted"]
    assert rows[-1]["evidence"] == [file]
    page = by_password(world, "teacher")
    page.open(f"/cases/{item.case_id}/plan")
    assert "孩子不接我的电话" in page.text
    for who in ("father", "mother", "student"):
        assert "noted" not in member(world, who).get(f"/items/{item.pk}").json(), who
    plan = father.get(f"/students/{world.student.pk}/plan").json()["results"]
    assert all("noted" not in one for one in plan)


def test_a_reason_that_another_day_took_over_is_read_at_school(world: World) -> None:
    item = item_of(world)
    do(world, check_ins.check_in, item, "mother", excuse=NO_NET)
    do(world, check_ins.check_in, item, "father")

    assert noted(member(world, "teacher"), item) == [("mother", "EXCUSED", NO_NET)]
    assert noted(member(world, "mother"), item) is None


def test_words_of_another_class_stay_with_their_office(world: World) -> None:
    item, father = item_of(world), member(world, "father")
    named(world)
    ended(world, item, "verified")
    father.post(f"/items/{item.pk}/block", {"why": "家里交不起网费"})

    assert noted(member(world, "teacher"), item) in (None, [("father", "BLOCKED", "")])
    assert noted(member(world, "deputy"), item) == [("father", "BLOCKED", "家里交不起网费")]
