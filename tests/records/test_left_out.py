"""A sentence without the other student in it says so wherever it is read: page, paper and JSON."""

from datetime import timedelta

import orjson
import pytest

from parties import clock
from records import sheets
from records.models import CommunicationRecord
from records.printing import as_json, pdf
from tests.factories import World
from tests.portal.visitors import by_password
from tests.records.desk import FACT, Desk
from tests.records.printing.sheets import READER, pages

pytestmark = pytest.mark.django_db

WHOLE, LESS = "推了王伟一下。", "推了同学一下。"
MARK = "已隐去他人信息"


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world, at=clock.now() - timedelta(minutes=1))


@pytest.fixture
def record(desk: Desk) -> CommunicationRecord:
    """Offered: one sentence as it was said, one of which the family reads less."""
    found = desk.drafted(FACT)
    desk.say(found, WHOLE, others=["王伟"], redacted_text=LESS)
    desk.check(found, confirmed=["王伟"])
    desk.offer(found)
    return found


def marks(desk: Desk, record: CommunicationRecord, who: str) -> list[tuple[str, str]]:
    sheet = sheets.sheet_of(desk.read(record, who), school="")
    return [(said.text, said.redacted) for part in sheet.sections for said in part.statements]


@pytest.mark.parametrize("who", ["mother", "student", "head_of_office"])
def test_who_reads_less_is_told_so(desk: Desk, record: CommunicationRecord, who: str) -> None:
    assert marks(desk, record, who) == [(FACT, ""), (LESS, MARK)]


def test_who_reads_it_whole_misses_nothing(desk: Desk, record: CommunicationRecord) -> None:
    assert marks(desk, record, "teacher") == [(FACT, ""), (WHOLE, "")]


def test_paper_and_copy_say_it_once_and_never_what(desk: Desk, record: CommunicationRecord) -> None:
    sheet = sheets.sheet_of(desk.read(record, "mother"), school="")

    printed = "".join(pages(pdf.render(sheet, watermark=READER)))
    told = orjson.loads(as_json.render(sheet, watermark=READER))["body"]["sections"]
    assert printed.count(MARK) == 1
    assert f"{LESS}（{MARK}）" in printed
    assert "王伟" not in printed
    assert [one["redacted"] for part in told for one in part["statements"]] == ["", MARK]


def test_the_page_says_it_as_well(world: World, record: CommunicationRecord) -> None:
    for who, count in (("mother", 1), ("teacher", 0)):
        phone = by_password(world, who)
        phone.open(f"/records/{record.pk}")
        assert phone.text.count(MARK) == count, who
