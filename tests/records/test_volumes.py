"""A file that is longer than one document: volumes on paper, one piece for a machine."""

import io
import json
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from ledger.models import Event
from parties import tenancy
from parties.access import Viewer
from parties.errors import InvalidInput, NotAllowed, NotFound
from records import exports, file_streams
from records.exports import Form, Purpose
from records.file import Filters
from records.models import Delivery, FileEntry
from records.printing import as_json, limits, pdf
from records.printing.documents import FileSheet, Volume, Watermark
from records.printing.errors import PrintingFailed
from tests.factories import NOW, World
from tests.records.desk import FACT, Desk
from tests.records.filed import CRISIS, case, many
from workflow.models import Case

pytestmark = pytest.mark.django_db


def collect(world: World, name: str, **given: Any) -> tuple[FileSheet, Watermark]:
    at = given.pop("at", NOW)
    with tenancy.scope(world.id):
        return exports.collect(
            viewer=Viewer.load(world[name], at=at),
            student_id=world.student.pk,
            filters=given.pop("filters", Filters()),
            purpose=given.pop("purpose", Purpose.REVIEW),
            form=Form.PDF,
            **given,
        )


def volumes(world: World, name: str, **given: Any) -> Sequence[FileSheet]:
    first, _ = collect(world, name, **given)
    assert first.volume is not None
    rest = range(2, first.volume.of + 1)
    return [first, *(collect(world, name, volume=number, **given)[0] for number in rest)]


def streamed(world: World, name: str, **given: Any) -> bytes:
    at = given.pop("at", NOW)
    with tenancy.scope(world.id):
        copy = file_streams.begin(
            viewer=Viewer.load(world[name], at=at),
            student_id=world.student.pk,
            filters=given.pop("filters", Filters()),
            purpose=given.pop("purpose", Purpose.REVIEW),
        )
    return b"".join(copy.pieces())


def small(monkeypatch: pytest.MonkeyPatch, entries: int, records: int = 1_000) -> None:
    monkeypatch.setattr(limits, "MOST_ENTRIES", entries)
    monkeypatch.setattr(limits, "MOST_RECORDS", records)
    monkeypatch.setattr(file_streams, "PAGE", 3)


def test_ten_thousand_entries_are_all_in_the_volumes_and_once(world: World) -> None:
    with tenancy.scope(world.id):
        many(world, 10_000)

    told = volumes(world, "mother")

    assert [one.volume for one in told] == [
        Volume(number=1, of=2, first=1, last=5_000, total=10_000),
        Volume(number=2, of=2, first=5_001, last=10_000, total=10_000),
    ]
    moments = [entry.at for one in told for entry in one.entries]
    assert len(moments) == 10_000
    assert moments == sorted(set(moments))
    body = json.loads(streamed(world, "mother"))["body"]
    assert len(body["entries"]) == 10_000
    assert body["volume"] == {"first": 1, "last": 10_000, "number": 1, "of": 1, "total": 10_000}


def test_what_is_hidden_fills_no_volume(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch, 3)
    with tenancy.scope(world.id):
        many(world, 4)
        many(world, 7, since=NOW - timedelta(minutes=2, seconds=30), **CRISIS)

    told = volumes(world, "mother")

    assert [len(one.entries) for one in told] == [3, 1]
    assert [one.volume.total for one in told if one.volume] == [4, 4]
    assert [one.volume.of for one in volumes(world, "teacher") if one.volume] == [4] * 4


def test_a_volume_holds_no_more_records_than_its_share(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch, 6, records=2)
    for _ in range(5):
        desk.offered()
        desk.later(minutes=1)
    with tenancy.scope(desk.world.id):
        many(desk.world, 4)

    told = volumes(desk.world, "mother", at=desk.at)

    assert all(len(one.records) <= 2 for one in told)
    numbers = [record.record_no for one in told for record in one.records]
    assert len(numbers) == len(set(numbers)) == 5
    assert sum(len(one.entries) for one in told) == told[0].volume.total == 9  # type: ignore[union-attr]
    for sheet in told:
        assert pdf.render(sheet, watermark=collect(desk.world, "mother", at=desk.at)[1])


def test_a_volume_costs_as_many_queries_as_any_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch, 10)
    with tenancy.scope(world.id):
        many(world, 35)
    collect(world, "mother")
    costs = set()
    for number in (1, 2, 3):
        with CaptureQueriesContext(connection) as asked:
            collect(world, "mother", volume=number)
        costs.add(len(asked))
    small(monkeypatch, 30)
    with CaptureQueriesContext(connection) as asked:
        collect(world, "mother")

    assert costs == {len(asked)}


