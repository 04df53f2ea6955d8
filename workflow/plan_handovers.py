"""An item that somebody else of the same party takes on: whom it may go to, and that they hear.

What was done of it until then stays with it: days, files and words are the item's, not a person's.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from parties.access import Viewer
from parties.errors import InvalidInput
from parties.models import Person
from records import item_rows
from records.models import ActionItem
from workflow import owner_choices, plan_people
from workflow.models import Case

_HANDED: Final = "plan.handed_over"


def refuse_wrong(viewer: Viewer, item: ActionItem, owner_id: UUID | None) -> None:
    """Only to people whom the plan offers for a new item. Raises InvalidInput. Inside a scope."""
    if owner_id is None or owner_id == item.owner_person_id:
        return
    case = Case.objects.select_related("student__school_class").get(pk=item.case_id)
    offered = owner_choices.of_party(viewer, case, str(item.owner_party))
    if owner_id not in dict(offered):
        raise InvalidInput(
            "这一项不能交给这个人。",
            field="owner",
            mend=f"请从{item.get_owner_party_display()}现在能负责的人中选择，或留空。",
        )


def tell(item: ActionItem, before: UUID | None, *, by: Person, at: datetime) -> None:
    """Whoever answers for it now, but for who handed it over; nobody where it did not move."""
    if item.owner_person_id == before:
        return
    case = Case.objects.select_related("student__school_class").get(pk=item.case_id)
    found = plan_people.owners(item, case=case, at=at)
    people = [(role, person) for role, person in found if person != by.pk]
    key = f"{_HANDED}:{item.pk}:{at.isoformat()}"
    plan_people.tell(case, people, template=_HANDED, key=key, at=at)
    item_rows.record(_HANDED, item, at=at, actor=by, told=len(people))
