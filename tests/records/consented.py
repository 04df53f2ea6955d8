"""Consents for tests: given by somebody of the family, taken back by somebody."""

from datetime import timedelta
from typing import Any

from parties import consents
from parties.consents import Given
from parties.models import Consent
from tests.records.desk import Desk


def give(desk: Desk, by: str = "mother", **given: Any) -> Consent:
    """For the use of a psychological report, for a month."""
    values = {"purpose": "PSY_REPORT", "ends_at": desk.at + timedelta(days=30), **given}
    if isinstance(values.get("giver"), str):
        values["giver"] = desk.world[values["giver"]].pk
    with desk.as_(by) as viewer:
        return consents.give(viewer, student_id=desk.world.student.pk, given=Given(**values))


def withdraw(desk: Desk, consent: Consent, by: str = "mother") -> None:
    with desk.as_(by) as viewer:
        consents.withdraw(viewer, consent_id=consent.pk)
