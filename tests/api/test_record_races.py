"""Two people at one record in the same moment: one of them wins, and the other is told what by."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections

from parties import tenancy
from parties.models import Membership
from parties.roles import Role
from records.models import CommunicationRecord, Signature
from tests.api.callers import PASSWORD, Caller, code, member
from tests.api.papers import FACT, as_read, effective, offered, written
from tests.factories import LONG_AGO, World

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """All of them from threads of their own, let go together."""
    start, answers = Barrier(len(calls)), [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        start.wait(timeout=10)
        try:
            answers[place] = call()
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def second_teacher(world: World) -> Caller:
    """The class has two head teachers for a while: both of them write its records."""
    with tenancy.scope(world.id):
        Membership.objects.create(
            school=world.school,
            person=world["counsellor"],
            role=Role.HT,
            school_class=world.school_class,
            starts_at=LONG_AGO,
        )
    return member(world, "counsellor")


def say(who: Caller, record_id: str, tag: str, text: str) -> Any:
    body = {"section": "FACT", "source": "TEACHER", "text": text}
    return who.post(f"/records/{record_id}/statements", body, If_Match=tag)


@pytest.mark.parametrize("turn", range(3))
def test_of_two_teachers_who_edit_one_hears_which_version_was_faster(
    world: World, turn: int
) -> None:
    paper, other = written(world), second_teacher(world)
    old = paper.etag

    answers = at_once(
        lambda: say(paper.writer, paper.id, old, f"甲{turn}：10月8日缺勤一节。"),
        lambda: say(other, paper.id, old, f"乙{turn}：10月9日到校 8 点。"),
    )

    won, lost = sorted(answers, key=lambda answer: int(answer.status_code))
    assert (won.status_code, lost.status_code) == (201, 409)
    assert code(lost) == "state.lost_race"
    assert lost.json()["yours"] == old.strip('"')
    assert lost.json()["current"] == won.headers["ETag"].strip('"')
    body = paper.writer.get(f"/records/{paper.id}").json()
    assert len(body["statements"]) == 2


def test_an_edit_and_an_offer_never_both_win(world: World) -> None:
    paper = written(world)
    paper.do("check")
    tag = paper.etag

    answers = at_once(
        lambda: say(paper.writer, paper.id, tag, "10月10日到校 8 点。"),
        lambda: paper.writer.post(f"/records/{paper.id}/offer", {}, If_Match=tag),
    )

    assert sorted(answer.status_code < 300 for answer in answers) == [False, True]
    with tenancy.scope(world.id):
        record = CommunicationRecord.objects.get()
        assert (record.state == "PENDING_SIGNATURES") == (record.statements.count() == 1)


def test_nobody_signs_what_is_being_taken_back(world: World) -> None:
    paper, mother = offered(world), member(world, "mother")
    word = {"password": PASSWORD, **as_read(mother, paper.id)}

    at_once(
        lambda: paper.writer.post(f"/records/{paper.id}/recall", {}, If_Match=paper.etag),
        lambda: mother.post(f"/records/{paper.id}/sign", word),
    )

    with tenancy.scope(world.id):
        record = CommunicationRecord.objects.get()
        signed = Signature.objects.filter(record=record).count()
        assert (record.state, signed) in (("DRAFT", 0), ("PENDING_SIGNATURES", 1))


def test_two_taps_are_one_signature(world: World) -> None:
    paper, mother = offered(world), member(world, "mother")
    word = {"password": PASSWORD, **as_read(mother, paper.id)}

    answers = at_once(*[lambda: mother.post(f"/records/{paper.id}/sign", word)] * 3)

    assert {answer.status_code for answer in answers} == {200}
    with tenancy.scope(world.id):
        assert Signature.objects.count() == 1


def test_both_sides_at_once_make_it_effective_once(world: World) -> None:
    paper, mother = offered(world, FACT), member(world, "mother")
    word, own = ({"password": PASSWORD, **as_read(who, paper.id)} for who in (mother, paper.writer))

    at_once(
        lambda: mother.post(f"/records/{paper.id}/sign", word),
        lambda: paper.writer.post(f"/records/{paper.id}/sign", own),
    )

    assert mother.get(f"/records/{paper.id}").json()["state"] == "EFFECTIVE"


def test_there_is_one_next_version(world: World) -> None:
    paper, other = effective(world), second_teacher(world)

    answers = at_once(
        *[
            lambda who=who: who.post(f"/records/{paper.id}/next-version", {})
            for who in (paper.writer, other)
        ]
    )

    won, lost = sorted(answers, key=lambda answer: int(answer.status_code))
    assert (won.status_code, lost.status_code) == (201, 409)
    assert code(lost) == "state.lost_race"
    assert lost.json()["current"] == won.headers["ETag"].strip('"')
    assert lost.json()["yours"] == paper.writer.get(f"/records/{paper.id}").headers["ETag"][1:-1]
