"""Two taps at the very same moment, of acts that are one act: a score, a channel, a file."""

import copy
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from parties.access import Viewer
from portal import upgrades
from tests.api import plan_stories
from tests.api.papers import written
from tests.api.test_record_races import at_once
from tests.factories import World
from tests.portal.test_plan import asked
from tests.portal.test_second_sendings import files, moves, picture, scores
from tests.portal.test_upgrades import WHY, in_notice, ladders
from tests.portal.visitors import Phone, by_password
from tests.processes.intake_walk import in_meeting
from tests.records.uploads.files import jpeg
from workflow.models import Case

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("channels")]

#: A race that goes well once has not been shown to go well.
TURNS = range(3)


def twice(
    phone: Phone, page: str, address: str, *fields: Callable[[], dict[str, Any]]
) -> list[int]:
    """The form of `page`, sent to `address` by two hands at once; how both were answered."""
    phone.open(page)
    marks = {name: phone.value(name) for name in ("csrfmiddlewaretoken", "nonce")}
    marks = {name: mark for name, mark in marks.items() if mark}
    hands = [phone.client, copy.copy(phone.client)]
    hands[1].cookies = copy.deepcopy(hands[0].cookies)
    for hand in hands:
        hand.raise_request_exception = False
    one, other = fields if len(fields) > 1 else fields * 2
    answers = at_once(
        lambda: hands[0].post(address, {**marks, **one()}, follow=True),
        lambda: hands[1].post(address, {**marks, **other()}, follow=True),
    )
    return sorted(int(each.status_code) for each in answers)


@pytest.mark.parametrize("turn", TURNS)
def test_a_score_is_given_once(world: World, turn: int) -> None:
    item = plan_stories.item(world)
    asked(world, item.case_id)
    phone, address = by_password(world, "mother"), f"/plan/{item.case_id}/score"

    got = twice(phone, "/plan", address, lambda: {"score": "1", "words": "愿意说话了"})

    assert got == [200, 200]
    assert scores(world) == [(1, "愿意说话了")]


@pytest.mark.parametrize("turn", TURNS)
def test_of_two_scores_one_stands_and_the_other_comes_back(world: World, turn: int) -> None:
    item = plan_stories.item(world)
    asked(world, item.case_id)
    phone, address = by_password(world, "mother"), f"/plan/{item.case_id}/score"
    given = [{"score": "1", "words": "愿意说话了"}, {"score": "-1", "words": "又不说话了"}]

    got = twice(phone, "/plan", address, lambda: given[0], lambda: given[1])

    assert got == [200, 409]
    assert len(scores(world)) == 1


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("to", ["MEETING", "CRISIS"])
def test_a_case_goes_up_once(world: World, to: str, turn: int) -> None:
    walk = in_notice(world) if to == "MEETING" else in_meeting(world)
    page = f"/cases/{walk.case_id}/upgrade"
    said = {"to": to, "reason": WHY, "safe_now": "NO", "sure": "1"}

    got = twice(by_password(world, "teacher"), page, page, lambda: said)

    assert got == [200, 200]
    assert (moves(world, walk.case_id), walk.case.channel) == (["UPGRADE"], to)
    assert ladders(walk) == (1 if to == "CRISIS" else 0)


def test_a_tap_that_finds_the_case_taken_up_meanwhile_is_the_same_act(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other tap commits between the two questions of this one."""
    walk, phone = in_notice(world), by_password(world, "teacher")
    page, said = f"/cases/{walk.case_id}/upgrade", {"to": "MEETING", "reason": WHY}
    phone.open(page)
    token = {"csrfmiddlewaretoken": phone.value("csrfmiddlewaretoken")}
    ask, answers = upgrades._of_team, list[Any]()

    def after_the_other(viewer: Viewer, case_id: UUID) -> Case:
        monkeypatch.setattr(upgrades, "_of_team", ask)
        other = copy.copy(phone.client)
        answers.extend(at_once(lambda: other.post(page, {**token, **said}, follow=True)))
        return ask(viewer, case_id)

    monkeypatch.setattr(upgrades, "_of_team", after_the_other)
    answers.append(phone.client.post(page, {**token, **said}, follow=True))

    assert [one.status_code for one in answers] == [200, 200]
    assert (moves(world, walk.case_id), walk.case.channel) == (["UPGRADE"], "MEETING")


@pytest.mark.parametrize("turn", TURNS)
def test_a_file_of_a_record_is_kept_once(world: World, turn: int) -> None:
    page, data = f"/records/{written(world).id}/files", jpeg()

    got = twice(
        by_password(world, "teacher"),
        page,
        page,
        lambda: {"file": picture(data), "redaction": "NONE"},
    )

    assert got == [200, 200]
    assert files(world) == ["COM"]


@pytest.mark.parametrize("turn", TURNS)
def test_a_photo_of_an_item_is_kept_once(world: World, turn: int) -> None:
    page, data = f"/plan/{plan_stories.item(world).pk}/evidence", jpeg()

    got = twice(by_password(world, "mother"), page, page, lambda: {"file": picture(data)})

    assert got == [200, 200]
    assert files(world) == ["COM"]
