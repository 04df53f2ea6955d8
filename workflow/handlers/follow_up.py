"""Service tasks of bpmn/follow_up.bpmn, by itself or called by a meeting.

Each looks at the case before it moves it: the diagram may run inside another process, and a crisis
may have taken the case over meanwhile.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django_fsm import can_proceed

from parties.roles import Role
from records import evaluations, file_entries, plans
from records.models import ActionItem, Evaluation, FileEntry
from workflow import contacts, next_contacts, plan_people, upgrade_requests
from workflow.engine import StepContext, service_task
from workflow.handlers import step_events
from workflow.models import Case, HumanTask

Results = Mapping[str, object]

CONTACT: Final = "hold_contact"
#: Contacts of one round, in order.
WEEKS: Final = ("week2", "week4", "week8")
#: A plan that needs more rounds than this needs another kind of help: 德育处 confers.
MOST_ROUNDS: Final = 6
#: Below what was agreed, in the words of goal attainment scaling: 0 is what was agreed.
_BELOW: Final = -1


@service_task("follow_up.begin")
def begin(context: StepContext) -> Results:
    """The plan stands: the case is accompanied from now, and a round of it begins.

    One that a crisis or a change of channel broke off is over: its contacts and scores belong to
    another plan. It ends no sooner than here, because nobody at home may notice the crisis by it.
    """
    case = _case(context)
    _move(case, "accompany")
    if case.student is not None:
        _end_broken_off(case, at=context.at)
        evaluations.begin_round(student=case.student, case_id=case.pk, at=context.at)
    step_events.record(context, "follow_up.begun", round=evaluations.current_number(case.pk))
    return {}


@service_task("follow_up.which_week", decides=("step",))
def which_week(context: StepContext) -> Results:
    """The next of the three contacts of this round, or the end of the plan."""
    held = len(_contacts(context))
    return {"step": WEEKS[held] if held < len(WEEKS) else "end"}


@service_task("follow_up.late")
def late(context: StepContext, *, clock: str, task: str) -> Results:
    """年级组长 hears of what 班主任 did not come to; the task stays theirs."""
    case = _case(context)
    key = f"late:{context.instance_id}:{task}:{context.at.isoformat()}"
    plan_people.tell_role(case, "GL", template="plan.overdue", key=key, at=context.at)
    step_events.record(context, "clock.missed", clock=clock, task=task)
    return {}


@service_task("follow_up.ask_upgrade")
def ask_upgrade(context: StepContext, *, source: str) -> Results:
    """A sign of danger, or a plan that fails: a person decides whether it is a crisis."""
    upgrade_requests.ask(case=_case(context), at=context.at, source=source)
    return {}


@service_task("follow_up.ask_family", decides=("scored",))
def ask_family(context: StepContext) -> Results:
    """The plan is at its end: the family is asked how it went, unless it has said so already."""
    case = _case(context)
    if _scores(case).get(Evaluation.Side.FAMILY) is not None:
        return {"scored": "yes"}
    people = [(Role.G.value, person) for person in contacts.guardians(case, at=context.at)]
    number = evaluations.current_number(case.pk)
    plan_people.tell(
        case, people, template="plan.score", key=f"score:{case.pk}:{number}", at=context.at
    )
    step_events.record(context, "follow_up.family_asked", told=len(people))
    return {"scored": "no"}


@service_task("follow_up.family_silent")
def family_silent(context: StepContext) -> Results:
    """家长未评分: an attempt on file, no reproach; the school's own score counts alone."""
    case = _case(context)
    if _scores(case).get(Evaluation.Side.FAMILY) is not None:  # it came in this very moment
        return {}
    step_events.record(
        context, "follow_up.family_silent", round=evaluations.current_number(case.pk)
    )
    if case.student is not None:
        running = evaluations.begin_round(student=case.student, case_id=case.pk, at=context.at)
        file_entries.enter(
            student=case.student,
            kind="contact_attempt",
            object_id=running.pk,
            party=FileEntry.Party.SYSTEM,
            at=context.at,
            readers=file_entries.SCHOOL | file_entries.FAMILY,
            case_id=case.pk,
        )
    return {}


