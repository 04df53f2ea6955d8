"""What a family, a student or a company writes beside an answer: a sign of danger asks a person.

Everything is kept as it was written, nothing is refused or decided here, and no word found means
nothing. A reply to a notice has its own way (notice_answering), and so has a matter (intake).
"""

from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Final
from uuid import UUID

from ledger import events
from parties import relations
from parties.models import GuardianLink, Person, Student
from parties.roles import Role
from records import check_ins, plans, signs
from records.models import ActionItem, CommunicationRecord, ItemCheckIn
from workflow import notifications, plan_people, upgrade_requests
from workflow.models import Case
from workflow.notifications import Message

#: A person reads the words now; they are in no matter.
LOOK_NOW: Final = "notice.look_now"
_TEMPLATE: Final = "follow_up.danger"
#: Who looks when the matter is closed and has no task any more.
_LOOK: Final = ("ME", "HT")


def listen(
    words: str,
    *,
    case_id: UUID | None,
    at: datetime,
    source: str,
    about: CommunicationRecord | None = None,
) -> None:
    """Let 德育处 decide if these words hold a sign of danger. In the transaction that keeps them.

    `source` is the code of where they were written. Of words `about` a record that belongs to no
    matter, 德育处 on duty and the homeroom teacher hear at once, as of a reply to a notice.
    """
    if not signs.read(words).red:
        return
    cases = Case.objects.select_related("student__school_class")
    case = cases.filter(pk=case_id).first() if case_id is not None else None
    if case is None:
        if about is not None:
            _look_now(about, at=at, source=source)
        return
    upgrade_requests.ask(case=case, at=at, source=source)
    if case.closed_at is not None:
        key = f"danger:{source}:{case.pk}:{at.isoformat()}"
        for role in _LOOK:
            plan_people.tell_role(case, role, template=_TEMPLATE, key=f"{key}:{role}", at=at)


def who_looks(student: Student, *, danger: bool, at: datetime) -> dict[UUID, Role]:
    """德育处 on duty, and with `danger` the homeroom teacher; nobody of the family, whatever their
    post.
    """
    links = GuardianLink.objects.filter(student=student)
    kin = set(links.values_list("guardian_id", flat=True))
    duty = relations.on_duty(role=Role.ME, at=at, student=student)
    found = {person.pk: Role.ME for person in relations.able(duty, at=at, excluded=kin)}
    if danger:
        teachers = relations.holders(role=Role.HT, at=at, student=student)
        for person in relations.able(teachers, at=at, excluded=kin):
            found.setdefault(person.pk, Role.HT)
    return found


def _look_now(record: CommunicationRecord, *, at: datetime, source: str) -> None:
    told = who_looks(record.student, danger=True, at=at)
    rows = [
        Message(
            case_id=None,
            to_id=person,
            to_role=role.value,
            channel="in_app",
            template=LOOK_NOW,
            key=f"danger:{source}:{record.pk}:{at.isoformat()}:{person}",
            lane="crisis",
        )
        for person, role in told.items()
    ]
    notifications.enqueue_many(school_id=record.school_id, rows=rows, at=at)
    events.append(
        school_id=record.school_id,
        kind="danger.hinted",
        actor=None,
        subject=("record", record.pk),
        refs=[("student", record.student_id)],
        at=at,
        payload={"source": source, "told": len(rows)},
    )


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
