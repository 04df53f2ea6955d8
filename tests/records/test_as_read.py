"""A signature is about the words that its signer read; what changed meanwhile is read again."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from parties import tenancy
from parties.errors import LostRace
from records import as_read, communication, signatures
from records.models import CommunicationRecord, Signature
from records.witnessed import Witnessed
from tests.factories import World
from tests.records.desk import FACT, SILENT, Desk

CHANGED = "家长同意停学两周。"


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


def changed(desk: Desk, record: CommunicationRecord, text: str = CHANGED, **said: Any) -> None:
    """Taken back, changed and offered again."""
    with desk.as_("teacher") as viewer:
        communication.recall(viewer, record_id=record.pk)
    desk.say(record, text, **said)
    desk.check(record)
    desk.offer(record)


def sign(desk: Desk, record: CommunicationRecord, read: str) -> None:
    desk.sign(record, "mother", as_read=read)


def refuse(desk: Desk, record: CommunicationRecord, read: str) -> None:
    with desk.as_("mother") as viewer:
        signatures.refuse(viewer, record_id=record.pk, reason="与事实不符", as_read=read)


def read_back(desk: Desk, record: CommunicationRecord, read: str) -> None:
    given = Witnessed(
        signer=desk.world["mother"].pk,
        method="PHONE",
        witness=desk.world["duty_officer"].pk,
        as_read=read,
    )
    with desk.as_("teacher") as viewer:
        signatures.witness(viewer, record_id=record.pk, given=given)


ACTS = [(sign, "mother"), (refuse, "mother"), (read_back, "teacher")]
Act = Callable[[Desk, CommunicationRecord, str], None]


@pytest.mark.parametrize(("act", "reader"), ACTS)
def test_words_that_changed_after_the_reading_are_not_signed(
    desk: Desk, act: Act, reader: str
) -> None:
    record = desk.offered(FACT)
    read = desk.mark(record, reader)
    changed(desk, record)

    with pytest.raises(LostRace) as lost:
        act(desk, record, read)

    assert lost.value.context == {"yours": read, "current": desk.mark(record, reader)}
    assert not given(desk)


@pytest.mark.parametrize(("act", "reader"), ACTS)
def test_the_same_words_offered_again_are_signed(desk: Desk, act: Act, reader: str) -> None:
    record = desk.offered(FACT)
    read = desk.mark(record, reader)
    with desk.as_("teacher") as viewer:
        communication.recall(viewer, record_id=record.pk)
    desk.check(record)
    desk.offer(record)

    act(desk, record, read)

    assert len(given(desk)) == 1


@pytest.mark.parametrize("read", ["", "1.0", "2.0"])
def test_nobody_signs_without_having_read(desk: Desk, read: str) -> None:
    record = desk.offered(FACT)

    with pytest.raises(LostRace), desk.as_("mother") as viewer:
        signatures.sign(viewer, record_id=record.pk, method="LINK", as_read=read)


def test_the_word_of_another_changes_nothing_of_what_was_read(desk: Desk) -> None:
    record = desk.offered(FACT)
    read = {who: desk.mark(record, who) for who in ("teacher", "mother", "father")}

    for who, mark in read.items():
        desk.sign(record, who, as_read=mark)

    assert desk.now(record).state == "EFFECTIVE"


def test_what_a_reader_may_not_see_does_not_change_their_mark(desk: Desk) -> None:
    record = desk.offered(FACT)
    read = {who: desk.mark(record, who) for who in ("father", "teacher")}

    changed(desk, record, "说话时流泪。", **SILENT)

    assert desk.mark(record, "father") == read["father"]
    assert desk.mark(record, "teacher") != read["teacher"]


def test_another_code_is_another_text_and_none_is_the_mark_of_before(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = desk.offered(FACT)
    changed(desk, record, "约2分钟没有说话。", **SILENT)
    file = desk.read(record, "mother")
    plain, seen = file.statements
    louder = replace(file, statements=[plain, replace(seen, observed="LOUDER")])
    assert as_read.mark(louder) != as_read.mark(file) == desk.mark(record, "mother")

    written: list[Any] = []

    def keep(shown: Any, **_: Any) -> bytes:
        written.append(shown)
        return b""

    monkeypatch.setattr("records.as_read.orjson.dumps", keep)
    as_read.mark(replace(file, statements=[plain, replace(seen, observed="")]))

    members = {"id", "section", "source", "status", "at", "text", "masked", "redacted"}
    members |= {"is_quote", "basis"}
    assert [set(one) for one in written[0]["statements"]] == [members, members]


def test_a_signature_keeps_the_proof_of_what_was_read(desk: Desk) -> None:
    record = desk.offered(FACT)
    read = desk.mark(record, "mother")
    sign(desk, record, read)

    (made,) = given(desk)

    salt = bytes(desk.now(record).content_salt or b"")
    assert bytes(made.as_read or b"") == as_read.proof(read, salt)
    assert desk.mark(record, "mother") == read  # and it can be shown again


def test_who_has_signed_gets_the_same_answer_whatever_they_send(desk: Desk) -> None:
    record = desk.offered(FACT)
    sign(desk, record, desk.mark(record, "mother"))

    sign(desk, record, "1.0")

    assert len(given(desk)) == 1


def given(desk: Desk) -> list[Signature]:
    with tenancy.scope(desk.world.id):
        return list(Signature.objects.all())
