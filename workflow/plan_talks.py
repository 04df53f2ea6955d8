"""What came of the talks of a follow-up, for who goes on with it.

Whoever held one wrote down what has changed; the next talk, the score and the decision to close
rest on that. 班主任 reads all of them, also those that another held before, and so does who stands
in where none of the class takes part; anybody else on the team those that were theirs to do
(HumanTaskPolicy), and of the others that they took place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from parties import crypto
from parties.access import Viewer
from parties.roles import Role
from workflow import exclusions, plan_policies, policies, shipped
from workflow.models import Case, HumanTask

_FORM: Final = "follow_up_contact"


@dataclass(frozen=True, slots=True)
class Talk:
    """`changed` and `student_words` are empty for who may not read them."""

    at: datetime | None
    by: str
    how: str
    changed: str = ""
    student_words: str = ""


def of_case(viewer: Viewer, case: Case) -> Sequence[Talk]:
    """The oldest first; none for who does not work on this visible case. Inside a scope."""
    if not policies.on_team(viewer, case):
        return []
    held = HumanTask.objects.filter(case=case, form=_FORM, state=HumanTask.State.COMPLETED)
    found = list(held.select_related("completed_by").order_by("ended_at", "pk"))
    crypto.warm(found)
    goes_on = _goes_on(viewer, case)
    own = {task.pk for task in viewer.rows(HumanTask).filter(pk__in=[one.pk for one in found])}
    return [_talk(task, words=goes_on or task.pk in own) for task in found]


def _goes_on(viewer: Viewer, case: Case) -> bool:
    held = viewer.roles_towards(case.student) if case.student is not None else frozenset()
    if Role.HT in held or not held & plan_policies.STAND_INS:
        return Role.HT in held
    alone = exclusions.untaught(viewer.at, case="pk")
    return Case.objects.filter(alone, pk=case.pk).exists()


def _talk(task: HumanTask, *, words: bool) -> Talk:
    said = task.answer or {}
    reached = str(said.get("reached", ""))
    how = shipped.word_for(_FORM, field="reached", code=reached)
    by = task.completed_by.name if task.completed_by is not None else ""
    if not words:
        return Talk(task.ended_at, by, how)
    changed, voice = (str(said.get(name, "")) for name in ("changed", "student_voice"))
    return Talk(task.ended_at, by, how, changed, voice)
