"""What else a completed task of a crisis means: who was told, who is named, what is on file."""

from uuid import UUID

from ledger import events
from workflow import case_entries, reports, zero_reports
from workflow.completions import Completion, on_complete
from workflow.contacts import REACHED
from workflow.models import CaseParty
from workflow.shielding import name_suspects


@on_complete("triage")
def triage(completion: Completion) -> None:
    """A triage may name suspects whom the report did not know."""
    people = [UUID(text) for text in completion.answer.get("suspect_people", [])]
    if people:
        name_suspects(completion.task.case, people, at=completion.at)


@on_complete("call_guardian", "call_other_side", "call_carer")
def call(completion: Completion) -> None:
    """Every attempt is on file; a guardian who answered may from now on see their part."""
    task = completion.task
    outcome = str(completion.answer.get("outcome", ""))
    told = outcome == REACHED and task.name == "call_guardian" and task.about is not None
    if told and task.about is not None:
        reports.name(task.case, {(task.about, str(CaseParty.Part.TOLD)): None}, at=completion.at)
        case_entries.keep(task.case)
    _record(completion, "guardian.reached" if told else "contact.attempted", outcome=outcome)


@on_complete("call_community", "call_police")
def call_office(completion: Completion) -> None:
    outcome = str(completion.answer.get("outcome", ""))
    _record(completion, "contact.attempted", outcome=outcome)


@on_complete("wake_call")
def wake_call(completion: Completion) -> None:
    """A call of the ladder; reaching somebody is not yet an acknowledgement."""
    outcome = str(completion.answer.get("outcome", ""))
    _record(completion, "wake_call.made", outcome=outcome)


@on_complete("report_decide")
def report_decide(completion: Completion) -> None:
    """First name; the second is a task of its own."""
    outcome = str(completion.answer.get("outcome", ""))
    _record(completion, "mandatory_report.proposed", outcome=outcome)


@on_complete("safety_plan")
def safety_plan(completion: Completion) -> None:
    _record(completion, "safety_plan.made")


@on_complete("follow_up")
def follow_up(completion: Completion) -> None:
    _record(completion, "follow_up.held")


@on_complete("zero_report")
def zero_report(completion: Completion) -> None:
    if completion.task.about is not None:
        zero_reports.give(
            report_id=completion.task.about,
            by=completion.by,
            at=completion.at,
            answer=dict(completion.answer),
        )


def _record(completion: Completion, kind: str, **codes: str) -> None:
    task = completion.task
    refs: list[events.Subject] = [("task", task.pk)]
    if task.about is not None:
        refs.append(("person", task.about))
    events.append(
        school_id=task.school_id,
        kind=kind,
        actor=completion.by.pk,
        subject=("case", task.case_id),
        refs=refs,
        at=completion.at,
        payload={"task": task.name, **codes},
    )
