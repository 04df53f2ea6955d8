"""What a guardian said while they were shut out counts once they are not, for what they read."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from ledger.models import Event
from parties import clock, tenancy
from parties.models import Restriction
from records import content
from records.models import CommunicationRecord, Signature
from tests.api.callers import member
from tests.api.papers import Paper, as_read, offered
from tests.factories import World
from tests.portal.visitors import by_password
from tests.privacy.test_records_stand_still import answers, give, named
from tests.privacy.test_taken_back import hold, put_aside, recall, recall_and_offer_again
from workflow import word_counts
from workflow.models import Case, Notification

pytestmark = pytest.mark.django_db(transaction=True)


def lifted(world: World) -> None:
    """The matter is closed, and nobody orders any more that he may not be told."""
    with tenancy.scope(world.id):
        unfounded()
        Restriction.objects.update(ends_at=clock.now())


def unfounded() -> None:
    """How people come to say so is told elsewhere. Inside a scope."""
    for case in Case.objects.filter(channel="CRISIS"):
        case.cancel(at=clock.now())
        case.save()


def count() -> int:
    return word_counts.look_due(via="test")


def noted(world: World, how: Callable[[World, Paper], None], verb: str = "sign") -> Paper:
    """The teacher's own word is there; his was noted about what was taken back."""
    paper, father = offered(world), member(world, "father")
    named(world)
    mark = as_read(father, paper.id)
    how(world, paper)
    given = give(father, paper, verb, mark)
    assert given.status_code == 200, given.content.decode()
    return paper


def back_again(world: World, paper: Paper) -> None:
    """The same words are offered once more."""
    recall(world, paper)
    for verb in ("check", "offer"):
        paper.do(verb)


def release(world: World, paper: Paper) -> None:
    freed = member(world, "head_of_office").post(f"/records/{paper.id}/release", {})
    assert freed.status_code == 200, freed.content.decode()


def school(world: World, paper: Paper) -> Any:
    return member(world, "teacher").get(f"/records/{paper.id}").json()


def test_the_same_words_are_signed_by_what_he_said(world: World) -> None:
    paper = noted(world, back_again)
    paper.sign()
    known = answers(member(world, "father"), world, paper)
    assert count() == 0
    lifted(world)
    assert answers(member(world, "father"), world, paper) == known

    assert (count(), count()) == (1, 0)

    found = school(world, paper)
    assert (found["state"], found["standing"]) == ("EFFECTIVE", "SIGNED")
    assert "noted_words" not in found
    [his] = [one for one in found["signatures"] if one["signer"]["name"] == "father"]
    assert his["at"] == known[1]["signatures"][0]["at"]
    with tenancy.scope(world.id):
        record = CommunicationRecord.objects.get(pk=paper.id)
        assert content.is_intact(record)
        assert Signature.objects.filter(record=record, signer=world["father"]).count() == 1
        assert Event.objects.filter(kind="record.word_counted").count() == 1
        told = Notification.objects.filter(template="record.effective")
        assert world["mother"].pk in set(told.values_list("recipient", flat=True))
    assert answers(member(world, "father"), world, paper) == known


def test_it_is_the_first_word_if_nobody_has_signed(world: World) -> None:
    paper = noted(world, back_again)
    lifted(world)

    assert count() == 1

    found = school(world, paper)
    assert (found["state"], found["signed_at"] is None) == ("PENDING_SIGNATURES", False)
    refused = paper.writer.send("post", f"/records/{paper.id}/recall", {}, If_Match=paper.etag)
    assert refused.status_code == 409


def test_when_a_hold_is_over_it_counts_as_well(world: World) -> None:
    paper = noted(world, hold)
    lifted(world)
    assert count() == 0
    release(world, paper)

    assert count() == 1

    assert [one["signer"]["name"] for one in school(world, paper)["signatures"]] == ["father"]


def test_a_refusal_is_a_refusal(world: World) -> None:
    paper = noted(world, back_again, "refuse")
    paper.sign()
    lifted(world)

    assert count() == 1

    found = school(world, paper)
    assert (found["state"], found["standing"]) == ("EFFECTIVE", "UNSIGNED")
    assert found["signatures"][0]["reason"] == "我不同意这样写"


@pytest.mark.parametrize("how", [recall_and_offer_again, recall, put_aside])
def test_about_other_words_it_stays_a_word_about_those(
    world: World, how: Callable[[World, Paper], None]
) -> None:
    paper = noted(world, how)
    lifted(world)

    assert count() == 0

    found = school(world, paper)
    assert found["signatures"] == []
    assert [one["signer"]["name"] for one in found["noted_words"]] == ["father"]
    page = by_password(world, "teacher")
    page.open(f"/records/{paper.id}")
    assert "对已收回文字的意见" in page.text


@pytest.mark.parametrize("still", ["case", "order"])
def test_nothing_counts_while_anything_keeps_him_out(world: World, still: str) -> None:
    paper = noted(world, back_again)
    with tenancy.scope(world.id):
        if still == "order":
            unfounded()
        else:
            Restriction.objects.update(ends_at=clock.now())

    assert count() == 0
    assert school(world, paper)["signatures"] == []


def test_his_word_of_today_comes_before_the_one_of_then(world: World) -> None:
    """He signs the record that is his again: what he said of the text before is not counted too."""
    paper = noted(world, recall)
    lifted(world)
    for verb in ("check", "offer"):
        paper.do(verb)
    father = member(world, "father")
    assert give(father, paper, "sign", as_read(father, paper.id)).status_code == 200

    assert count() == 0

    with tenancy.scope(world.id):
        assert Signature.objects.filter(record=UUID(paper.id)).count() == 1
