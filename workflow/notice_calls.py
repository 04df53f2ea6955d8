"""When messages did not help: people call, and at last a meeting is offered."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from ledger import events
from parties import relations
from parties.models import Membership, Person, SchoolClass, Student
from parties.relations import Post, in_force
from parties.roles import Role
from records import notice_owing, notices
from records.models import Notice, NoticeReceipt
from workflow import clocks, notifications, openings, shipped
from workflow.models import Case, HumanTask, Incident
from workflow.notifications import Message

CALL_TASK: Final = "notice_call"
SECOND_TASK: Final = "notice_call_second"
CALL: Final = 3
SECOND: Final = 4
MEETING: Final = 5
#: Meetings opened in one step: each is a matter of its own.
MEETINGS: Final = 20
_TITLES: Final = {
    CALL: (CALL_TASK, "电话联系未答复的家庭"),
    SECOND: (SECOND_TASK, "联系未答复家庭的第二监护人"),
}
_LIVE: Final = (HumanTask.State.OPEN, HumanTask.State.CLAIMED)


def ask_to_call(case: Case, notice: Notice, *, rung: int, at: datetime) -> int:
    """One task per class with families that still owe something; answers how many. Who was told on
    this very rung is called with the next one.
    """
    told = notice_owing.receipts(notice).filter(rung__lt=rung)
    made = _ask(case, notice, notice_owing.class_ids(told), rung=rung, at=at)
    told.update(rung=rung, asked_task=_in_class_of(made))
    return len(made)


def ask_again(case: Case, notice: Notice, *, at: datetime) -> int:
    """Children who changed class since their family was to be called: whoever calls it now is
    asked, unless a call of that class is open already; answers how many are asked.
    """
    moved = notice_owing.moved(notice, asked=_asked(case), rungs=(CALL, SECOND))
    known = {task.about: task for task in _asked(case).filter(state__in=_LIVE).order_by("pk")}
    new = [pk for pk in notice_owing.class_ids(moved) if pk not in known]
    rung = SECOND if moved.filter(rung=SECOND).exists() else CALL
    made = _ask(case, notice, new, rung=rung, at=at)
    asked = [*known.values(), *made]  # where nobody can call, the next look asks again
    theirs = moved.filter(student__school_class__in=[task.about for task in asked])
    theirs.update(asked_task=_in_class_of(asked))
    settle_calls(notice, at=at)
    return len(made)


def earlier(task: HumanTask) -> QuerySet[HumanTask]:
    """Calls of this notice that were asked for before this one."""
    return _asked(task.case).filter(created_at__lt=task.created_at)


def _asked(case: Case) -> QuerySet[HumanTask]:
    return HumanTask.objects.filter(case=case, name__in=[CALL_TASK, SECOND_TASK])


def _in_class_of(tasks: Collection[HumanTask]) -> Subquery:
    """Of these calls the one about the class of a receipt's child."""
    own = Student.objects.filter(pk=OuterRef(OuterRef("student_id"))).values("school_class")
    found = HumanTask.objects.filter(pk__in=[task.pk for task in tasks], about__in=own)
    return Subquery(found.order_by("-created_at", "pk").values("pk")[:1])


def _ask(
    case: Case, notice: Notice, wanted: Sequence[UUID], *, rung: int, at: datetime
) -> list[HumanTask]:
    callers = _callers(wanted, at=at)
    openings.join(case, {pk for _, people in callers.values() for pk in people}, at=at)
    due = clocks.load(case.school_id).due("notice.calls", anchors={}, at=at)
    made = [
        _task(case, pk, callers[pk], rung=rung, at=at, due=due) for pk in wanted if callers[pk][1]
    ]
    HumanTask.objects.bulk_create(made)
    notifications.enqueue_many(
        school_id=case.school_id, rows=[row for task in made for row in _messages(task)], at=at
    )
    for task in made:
        refs: list[events.Subject] = [("task", task.pk)]
        notices.record("task.opened", notice, by=None, at=at, refs=refs, task=task.name)
    if len(made) < len(wanted):
        _nobody(case, at=at)
    if made:
        notices.record("calls.asked", notice, by=None, at=at, count=len(made), rung=rung)
    return made


def settle_calls(notice: Notice, *, at: datetime, everything: bool = False) -> None:
    """Take back the calls of classes in which nobody owes anything any more."""
    calls = HumanTask.objects.select_for_update(of=("self",)).filter(
        case=notice.case_id, name__in=[CALL_TASK, SECOND_TASK], state__in=_LIVE
    )
    for task in calls.order_by("pk"):
        if (
            everything
            or task.about is None
            or not notice_owing.is_anybody(notice, classes=[task.about])
        ):
            task.cancel(at=at, reason="notice_answered")
            task.save(update_fields=["state", "ended_at", "cancel_reason"])