@service_task("follow_up.judge", decides=("outcome",))
def judge(context: StepContext) -> Results:
    """A proposal from what both sides said; a person decides."""
    case = _case(context)
    scores = _scores(case)
    _move(case, "evaluate")
    outcome = _proposal(context, case, scores)
    sides: dict[str, Any] = {side.lower(): value for side, value in scores.items()}
    step_events.record(context, "follow_up.judged", outcome=outcome, **sides)
    return {"outcome": outcome}


@service_task("follow_up.new_round", decides=("more",))
def new_round(context: StepContext) -> Results:
    """The next round, with contacts and scores of its own; after MOST_ROUNDS 德育处 confers."""
    case = _case(context)
    if evaluations.current_number(case.pk) >= MOST_ROUNDS:
        return {"more": "no"}
    evaluations.end_round(case_id=case.pk, at=context.at, outcome="new_round")
    if case.student is not None:
        evaluations.begin_round(student=case.student, case_id=case.pk, at=context.at)
    _move(case, "work", "accompany")
    step_events.record(context, "follow_up.new_round", round=evaluations.current_number(case.pk))
    return {"more": "yes"}


@service_task("follow_up.settle")
def settle(context: StepContext) -> Results:
    """Nothing is left to do: what still waits falls away with its reason, and the case is closed.

    A case that a crisis has taken over stays open: a crisis closes by its own conditions.
    """
    case = _case(context)
    evaluations.end_round(case_id=case.pk, at=context.at, outcome="settled")
    if case.channel == Case.Channel.CRISIS:
        return {}
    plans.drop_rest(case_id=case.pk, at=context.at, why="跟进已结束")
    next_contacts.cancel_all(case=case, at=context.at)
    _move(case, "accompany", "evaluate")
    if can_proceed(case.settle):
        case.settle(at=context.at)
        case.save()
        step_events.record(context, "case.closed", outcome="settled")
    return {}


def _end_broken_off(case: Case, *, at: datetime) -> None:
    running = evaluations.running_round(case.pk)
    if running is not None:
        crisis = case.alarm_at > running.begun_at
        outcome = evaluations.UPGRADED if crisis else evaluations.REROUTED
        evaluations.end_round(case_id=case.pk, at=at, outcome=outcome)


def _proposal(context: StepContext, case: Case, scores: Mapping[str, int]) -> str:
    """Danger: upgrade. A side that is worse off, or work that is left: another round."""
    if any((task.answer or {}).get("danger") == "yes" for task in _contacts(context)):
        return "upgrade"
    left = ActionItem.objects.filter(case_id=case.pk, state__in=ActionItem.LIVE).exists()
    worse = any(value <= _BELOW for value in scores.values())
    if not worse and not left:
        return "reached"
    return "new_round" if evaluations.current_number(case.pk) < MOST_ROUNDS else "upgrade"


def _contacts(context: StepContext) -> list[HumanTask]:
    """Contacts held in the running round, oldest first."""
    running = evaluations.running_round(context.case_id)
    held = HumanTask.objects.filter(
        case=context.case_id, name=CONTACT, state=HumanTask.State.COMPLETED
    )
    if running is not None:
        held = held.filter(created_at__gt=running.begun_at)
    return list(held.order_by("ended_at", "pk"))


def _scores(case: Case) -> Mapping[str, int]:
    return evaluations.sides(case.pk, evaluations.current_number(case.pk))


def _case(context: StepContext) -> Case:
    """The case, locked: a handler changes it inside the step's transaction."""
    rows = Case.objects.select_for_update(of=("self",)).select_related("student__school_class")
    return rows.get(pk=context.case_id)


def _move(case: Case, *moves: str) -> None:
    """Those of `moves` that the case allows, one after the other; each is a step of its own."""
    for name in moves:
        move = getattr(case, name)
        if can_proceed(move):
            move()
            case.save()
