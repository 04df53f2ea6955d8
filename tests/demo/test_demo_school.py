"""The demo school is read by the importer of every school, and holds whom its README names."""

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from demo import families, generate, school
from parties import calendar, relations, schools, tenancy
from parties.models import (
    CalendarDay,
    Company,
    CompanyMember,
    DutyShift,
    GuardianLink,
    Membership,
    Person,
    Placement,
    Restriction,
    SchoolClass,
    Student,
)
from parties.roles import Role
from parties.roster import Outcome, import_file
from tests.factories import CN

DEMO = Path(generate.__file__).parent
FRIDAY_NIGHT = datetime(2026, 11, 27, 22, 40, tzinfo=CN)

pytestmark = pytest.mark.django_db(transaction=True)


def import_demo() -> list[Outcome]:
    people = import_file(path=DEMO / "school.xlsx")
    days = import_file(path=DEMO / "calendar.csv", school_code=school.CODE)
    return [people, days]


@pytest.fixture
def demo_school() -> int:
    for outcome in import_demo():
        assert [str(finding) for finding in outcome.findings] == []
    number = schools.find(school.CODE)
    assert number is not None
    return number


def student(number: str) -> Student:
    return Student.objects.get(student_no=number)


def guardians(number: str) -> list[str]:
    links = GuardianLink.objects.filter(student__student_no=number).order_by("contact_priority")
    return [link.guardian.name for link in links.select_related("guardian")]


def test_it_holds_the_school_that_was_promised(demo_school: int) -> None:
    with tenancy.scope(demo_school):
        assert SchoolClass.objects.count() == 3
        assert Student.objects.count() == 90
        assert Person.objects.filter(guardian_links__isnull=False).distinct().count() == 120
        assert Person.objects.exclude(staff_no="").count() == 14
        assert Company.objects.count() == 6
        assert Placement.objects.count() == 40
        assert CompanyMember.objects.filter(role=Role.CM).count() == 12


def test_importing_it_again_changes_nothing(demo_school: int) -> None:
    for outcome in import_demo():
        assert {tally.new for tally in outcome.tallies.values()} == {0}
        assert {tally.changed for tally in outcome.tallies.values()} == {0}


def test_every_role_of_the_crisis_ladder_is_held(demo_school: int) -> None:
    with tenancy.scope(demo_school):
        roles = set(Membership.objects.values_list("role", flat=True))
        assert roles == {
            r.value for r in (Role.HT, Role.ST, Role.PSY, Role.DOC, Role.GL, Role.ME)
        } | {r.value for r in (Role.VP, Role.PR, Role.REG, Role.FA, Role.AUD)}
        assert Membership.objects.filter(role=Role.HT).count() == 3
        assert [p.person.name for p in relations.deputies(at=FRIDAY_NIGHT)] == ["钟若虚"]
        heads = relations.holders(role=Role.ME, at=FRIDAY_NIGHT, head=True)
        assert [post.person.name for post in heads] == ["严正清"]


def test_on_the_friday_night_of_the_crisis_lu_xiaozhou_is_on_duty(demo_school: int) -> None:
    with tenancy.scope(demo_school):
        duty = relations.on_duty(role=Role.ME, at=FRIDAY_NIGHT)
        assert [(p.person.staff_no, p.substitute and p.substitute.staff_no) for p in duty] == [
            ("T004", "T003")
        ]
        assert len(relations.on_duty(role=Role.PSY, at=FRIDAY_NIGHT)) == 1
        assert calendar.load(demo_school).is_working(date(2026, 11, 28))
        assert not calendar.load(demo_school).is_working(date(2026, 11, 30))


def test_every_night_of_three_months_has_somebody_on_duty(demo_school: int) -> None:
    with tenancy.scope(demo_school):
        nights = DutyShift.objects.filter(role=Role.ME, starts_at__gte="2026-11-01T00:00+08:00")
        dates = {shift.starts_at.astimezone(CN).date() for shift in nights}
        assert len(dates) == 92
        assert all(shift.substitute_id for shift in nights)


def test_the_student_of_scenario_three_has_a_father_and_a_mother_with_a_phone(
    demo_school: int,
) -> None:
    with tenancy.scope(demo_school):
        assert student(families.CHEN_YUTONG).person.name == "陈雨桐"
        assert guardians(families.CHEN_YUTONG) == ["陈国强", "刘芳"]
        mother = Person.objects.get(name="刘芳")
        assert mother.phone.startswith("+86199")


def test_namesakes_are_different_people(demo_school: int) -> None:
    with tenancy.scope(demo_school):
        assert student(families.LI_NA).person.name == "李娜"
        assert student(families.OTHER_LI_NA).person.name == "李娜"
        assert student(families.LI_NA).person_id != student(families.OTHER_LI_NA).person_id
        assert guardians(families.WANG_WEI) == ["王建军", "胡玉梅", "王秀兰"]
        assert guardians(families.WANG_WEIQIANG) == ["王建军"]
        assert Person.objects.filter(name="王建军").count() == 2


def test_parents_with_children_in_two_classes_are_one_person_each(demo_school: int) -> None:
    with tenancy.scope(demo_school):
        assert guardians(families.ZHAO_XIAOMING) == guardians(families.ZHAO_XIAOYU)
        assert Person.objects.filter(name__in=["赵勇", "孙丽"]).count() == 2


def test_the_father_with_a_no_contact_order_is_restricted_towards_his_son_only(
    demo_school: int,
) -> None:
    with tenancy.scope(demo_school):
        restriction = Restriction.objects.get()
        assert restriction.person.name == "周海"
        assert restriction.student == student(families.ZHOU_ZIHANG)
        assert restriction.kind == Restriction.Kind.NO_CONTACT
        assert restriction.order_no == "示例民保令2026第7号"


def test_the_grandmother_cares_without_being_the_legal_guardian(demo_school: int) -> None:
    with tenancy.scope(demo_school):
        link = GuardianLink.objects.get(guardian__name="韩桂英")
        assert (link.delegate_carer, link.legal_guardian) == (True, False)


def test_the_third_year_holds_adults_and_minors(demo_school: int) -> None:
    adult_since = date(2008, 11, 27)
    with tenancy.scope(demo_school):
        third = Student.objects.filter(school_class__code="SK2401")
        assert third.filter(birth_date__lte=adult_since).exists()
        assert third.filter(birth_date__gt=adult_since).exists()
        assert Placement.objects.filter(state=Placement.State.ACTIVE).count() == 30
        assert CalendarDay.objects.count() == 28


def test_the_files_are_what_the_script_writes() -> None:
    book = load_workbook(DEMO / "school.xlsx", read_only=True)
    for title, rows in generate.sheets().items():
        expected = [tuple(str(cell or "") for cell in row) for row in rows]
        written = [
            tuple(_text(cell) for cell in row) for row in book[title].iter_rows(values_only=True)
        ]
        assert written == [row + ("",) * (len(written[0]) - len(row)) for row in expected]


def _text(cell: object) -> str:
    return str(cell.date() if isinstance(cell, datetime) else cell or "")
