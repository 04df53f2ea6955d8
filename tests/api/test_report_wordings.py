"""Asking the author of a crisis report for neutral words, over the API and on the page."""

from collections.abc import Callable

from tests.api import stories
from tests.api.callers import Caller, code
from tests.factories import World
from tests.portal.visitors import by_password
from workflow import report_wordings
from workflow.reports import Suspect

As = Callable[[str], Caller]

PLAIN = "晚自习时看到左臂有三处新伤，他说不敢回家。"
#: What may tell somebody that there is something.
PLACES = (
    "/wordings", "/inbox", "/tasks", "/cases", "/alerts", "/cases/{case}", "/cases/{case}/timeline",
)  # fmt: skip


def test_the_author_reads_what_is_meant_and_adds_words(world: World, as_: As) -> None:
    asked = stories.asked_for_words(world)
    (shown,) = as_("teacher").get("/wordings").json()["results"]
    assert (shown["id"], shown["state"]) == (str(asked.pk), "ASKED")
    assert [one["phrase"] for one in shown["remarks"]] == ["问题家庭"]
    address = f"/wordings/{asked.pk}/supplement"

    again = as_("teacher").post(address, {"text": "问题家庭的孩子"})
    done = as_("teacher").post(address, {"text": PLAIN})

    assert (again.status_code, again.json()["errors"][0]["field"]) == (422, "text")
    assert (done.status_code, done.json()["state"]) == (200, "GIVEN")
    (report,) = as_("duty_officer").get(f"/cases/{asked.case_id}").json()["reports"]
    assert (report["observed"], report["supplement"]) == (stories.HARSH, PLAIN)


def test_nobody_else_finds_the_request(world: World, other_school: World, as_: As) -> None:
    address = f"/wordings/{stories.asked_for_words(world).pk}/supplement"

    for who in ("duty_officer", "principal", "stranger", "mother", "father", "mentor"):
        assert code(as_(who).post(address, {"text": PLAIN})) == "access.not_found", who


def test_a_request_changes_no_byte_for_anybody_but_its_author(world: World, as_: As) -> None:
    """Neither for whom the case names, nor for the team, which may not know who reported."""
    suspects = (Suspect(relation="FATHER"),)
    walk = stories.reported(world, suspects=suspects, observed=stories.HARSH)
    callers = {
        who: as_(who) for who in ("father", "student", "stranger", "duty_officer", "teacher")
    }

    def seen() -> dict[str, list[bytes]]:
        return {
            who: [caller.get(place.format(case=walk.case_id)).content for place in PLACES]
            for who, caller in callers.items()
        }

    before = seen()
    assert report_wordings.look_due(via="test", at=walk.at) == 1

    assert [who for who, found in seen().items() if found != before[who]] == ["teacher"]


def test_a_teacher_adds_words_on_the_phone(world: World) -> None:
    asked = stories.asked_for_words(world)
    phone = by_password(world, "teacher")
    assert "请补充中性的说法" in phone.text

    phone.open(f"/wordings/{asked.pk}")
    assert "问题家庭" in phone.text
    phone.send(f"/wordings/{asked.pk}", text="")
    assert phone.page.status_code == 400
    phone.send(f"/wordings/{asked.pk}", text=PLAIN)

    assert f"已补充：{PLAIN}" in phone.text
    phone.open("/")
    assert "请补充中性的说法" not in phone.text
    assert by_password(world, "duty_officer").open(f"/wordings/{asked.pk}").status_code == 404
    officer = by_password(world, "duty_officer")
    officer.open(f"/cases/{asked.case_id}")
    assert PLAIN in officer.text
