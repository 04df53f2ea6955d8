"""Words of a crisis report are looked at after it was taken: who is asked, and who never is."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from ledger.models import Event
from parties import tenancy
from parties.access import Viewer
from parties.errors import InvalidInput, NotFound, WrongState
from parties.models import Person
from parties.roles import Role
from tests.factories import MINUTE, NOW, World
from workflow import case_files, cases, report_wordings
from workflow.models import CaseParty, CrisisReport, HumanTask, Notification, ReportWording
from workflow.reports import ReportInput, Suspect

pytestmark = pytest.mark.django_db

HARSH = "问题家庭的孩子，手臂有新伤"
PLAIN = "10月9日晚自习，该生左臂有三处新伤，说不敢回家。"
HOUR = timedelta(hours=1)


def report(
    world: World, observed: str = HARSH, *, by: str = "teacher", role: Role = Role.HT, **said: Any
) -> UUID:
    receipt = cases.report_crisis(
        school_id=world.id, reporter=world[by] if by else None, role=role, at=NOW,
        report=ReportInput(
            student_id=world.student.pk, who="", observed=observed, safe_now="NO", **said
        ),
        request_key=f"test:{by}:{observed}",
    )  # fmt: skip
    return receipt.case_id


def look(at: datetime = NOW + MINUTE) -> int:
    return report_wordings.look_due(via="test", at=at)


def wording(world: World) -> ReportWording:
    with tenancy.scope(world.id):
        return ReportWording.objects.get()


def told(world: World) -> list[str]:
    with tenancy.scope(world.id):
        rows = Notification.objects.filter(template=report_wordings.ASKED).order_by("created_at")
        return [Person.objects.get(pk=row.recipient_id).name for row in rows]


def give(world: World, text: str = PLAIN, *, by: str = "teacher", after: timedelta = HOUR) -> None:
    report_wordings.give(
        school_id=world.id, wording_id=wording(world).pk, by=world[by], at=NOW + after, text=text
    )


def test_nothing_is_looked_at_before_the_report_is_taken(world: World) -> None:
    report(world)

    with tenancy.scope(world.id):
        assert not ReportWording.objects.exists()
        assert CrisisReport.objects.get().observed == HARSH
    assert (look(), look()) == (1, 0)


def test_the_author_is_asked_once_and_has_a_day(world: World) -> None:
    report(world)
    look()

    made = wording(world)
    assert (made.state, made.due_at) == ("ASKED", NOW + MINUTE + timedelta(hours=24))
    assert made.author_id == world["teacher"].pk
    assert told(world) == ["teacher"]


@pytest.mark.parametrize(
    ("by", "role"),
    [("mother", Role.G), ("student", Role.STU), ("mentor", Role.CM), ("", Role.HT)],
)
def test_a_family_a_company_and_nobody_are_never_asked(world: World, by: str, role: Role) -> None:
    report(world, by=by, role=role)

    assert look() == 1
    assert (wording(world).state, wording(world).author_id, told(world)) == ("CLEAN", None, [])


def test_whom_the_case_shuts_out_is_not_asked(world: World) -> None:
    report(world, suspects=[Suspect(relation="TEACHER", person_id=world["teacher"].pk)])

    look()

    assert (wording(world).state, told(world)) == ("CLEAN", [])


@pytest.mark.parametrize("words", [PLAIN, "孩子说：“爸爸骂我无可救药”", "该生上课走神，手臂有新伤"])
def test_facts_what_was_heard_and_weaker_words_ask_for_nothing(world: World, words: str) -> None:
    report(world, words)

    look()

    assert (wording(world).state, told(world)) == ("CLEAN", [])


def test_every_field_of_the_report_is_looked_at(world: World) -> None:
    report(world, PLAIN, injuries="左臂三处", with_whom="无可救药的同学")
    look()

    with tenancy.scope(world.id):
        found = report_wordings.remarks(ReportWording.objects.select_related("report").get())
    assert [(one.field, one.finding.phrase) for one in found] == [("with_whom", "无可救药")]


def test_the_report_stays_and_the_team_reads_the_words_beside_it(world: World) -> None:
    case = report(world)
    look()

    give(world)

    with tenancy.scope(world.id):
        assert CrisisReport.objects.get().observed == HARSH
        from_office = case_files.read(viewer=viewer_of(world, "duty_officer"), case_id=case)
        (supplement,) = from_office.supplements.values()
    assert supplement == PLAIN
    assert look(NOW + timedelta(days=2)) == 0


def viewer_of(world: World, name: str) -> Viewer:
    return Viewer.load(world[name], at=NOW + HOUR)


def test_a_day_that_passes_is_a_fact_and_the_author_hears_once_more(world: World) -> None:
    report(world)
    look()
    assert look(NOW + timedelta(hours=24)) == 0

    assert (look(NOW + timedelta(hours=24, minutes=1)), look(NOW + timedelta(days=3))) == (1, 0)

    assert wording(world).state == "MISSED"
    assert told(world) == ["teacher", "teacher"]
    give(world, after=timedelta(days=3))
    assert wording(world).state == "GIVEN"


def test_words_come_once_and_are_neutral(world: World) -> None:
    report(world)
    look()

    for words, mend in (("", "1 到"), ("  ", "1 到"), ("还是问题家庭的孩子", "可以写")):
        with pytest.raises(InvalidInput) as refused:
            give(world, words)
        assert refused.value.field == "text"
        assert mend in refused.value.mend
    give(world)
    with pytest.raises(WrongState):
        give(world, "又想起一点")


def test_only_the_author_knows_of_the_request(world: World) -> None:
    report(world)
    look()

    for name in ("duty_officer", "head_of_office", "principal", "counsellor", "mother", "stranger"):
        with pytest.raises(NotFound):
            give(world, by=name)


def test_a_case_that_later_names_its_reporter_takes_the_request_with_it(world: World) -> None:
    case = report(world)
    look()
    with tenancy.scope(world.id):
        CaseParty.objects.create(
            school=world.school, case_id=case, person=world["teacher"], part="SUSPECT", since=NOW
        )

    with pytest.raises(NotFound):
        give(world)


def test_neither_event_nor_message_leads_from_the_case_to_its_reporter(world: World) -> None:
    case = report(world)
    with tenancy.scope(world.id):
        before = Event.objects.count()
    look()
    give(world)

    with tenancy.scope(world.id):
        made = list(Event.objects.order_by("pk")[before:])
        assert [event.kind for event in made] == ["report.wording_asked", "report.supplemented"]
        assert {event.actor for event in made} == {None}
        for event in made:
            assert event.subject_id != case
            assert str(world["teacher"].pk).encode() not in bytes(event.body)
        assert Notification.objects.get(template=report_wordings.ASKED).case_id is None
        assert not HumanTask.objects.filter(case=case, candidates=[world["teacher"].pk]).exists()


def test_reports_of_long_ago_are_history(world: World) -> None:
    report(world)

    assert look(NOW + timedelta(days=8)) == 0
