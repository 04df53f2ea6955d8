"""Service tasks of bpmn/crisis.bpmn once the danger is over: following up, and closing the case."""

from collections.abc import Mapping

from records import evaluations
from workflow import clocks, closing, escalation, zero_reports
from workflow.engine import StepContext, service_task
from workflow.handlers import crisis_rows, step_events
from workflow.models import HumanTask

Results = Mapping[str, object]


@service_task("crisis.danger_ended")
def danger_ended(context: StepContext) -> Results:
    """The daily reports end with the danger; following the student up begins."""
    case = crisis_rows.case(context)
    case.follow_up(at=context.at)
    case.save()
    zero_reports.stop(case=case, at=context.at, reason="danger_over")
    step_events.record(context, "danger.ended")
    return {}


@service_task("crisis.tell_work_restriction")
def tell_work_restriction(context: StepContext) -> Results:
    """The student may work again; the company learns the restriction, never the reason."""
    case = crisis_rows.case(context)
    placement = case.placement
    if placement is not None and placement.state == placement.State.SUSPENDED:
        placement.resume()
        placement.save(update_fields=["state"])
        step_events.record(context, "placement.resumed", refs=[("placement", placement.pk)])
    return {}


@service_task("crisis.next_follow_up", decides=("rhythm",))
def next_follow_up(context: StepContext, *, colour: str) -> Results:
    case = crisis_rows.case(context)
    since = case.danger_over_at or context.at
    held = case.tasks.filter(
        name="follow_up", state=HumanTask.State.COMPLETED, created_at__gte=since
    )
    return {"rhythm": clocks.follow_up_rhythm(colour=colour, done=held.count())}


@service_task("crisis.record_finding")
def record_finding(context: StepContext, *, result: str) -> Results:
    """是否构成欺凌: until now every text said 疑似."""
    step_events.record(context, "bullying.found", result=result)
    return {}


@service_task("crisis.check_closing", decides=("ready",))
def check_closing(context: StepContext, *, outcome: str) -> Results:
    """Every closing condition; the unmet ones are an event that the next proposal shows."""
    case = crisis_rows.case(context)
    unmet = closing.unmet(case, outcome=outcome, at=context.at)
    if unmet:
        step_events.record(context, "closing.refused", unmet=unmet)
        return {"ready": "no"}
    return {"ready": "yes"}


@service_task("crisis.close_case")
def close_case(context: StepContext, *, outcome: str) -> Results:
    case = crisis_rows.case(context)
    if outcome == "transferred":
        case.transfer(at=context.at)
    elif outcome == "merged":
        case.cancel(at=context.at)
    else:
        case.close(at=context.at)
    case.save()
    evaluations.end_round(case_id=case.pk, at=context.at, outcome=evaluations.UPGRADED)
    zero_reports.stop(case=case, at=context.at, reason="closed")
    escalation.withdraw(case=case, at=context.at, via=context.via)
    names = crisis_rows.both_names(case, "close_propose", "close_confirm")
    step_events.record(
        context,
        "case.closed",
        refs=[("person", pk) for pk in names if pk is not None],
        outcome=outcome,
    )
    return {}
