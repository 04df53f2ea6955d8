"""Seats at companies and internships, for tests of who may see whom."""

from datetime import date
from uuid import uuid4

from parties.models import Company, CompanyMember, Person, Placement, Student
from parties.roles import Role
from tests.factories import LONG_AGO, World


def company(world: World, name: str) -> Company:
    return Company.objects.create(school=world.school, uscc=uuid4().hex[:18], name=name)


def joins(world: World, who: str, where: Company, role: Role) -> None:
    CompanyMember.objects.create(
        school=world.school, company=where, person=world[who], role=role, starts_at=LONG_AGO
    )


def intern(world: World, name: str, where: Company, mentor: Person | None = None) -> Student:
    made = world.pupil(name, world.school_class)
    Placement.objects.create(
        school=world.school,
        agreement_no=f"XY-{name}",
        student=made,
        company=where,
        mentor=mentor,
        post="装配",
        starts_on=date(2026, 9, 1),
        ends_on=date(2027, 1, 31),
        state=Placement.State.ACTIVE,
    )
    return made
