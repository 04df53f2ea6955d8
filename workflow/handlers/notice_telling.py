"""The branch of bpmn/notice.bpmn without a text: a matter about one family, told to that family.

A matter that was routed to NOTICE, or a meeting of which information alone is left, has no notice
that somebody wrote and approved. A person tells the family and writes down how, when and what.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from records.models import Notice
from workflow import plan_people
from workflow.completions import Completion, on_complete
from workflow.engine import StepContext, service_task
from workflow.errors import InvalidInput, WrongState
from workflow.handlers import step_events
from workflow.models import Case, HumanTask

Results = Mapping[str, object]

TASK: Final = "notice_tell"
CLOCK: Final = "notice.tell"
UNTOLD: Final = "notice.untold"


@service_task("notice.find", decides=("written",))
def find(context: StepContext) -> Results:
    """Whether somebody submitted a text with this case; one that was sent before does not count."""
    waiting = Notice.objects.filter(case_id=context.case_id, state=Notice.State.PENDING_APPROVAL)
    return {"written": "yes" if waiting.exists() else "no"}


@service_task("notice.tell_late")
def tell_late(context: StepContext) -> Results:
    """A missed clock is a fact for good, and 年级组长 hears of it each time; the task stays."""
    key = f"{UNTOLD}:{context.instance_id}:{context.at.isoformat()}"
    plan_people.tell_role(_case(context), "GL", template=UNTOLD, key=key, at=context.at)
    step_events.record(context, "clock.missed", clock=CLOCK, task=TASK)
    return {}


@service_task("notice.settle")
def settle(context: StepContext) -> Results:
    """The family knows, and nothing is left to do."""
    case = _case(context)
    done = HumanTask.objects.filter(
        instance=context.instance_id, name=TASK, state=HumanTask.State.COMPLETED
    ).first()
    if done is None:
        raise WrongState("还没有登记怎样告知家长。", case=str(case.pk))
    case.settle(at=context.at)
    case.save()
    step_events.record(
        context, "notice.told", refs=[("task", done.pk)], how=str((done.answer or {})["how"])
    )
    step_events.record(context, "case.closed", outcome="told")
    return {}


@on_complete(TASK)
def told(completion: Completion) -> None:
    """What is written down has happened already."""
    if datetime.fromisoformat(completion.answer["told_at"]) > completion.at:
        raise InvalidInput("告知时间在将来。", field="told_at", mend="请在告知家长以后再填写。")


def _case(context: StepContext) -> Case:
    """The case, locked: a handler changes it inside the step's transaction."""
    locked = Case.objects.select_for_update(of=("self",)).select_related("student__school_class")
    return locked.get(pk=context.case_id)
