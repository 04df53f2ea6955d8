"""What the second of two people reads before an order not to tell somebody ends."""

from typing import Any

from parties.access import Viewer
from parties.models import Person
from workflow import case_orders
from workflow.models import HumanTask
from workflow.task_files import TaskFile


def shelf(viewer: Viewer, file: TaskFile) -> dict[str, Any]:
    """Whom the first would tell again, and why. Inside a scope."""
    task = file.task
    if task.name != case_orders.CONFIRM or not file.case_visible:
        return {}
    done = viewer.rows(HumanTask).filter(case=task.case_id, name=case_orders.REVIEW)
    first = done.filter(state=HumanTask.State.COMPLETED).order_by("-ended_at").first()
    said = (first.answer or {}) if first is not None else {}
    people = Person.objects.filter(pk__in=said.get("end_for", [])).order_by("name", "pk")
    return {
        "tell_again": [person.name for person in people],
        "tell_again_why": str(said.get("reason", "")),
    }
