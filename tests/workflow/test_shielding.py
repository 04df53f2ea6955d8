"""What a named person loses at once: the call, the task in their hands, the chance to be asked."""

from collections.abc import Iterable
from uuid import UUID

import orjson
import pytest

from ledger.models import Event
from parties import tenancy
from parties.models import GuardianLink, Membership, Restriction
from parties.roles import Role
from tests.factories import MINUTE, NOW, World, people_of
from tests.workflow.test_escalation import report
from workflow import human_tasks, shielding
from workflow.errors import NotFound
from workflow.models import Case, CaseParty, HumanTask, Incident, Notification
from workflow.reports import Suspect

pytestmark = pytest.mark.django_db


def shield(world: World, case: UUID, *, minutes: int = 0) -> None:
    with tenancy.scope(world.id):
        shielding.shield(Case.objects.get(pk=case), at=NOW + minutes * MINUTE)


def name(world: World, case: UUID, *people: str) -> None:
    with tenancy.scope(world.id):
        row = Case.objects.select_related("student").get(pk=case)
        shielding.name_suspects(row, [world[who].pk for who in people], at=NOW)


def barred(world: World, case: UUID) -> set[str]:
    """Who may not be told because of this case, by name."""
    with tenancy.scope(world.id):
        orders = Restriction.objects.filter(case_id=case, kind="DO_NOT_TELL", ends_at=None)
        return people_of(world, set(orders.values_list("person_id", flat=True)))


def orders(world: World, case: UUID) -> list[tuple[str, set[str], int]]:
    """What the ledger says of orders of this case: the kind, about whom, how many."""
    with tenancy.scope(world.id):
        rows = Event.objects.filter(subject_id=case, kind__startswith="order.").order_by("pk")
        return [
            (
                row.kind,
                people_of(world, {UUID(one.partition(":")[2]) for one in row.refs}),
                orjson.loads(bytes(row.body))["payload"]["count"],
            )
            for row in rows
        ]


def task(world: World, case: UUID, candidates: Iterable[str], **more: object) -> HumanTask:
    with tenancy.scope(world.id):
        return HumanTask.objects.create(
            school=world.school, case_id=case, name="protect", title="保护",
            candidates=[world[who].pk for who in candidates], created_at=NOW,
            **{"roles": ["ME"], **more},
        )  # fmt: skip


def state_of(world: World, row: HumanTask) -> tuple[str, UUID | None, set[str]]:
    with tenancy.scope(world.id):
        found = HumanTask.objects.get(pk=row.pk)
    return found.state, found.assignee_id, people_of(world, set(found.candidates))


def test_a_named_guardian_alone_is_barred(world: World) -> None:
    case = report(world, by="teacher", suspects=[Suspect(relation="FATHER")])

    shield(world, case)

    assert barred(world, case) == {"father"}


def test_nobody_named_bars_every_guardian(world: World) -> None:
    case = report(world, by="teacher")

    shield(world, case)

    assert barred(world, case) == {"father", "mother"}


def test_a_named_teacher_bars_no_guardian(world: World) -> None:
    case = report(world, suspects=[Suspect(relation="STAFF", person_id=world["counsellor"].pk)])

    shield(world, case)

    assert barred(world, case) == set()


def test_a_named_classmate_is_no_reason_to_trust_the_family(world: World) -> None:
    suspect = Suspect(relation="STUDENT", person_id=world["classmate"].pk)
    case = report(world, by="teacher", suspects=[suspect])

    shield(world, case)

    assert barred(world, case) == {"father", "mother"}


def test_an_ended_link_needs_no_shield(world: World) -> None:
    case = report(world, by="teacher")
    with tenancy.scope(world.id):
        link = GuardianLink.objects.get(guardian=world["mother"])
        link.end()
        link.save()

    shield(world, case)

    assert barred(world, case) == {"father"}


def test_doing_it_again_changes_nothing(world: World) -> None:
    case = report(world, by="teacher", suspects=[Suspect(relation="FATHER")])
    shield(world, case)

    shield(world, case, minutes=5)

    with tenancy.scope(world.id):
        order = Restriction.objects.get(case_id=case)
    assert (order.starts_at, order.ends_at) == (NOW, None)


def test_an_order_not_to_tell_is_in_the_ledger_with_whom_it_is_about(world: World) -> None:
    case = report(world, by="teacher")

    shield(world, case)
    shield(world, case, minutes=5)  # says nothing new

    assert orders(world, case) == [("order.made", {"father", "mother"}, 2)]


def test_an_order_that_naming_ends_or_brings_back_is_in_the_ledger(world: World) -> None:
    case = report(world, by="teacher")
    shield(world, case)
    name(world, case, "father")
    shield(world, case, minutes=5)
    name(world, case, "mother")
    shield(world, case, minutes=9)

    assert orders(world, case)[1:] == [
        ("order.ended", {"mother"}, 1),
        ("order.made", {"mother"}, 1),
    ]


def test_where_no_guardian_is_shut_out_no_order_is_noted(world: World) -> None:
    case = report(world, suspects=[Suspect(relation="STAFF", person_id=world["counsellor"].pk)])

    shield(world, case)

    assert orders(world, case) == []


