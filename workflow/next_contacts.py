"""下次沟通 comes by itself: the task opens the day before, and a day that passes is a fact.

PLANNED --(the morning before)--> task and reminder --(held)--> HELD
    +-----(a working day after)--> MISSED: 年级组长 hears of it, the task stays open

The morning before is the calendar's, a Sunday too: the domain (2.4, 2.5) keeps quiet hours and no
quiet days, and nothing rings. Where no case could hold the task, the next record is what tells
that they talked (workflow/record_contacts.py).
"""

from datetime import datetime, time, timedelta
from functools import partial
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django_fsm import can_proceed

from ledger import events
from parties import tenancy
from parties.models import Person, Student
from parties.roles import Role
from records.models import CommunicationRecord
from workflow import assignment, clocks, due_rows, plan_people, quiet_hours, record_contacts
from workflow.assignment import Wanted
from workflow.errors import InvalidInput
from workflow.models import Case, HumanTask, ScheduledContact

TASK: Final = "next_contact"
SOON: Final = "plan.contact_soon"
MISSED: Final = "plan.contact_missed"
_MORNING: Final = time(8)
_STATE: Final = ScheduledContact.State
#: Nobody plans a talk further ahead than this.
_FURTHEST: Final = timedelta(days=400)


def schedule(
    *, case: Case, due_at: datetime, focus: str, at: datetime, record_id: UUID | None = None
) -> ScheduledContact:
    """Plan a talk; the same moment twice is one talk, about what the last `record_id` says. Inside
    the caller's scope.

    Raises:
        InvalidInput: no student, or the moment is past or years ahead.
    """
    student = _plannable(case, due_at, at=at)
    standing = ScheduledContact.objects.exclude(state=_STATE.CANCELLED)
    named = {"focus": focus, "record_id": record_id}
    made, new = standing.get_or_create(
        school_id=case.school_id,
        case=case,
        due_at=due_at,
        defaults={
            "student": student,
            "next_look_at": max(at, _morning_before(due_at)),
            **named,
        },
    )
    if new:
        _record("contact.scheduled", made, at=at)
    elif record_id is not None:
        made.focus, made.record_id = focus, record_id
        made.save(update_fields=list(named))
    return made


def _plannable(case: Case, due_at: datetime, *, at: datetime) -> Student:
    """Whose talk it is, if it can be planned at all."""
    if case.student is None:
        raise InvalidInput("该事项还没有确定学生。", field="student", mend="请先确定学生。")
    if not may_be_planned(due_at, at=at):
        raise InvalidInput(
            "下次沟通时间不合适。", field="next_contact_at", mend="请选择今后一年之内的时间。"
        )
    return case.student


def schedule_of(*, record: CommunicationRecord, at: datetime) -> ScheduledContact | None:
    """The talk that a record without a case names; what earlier versions planned falls away.

    None where it names no moment, or one that cannot come any more. Inside the caller's scope.
    """
    drop_outdated(record=record, at=at)
    due_at = record.next_contact_at
    if due_at is None or not may_be_planned(due_at, at=at):
        return None
    made, new = ScheduledContact.objects.get_or_create(
        school_id=record.school_id,
        case=None,
        record_id=record.pk,
        defaults={
            "student": record.student,
            "due_at": due_at,
            "focus": record.next_focus,
            "next_look_at": max(at, _morning_before(due_at)),
        },
    )
    if new:
        _record("contact.scheduled", made, at=at)
    return made


def drop_outdated(*, record: CommunicationRecord, at: datetime) -> None:
    """What earlier versions of this record planned falls away, with its task. Inside a scope."""
    waiting = record_contacts.outdated(record)
    tasks = HumanTask.objects.filter(about__in=waiting.values("pk"))
    _drop(tasks, waiting, at=at, reason="replaced")


def may_be_planned(due_at: datetime, *, at: datetime) -> bool:
    """Whether a talk can still come: after now, and not years ahead."""
    return at < due_at <= at + _FURTHEST


def look_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """Open what comes tomorrow, mark what has passed; return how many moved."""
    rows = due_rows.found("SELECT school_id, id FROM due_contacts(%s, %s)", [at, limit])
    act = partial(_look, at=at, via=via)
    return due_rows.each(rows, act, failed="contact.look_failed", via=via)


def held(*, contact_id: UUID, by: Person, at: datetime) -> None:
    """They talked; late is better than never. Inside the caller's scope."""
    contact = ScheduledContact.objects.select_for_update().get(pk=contact_id)
    if can_proceed(contact.hold):
        contact.hold()
        contact.by, contact.ended_at, contact.next_look_at = by, at, None
        contact.save()
        _record("contact.held", contact, at=at, actor=by.pk)


