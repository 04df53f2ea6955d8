"""Who may do a task: substitutes for the absent, nobody whom it concerns, somebody in the end."""

from datetime import date

import pytest

from parties import tenancy
from parties.models import Absence, CompanyMember, Membership, Placement
from parties.roles import Role
from tests.factories import LONG_AGO, MINUTE, NOW, World, people_of
from tests.processes.walker import begin, triaged
from tests.workflow.test_escalation import report
from workflow import assignment
from workflow.assignment import Assigned, Wanted
from workflow.models import Case, HumanTask, Incident
from workflow.reports import Suspect

pytestmark = pytest.mark.django_db


def assigned(world: World, *roles: str, suspect: str = "", **wanted: object) -> Assigned:
    """For a new case, in which `suspect` is named."""
    named = [Suspect(relation="STAFF", person_id=world[suspect].pk)] if suspect else []
    case = report(world, suspects=named)
    with tenancy.scope(world.id):
        row = Case.objects.select_related("student__school_class", "placement").get(pk=case)
        return assignment.assign(Wanted(name="protect", roles=roles, **wanted), case=row, at=NOW)  # type: ignore[arg-type]


def who(world: World, found: Assigned) -> set[str]:
    return people_of(world, set(found.candidates))


def absent(world: World, name: str) -> None:
    with tenancy.scope(world.id):
        Absence.objects.create(
            school=world.school, person=world[name], starts_at=NOW - MINUTE, ends_at=NOW + MINUTE
        )


def substitute(world: World, name: str, by: str) -> None:
    with tenancy.scope(world.id):
        Membership.objects.filter(person=world[name]).update(substitute=world[by])


def leave(world: World, *names: str) -> None:
    with tenancy.scope(world.id):
        people = [world[name] for name in names]
        Membership.objects.filter(person__in=people).update(ends_at=NOW)


def test_everybody_of_every_role_may_do_it(world: World) -> None:
    found = assigned(world, "HT", "PSY")

    assert who(world, found) == {"teacher", "counsellor"}
    assert found.roles == [Role.HT, Role.PSY]


def test_a_post_counts_for_its_own_class_and_grade(world: World) -> None:
    with tenancy.scope(world.id):
        world.staff("other_grade", Role.GL, grade="2025")

    assert who(world, assigned(world, "HT", "GL")) == {"teacher", "grade_leader"}


def test_the_absent_give_way_to_their_substitute(world: World) -> None:
    substitute(world, "counsellor", "deputy")
    assert who(world, assigned(world, "PSY")) == {"counsellor"}
    absent(world, "counsellor")

    with tenancy.scope(world.id):
        case = Case.objects.select_related("student__school_class").get()
        found = assignment.assign(Wanted(name="protect", roles=["PSY"]), case=case, at=NOW)

    assert who(world, found) == {"deputy"}


def test_a_post_that_ended_this_moment_holds_nothing(world: World) -> None:
    leave(world, "counsellor")

    assert "counsellor" not in who(world, assigned(world, "PSY"))


def test_whom_the_case_names_is_replaced_by_their_substitute(world: World) -> None:
    substitute(world, "counsellor", "deputy")

    assert who(world, assigned(world, "PSY", suspect="counsellor")) == {"deputy"}


def test_a_named_substitute_does_not_step_in(world: World) -> None:
    substitute(world, "counsellor", "deputy")
    absent(world, "counsellor")

    found = assigned(world, "PSY", instead=["VP"], suspect="deputy")

    assert who(world, found) == {"vice_principal"}


def test_a_teacher_who_is_the_parent_does_no_task_here(world: World) -> None:
    with tenancy.scope(world.id):
        link = world.student.guardian_links.get(guardian=world["father"])
        link.guardian = world["counsellor"]
        link.save()

    assert "counsellor" not in who(world, assigned(world, "PSY", "ME"))


def test_instead_is_asked_in_its_order_and_only_the_first_that_has_somebody(world: World) -> None:
    leave(world, "counsellor", "grade_leader")

    found = assigned(world, "PSY", instead=["GL", "VP", "PR"])

    assert (who(world, found), found.roles) == ({"vice_principal"}, [Role.VP])


def test_instead_waits_until_nobody_of_the_asked_roles_is_left(world: World) -> None:
    leave(world, "counsellor")

    assert who(world, assigned(world, "PSY", "HT", instead=["VP"])) == {"teacher"}


