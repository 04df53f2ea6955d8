"""A consent in the file: given and taken back, for exactly those who may read consents."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from parties import consent_refusals, consents, tenancy
from parties.access import Viewer
from parties.errors import NotFound
from parties.models import Consent
from records import consent_entries, exports, file, file_streams
from records.file import Entry, Filters
from tests.factories import World
from tests.records.consented import give, withdraw
from tests.records.desk import Desk
from tests.records.meeting_days import restrict

pytestmark = pytest.mark.django_db

GIVEN, WITHDRAWN = consent_entries.GIVEN, consent_entries.WITHDRAWN
PURPOSE = "沟通准备中使用心理评估报告"
PAPER = {"proof": "PAPER", "proof_note": "3号柜／2026-2册", "giver": "mother"}


def entries(desk: Desk, who: str, **filters: object) -> list[Entry]:
    """In the student's file, newest first; raises NotFound where there is none for this reader."""
    with desk.as_(who) as viewer:
        asked = Filters(**filters)  # type: ignore[arg-type]
        found = file.read(
            viewer=viewer, student_id=desk.world.student.pk, filters=asked, limit=20
        ).entries
    return [one for one in found if one.kind in (GIVEN, WITHDRAWN)]


def in_file(desk: Desk, who: str) -> set[tuple[str, UUID]]:
    try:
        return {(one.kind, one.object_id) for one in entries(desk, who)}
    except NotFound:
        return set()


def told(entry: Entry) -> tuple[str, str, str, str, str]:
    by = "" if entry.by is None else entry.by.name
    return entry.line.title, entry.line.summary, entry.line.state, entry.party, by


def taken_back(desk: Desk, by: str = "mother") -> Consent:
    """Given by the mother, taken back two days later."""
    made = give(desk)
    desk.later(days=2)
    withdraw(desk, made, by)
    return made


def refuse(desk: Desk, by: str) -> Consent:
    with desk.as_(by) as viewer:
        return consent_refusals.refuse(
            viewer, student_id=desk.world.student.pk, purpose="PSY_REPORT"
        )


@pytest.mark.parametrize("who", ["mother", "teacher"])
def test_a_yes_and_its_taking_back_are_an_entry_each(desk: Desk, who: str) -> None:
    begun = desk.at
    taken_back(desk)

    back, yes = entries(desk, who)

    assert (back.at - begun, yes.at) == (timedelta(days=2), begun)
    assert told(yes) == (
        f"同意：{PURPOSE}",
        "监护人，本人在系统内同意，到2026年11月8日为止",
        "已撤回",
        "FAMILY",
        "mother",
    )
    assert told(back)[:4] == (f"撤回同意：{PURPOSE}", "mother（监护人）10月9日的同意", "", "FAMILY")
    assert [file.kinds()[one.kind] for one in (yes, back)] == ["同意", "撤回同意"]


def test_what_a_teacher_wrote_down_is_the_familys_word_and_says_so(desk: Desk) -> None:
    give(desk, "teacher", **PAPER)

    (yes,) = entries(desk, "counsellor")

    assert told(yes)[1] == "监护人，纸质同意书，由学校代为登记，到2026年11月8日为止"
    assert told(yes)[3:] == ("FAMILY", "mother")
    assert "3号柜" not in str(yes)


def test_the_file_and_the_list_of_consents_agree_for_everybody(desk: Desk) -> None:
    """A yes that was taken back, one that runs, and a no that ended nothing."""
    taken_back(desk, "student")
    refuse(desk, "father")
    give(desk, "student")

    for who in desk.world.people:
        with desk.as_(who) as viewer:
            known = set(viewer.rows(Consent).values_list("pk", "state"))
        yes = {(GIVEN, pk) for pk, _ in known}
        assert in_file(desk, who) == yes | {(WITHDRAWN, pk) for pk, s in known if s == "WITHDRAWN"}
    assert len(in_file(desk, "teacher")) == len(in_file(desk, "counsellor")) == 4
    assert len(in_file(desk, "mother")) == 3
    assert not in_file(desk, "grade_leader") | in_file(desk, "mentor") | in_file(desk, "auditor")


def test_a_guardian_under_an_order_finds_none(desk: Desk, world: World) -> None:
    give(desk)
    restrict(world, "father", "NO_CONTACT")

    assert in_file(desk, "father") == set()


def test_who_took_it_back_is_told_to_themselves_alone(desk: Desk) -> None:
    """Neither by name nor by the party: whether the child or a parent said it is the same."""
    taken_back(desk, "student")

    seen = {who: told(entries(desk, who)[0])[3:] for who in ("mother", "father", "teacher")}

    assert set(seen.values()) == {("FAMILY", "")}
    assert told(entries(desk, "student")[0])[3:] == ("FAMILY", "student")


def test_a_no_that_ended_nothing_is_an_entry_of_who_said_it(desk: Desk) -> None:
    refuse(desk, "student")

    assert told(entries(desk, "student")[0]) == (
        f"不同意：{PURPOSE}",
        "学生本人",
        "",
        "STUDENT",
        "student",
    )
    assert told(entries(desk, "teacher")[0])[4] == "student"
    assert in_file(desk, "mother") == in_file(desk, "father") == set()


def test_one_that_ran_out_says_so(desk: Desk) -> None:
    give(desk)
    assert told(entries(desk, "mother")[0])[2] == "已同意"

    desk.later(days=30)

    assert told(entries(desk, "mother")[0])[2] == "已到期"


def test_kind_party_and_period_narrow_them(desk: Desk) -> None:
    first, give_again = desk.at.date(), taken_back(desk)
    give(desk, "student")

    def found(**filters: object) -> list[str]:
        return [one.kind for one in entries(desk, "teacher", **filters)]

    assert found(kind=GIVEN) == [GIVEN, GIVEN]
    assert found(kind=WITHDRAWN) == [WITHDRAWN]
    assert (found(party="STUDENT"), found(party="SCHOOL")) == ([GIVEN], [])
    assert sorted(found(party="FAMILY")) == [GIVEN, WITHDRAWN]
    assert found(start=first, end=first) == [GIVEN]
    assert found(case_id=give_again.pk) == []


def test_taking_all_back_again_enters_nothing_more(desk: Desk) -> None:
    taken_back(desk)
    before = entries(desk, "mother")
    with desk.as_("mother") as viewer:
        consents.withdraw(viewer, consent_id=before[0].object_id)

    assert entries(desk, "mother") == before


@pytest.mark.django_db(transaction=True)
def test_a_copy_of_the_file_carries_both(desk: Desk) -> None:
    taken_back(desk)
    whose: Any = {"student_id": desk.world.student.pk, "filters": Filters()}
    review = exports.Purpose.REVIEW

    with tenancy.scope(desk.world.id):
        viewer = Viewer.load(desk.world["mother"], at=desk.at)
        sheet, _ = exports.collect(viewer=viewer, purpose=review, form=exports.Form.PDF, **whose)
        copy = file_streams.begin(viewer=viewer, purpose=review, **whose)
    streamed = b"".join(copy.pieces()).decode()

    assert [(one.kind, one.title) for one in sheet.entries] == [
        ("同意", f"同意：{PURPOSE}"),
        ("撤回同意", f"撤回同意：{PURPOSE}"),
    ]
    for _, title in [(one.kind, one.title) for one in sheet.entries]:
        assert title in streamed