@pytest.mark.parametrize("number", [0, 3, 10**9])
def test_a_volume_that_there_is_not_is_named_with_its_mend(
    world: World, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    small(monkeypatch, 2)
    with tenancy.scope(world.id):
        many(world, 4)

    with pytest.raises(InvalidInput, match="共 2 册") as refused:
        collect(world, "mother", volume=number)

    assert refused.value.field == "volume"
    with tenancy.scope(world.id):
        assert not Event.objects.filter(kind="file.exported").exists()


def test_each_document_is_one_event_that_names_its_volume(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch, 2)
    with tenancy.scope(world.id):
        many(world, 3)

    volumes(world, "mother")
    streamed(world, "mother")

    with tenancy.scope(world.id):
        told = [
            json.loads(bytes(one.body))["payload"]
            for one in Event.objects.filter(kind="file.exported").order_by("pk")
        ]
    assert [(one["form"], one["rows"], one.get("volume")) for one in told] == [
        ("pdf", 2, 1),
        ("pdf", 1, 2),
        ("json", 3, None),
    ]


def test_an_empty_file_is_one_volume(world: World) -> None:
    sheet, _ = collect(world, "mother")

    assert (sheet.entries, sheet.volume) == ((), Volume(number=1, of=1, first=0, last=0, total=0))


def test_the_paper_says_which_entries_it_holds_and_where_the_rest_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch, 2)
    with tenancy.scope(world.id):
        many(world, 5)
    printed = []
    for number in (1, 2, 3):
        sheet, mark = collect(world, "mother", volume=number)
        pages = PdfReader(io.BytesIO(pdf.render(sheet, watermark=mark))).pages
        printed.append([re.sub(r"\s", "", page.extract_text()) for page in pages])

    for number, (cover, *inside) in enumerate(printed, 1):
        assert f"第{number}册/共3册" in cover
        assert "用途：复核" in cover
        assert all(f"第{number}册/共3册" in page for page in inside), inside
    first, second, third = ("".join(pages) for pages in printed)
    assert "本册为第1至2条，全部共5条" in first
    assert "接第2册" in first
    assert "其余记录在第2至3册" in first
    assert "其余记录在第1册和第3册" in second
    assert "本册为第5条，全部共5条" in third
    assert "以上全部共5条，以下空白" in third


def test_what_fits_one_document_says_nothing_of_volumes(world: World) -> None:
    with tenancy.scope(world.id):
        case(world)
    sheet, mark = collect(world, "mother")

    pages = PdfReader(io.BytesIO(pdf.render(sheet, watermark=mark))).pages

    assert "册" not in "".join(page.extract_text() for page in pages)


def test_the_machine_gets_byte_for_byte_what_one_document_would_be(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_streams, "PAGE", 2)
    monkeypatch.setattr(file_streams, "RECORDS", 2)
    for _ in range(3):
        desk.offered(FACT)
        desk.later(minutes=1)
    with tenancy.scope(desk.world.id):
        many(desk.world, 4, since=desk.at)
    sheet, mark = collect(desk.world, "mother", at=desk.at)
    assert len(sheet.records) == 3

    assert streamed(desk.world, "mother", at=desk.at) == as_json.render(sheet, watermark=mark)


def test_the_streamed_records_count_as_delivered_and_are_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_streams, "RECORDS", 1)
    papers = [desk.offered(), desk.offered()]

    streamed(desk.world, "mother", at=desk.at)

    with tenancy.scope(desk.world.id):
        event = Event.objects.get(kind="file.exported")
        assert sorted(event.refs) == sorted(f"record:{one.pk}" for one in papers)
        given = Delivery.objects.filter(how="EXPORT", to=desk.world["mother"])
        assert {one.record_id for one in given} == {one.pk for one in papers}
        assert {one.purpose for one in given} == {"review"}


def test_words_that_may_not_leave_stop_it_before_the_first_byte(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_streams, "RECORDS", 1)
    desk.offered()
    record = desk.drafted("该生上课走神。")
    desk.check(record, confirmed=["上课走神"])
    desk.offer(record)

    with pytest.raises(InvalidInput, match=record.record_no):
        streamed(desk.world, "teacher", at=desk.at, purpose=Purpose.INSPECTION)
    with tenancy.scope(desk.world.id):
        assert not Event.objects.filter(kind="file.exported").exists()
    assert json.loads(streamed(desk.world, "teacher", at=desk.at))["body"]["records"]


def test_what_may_no_longer_leave_breaks_the_copy_off(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "teacher")
    desk.sign(record, "mother")
    desk.later(minutes=1)
    with tenancy.scope(desk.world.id):
        copy = file_streams.begin(
            viewer=Viewer.load(desk.world["teacher"], at=desk.at),
            student_id=desk.world.student.pk,
            filters=Filters(),
            purpose=Purpose.INSPECTION,
        )
    desk.object(record, "mother")

    with pytest.raises(PrintingFailed) as broken:
        list(copy.pieces())
    assert broken.value.context == {"reason": "state.wrong"}
    assert record.record_no not in str(broken.value)


def test_what_was_shut_meanwhile_does_not_go_out(world: World) -> None:
    with tenancy.scope(world.id):
        made = many(world, 2)[0]
        copy = file_streams.begin(
            viewer=Viewer.load(world["mother"], at=NOW),
            student_id=world.student.pk,
            filters=Filters(),
            purpose=Purpose.REVIEW,
        )
    with tenancy.scope(world.id):
        Case.objects.filter(pk=made.pk).update(shown_channel="")

    body = json.loads(b"".join(copy.pieces()))["body"]

    assert (len(body["entries"]), body["volume"]["total"]) == (1, 1)


def test_no_page_is_read_inside_a_transaction_that_waits_for_the_network(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch, 2)
    with tenancy.scope(world.id):
        many(world, 7)
        copy = file_streams.begin(
            viewer=Viewer.load(world["mother"], at=NOW),
            student_id=world.student.pk,
            filters=Filters(),
            purpose=Purpose.REVIEW,
        )

    for _ in copy.pieces():
        assert tenancy.current_school() is None
        assert not FileEntry.objects.exists()


def test_a_company_and_a_stranger_get_no_stream(world: World) -> None:
    with pytest.raises(NotAllowed):
        streamed(world, "mentor")
    with pytest.raises(NotFound):
        streamed(world, "stranger")
