"""Where words are asked for, signs that nobody sees are none."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from parties.errors import InvalidInput
from records import (
    discarding,
    hold_requests,
    holds,
    keeping,
    notices,
    objections,
)
from records.language import Author, Moment, check, override
from records.models import Notice
from tests.factories import NOW, World
from tests.records.desk import Desk

pytestmark = pytest.mark.django_db

BLANK = "\u200b\u3164\u2060\ufeff\u200b\u3164"
UNTIL = NOW + timedelta(days=3)


def refused(do: Callable[[], Any]) -> str:
    """The field that was refused."""
    with pytest.raises(InvalidInput) as found:
        do()
    assert found.value.mend
    return str(found.value.field)


def test_a_statement_says_something(desk: Desk) -> None:
    record = desk.write()

    assert refused(lambda: desk.say(record, "\u200b\u200b")) == "text"
    assert desk.say(record, "到校\u200b 8 点").text == "到校\u200b 8 点"


def test_a_header_keeps_nothing_that_cannot_be_read(desk: Desk) -> None:
    record = desk.write(trigger_note=BLANK, place=BLANK, next_focus="出勤")

    assert (record.trigger_note, record.place, record.next_focus) == ("", "", "出勤")


def test_who_will_not_sign_says_why(desk: Desk) -> None:
    record = desk.offered()

    assert refused(lambda: desk.refuse(record, "mother", reason="\u200b\u3164")) == "reason"
    assert refused(lambda: desk.witness(record, method="REFUSED", reason=BLANK)) == "reason"


def test_an_objection_its_answer_and_its_annotation_say_something(desk: Desk) -> None:
    record = desk.effective()
    assert refused(lambda: desk.object(record, words="\u200b")) == "words"
    filed = desk.object(record)

    with desk.as_("teacher") as viewer:
        which: dict[str, Any] = {"objection_id": filed.pk, "words": BLANK}
        assert refused(lambda: objections.answer(viewer, reply="REFUSED", **which)) == "words"
    with desk.as_("mother") as viewer:
        assert refused(lambda: objections.annotate(viewer, **which)) == "annotation"


def test_putting_aside_holding_and_sealing_have_a_reason(desk: Desk) -> None:
    draft, old = desk.drafted(), desk.effective()
    with desk.as_("teacher") as viewer:
        mine: dict[str, Any] = {"record_id": draft.pk, "reason": BLANK}
        assert refused(lambda: discarding.discard(viewer, **mine)) == "reason"
        assert refused(lambda: hold_requests.ask(viewer, until=UNTIL, **mine)) == "reason"
        keeping.archive(viewer, record_id=old.pk, why="settled")
    with desk.as_("head_of_office") as viewer:
        assert refused(lambda: keeping.seal(viewer, record_id=old.pk, reason=BLANK)) == "reason"
    offered = desk.offered()
    with desk.as_("head_of_office") as viewer:
        held: dict[str, Any] = {"record_id": offered.pk, "reason": BLANK, "until": UNTIL}
        assert refused(lambda: holds.hold(viewer, **held)) == "reason"


def test_letting_words_through_has_a_reason() -> None:
    verdict = check("他是差生。", moment=Moment.SHARE, author=Author.STAFF)

    assert refused(lambda: override(verdict, reason=BLANK)) == "reason"


@pytest.mark.parametrize("field", ["title", "body"])
def test_a_notice_has_a_title_and_a_text(world: World, field: str) -> None:
    words: dict[str, Any] = {"title": "家长会", "body": "周五三点。", field: BLANK}
    given = notices.Draft(
        scope=Notice.Scope.SCHOOL, strength=Notice.Strength.READ, needs_answer=False, **words
    )

    def draft() -> Notice:
        return notices.draft(school_id=world.id, by=world["teacher"], at=NOW, given=given)

    assert refused(draft) == field
