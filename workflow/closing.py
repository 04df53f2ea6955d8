"""When a crisis may be closed (domain C15). Every condition has a code; a person reads the list."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from parties import legible
from workflow import clocks
from workflow.models import Case, HumanTask, ZeroReport

#: The two tasks of closing itself; every other one must be over.
_CLOSING_TASKS: Final = ("close_propose", "close_confirm")
#: Ends without the long quiet time: another body, or another case, carries it on.
_HANDED_ON: Final = ("transferred", "merged")
#: To the office above: by word at once, then on paper.
UPWARD: Final = ("oral_report", "first_report", "written_report")


def unmet(case: Case, *, outcome: str, at: datetime) -> Sequence[str]:
    """Codes of the conditions that are not met; empty means that the case may be closed."""
    proposal = _answer(case, "close_propose")
    checks = {
        "two_names_needed": bool(proposal),
        "tasks_open": not _others_open(case),
        "zero_reports_due": not case.zero_reports.filter(state=ZeroReport.State.DUE).exists(),
        "lesson_missing": bool(legible.said(str(proposal.get("lesson", "")))),
    }
    if outcome not in _HANDED_ON:
        checks |= _after_the_danger(case, proposal, at=at)
    return [code for code, met in checks.items() if not met]


def _after_the_danger(case: Case, proposal: dict[str, Any], *, at: datetime) -> dict[str, bool]:
    family_asked = case.safe_to_tell == Case.SafeToTell.NO or bool(
        str(proposal.get("guardian_view", "")).strip()
    )
    return {
        "danger_not_over": case.danger_over_at is not None,
        "quiet_time_short": _quiet_long_enough(case, at=at),
        "reports_unacknowledged": all(_acknowledged(case, name) for name in UPWARD),
        "final_report_missing": _done(case, "final_report"),
        "student_view_missing": bool(str(proposal.get("student_view", "")).strip()),
        "guardian_view_missing": family_asked,
        "effect_unscored": proposal.get("effect_school") is not None,
    }


def _quiet_long_enough(case: Case, *, at: datetime) -> bool:
    if case.danger_over_at is None:
        return False
    days = clocks.quiet_days(colour=case.colour.lower())
    return at >= case.danger_over_at + timedelta(days=days)


def _others_open(case: Case) -> bool:
    live = [HumanTask.State.OPEN, HumanTask.State.CLAIMED]
    return case.tasks.filter(state__in=live).exclude(name__in=_CLOSING_TASKS).exists()


def _acknowledged(case: Case, task: str) -> bool:
    return bool(str(_answer(case, task).get("receipt_no", "")).strip())


def _done(case: Case, task: str) -> bool:
    return case.tasks.filter(
        name=task, state=HumanTask.State.COMPLETED, created_at__gte=case.alarm_at
    ).exists()


def _answer(case: Case, task: str) -> dict[str, Any]:
    done = case.tasks.filter(
        name=task, state=HumanTask.State.COMPLETED, created_at__gte=case.alarm_at
    )
    latest = done.order_by("-ended_at").first()
    return {} if latest is None else dict(latest.answer or {})
