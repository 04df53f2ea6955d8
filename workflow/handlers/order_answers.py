"""Whether somebody may be told again after a crisis: one proposes, another agrees (decision 33)."""

from uuid import UUID

from workflow import case_orders, order_reviews
from workflow.completions import Completion, on_complete
from workflow.errors import InvalidInput, SamePerson, WrongState
from workflow.models import Case, HumanTask


@on_complete(case_orders.REVIEW, moves_case=True)
def reviewed(completion: Completion) -> None:
    """Kept with its reason; or the second name is asked for.

    Raises InvalidInput: somebody is chosen whom no order of this case keeps from being told.
    """
    case = _held(completion)
    chosen = {UUID(one) for one in completion.answer.get("end_for", [])}
    if chosen - set(case_orders.of(case).values_list("person_id", flat=True)):
        raise InvalidInput(
            "所选的人没有因本事项被限制告知。", field="end_for", mend="请只选仍受限制的监护人。"
        )
    if chosen:
        order_reviews.ask(case, case_orders.CONFIRM, at=completion.at)
    else:
        order_reviews.keep(case, by=completion.by, at=completion.at)


@on_complete(case_orders.CONFIRM, moves_case=True)
def confirmed(completion: Completion) -> None:
    case = _held(completion)
    done = case.tasks.filter(name=case_orders.REVIEW, state=HumanTask.State.COMPLETED)
    proposal = done.latest("ended_at")
    if proposal.completed_by_id == completion.by.pk:
        raise SamePerson("须由两人分别作出决定，您已提出意见。", task=str(completion.task.pk))
    if completion.answer["agree"] != "yes":
        order_reviews.keep(case, by=completion.by, at=completion.at)
        return
    people = [UUID(one) for one in (proposal.answer or {}).get("end_for", [])]
    order_reviews.end(case, people, by=completion.by, at=completion.at)


def _held(completion: Completion) -> Case:
    """The case, held before its task: an alarm may come at this very moment.

    Raises WrongState: the danger came back; who may be told is for its triage.
    """
    case = Case.objects.select_related("student__school_class").get(pk=completion.task.case_id)
    if case.closed_at is None:
        raise WrongState("该事项已重新处置，是否告知由研判决定。", case=str(case.pk))
    return case