def test_the_leaders_come_last_in_their_own_order(world: World) -> None:
    leave(world, "counsellor", "grade_leader")
    assert who(world, assigned(world, "PSY", instead=["GL"])) == {"duty_officer", "head_of_office"}

    leave(world, "duty_officer", "head_of_office")
    with tenancy.scope(world.id):
        case = Case.objects.select_related("student__school_class").get()
        found = assignment.assign(Wanted(name="protect", roles=["PSY"]), case=case, at=NOW)

    assert who(world, found) == {"vice_principal"}


def test_with_nobody_at_all_the_task_keeps_its_roles_and_is_an_incident(world: World) -> None:
    leave(world, *[name for name in world.people if name not in {"father", "mother"}])
    walk = begin(world, by="mother")

    assert walk.candidates("acknowledge") == set()
    assert walk.task("acknowledge").roles == ["ME", "PSY", "GL", "VP", "PR"]
    with tenancy.scope(world.id):
        incident = Incident.objects.get(case=walk.case_id, code="task.nobody")
    assert (incident.element, incident.state) == ("acknowledge", "OPEN")


# --- four eyes --------------------------------------------------------------------------------


def test_who_triaged_does_not_confirm(world: World) -> None:
    with tenancy.scope(world.id):
        Membership.objects.create(
            school=world.school, person=world["duty_officer"], role=Role.PSY, starts_at=LONG_AGO
        )
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")

    assert walk.candidates("triage_confirm") == {"counsellor"}


def test_only_the_latest_first_look_counts(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")
    walk.at += MINUTE
    walk.do("triage_confirm", agree="no")
    walk.at += MINUTE
    walk.do("triage", by="head_of_office")

    case = walk.case
    with tenancy.scope(world.id):
        eyes = assignment.earlier_eyes(case, ["triage"])
    assert people_of(world, eyes) == {"head_of_office"}


def test_a_first_look_of_an_earlier_round_does_not_bar_anybody(world: World) -> None:
    walk = triaged(world)
    walk.at += MINUTE
    walk.again()

    case = walk.case
    with tenancy.scope(world.id):
        assert assignment.earlier_eyes(case, ["triage", "triage_confirm"]) == frozenset()


# --- companies --------------------------------------------------------------------------------


def test_the_mentor_of_this_placement_alone_stands_for_the_company(world: World) -> None:
    with tenancy.scope(world.id):
        colleague = world.add("other_mentor")
        CompanyMember.objects.create(
            school=world.school, company=world.company, person=colleague, role=Role.CM,
            starts_at=LONG_AGO,
        )  # fmt: skip

    assert who(world, assigned(world, "CM")) == {"mentor"}


def test_a_safety_officer_of_the_company_serves_every_placement(world: World) -> None:
    with tenancy.scope(world.id):
        world.add("safety")
        CompanyMember.objects.create(
            school=world.school, company=world.company, person=world["safety"], role=Role.CA,
            starts_at=LONG_AGO,
        )  # fmt: skip

    assert who(world, assigned(world, "CA")) == {"safety"}


def test_who_left_the_company_does_nothing_for_it(world: World) -> None:
    with tenancy.scope(world.id):
        CompanyMember.objects.update(ends_at=NOW)

    assert who(world, assigned(world, "CM", instead=["VP"])) == {"vice_principal"}


def test_without_a_placement_no_company_is_asked(world: World) -> None:
    with tenancy.scope(world.id):
        Placement.objects.all().update(state="ENDED", ends_on=date(2026, 10, 1))

    assert who(world, assigned(world, "CM", instead=["VP"])) == {"vice_principal"}


# --- whom a call is for -----------------------------------------------------------------------


def test_a_call_says_whom_it_is_for_and_other_tasks_do_not(world: World) -> None:
    walk = triaged(world)

    assert walk.task("call_guardian").about == world["father"].pk
    assert walk.task("protect").about is None


def test_a_call_that_is_asked_for_again_is_for_the_same_person(world: World) -> None:
    walk = triaged(world)
    for who_answers in ("father", "mother"):
        assert walk.task("call_guardian").about == world[who_answers].pk
        walk.do("call_guardian", by="duty_officer")

    with tenancy.scope(world.id):
        case = Case.objects.select_related("student__school_class").get(pk=walk.case_id)
        wanted = Wanted(name="call_guardian", roles=["HT"])
        again = assignment.assign(wanted, case=case, at=walk.at)
        done = HumanTask.objects.filter(case=case, name="call_guardian").latest("created_at")
    assert again.about == done.about
