"""What somebody needs to do one task: its form, whom it is about, and how to reach them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import Model

from ledger import events
from parties import crypto, relations
from parties.access import Act, Viewer
from parties.models import GuardianLink, Person, Placement, Student
from parties.roles import Role
from records.models import ActionItem, CommunicationRecord, NoticeReceipt
from workflow import case_orders, exclusions, shipped, upgrade_requests
from workflow.models import Case, HumanTask

M = TypeVar("M", bound=Model)

_ACTS: Final = (Act.CLAIM, Act.COMPLETE, Act.DELEGATE, Act.RETURN, Act.REMIND)
#: Who usually comes along to a meeting or a visit.
_COMPANIONS: Final = (Role.HT, Role.ST, Role.GL, Role.PSY, Role.ME)
LIVE: Final = (HumanTask.State.OPEN, HumanTask.State.CLAIMED)
#: Nothing climbs behind a second 接报, and every open task would go: 再次出现危险 starts anew.
NO_WAY_BACK: Final = frozenset({"acknowledge"})


@dataclass(frozen=True, slots=True)
class TaskFile:
    """One task with the eyes of one reader."""

    task: HumanTask
    fields: frozenset[str]
    may: frozenset[Act]
    schema: Mapping[str, Any]
    case_visible: bool
    student: Student | None
    about: Person | None
    guardians: Sequence[GuardianLink] = ()
    colleagues: Sequence[Person] = ()
    #: Who works with this student, where the form asks for colleagues.
    staff: Sequence[Person] = ()
    #: Whom the company names for this student, where the form asks for them as well.
    mentors: Sequence[Person] = ()
    earlier: Sequence[HumanTask] = ()
    #: The answer of a family that a question about danger is about, for who may read it.
    receipt: NoticeReceipt | None = None
    #: The record beside which the words stand that a question about danger is about, likewise.
    record: CommunicationRecord | None = None
    #: The item of a plan that a talk is about, likewise.
    item: ActionItem | None = None


def read(*, viewer: Viewer, task_id: UUID) -> TaskFile:
    """Open a task. Inside a scope. Raises NotFound.

    Whoever has to do it sees whom to reach and by which number, and that is an event.
    """
    task = viewer.get(HumanTask, task_id)
    mine = task.state in LIVE and viewer.may(Act.COMPLETE, task)
    about = Person.objects.filter(pk=task.about).first() if mine and task.about else None
    if about is not None:
        _record_disclosure(viewer, task, about)
    may = frozenset(act for act in _ACTS if task.state in LIVE and viewer.may(act, task))
    case_visible = viewer.find(Case, task.case_id) is not None
    return TaskFile(
        task=task,
        fields=viewer.fields(task),
        may=may,
        schema=shipped.form_of(task).schema,
        case_visible=case_visible,
        student=_student(viewer, task),
        about=about,
        guardians=_guardians(task) if mine and case_visible and viewer.is_staff else (),
        colleagues=_colleagues(viewer, task) if mine else (),
        staff=_staff(viewer, task) if mine else (),
        mentors=_mentors(task) if mine else (),
        earlier=_earlier(task) if Act.RETURN in may else (),
        receipt=_asked_about(NoticeReceipt, viewer, task),
        record=_asked_about(CommunicationRecord, viewer, task),
        item=viewer.find(ActionItem, task.item_id) if task.item_id else None,
    )


def visible(viewer: Viewer, tasks: Sequence[HumanTask]) -> tuple[set[UUID], set[UUID]]:
    """Ids of those cases and students of `tasks` that the viewer may know of; two queries."""
    cases = viewer.rows(Case).filter(pk__in={task.case_id for task in tasks})
    wanted = {task.case.student_id for task in tasks if task.case.student_id is not None}
    students = viewer.rows(Student).filter(pk__in=wanted)
    return set(cases.values_list("pk", flat=True)), set(students.values_list("pk", flat=True))


def _student(viewer: Viewer, task: HumanTask) -> Student | None:
    if task.case.student_id is None:
        return None
    return viewer.find(Student, task.case.student_id)


def _asked_about(model: type[M], viewer: Viewer, task: HumanTask) -> M | None:
    """Where the words stand, if it is such a row and this reader may open it."""
    if task.name != upgrade_requests.TASK or task.about is None:
        return None
    return viewer.find(model, task.about)


def _guardians(task: HumanTask) -> list[GuardianLink]:
    """Whom a triage can name: everybody who stands for the student at home; whom a review of
    orders is about: those who may not be told.
    """
    links = GuardianLink.objects.filter(student=task.case.student_id)
    if task.name == case_orders.REVIEW:
        links = links.filter(guardian__in=case_orders.of(task.case).values("person"))
    return list(links.select_related("guardian").order_by("contact_priority", "pk"))


def _colleagues(viewer: Viewer, task: HumanTask) -> list[Person]:
    """Who else may do it: to whom it can be handed on."""
    others = [pk for pk in task.candidates if pk != viewer.person.pk]
    return list(Person.objects.filter(pk__in=others).order_by("name", "pk"))


def _staff(viewer: Viewer, task: HumanTask) -> list[Person]:
    """Whoever may come along: posts towards this student, nobody whom the case shuts out."""
    rules = shipped.form_of(task).schema.get("properties", {}).values()
    if task.case.student is None or not any(rule.get("x-people") == "staff" for rule in rules):
        return []
    shut_out = exclusions.excluded_people(task.case) | {viewer.person.pk}
    found: dict[UUID, Person] = {}
    for role in _COMPANIONS:
        posts = relations.holders(role=role, at=viewer.at, student=task.case.student)
        for person in relations.able(posts, at=viewer.at, excluded=shut_out):
            found.setdefault(person.pk, person)
    return list(found.values())


def _mentors(task: HumanTask) -> list[Person]:
    """Of the running internship, nobody whom the case shuts out."""
    rules = shipped.form_of(task).schema.get("properties", {}).values()
    if task.case.student is None or not any(rule.get("x-mentors") for rule in rules):
        return []
    running = task.case.student.placements.filter(state=Placement.State.ACTIVE)
    found = Person.objects.filter(pk__in=running.values("mentor"))
    return list(found.exclude(pk__in=exclusions.excluded_people(task.case)).order_by("name", "pk"))


def _earlier(task: HumanTask) -> list[HumanTask]:
    """Steps done before on this run, to which it can be sent back."""
    if task.instance_id is None:
        return []
    done = HumanTask.objects.filter(instance=task.instance_id, state=HumanTask.State.COMPLETED)
    done = done.exclude(name__in=NO_WAY_BACK)
    latest = {found.name: found for found in done.order_by("ended_at", "pk")}
    latest.pop(task.name, None)
    return list(latest.values())


def _record_disclosure(viewer: Viewer, task: HumanTask, about: Person) -> None:
    crypto.warm([about])  # a page shows the number when the scope is over
    events.append(
        school_id=task.school_id,
        kind="contact.read",
        actor=viewer.person.pk,
        subject=("access", task.case_id),
        refs=[("task", task.pk), ("person", about.pk)],
        at=viewer.at,
    )
