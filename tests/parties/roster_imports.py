"""Imports into the school DEMO, and what they left behind."""

from collections.abc import Mapping
from pathlib import Path

from django.apps import apps

from parties import schools, tenancy
from parties.models import (
    GuardianLink,
)
from parties.roster import Outcome, import_file
from tests.parties.roster_files import (
    Rows,
    workbook,
)


def bring_in(folder: Path, sheets: Mapping[str, Rows], *, dry_run: bool = False) -> Outcome:
    return import_file(path=workbook(folder, sheets), school_code="DEMO", dry_run=dry_run)


def imported(folder: Path, sheets: Mapping[str, Rows]) -> Outcome:
    outcome = bring_in(folder, sheets)
    assert [str(finding) for finding in outcome.findings] == []
    assert outcome.written
    return outcome


def refused(folder: Path, sheets: Mapping[str, Rows]) -> list[str]:
    before = tables()
    outcome = bring_in(folder, sheets)
    assert not outcome.written
    assert tables() == before
    return [str(finding) for finding in outcome.findings]


def tables() -> dict[str, int]:
    """How many rows each table of ours holds, as the owner of the row counts sees them."""
    number = schools.find("DEMO") or 0
    with tenancy.scope(number):
        names = ("parties", "ledger")
        models = [model for name in names for model in apps.get_app_config(name).get_models()]
        return {model._meta.db_table: model._base_manager.count() for model in models}


def marks(outcome: Outcome) -> set[tuple[int, int]]:
    return {(tally.new, tally.changed) for tally in outcome.tallies.values()}


def guardians(number: str) -> list[tuple[str, str]]:
    links = GuardianLink.objects.filter(student__student_no=number).order_by("contact_priority")
    return [(link.guardian.name, link.guardian.phone) for link in links]
