"""A paper for signing carries a short mark of its words, and whoever writes it down names it."""

import json
from typing import Any

import pytest

from parties.errors import LostRace
from records import as_read, attachments, communication, record_copies
from records.models import CommunicationRecord
from tests.records.desk import Desk
from tests.records.uploads import files

pytestmark = pytest.mark.django_db


def printed(desk: Desk, record: CommunicationRecord, by: str, purpose: str = "sign") -> str:
    """The mark on the paper, if there is one."""
    copy = record_copies.export(
        school_id=desk.world.id,
        by=desk.world[by],
        at=desk.at,
        record_id=record.pk,
        form="json",
        purpose=record_copies.Purpose(purpose),
    )
    details = json.loads(copy.data)["body"]["details"]
    found = [one["value"] for one in details if one["label"] == "文字标记"]
    return found[0] if found else ""


def write_down(desk: Desk, record: CommunicationRecord, mark: str, **given: Any) -> None:
    upload = attachments.Upload(
        source=files.jpeg(), name="签字页.jpg", media_type="image/jpeg", kind="SIGNED_PAGE"
    )
    teacher = desk.world["teacher"]
    page = attachments.store(
        school_id=desk.world.id, by=teacher, at=desk.at, record_id=record.pk, upload=upload
    )
    desk.witness(record, method="PAPER", scan=page.pk, printed=mark, **given)


def signed(desk: Desk, record: CommunicationRecord) -> bool:
    return desk.now(record).signed_at is not None


def changed(desk: Desk, record: CommunicationRecord) -> None:
    with desk.as_("teacher") as viewer:
        communication.recall(viewer, record_id=record.pk)
    desk.say(record, "家长同意停学两周。")
    desk.check(record)
    desk.offer(record)


def test_the_mark_on_paper_is_short_and_names_the_version(desk: Desk) -> None:
    record = desk.offered()
    mark = printed(desk, record, "teacher")

    assert mark == as_read.short(desk.mark(record, "teacher"))
    assert (mark.split(".")[0], len(mark)) == ("1", 14)
    assert printed(desk, record, "teacher", "keep") == ""


@pytest.mark.parametrize("who", ["teacher", "duty_officer", "mother"])
def test_whoever_of_them_printed_it(desk: Desk, who: str) -> None:
    record = desk.offered("他当天准时到校。", "家里最近交不起房租，周末需要兼职。")
    write_down(desk, record, f" {printed(desk, record, who).upper()} ")

    assert signed(desk, record)


def test_a_paper_with_other_words_is_not_written_down(desk: Desk) -> None:
    record = desk.offered()
    old = printed(desk, record, "teacher")
    changed(desk, record)
    now = printed(desk, record, "teacher")

    with pytest.raises(LostRace) as refused:
        write_down(desk, record, old)
    assert (refused.value.context["yours"], refused.value.context["current"]) == (old, now)
    assert not signed(desk, record)
    write_down(desk, record, printed(desk, record, "teacher"))
    assert signed(desk, record)


def test_a_paper_without_a_mark_is_written_down_as_before(desk: Desk) -> None:
    record = desk.offered()
    write_down(desk, record, "")

    assert signed(desk, record)
