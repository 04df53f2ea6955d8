"""Who is on duty when: the file replaces what is stored for each shift it names."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from parties.models import DutyShift, Person
from parties.roles import Role
from parties.roster.rows import DutyRow
from parties.roster.upsert.job import Job


def plan_duty(job: Job, rows: Sequence[DutyRow]) -> None:
    """The file says all about each start of a shift it names: others on it are replaced."""
    if not rows:
        return
    slots: dict[tuple[str, datetime], list[DutyRow]] = {}
    for row in rows:
        slots.setdefault((row.role, row.starts_at), []).append(row)
    known: dict[tuple[str, datetime], list[DutyShift]] = {}
    first, last = min(r.starts_at for r in rows), max(r.starts_at for r in rows)
    for shift in DutyShift.objects.filter(starts_at__range=(first, last)).order_by("pk"):
        known.setdefault((shift.role, shift.starts_at), []).append(shift)
    holders = {(person_id, role) for person_id, role, _, _ in job.posts}
    for slot, wanted in slots.items():
        _plan_slot(job, wanted, known.get(slot, []), holders)


def _plan_slot(
    job: Job,
    wanted: Sequence[DutyRow],
    known: Sequence[DutyShift],
    holders: set[tuple[UUID, str]],
) -> None:
    left = {shift.person_id: shift for shift in known}
    unmatched: list[tuple[DutyRow, dict[str, Any]]] = []
    for row in wanted:
        values = _shift_values(job, row, holders)
        if values is None:
            return
        shift = left.pop(values["person_id"], None)
        if shift is None:
            unmatched.append((row, values))
        else:
            job.changes.change(shift, values, sort="值班")
    _hand_over(job, unmatched, left)


def _hand_over(
    job: Job, unmatched: Sequence[tuple[DutyRow, dict[str, Any]]], left: dict[UUID, DutyShift]
) -> None:
    """Shifts that nobody keeps go to whoever is new; what is left over falls away."""
    for row, values in unmatched:
        if left:
            job.changes.change(left.pop(next(iter(left))), values, sort="值班")
        else:
            shift = DutyShift(
                school_id=job.school_id, role=row.role, starts_at=row.starts_at, **values
            )
            job.changes.add(shift, sort="值班")
    for shift in left.values():
        job.changes.remove(shift, sort="值班")


def _shift_values(job: Job, row: DutyRow, holders: set[tuple[UUID, str]]) -> dict[str, Any] | None:
    person = _on_duty(job, row, "值班人", row.staff_no, row.name, holders)
    substitute = None
    if row.substitute_no:
        substitute = _on_duty(job, row, "替班人", row.substitute_no, row.substitute_name, holders)
    if person is None or (row.substitute_no and substitute is None):
        return None
    return {
        "person_id": person.pk,
        "substitute_id": substitute.pk if substitute else None,
        "ends_at": row.ends_at,
    }


def _on_duty(
    job: Job,
    row: DutyRow,
    column: str,
    staff_no: str,
    name: str,
    holders: set[tuple[UUID, str]],
) -> Person | None:
    """Whoever is on duty for a role must hold it, or could not act when the alarm comes."""
    person = job.staff(row.place, f"{column}工号", staff_no)
    if person is None:
        return None
    if name and name != person.name:
        job.complain(row.place, column, "与该工号登记的姓名不一致", "请核对后改正其中一处")
        return None
    if (person.pk, row.role) not in holders:
        label = Role(row.role).label
        mend = "请先在“教职工”表中给此人加上这个角色"
        job.complain(row.place, f"{column}工号", f"此人没有“{label}”角色，接报后无法处理", mend)
        return None
    return person
