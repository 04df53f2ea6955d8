"""日报告·零报告: one row per case and day while danger lasts, holidays included.

One report is always open ahead: giving or missing it opens the next day's. After an outage the
sweep walks through every missed day, so none is forgotten and none is made twice.
"""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from ledger import events
from parties import tenancy
from parties.models import Person
from workflow import assignment, clocks, due_rows, escalation, exclusions, rungs
from workflow.assignment import Wanted
from workflow.models import Case, HumanTask, ZeroReport

TASK: Final = "zero_report"
CLOCK: Final = "crisis.zero_report"
#: So many missed in a row raise the ladder again (contracts.md 3).
MISSED_IN_A_ROW: Final = 2
#: Days caught up in one sweep of one case.
_DAYS_A_SWEEP: Final = 31
_LIVE: Final = (HumanTask.State.OPEN, HumanTask.State.CLAIMED)


def begin(*, case: Case, at: datetime) -> None:
    """Open the first report of this case; repeated calls change nothing while one is open."""
    if not case.zero_reports.filter(state=ZeroReport.State.DUE).exists():
        _open(case, after=at, at=at)


def stop(*, case: Case, at: datetime, reason: str) -> None:
    """The danger is over: what is still due is withdrawn.

    Tasks are locked before reports, as `give` does. Whoever gave or missed a report while we
    waited for it has opened the next one: hence the second look.
    """
    due = case.zero_reports.filter(state=ZeroReport.State.DUE)
    while due.exists():
        tasks = case.tasks.filter(name=TASK, state__in=_LIVE, about__in=due.values("pk"))
        held = list(tasks.select_for_update().order_by("pk"))
        for report in due.select_for_update():
            report.withdraw()
            report.save(update_fields=["state"])
        for task in held:
            _end_task(task, at=at, reason=reason)


def give(*, report_id: UUID, by: Person, at: datetime, answer: dict[str, Any]) -> None:
    """Record the day's report and open the next day's. Call inside the caller's scope.

    One that comes after its moment was missed first, whether or not a sweep has noticed yet: else
    the days since would have no report at all.
    """
    report = ZeroReport.objects.select_for_update().get(pk=report_id)
    if report.state == ZeroReport.State.DUE and report.due_at <= at:
        _miss(report_id, at=at, via="web")
        report.refresh_from_db()
    was_due = report.state == ZeroReport.State.DUE
    report.give(
        by=by, at=at, changed=answer.get("changed") == "yes", note=str(answer.get("note", ""))
    )
    report.save()
    _record("zero_report.given", report, at=at, actor=by.pk)
    if was_due:
        _open(report.case, after=report.due_at, at=at)


def miss_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """Mark what nobody gave in time; return how many days were missed."""
    rows = due_rows.found("SELECT school_id, id FROM due_zero_reports(%s, %s)", [at, limit])
    act = partial(_catch_up, at=at, via=via)
    return due_rows.each(rows, act, failed="zero_report.sweep_failed", via=via)


def _catch_up(school_id: int, pk: UUID, *, at: datetime | None, via: str) -> int:
    days = 0
    upcoming: UUID | None = pk
    while upcoming is not None and days < _DAYS_A_SWEEP:
        with tenancy.scope(school_id) as school_now:
            upcoming = _miss(upcoming, at=at or school_now, via=via)
        days += upcoming is not None
    return days


def _miss(pk: UUID, *, at: datetime, via: str) -> UUID | None:
    """Miss one report that is due; return the next day's, or None if there was nothing to do."""
    due = ZeroReport.objects.filter(state=ZeroReport.State.DUE, due_at__lte=at)
    report = due.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if report is None:
        return None
    report.miss()
    report.save(update_fields=["state"])
    _record("zero_report.missed", report, at=at, via=via)
    if _silent_days(report) >= MISSED_IN_A_ROW:
        above = rungs.load(report.school_id, "crisis").above("ME")
        escalation.raise_(case=report.case, reason=CLOCK, at=at, start=above, via=via)
    return _open(report.case, after=report.due_at, at=at).pk


def _silent_days(report: ZeroReport) -> int:
    """How many days in a row, this one included, ended without a report."""
    earlier = ZeroReport.objects.filter(case=report.case, day__lte=report.day).order_by("-day")
    silent = 0
    for state in earlier.values_list("state", flat=True)[:MISSED_IN_A_ROW]:
        if state != ZeroReport.State.MISSED:
            break
        silent += 1
    return silent


def _open(case: Case, *, after: datetime, at: datetime) -> ZeroReport:
    """The next report that falls due after `after`, and somebody's task to give it."""
    due_at = clocks.load(case.school_id).due(CLOCK, anchors={}, at=after)
    while case.zero_reports.filter(day=_day(due_at)).exists():
        due_at += timedelta(days=1)
    report = ZeroReport.objects.create(
        school_id=case.school_id, case=case, day=_day(due_at), due_at=due_at
    )
    _ask(report, at=at)
    return report


def _ask(report: ZeroReport, *, at: datetime) -> None:
    """The owner's, and everybody's in the office: a day off must not make a day of silence."""
    case = report.case
    wanted = Wanted(name=TASK, roles=["ME"], instead=["GL", "VP"])
    assigned = assignment.assign(wanted, case=case, at=at)
    named = exclusions.excluded_people(case)
    owner = [case.owner_id] if case.owner_id and case.owner_id not in named else []
    HumanTask.objects.create(
        school_id=case.school_id,
        case=case,
        name=TASK,
        title="每日零报告：没有新情况也要报",
        form=TASK,
        roles=list(assigned.roles),
        candidates=list(dict.fromkeys([*owner, *assigned.candidates])),
        about=report.pk,
        clock=CLOCK,
        created_at=at,
        due_at=report.due_at,
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _end_task(task: HumanTask, *, at: datetime, reason: str) -> None:
    task.cancel(at=at, reason=reason)
    task.save(update_fields=["state", "ended_at", "cancel_reason"])


def _record(
    kind: str, report: ZeroReport, *, at: datetime, actor: UUID | None = None, **codes: str
) -> None:
    events.append(
        school_id=report.school_id,
        kind=kind,
        actor=actor,
        subject=("case", report.case_id),
        refs=[("zero_report", report.pk)],
        at=at,
        payload={"day": report.day.isoformat(), **codes},
    )
