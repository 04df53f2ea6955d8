"""Records in a copy of a whole file: word for word what this reader could copy one by one."""

import io
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from ledger.models import Event
from parties import tenancy
from parties.access import Viewer
from parties.errors import InvalidInput
from records import exports, file, keeping, record_copies
from records.exports import Form, Purpose
from records.file import Filters
from records.models import CommunicationRecord, Delivery
from records.printing import as_json, pdf
from records.printing.documents import FileSheet, Watermark
from tests.records.desk import FACT, Desk

pytestmark = pytest.mark.django_db

MONEY = "家里最近交不起房租，周末需要兼职。"
OPINION = "我们愿意配合，但周末要看店。"


def collect(
    desk: Desk, name: str, purpose: Purpose = Purpose.REVIEW, **filters: Any
) -> tuple[FileSheet, Watermark]:
    with tenancy.scope(desk.world.id):
        return exports.collect(
            viewer=Viewer.load(desk.world[name], at=desk.at),
            student_id=desk.world.student.pk,
            filters=Filters(**filters),
            purpose=purpose,
            form=Form.JSON,
        )


def one_by_one(desk: Desk, record: CommunicationRecord, name: str) -> Any:
    copy = record_copies.export(
        school_id=desk.world.id,
        by=desk.world[name],
        at=desk.at,
        record_id=record.pk,
        form="json",
        purpose=record_copies.Purpose.KEEP,
    )
    return json.loads(copy.data)["body"]


def signed(desk: Desk, *texts: str) -> CommunicationRecord:
    record = desk.offered(*texts)
    desk.sign(record, "teacher")
    desk.sign(record, "mother", note=OPINION)
    desk.later(minutes=1)
    return record


def test_each_record_is_in_the_file_as_its_own_copy_shows_it(desk: Desk) -> None:
    first, second = signed(desk, FACT, MONEY), desk.offered("实训到岗。")

    for name in ("mother", "student", "teacher", "duty_officer"):
        sheet, mark = collect(desk, name)
        body = json.loads(as_json.render(sheet, watermark=mark))["body"]
        assert body["records"] == [one_by_one(desk, one, name) for one in (first, second)], name


def test_statements_signatures_version_state_and_own_words_are_there(desk: Desk) -> None:
    record = signed(desk, FACT)

    (sheet,) = collect(desk, "mother")[0].records

    assert (sheet.record_no, sheet.version, sheet.state) == (record.record_no, 1, "已生效")
    assert [said.text for part in sheet.sections for said in part.statements] == [FACT]
    assert {(one.who, one.method.value, one.reason) for one in sheet.signatures} == {
        ("teacher", "电子签名", ""),
        ("mother", "电子签名", OPINION),
    }
    assert sheet.record_hash


def test_what_a_reader_may_not_copy_stays_a_line(desk: Desk) -> None:
    signed(desk, FACT)
    desk.drafted("还没有写完。")
    closed = signed(desk, "与同学和解。")
    with desk.as_("teacher") as viewer:
        keeping.archive(viewer, record_id=closed.pk, why="settled")
    with desk.as_("head_of_office") as viewer:
        keeping.seal(viewer, record_id=closed.pk, reason="家长申请撤回，已核实")

    counts = {
        name: (len(sheet.entries), len(sheet.records))
        for name in ("teacher", "grade_leader", "mother")
        for sheet in [collect(desk, name)[0]]
    }

    assert counts == {"teacher": (3, 1), "grade_leader": (2, 0), "mother": (2, 2)}
    assert "与同学和解" not in str(collect(desk, "teacher")[0])


def test_filters_and_statistics_leave_the_words_out(desk: Desk) -> None:
    signed(desk)

    assert collect(desk, "mother", kind="case")[0].records == ()
    assert collect(desk, "mother", Purpose.STATISTICS)[0].records == ()
    assert len(collect(desk, "mother", kind="communication")[0].records) == 1


def test_words_that_may_not_leave_hold_the_whole_copy_back(desk: Desk) -> None:
    record = desk.drafted("该生上课走神。")
    desk.check(record, confirmed=["上课走神"])
    desk.offer(record)

    with pytest.raises(InvalidInput) as refused:
        collect(desk, "teacher", Purpose.INSPECTION)

    assert record.record_no in str(refused.value)
    assert refused.value.field == f"{record.record_no}.statements.1"
    for name, purpose in (("teacher", Purpose.REVIEW), ("mother", Purpose.INSPECTION)):
        assert len(collect(desk, name, purpose)[0].records) == 1


def test_the_event_names_the_records_and_each_counts_as_delivered(desk: Desk) -> None:
    record = signed(desk)
    collect(desk, "mother")
    collect(desk, "mother")

    with tenancy.scope(desk.world.id):
        event = Event.objects.filter(kind="file.exported").first()
        assert event is not None
        assert event.refs == [f"record:{record.pk}"]
        assert FACT.encode() not in bytes(event.body)
        given = Delivery.objects.filter(record=record, how="EXPORT")
        assert [one.to_id for one in given] == [desk.world["mother"].pk]


@pytest.mark.django_db(transaction=True)  # keys of this very transaction are never kept
def test_many_records_cost_as_many_queries_as_one(desk: Desk) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            collect(desk, "mother")
        return len(asked)

    signed(desk)
    queries()
    before = queries()
    for _ in range(3):
        record = desk.drafted(FACT, MONEY)
        desk.meet(record, "mother", "father")
        desk.check(record)
        desk.offer(record)
        desk.sign(record, "teacher")
        desk.sign(record, "father")

    assert queries() == before


def test_the_printed_file_holds_every_record_with_its_headings(desk: Desk) -> None:
    signed(desk, FACT)
    signed(desk, "实训到岗。")
    sheet, mark = collect(desk, "mother")

    pages = PdfReader(io.BytesIO(pdf.render(sheet, watermark=mark))).pages
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in pages))

    for words in (FACT[:6], "实训到岗", "签字确认", OPINION[:8], "附沟通记录", "用途：复核"):
        assert words in text, words
    assert text.count("一、参与人员") == 2


# --- its line in the file -------------------------------------------------------------------------


def title_for(desk: Desk, name: str) -> list[str]:
    with tenancy.scope(desk.world.id):
        viewer = Viewer.load(desk.world[name], at=desk.at)
        rows = file.read(
            viewer=viewer, student_id=desk.world.student.pk, filters=Filters(), limit=20
        ).entries
    return [one.line.title for one in rows if one.kind == "communication"]


def test_a_line_says_why_to_a_colleague_who_was_there(desk: Desk) -> None:
    record = desk.drafted(FACT)
    desk.meet(record, "mother", "counsellor")
    desk.check(record)
    desk.offer(record)
    for who in ("teacher", "mother"):
        desk.sign(record, who)

    why = f"沟通记录：{record.get_trigger_display()}"
    assert [title_for(desk, who) for who in ("teacher", "mother", "counsellor")] == [[why]] * 3
    assert title_for(desk, "grade_leader") == ["沟通记录"]
