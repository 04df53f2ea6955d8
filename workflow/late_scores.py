"""A score of home that comes when the plan has been judged: no step looks at it, so a person must.

In time, what follows tells of it: both scores lie beside the decision that it asks for.
"""

from datetime import datetime
from typing import Final

from records import evaluations
from records.models import Evaluation, PlanRound
from workflow import plan_people
from workflow.models import Case

_TEMPLATE: Final = "plan.scored_late"
#: The question that the judged scores lead to (bpmn/follow_up.bpmn).
_JUDGED: Final = "close_or_continue"


def tell(made: Evaluation, case: Case, *, awaited: bool, at: datetime) -> None:
    """班主任 hears of it, or whoever is asked in their place; not of one given before. Repeating is
    safe. In the transaction that keeps the score.

    `awaited`: whether a process of the case goes on, which may look at scores yet.
    """
    of_home = made.side != Evaluation.Side.SCHOOL and made.item_id is None
    if not of_home or made.at != at or (awaited and not _is_late(made, case)):
        return
    found = plan_people.holders("HT", case=case, at=at, besides=frozenset({made.by_id}))
    people = [("HT", person) for person in found]
    plan_people.tell(case, people, template=_TEMPLATE, key=f"scored_late:{made.pk}", at=at)


def _is_late(made: Evaluation, case: Case) -> bool:
    """Its round is over, or judged, or a crisis broke it off."""
    if made.plan_round != evaluations.current_number(case.pk):
        return True
    running = evaluations.running_round(case.pk)
    if running is None:
        return PlanRound.objects.filter(case_id=case.pk).exists()
    judged = case.tasks.filter(name=_JUDGED, created_at__gte=running.begun_at)
    return case.channel == Case.Channel.CRISIS or judged.exists()
