"""Since when a case is a crisis: from its first report on, for good, whatever becomes of it."""

from importlib import import_module

import pytest
from django.db import connection

from parties import tenancy
from tests.factories import MINUTE, NOW, World
from tests.privacy.test_family_walls import of_case, reaches
from tests.processes.intake_walk import in_meeting
from tests.workflow.moves import confirm, in_crisis, propose, settle, upgrade
from tests.workflow.test_cases import report
from workflow.models import Case, CrisisReport

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("channels")]

migrated = import_module("workflow.migrations.0088_crisis_since")


def first_report(case: Case) -> object:
    with tenancy.scope(case.school_id):
        return CrisisReport.objects.filter(case=case).earliest("reported_at").reported_at


def stands(case: Case) -> tuple[str, object]:
    return case.channel, case.crisis_since


def test_a_reported_crisis_is_one_from_its_report_on(world: World) -> None:
    receipt = report(world)

    with tenancy.scope(world.id):
        case = Case.objects.get(pk=receipt.case_id)

    assert case.crisis_since == first_report(case) == NOW


def test_a_meeting_is_none_and_becomes_one_by_its_first_upgrade(world: World) -> None:
    walk = in_meeting(world)
    assert stands(walk.case) == ("MEETING", None)

    upgrade(walk)
    began = walk.at

    assert stands(walk.case) == ("CRISIS", began)
    assert first_report(walk.case) == began
    settle(walk, safe="yes")
    confirm(walk, propose(walk))
    assert stands(walk.case) == ("MEETING", began)
    walk.at += MINUTE
    upgrade(walk)
    assert stands(walk.case) == ("CRISIS", began)


def test_what_was_a_crisis_stays_shut_where_telling_was_not_safe(world: World) -> None:
    walk = in_crisis(world, safe="no")
    paper = of_case(world, walk.case_id)
    assert reaches(world, "mother", paper)[0] == 404

    confirm(walk, propose(walk))
    with tenancy.scope(world.id):  # nobody has kept an old face of the case for her
        world.guardian("aunt", "OTHER")

    assert walk.case.channel == "MEETING"
    assert reaches(world, "mother", paper)[0] == 404
    assert reaches(world, "aunt", paper)[0] == 404


def test_cases_from_before_learn_it_from_their_reports(world: World) -> None:
    lowered = in_crisis(world)
    confirm(lowered, propose(lowered))
    reported = report(world, key="another").case_id
    with tenancy.scope(world.id):
        school_notice = Case.objects.create(
            school=world.school, channel="NOTICE", opened_at=NOW, alarm_at=NOW
        )
        known = dict(Case.objects.values_list("pk", "crisis_since"))
        Case.objects.update(crisis_since=None)

        with connection.cursor() as cursor:
            cursor.execute(migrated.KNOWN)

        assert dict(Case.objects.values_list("pk", "crisis_since")) == known
    assert known[school_notice.pk] is None
    assert None not in (known[lowered.case_id], known[reported])
