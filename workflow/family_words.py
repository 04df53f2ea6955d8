"""What a family, a student or a company writes beside an answer: a sign of danger asks a person.

Everything is kept as it was written, nothing is refused or decided here, and no word found means
nothing. A reply to a notice has its own way (workflow.notices), and so has a matter (intake).
"""

from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Final
from uuid import UUID

from parties.models import Person
from records import check_ins, plans, signs
from records.models import ActionItem, ItemCheckIn
from workflow import plan_people, upgrade_requests
from workflow.models import Case

_TEMPLATE: Final = "follow_up.danger"
#: Who looks when the matter is closed and has no task any more.
_LOOK: Final = ("ME", "HT")


def listen(words: str, *, case_id: UUID | None, at: datetime, source: str) -> None:
    """Let 德育处 decide if these words hold a sign of danger. In the transaction that keeps them.

    `source` is the code of where they were written. Words that belong to no matter are read by whom
    they were written to, and by nobody else.
    """
    if case_id is None or not signs.read(words).red:
        return
    case = Case.objects.select_related("student__school_class").get(pk=case_id)
    upgrade_requests.ask(case=case, at=at, source=source)
    if case.closed_at is not None:
        key = f"danger:{source}:{case.pk}:{at.isoformat()}"
        for role in _LOOK:
            plan_people.tell_role(case, role, template=_TEMPLATE, key=f"{key}:{role}", at=at)


def check_in(
    *,
    school_id: int,
    item_id: UUID,
    by: Person,
    at: datetime,
    day: date | None = None,
    excuse: str = "",
) -> ItemCheckIn:
    """As records.check_ins.check_in, and somebody listens to the excuse."""
    return check_ins.check_in(
        school_id=school_id, item_id=item_id, by=by, at=at, day=day, excuse=excuse,
        heard=_heard(excuse, at=at, source="check_in"),
    )  # fmt: skip


def block(*, school_id: int, item_id: UUID, by: Person, at: datetime, why: str) -> ActionItem:
    """As records.plans.block, and somebody listens to what stands in the way."""
    return plans.block(
        school_id=school_id, item_id=item_id, by=by, at=at, why=why,
        heard=_heard(why, at=at, source="stuck"),
    )  # fmt: skip


def finish(
    *,
    school_id: int,
    item_id: UUID,
    by: Person,
    at: datetime,
    note: str,
    evidence: Collection[UUID] = (),
) -> ActionItem:
    """As records.plans.finish, and somebody listens to the note."""
    return plans.finish(
        school_id=school_id, item_id=item_id, by=by, at=at, note=note, evidence=evidence,
        heard=_heard(note, at=at, source="done"),
    )  # fmt: skip


def _heard(words: str, *, at: datetime, source: str) -> Callable[[ActionItem], None]:
    return lambda item: listen(words, case_id=item.case_id, at=at, source=source)