def open_meetings(notice: Notice, *, by: Person | None, at: datetime) -> bool:
    """A meeting for each child whose family owes an answer and had it long enough: five working
    days from its own first receipt, whenever the others were told. True: there are more.
    """
    book = clocks.load(notice.school_id)
    silent = _silent(notice)
    moments = silent.order_by().values_list("created_at", flat=True).distinct()
    due = [told for told in moments if book.due("notice.meeting", anchors={}, at=told) <= at]
    owed = silent.filter(created_at__in=due)
    children = owed.order_by("student_id").values_list("student_id", flat=True)
    pks = list(children.distinct()[:MEETINGS])
    for student in Student.objects.filter(pk__in=pks).order_by("pk"):
        case = open_meeting(notice, student, by=by, at=at)
        notices.record(
            "notice.meeting_begun",
            notice,
            by=None,
            at=at,
            refs=[("student", student.pk), ("case", case.pk)],
        )
    NoticeReceipt.objects.filter(notice=notice, student__in=pks).update(rung=MEETING)
    return len(pks) == MEETINGS


def is_meeting_ahead(notice: Notice) -> bool:
    """Whether a family that was told late still has time to answer before it is asked to one."""
    return _silent(notice).exists()


def _silent(notice: Notice) -> QuerySet[NoticeReceipt]:
    """Receipts of children without a word from the family and without a meeting yet. Whoever has
    said something owes at most a signature; who may be told only since it ended owes nothing.
    """
    known = NoticeReceipt.objects.filter(notice=notice, student=OuterRef("student"))
    heard = known.filter(Q(replied_at__isnull=False) | Q(rung__gte=MEETING))
    found = notice_owing.receipts(notice).filter(~Exists(heard))
    return found if notice.ended_at is None else found.filter(created_at__lte=notice.ended_at)


def open_meeting(notice: Notice, student: Student, *, by: Person | None, at: datetime) -> Case:
    """The one place where a notice becomes a meeting. The routine sweep starts its process."""
    return openings.open_(
        school_id=notice.school_id,
        channel=Case.Channel.MEETING,
        process=shipped.first_of("meeting", "intake"),
        by=by,
        at=at,
        student=student,
        kind="notice_no_answer",
    )


def _callers(classes: Collection[UUID], *, at: datetime) -> dict[UUID, tuple[Role, Sequence[UUID]]]:
    """Per class: its homeroom teacher; if nobody can, the grade leader, then 德育处."""
    rows = in_force(
        Membership.objects.filter(role__in=[Role.HT, Role.GL, Role.ME]), at
    ).select_related("person", "substitute")
    posts = list(rows.order_by("starts_at", "pk"))
    found: dict[UUID, tuple[Role, Sequence[UUID]]] = {}
    for one in SchoolClass.objects.filter(pk__in=list(classes)):
        for role in (Role.HT, Role.GL, Role.ME):
            mine = [post for post in posts if post.role == role and _covers(post, one)]
            holders = [Post(post.person, role, post.substitute) for post in mine]
            able = relations.able(holders, at=at, excluded=frozenset())
            found[one.pk] = (role, [person.pk for person in able])
            if able:
                break
    return found


def _covers(post: Membership, school_class: SchoolClass) -> bool:
    if post.role == Role.HT:
        return post.school_class_id == school_class.pk
    return post.role == Role.ME or post.grade in ("", school_class.grade)


def _task(
    case: Case,
    school_class: UUID,
    callers: tuple[Role, Sequence[UUID]],
    *,
    rung: int,
    at: datetime,
    due: datetime,
) -> HumanTask:
    """`about` is the class: its list of families is read where the notice is."""
    name, title = _TITLES[rung]
    role, people = callers
    return HumanTask(
        school_id=case.school_id,
        case=case,
        name=name,
        title=title,
        form="notice_call",
        roles=[role.value],
        candidates=list(people),
        about=school_class,
        clock="notice.calls",
        created_at=at,
        due_at=due,
    )


def _messages(task: HumanTask) -> list[Message]:
    return [
        Message(
            case_id=task.case_id,
            to_id=person,
            to_role=task.roles[0],
            channel="in_app",
            template="task.new",
            key=f"task.new:{task.pk}:{person}",
            lane="routine",
        )
        for person in task.candidates
    ]


def _nobody(case: Case, *, at: datetime) -> None:
    """A class without anybody who could call is a matter for the leaders."""
    Incident.objects.get_or_create(
        school_id=case.school_id,
        case=case,
        instance=None,
        code="task.nobody",
        element=CALL_TASK,
        state=Incident.State.OPEN,
        defaults={"opened_at": at},
    )
