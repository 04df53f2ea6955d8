"""A word that staff writes down twice: the same is one act, other words are never swallowed."""

from typing import Any

import pytest

from parties import tenancy
from parties.errors import WrongState
from records.models import Attachment, CommunicationRecord, Signature
from tests.factories import World
from tests.records.desk import Desk
from tests.records.test_witnesses import file

pytestmark = pytest.mark.django_db

AGREED = {"method": "PHONE", "note": "母亲同意。"}
REFUSED = {"method": "REFUSED", "reason": "“不同意多次”", "note": "在办公室说的。"}
CABINET = "3号柜／2026-2册"


def kept(desk: Desk) -> list[tuple[Any, ...]]:
    """Page, words and cabinet of what stands; read while the key is at hand."""
    with tenancy.scope(desk.world.id):
        rows = Signature.objects.filter(signer=desk.world["mother"])
        return [(one.scan_id, one.note, one.reason, one.kept_at) for one in rows]


def refused() -> Any:
    return pytest.raises(WrongState, check=lambda no: no.context["state"] == "SPOKEN")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (AGREED, {"note": "母亲又补充：晚上由外婆接。"}),
        (REFUSED, {"reason": "“只有一次”"}),
        (REFUSED, {"note": "后来在电话里说的。"}),
        (AGREED, {"witness": "head_of_office"}),
    ],
)
def test_other_words_of_the_same_method_are_refused_and_say_so(
    desk: Desk, first: dict[str, Any], second: dict[str, Any]
) -> None:
    record = desk.offered()
    desk.witness(record, **first)

    with refused() as no:
        desk.witness(record, **{**first, **second})

    label = Signature.Method(first["method"]).label
    for told in (label, "没有存下", "异议附记", "异议", "沟通记录"):
        assert told in str(no.value)
    assert kept(desk) == [(None, first["note"], first.get("reason", ""), "")]


@pytest.mark.parametrize("word", [AGREED, REFUSED])
def test_the_very_same_word_again_is_one_act(desk: Desk, word: dict[str, Any]) -> None:
    record = desk.offered()
    desk.witness(record, **word)
    desk.witness(record, **word)
    desk.witness(record, **{**word, "note": f" {word['note']} "})

    assert len(kept(desk)) == 1


def test_the_two_who_stood_for_it_may_both_write_it_down(desk: Desk) -> None:
    record = desk.offered()
    desk.witness(record, **AGREED)
    desk.witness(record, by="duty_officer", witness="teacher", **AGREED)

    assert len(kept(desk)) == 1


def on_paper(desk: Desk, record: CommunicationRecord, page: Attachment, **more: Any) -> None:
    desk.witness(record, method="PAPER", scan=page.pk, **{"kept_at": CABINET, **more})


def test_another_picture_or_cabinet_of_a_paper_is_not_swallowed(desk: Desk, world: World) -> None:
    record = desk.offered()
    page, other = file(world, record), file(world, record, original_sha256=b"p" * 32)
    on_paper(desk, record, page)

    with refused():
        on_paper(desk, record, other)
    with refused():
        on_paper(desk, record, page, kept_at="5号柜／2026-1册")

    assert kept(desk) == [(page.pk, "", "", CABINET)]


def test_the_same_picture_sent_again_is_the_same_paper(desk: Desk, world: World) -> None:
    record = desk.offered()
    page, again = file(world, record), file(world, record)
    on_paper(desk, record, page)
    on_paper(desk, record, again)
    on_paper(desk, record, page, kept_at="")

    assert kept(desk) == [(page.pk, "", "", CABINET)]


def test_an_own_refusal_swallows_no_reason_that_staff_writes_down(desk: Desk) -> None:
    record = desk.offered()
    desk.refuse(record, "mother", "与事实不符")
    desk.witness(record, method="REFUSED", reason="与事实不符")

    with refused():
        desk.witness(record, method="REFUSED", reason="“还有别的”")
