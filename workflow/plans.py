"""Action plans as the outside asks for them: make, score, and plan the next talk.

What an item is, and how it moves, is records.plans. Here the case is looked at: who may add to its
plan, and which process waits for a score.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from parties import taps, tenancy
from parties.access import Viewer
from parties.models import Person, Student
from records import evaluations, plan_making, plan_views
from records.evaluations import Score
from records.models import ActionItem, Evaluation
from records.plan_drafts import Draft
from records.plan_making import Plan
from workflow import (
    contacts,
    family_words,
    late_scores,
    next_contacts,
    plan_policies,
    policies,
    refused_words,
    steps,
    undecided,
)
from workflow.errors import InvalidInput, NotAllowed, WrongState
from workflow.models import Case, HumanTask, ProcessInstance, ScheduledContact

logger = logging.getLogger(__name__)

#: The message that a waiting process hears (bpmn/follow_up.bpmn).
SCORED: Final = "effect_scored_by_family"
_FAMILY: Final = ActionItem.Party.FAMILY
_GOING: Final = (ProcessInstance.State.RUNNING, ProcessInstance.State.FROZEN)


def make(  # noqa: PLR0913 -- the drafts, and the key of who may repeat
    *,
    school_id: int,
    student_id: UUID,
    case_id: UUID,
    by: Person,
    at: datetime,
    drafts: Sequence[Draft],
    key: UUID | None = None,
) -> Sequence[ActionItem]:
    """Add items to the plan of a student's case that is no crisis. With the same `key` of the same
    person, also at the same moment, the same items again.

    Raises:
        NotFound, NotAllowed: the case is not visible; `by` does not work on it.
        InvalidInput: the case is about somebody else, or a crisis; or a draft cannot be a plan.
        WrongState: the case is closed, or nobody has routed it yet.
    """

    def known() -> Sequence[ActionItem] | None:
        return None if key is None else plan_making.made(key, len(drafts), by=by) or None

    def make_all() -> Sequence[ActionItem]:
        plan = _open_plan(Viewer.load(by, at=at), student_id, case_id)
        _refuse_shut_out(case_id, drafts)
        return plan_making.create(plan=plan, drafts=drafts, by=by, at=at, key=key)

    return taps.once(school_id=school_id, known=known, make=make_all).what


def _open_plan(viewer: Viewer, student_id: UUID, case_id: UUID) -> Plan:
    """Where the viewer may add items now. Raises: as make."""
    plan_of(viewer, student_id)
    case = viewer.get(Case, case_id)
    if not policies.on_team(viewer, case):
        raise NotAllowed("您没有制定该计划的权限。")
    own = case.student is not None and case.student.pk == student_id
    if case.student is None or not own or case.channel == Case.Channel.CRISIS:
        raise InvalidInput(
            "该事项不能附加行动计划。", field="case", mend="请选择该生的会谈或通知事项。"
        )
    if case.closed_at is not None:
        raise WrongState("该事项已经结案。", case=str(case_id))
    undecided.refuse(case)
    return Plan(case.student, case.pk, evaluations.current_number(case.pk))


def _refuse_shut_out(case_id: UUID, drafts: Sequence[Draft]) -> None:
    """Nobody at work owns what they must not see."""
    away = contacts.named(Case.objects.get(pk=case_id))
    if any(one.owner_id in away and one.owner_party != _FAMILY for one in drafts):
        raise InvalidInput("负责人不参与这件事。", field="owner", mend="请重新选择负责人，或留空。")


def plan_of(viewer: Viewer, student_id: UUID) -> tuple[Student, QuerySet[ActionItem]]:
    """The student and those items of the plan that the viewer sees. Inside a scope.

    Raises:
        NotFound: the viewer has no part in it, or there is no such student.
    """
    student = viewer.get(Student, student_id)
    covered = Student.objects.filter(pk=student_id).filter(plan_policies.covers(viewer))
    plan_views.student_of(viewer, student, works=covered.exists())
    return student, viewer.rows(ActionItem).filter(student=student)


def awaits_score(viewer: Viewer) -> Sequence[Case]:
    """Cases of this family whose plan has come to its end and of which it has not spoken yet.

    Inside a scope.
    """
    asked = HumanTask.objects.filter(case=OuterRef("pk"), name="evaluate_effect")
    home = viewer.rows(Case).filter(student__in=plan_policies.family_of(viewer))
    found = home.filter(Exists(asked), closed_at=None).order_by("opened_at", "pk")
    return [case for case in found if _waits(viewer, case)]


def _waits(viewer: Viewer, case: Case) -> bool:
    """Asked in the running round, as far as they know of it, and this side has not answered."""
    known = evaluations.known_round(viewer, case.pk)
    if known is None or case.student is None:
        return False
    asked = case.tasks.filter(name="evaluate_effect", created_at__gte=known.begun_at)
    if known.ended_at is not None:
        if known.outcome not in evaluations.BROKEN_OFF:
            return False
        asked = asked.filter(created_at__lt=known.ended_at)
    side = evaluations.side_of(viewer, case.student)
    return asked.exists() and side not in evaluations.sides(case.pk, known.number)


def score(*, school_id: int, case_id: UUID, by: Person, at: datetime, given: Score) -> Evaluation:
    """Keep what one side says of the plan, and let a process that waits for the family run on. Of a
    score that no process will look at any more a person hears (late_scores).

    The instance is locked before the rows, as every step does. A sign of danger is heard in any
    case, the same words once.

    Raises:
        NotFound: the case is not visible. NotAllowed, WrongState, InvalidInput: as evaluations.give
    """
    heard = refused_words.heard(
        Case, case_id, None, school_id=school_id, by=by, at=at, hear=partial(_listen, _said(given))
    )
    with heard, tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        case = viewer.get(Case, case_id)
        if case.student is None:
            raise NotAllowed("您不能为该计划评分。")
        waiting = list(
            case.instances.select_for_update(no_key=True)
            .filter(status__in=_GOING)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        made = evaluations.give(student=case.student, case_id=case.pk, by=by, at=at, score=given)
        _listen(_said(given), case, viewer)
        if _moves(made, at=at):
            for instance_id in waiting:
                _tell(instance_id, by=by, at=at)
        late_scores.tell(made, case, awaited=bool(waiting), at=at)
        return made


def _said(given: Score) -> str:
    """Both texts: danger may stand in either."""
    return "\n".join(text for text in (given.words, given.baseline_now) if text.strip())


def _listen(words: str, case: Case, viewer: Viewer) -> None:
    """To whoever speaks for a side."""
    if case.student is not None and evaluations.side_of(viewer, case.student):
        family_words.listen(words, case_id=case.pk, at=viewer.at, source="score", by=viewer.person)


def _moves(made: Evaluation, *, at: datetime) -> bool:
    """Whether a process waits for it: what was given before has been told."""
    of_family = made.side == Evaluation.Side.FAMILY and made.item_id is None
    runs = made.plan_round == evaluations.current_number(made.case_id)
    return runs and of_family and made.at == at


def _tell(instance_id: UUID, *, by: Person, at: datetime) -> None:
    """One that does not wait for it just now finds the score when it looks."""
    try:
        steps.take(instance_id=instance_id, at=at, via="web", by=by.pk, signal=SCORED)
    except WrongState:
        logger.info("plan.score_not_awaited instance=%s", instance_id)


def schedule_contact(*, case: Case, due_at: datetime, focus: str, at: datetime) -> ScheduledContact:
    """下次沟通: plan it; the task comes by itself the day before. Inside the caller's scope.

    Raises: as next_contacts.schedule.
    """
    return next_contacts.schedule(case=case, due_at=due_at, focus=focus, at=at)
