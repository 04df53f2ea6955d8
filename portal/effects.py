"""效果评估 on a page: what each side said of a plan, for whoever may read it by now."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import orjson
from django.db.models import QuerySet

from ledger.models import Event
from parties import crypto
from parties.access import Viewer
from records import evaluations, free_words
from records.models import Evaluation
from workflow import plan_policies, plans
from workflow.models import Case
from workflow.task_files import TaskFile

#: Whoever decides what becomes of a plan reads what both sides said of it first.
_DECIDES: Final = "close_or_continue"
_MOST: Final = 40
#: What the process proposes from the scores, in the words of the form (follow_up_decision.json).
_PROPOSED: Final[Mapping[str, str]] = {
    "reached": "目标达到，结束跟进",
    "new_round": "再进行一轮",
    "upgrade": "提请升级处理",
}


def of_case(viewer: Viewer, case_id: UUID) -> Sequence[dict[str, Any]]:
    """The newest of one case first. Inside a scope."""
    return _lines(viewer, viewer.rows(Evaluation).filter(case_id=case_id))


def at_home(viewer: Viewer) -> Sequence[dict[str, Any]]:
    """Of the own children, or of oneself; the newest first. Inside a scope."""
    own = plan_policies.family_of(viewer)
    return _lines(viewer, viewer.rows(Evaluation).filter(student__in=own))


def asked(viewer: Viewer) -> Sequence[dict[str, Any]]:
    """How it went is asked of one round: the next may begin while somebody thinks about it."""
    return [_asked(viewer, case) for case in plans.awaits_score(viewer)]


def _asked(viewer: Viewer, case: Case) -> dict[str, Any]:
    known = evaluations.known_round(viewer, case.pk)
    return {
        "case": case.pk,
        "name": case.student.person.name if case.student else "",
        "round": known.number if known is not None else "",
    }


def shelf(viewer: Viewer, file: TaskFile) -> dict[str, Any]:
    """What both sides said, also after the time for it, and what is proposed. Inside a scope."""
    task = file.task
    if task.name != _DECIDES or not file.case_visible:
        return {}
    return {"effects": of_case(viewer, task.case_id), "proposed": _proposed(task.case_id)}


def _proposed(case_id: UUID) -> str:
    judged = Event.objects.filter(
        subject_type="case", subject_id=case_id, kind="follow_up.judged"
    ).order_by("-pk")
    newest = judged.first()
    code = orjson.loads(bytes(newest.body))["payload"]["outcome"] if newest is not None else ""
    return _PROPOSED.get(code, "")


def _lines(viewer: Viewer, rows: QuerySet[Evaluation]) -> Sequence[dict[str, Any]]:
    found = list(rows.select_related("student__person").order_by("-at", "-pk")[:_MOST])
    crypto.warm(found)
    return [_line(free_words.cut(viewer, row)) for row in found]


def _line(row: Evaluation) -> dict[str, Any]:
    return {
        "child": row.student.person.name,
        "side": row.get_side_display(),
        "round": row.plan_round,
        "one_item": row.item_id is not None,
        "score": f"{row.score:+d}".replace("-", "−") if row.score else "0",
        "now": row.baseline_now,
        "words": row.words,
        "at": row.at,
    }