def cancel_all(*, case: Case, at: datetime) -> None:
    """The case is closed: what was planned falls away, and so do the tasks. Inside a scope."""
    waiting = ScheduledContact.objects.filter(case=case, state__in=[_STATE.PLANNED, _STATE.MISSED])
    _drop(case.tasks.all(), waiting, at=at, reason="closed")


def _drop(
    tasks: QuerySet[HumanTask], waiting: QuerySet[ScheduledContact], *, at: datetime, reason: str
) -> None:
    live = (HumanTask.State.OPEN, HumanTask.State.CLAIMED)
    open_ = tasks.filter(name=TASK, state__in=live)
    for task in open_.select_for_update().order_by("pk"):
        task.cancel(at=at, reason=reason)
        task.save(update_fields=["state", "ended_at", "cancel_reason"])
    for contact in waiting.select_for_update().order_by("pk"):
        contact.cancel()
        contact.ended_at, contact.next_look_at = at, None
        contact.save()


def _look(school_id: int, pk: UUID, *, at: datetime | None, via: str) -> bool:
    with tenancy.scope(school_id) as school_now:
        moment = at or school_now
        if quiet_hours.is_quiet(moment):
            return False
        due = ScheduledContact.objects.filter(state=_STATE.PLANNED, next_look_at__lte=moment)
        locked = due.select_for_update(of=("self",), skip_locked=True).select_related(
            "case", "student__school_class"
        )
        contact = locked.filter(pk=pk).first()
        if contact is None:
            return False
        if contact.asked_at is None:
            _ask(contact, at=moment)
        else:
            _miss(contact, at=moment, via=via)
        contact.save()
        return True


def _ask(contact: ScheduledContact, *, at: datetime) -> None:
    key = f"contact_soon:{contact.pk}"
    if contact.case is None:
        record_contacts.tell(contact, Role.HT, template=SOON, key=key, at=at)
    else:
        _open(contact, contact.case, key=key, at=at)
    book = clocks.load(contact.school_id)
    contact.asked_at = at
    contact.next_look_at = book.due(MISSED, anchors={}, at=max(contact.due_at, at))


def _open(contact: ScheduledContact, case: Case, *, key: str, at: datetime) -> None:
    """班主任's task; its form is the one of every follow-up."""
    wanted = Wanted(name=TASK, roles=["HT"], instead=["GL", "ME"])
    assigned = assignment.assign(wanted, case=case, at=at)
    HumanTask.objects.create(
        school_id=contact.school_id,
        case=case,
        name=TASK,
        title="按约定沟通一次",
        form="follow_up_contact",
        roles=[role.value for role in assigned.roles],
        candidates=list(assigned.candidates),
        about=contact.pk,
        created_at=at,
        due_at=contact.due_at,
    )
    people = [(assigned.roles[0].value, person) for person in assigned.candidates]
    plan_people.tell(case, people, template=SOON, key=key, at=at)


def _miss(contact: ScheduledContact, *, at: datetime, via: str) -> None:
    contact.next_look_at = None
    if contact.case is None and record_contacts.was_held(contact):
        contact.hold()
        contact.ended_at = at
        _record("contact.held", contact, at=at, via=via)
        return
    contact.miss()
    key = f"contact_missed:{contact.pk}"
    if contact.case is None:
        record_contacts.tell(contact, Role.GL, template=MISSED, key=key, at=at)
    else:
        plan_people.tell_role(contact.case, "GL", template=MISSED, key=key, at=at)
    _record("contact.missed", contact, at=at, via=via)


def _morning_before(moment: datetime) -> datetime:
    zone = ZoneInfo(settings.TIME_ZONE)
    day = moment.astimezone(zone).date() - timedelta(days=1)
    return datetime.combine(day, _MORNING, zone)


def _record(
    kind: str,
    contact: ScheduledContact,
    *,
    at: datetime,
    actor: UUID | None = None,
    **codes: str,
) -> None:
    if contact.case_id is not None:
        about = ("case", contact.case_id)
    elif contact.record_id is not None:
        about = ("record", contact.record_id)
    else:
        raise ValueError("a contact belongs to a case or to a record")
    events.append(
        school_id=contact.school_id,
        kind=kind,
        actor=actor,
        subject=about,
        refs=[("contact", contact.pk)],
        at=at,
        payload=codes,
    )
