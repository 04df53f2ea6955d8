"""A part of the file by its days or its case, and a copy to take along."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.models import Event
from parties import tenancy
from records import file_streams
from records.printing import limits
from tests.api.papers import effective
from tests.factories import NOW, World
from tests.portal.test_file import address, link
from tests.portal.visitors import by_password
from tests.records.filed import CRISIS, case, many

pytestmark = pytest.mark.django_db

DAY = "2026-10-09"  # of NOW


def copy(world: World, query: str = "?purpose=conversation&format=json") -> str:
    return f"/students/{world.student.pk}/file/copy{query}"


def test_a_period_is_typed_and_kept_by_every_link(world: World) -> None:
    with tenancy.scope(world.id):
        many(world, 25)
        case(world, at=NOW - timedelta(days=3))
    phone = by_password(world, "mother")
    phone.open(address(world))
    assert 'name="from"' in phone.html
    assert 'name="to"' in phone.html

    phone.open(address(world) + f"?from={DAY}&to={DAY}")
    assert phone.html.count("<time") == 20
    assert phone.value("from") == DAY
    phone.open(address(world) + link(phone, "更早的记录"))
    assert phone.html.count("<time") == 5
    phone.open(address(world) + link(phone, "事项"))
    assert f"from={DAY}" in phone.page.request["QUERY_STRING"]
    phone.open(address(world) + "?to=2026-10-08")
    assert phone.html.count("<time") == 1


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("?from=gestern", "开始日期：请"),
        ("?to=2026-02-30", "结束日期：请"),
        ("?from=0001-01-01&to=9999-12-31", "开始日期：请"),
        ("?from=2026-10-09&to=2026-10-08", "结束日期不能早于开始日期"),
    ],
)
def test_a_wrong_day_is_named_with_its_mend(world: World, query: str, says: str) -> None:
    phone = by_password(world, "mother")

    answer = phone.open(address(world) + query)

    assert answer.status_code == 400
    assert says in phone.text.replace(" ", "")
    assert phone.open(copy(world, query + "&purpose=review&format=pdf")).status_code == 422
    assert says in phone.text.replace(" ", "")


def test_one_case_by_itself_and_back_to_all(world: World) -> None:
    with tenancy.scope(world.id):
        mine, _, hidden = case(world), case(world), case(world, **CRISIS)
    phone = by_password(world, "mother")
    phone.open(address(world))
    assert f"?case={mine.pk}" in phone.html
    assert str(hidden.pk) not in phone.html

    phone.open(address(world) + f"?case={mine.pk}")
    assert phone.html.count("<time") == 1
    phone.open(address(world) + link(phone, "看全部事项"))
    assert phone.html.count("<time") == 2
    for nothing in (hidden.pk, "x"):
        assert phone.open(address(world) + f"?case={nothing}").status_code == 200
        assert str(hidden.pk) not in phone.text


@pytest.mark.parametrize("who", ["mother", "student", "teacher"])
def test_the_file_is_taken_along_as_pdf_and_as_json(world: World, who: str) -> None:
    paper = effective(world)
    phone = by_password(world, who)
    phone.open(address(world))
    assert f'action="{copy(world, "")}"' in phone.html
    assert 'value="pdf"' in phone.html

    pdf = phone.open(copy(world, "?purpose=conversation&format=pdf"))
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")
    assert pdf["Content-Disposition"].startswith("attachment; ")
    assert pdf["Cache-Control"] == "no-store"
    made = phone.open(copy(world))
    text = json.dumps(json.loads(made.content), ensure_ascii=False)
    assert who in text  # the watermark
    assert paper.writer.get(f"/records/{paper.id}").json()["record_no"] in text
    with tenancy.scope(world.id):
        assert Event.objects.filter(kind="file.exported").count() == 2


def test_what_is_longer_than_one_pdf_is_offered_in_volumes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_ENTRIES", 2)
    monkeypatch.setattr(file_streams, "PAGE", 2)
    with tenancy.scope(world.id):
        many(world, 3)
        case(world, at=NOW - timedelta(days=3))
    phone = by_password(world, "mother")

    phone.open(copy(world, f"?purpose=review&format=pdf&from={DAY}"))
    assert "共 2 册" in phone.text
    first, second, whole = re.findall(r'href="(\?purpose[^"]+|\?from[^"]+)"', phone.html)[:3]
    with tenancy.scope(world.id):
        assert not Event.objects.filter(kind="file.exported").exists()
    for query in (first, second):
        pdf = phone.client.get(copy(world, unescape(query)))
        assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-"), query
        assert pdf["Cache-Control"] == "no-store"
    made = phone.client.get(copy(world, unescape(whole)))
    assert len(json.loads(b"".join(made))["body"]["entries"]) == 3
    with tenancy.scope(world.id):
        assert Event.objects.filter(kind="file.exported").count() == 3
    assert (
        phone.open(copy(world, unescape(first).replace("volume=1", "volume=9"))).status_code == 422
    )
    assert "第 1 册至第 2 册" in phone.text


@pytest.mark.parametrize("volume", ["x", "-1", "0", "9999999"])
def test_a_volume_is_a_number_of_one_that_there_is(world: World, volume: str) -> None:
    phone = by_password(world, "mother")

    answer = phone.open(copy(world, f"?purpose=review&format=pdf&volume={volume}"))

    assert answer.status_code == 422
    assert "册" in phone.text


def test_a_copy_holds_the_part_that_was_on_the_page(world: World) -> None:
    with tenancy.scope(world.id):
        case(world)
        case(world, at=NOW - timedelta(days=3))
    phone = by_password(world, "mother")
    phone.open(address(world) + f"?from={DAY}")
    assert phone.html.count(f'name="from" value="{DAY}"') == 2  # it goes along with the copy

    made = phone.open(copy(world, f"?purpose=review&format=json&from={DAY}"))
    assert len(json.loads(made.content)["body"]["entries"]) == 1


@pytest.mark.parametrize("query", ["", "?purpose=fun&format=pdf", "?purpose=review&format=doc"])
def test_a_copy_needs_a_purpose_and_a_form(world: World, query: str) -> None:
    phone = by_password(world, "mother")

    assert phone.open(copy(world, query)).status_code == 422
    assert "请" in phone.text


@pytest.mark.parametrize("who", ["stranger", "classmate", "mentor"])
def test_whoever_may_not_gets_no_copy(world: World, who: str) -> None:
    phone = by_password(world, who)

    phone.open(address(world))
    assert "/file/copy" not in phone.html
    assert phone.open(copy(world)).status_code in (403, 404)


def test_no_part_costs_a_query_more(world: World) -> None:
    with tenancy.scope(world.id):
        made = many(world, 5)[0]
    phone, costs = by_password(world, "teacher"), set()
    phone.open(address(world))
    for query in ("", f"?from={DAY}&to={DAY}", f"?case={made.pk}"):
        phone.open(address(world) + query)
        with CaptureQueriesContext(connection) as queries:
            phone.open(address(world) + query)
        costs.add(len(queries))

    assert len(costs) == 1, costs