def test_once_the_father_is_named_the_mother_may_be_told_again(world: World) -> None:
    case = report(world, by="teacher")
    shield(world, case)
    name(world, case, "father")

    shield(world, case, minutes=5)

    assert barred(world, case) == {"father"}


def test_an_order_that_ended_comes_back_when_it_is_needed(world: World) -> None:
    case = report(world, by="teacher")
    shield(world, case)
    name(world, case, "father")
    shield(world, case, minutes=5)
    name(world, case, "mother")

    shield(world, case, minutes=9)

    assert barred(world, case) == {"father", "mother"}


def test_a_court_order_is_left_alone(world: World) -> None:
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school, student=world.student, person=world["mother"],
            kind="DO_NOT_TELL", starts_at=NOW - MINUTE,
        )  # fmt: skip
    case = report(world, by="teacher", suspects=[Suspect(relation="FATHER")])

    shield(world, case)

    with tenancy.scope(world.id):
        assert Restriction.objects.get(case_id=None).ends_at is None


def test_a_case_about_nobody_known_bars_nobody(world: World) -> None:
    case = report(world, by="teacher")
    with tenancy.scope(world.id):
        Case.objects.filter(pk=case).update(student=None)

    shield(world, case)

    assert barred(world, case) == set()


# --- tasks ------------------------------------------------------------------------------------


def test_a_named_person_is_candidate_no_more(world: World) -> None:
    case = report(world)
    open_task = task(world, case, ["duty_officer", "counsellor"])

    name(world, case, "counsellor")

    assert state_of(world, open_task) == ("OPEN", None, {"duty_officer"})


def test_what_they_hold_goes_back_to_the_others(world: World) -> None:
    case = report(world)
    held = task(world, case, ["duty_officer", "counsellor"])
    human_tasks.claim(school_id=world.id, task_id=held.pk, by=world["counsellor"], at=NOW)

    name(world, case, "counsellor")

    assert state_of(world, held) == ("OPEN", None, {"duty_officer"})
    with pytest.raises(NotFound):
        human_tasks.complete(
            school_id=world.id, task_id=held.pk, by=world["counsellor"], at=NOW, answer={}
        )


def test_what_somebody_else_holds_stays_theirs(world: World) -> None:
    case = report(world)
    held = task(world, case, ["duty_officer", "counsellor"])
    human_tasks.claim(school_id=world.id, task_id=held.pk, by=world["duty_officer"], at=NOW)

    name(world, case, "counsellor")

    assert state_of(world, held) == ("CLAIMED", world["duty_officer"].pk, {"duty_officer"})


def test_a_task_that_only_they_could_do_goes_to_the_next_in_line(world: World) -> None:
    case = report(world)
    only = task(world, case, ["counsellor"], roles=["PSY"])

    name(world, case, "counsellor")

    assert state_of(world, only) == ("OPEN", None, {"duty_officer", "head_of_office"})
    with tenancy.scope(world.id):
        told = Notification.objects.filter(
            case=case, template="task.new", key__contains=str(only.pk)
        )
        readers = people_of(world, set(told.values_list("recipient_id", flat=True)))
    assert readers == {"duty_officer", "head_of_office"}


def test_nobody_left_at_all_is_an_incident(world: World) -> None:
    case = report(world)
    only = task(world, case, ["counsellor"], roles=["PSY"])
    with tenancy.scope(world.id):
        leaders = Membership.objects.filter(role__in=[Role.ME, Role.VP, Role.PR])
        leaders.update(ends_at=NOW - MINUTE)

    name(world, case, "counsellor")

    assert state_of(world, only) == ("OPEN", None, set())
    with tenancy.scope(world.id):
        assert Incident.objects.get(case=case, code="task.nobody").element == "protect"


def test_what_was_done_before_stays_on_file(world: World) -> None:
    case = report(world)
    done = task(world, case, ["counsellor"])
    with tenancy.scope(world.id):
        done.complete(by=world["counsellor"], at=NOW)
        done.save()

    name(world, case, "counsellor")

    assert state_of(world, done)[0] == "COMPLETED"
    with tenancy.scope(world.id):
        assert HumanTask.objects.get(pk=done.pk).completed_by_id == world["counsellor"].pk


def test_taking_a_task_away_is_an_event_without_their_name(world: World) -> None:
    case = report(world)
    task(world, case, ["duty_officer", "counsellor"])

    name(world, case, "counsellor")

    with tenancy.scope(world.id):
        events = Event.objects.filter(subject_id=case, kind="task.withdrawn")
        text = b"".join(bytes(event.body) for event in events)
    assert text
    assert str(world["counsellor"].pk).encode() not in text


def test_naming_somebody_twice_is_one_part(world: World) -> None:
    case = report(world)
    for _ in range(2):
        name(world, case, "counsellor")

    with tenancy.scope(world.id):
        parts = CaseParty.objects.filter(case=case, person=world["counsellor"])
        assert [row.part for row in parts] == ["SUSPECT"]
