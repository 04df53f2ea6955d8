"""What I have to do: list, open, and the five verbs 认领 办理 转办 退回 催办."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from api import pagination, shapes
from api.problems import Problem, Refused, broken, invalid
from api.row_acts import RowAct, acting
from api.schema import PAGING, describe, page_of
from api.task_shapes import (
    CompleteInput,
    DelegateInput,
    ReturnInput,
    TaskDetailSerializer,
    TaskSerializer,
)
from api.views import ApiView, read_body, viewing
from parties.access import Act, Viewer
from parties.cursors import Cursors
from workflow import answers, human_tasks, meeting_minutes, task_files
from workflow.models import HumanTask
from workflow.task_files import TaskFile

_STATES: Final = frozenset(HumanTask.State.values)
_VALUES: Final = ("name", "title", "state", "created_at", "due_at", "reminders", "ended_at")


def _in_state(viewer: Viewer, state: str) -> QuerySet[HumanTask]:
    """All of them where no state is named."""
    rows = viewer.rows(HumanTask).select_related("case__student__school_class")
    return rows.filter(state=state) if state else rows


class TasksView(ApiView):
    queries = pagination.QUERIES | {"state"}

    @describe(
        "我的待办",
        answers={200: page_of("TaskPage", TaskSerializer(many=True))},
        codes=["cursor.invalid"],
        parameters=[
            OpenApiParameter("state", str, enum=sorted(_STATES), description="只看某一状态"),
            *PAGING,
        ],
        tags=["tasks"],
    )
    def get(self, request: Request) -> Response:
        state = request.query_params.get("state", "")
        if state and state not in _STATES:
            raise invalid(broken("state", "invalid_choice"))
        with viewing(request) as viewer:
            found, following = pagination.kept_page(
                _in_state,
                viewer,
                state,
                by=("-created_at", "pk"),
                cursors=Cursors.of(viewer, "tasks", [state]),
                request=request,
            )
            cases, students = task_files.visible(viewer, found)

            def show(task: HumanTask) -> dict[str, Any]:
                student = task.case.student
                seen = student is not None and student.pk in students
                return _row(task, case=task.case_id in cases, student=student if seen else None)

            return Response(pagination.answer(found, following, show))


class TaskView(ApiView):
    @describe(
        "一项待办及其表单",
        answers={200: TaskDetailSerializer},
        codes=["access.not_found"],
        tags=["tasks"],
    )
    def get(self, request: Request, task_id: UUID) -> Response:
        with viewing(request) as viewer:
            body = _detail(task_files.read(viewer=viewer, task_id=task_id))
            mark = _mark(viewer, task_id)
            return Response({**body, "as_read": mark} if mark else body)


class TaskAct(RowAct):
    row, id_name = HumanTask, "task_id"

    def after(self, request: Request, pk: UUID) -> Response:
        """Whoever gave it away may not see it any more and gets its outline."""
        with viewing(request) as viewer:
            return Response(_seen_row(viewer, viewer.get(HumanTask, pk)))


_CODES: Final = (
    "access.not_found",
    "access.not_allowed",
    "task.conflict_of_interest",
    "task.same_person",
    "state.wrong",
)


_verb = partial(acting, answer=TaskSerializer, tag="tasks", always=_CODES)


class ClaimView(TaskAct):
    @_verb("认领")
    def post(self, request: Request, task_id: UUID) -> Response:
        return self.act(request, task_id, human_tasks.claim)


class CompleteView(TaskAct):
    body_type = CompleteInput

    @_verb(
        "办理",
        CompleteInput,
        codes=("state.lost_race", "request.precondition_required"),
        examples=[
            OpenApiExample(
                "联系记录",
                value={"answer": {"outcome": "reached", "channel": "phone"}},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request, task_id: UUID) -> Response:
        if not read_body(request, CompleteInput).get("as_read"):
            with viewing(request) as viewer:
                if _mark(viewer, task_id):  # nothing says which words were read back
                    raise Refused(Problem("request.precondition_required"))
        return self.act(request, task_id, answers.give)


class DelegateView(TaskAct):
    body_type = DelegateInput

    @_verb("转办", DelegateInput)
    def post(self, request: Request, task_id: UUID) -> Response:
        return self.act(request, task_id, human_tasks.delegate)


class ReturnView(TaskAct):
    body_type = ReturnInput

    @_verb("退回", ReturnInput)
    def post(self, request: Request, task_id: UUID) -> Response:
        return self.act(request, task_id, human_tasks.return_)


class RemindView(TaskAct):
    @_verb("催办")
    def post(self, request: Request, task_id: UUID) -> Response:
        return self.act(request, task_id, human_tasks.remind)


def _mark(viewer: Viewer, task_id: UUID) -> str:
    """What whoever may still do this task has to have read; empty for most tasks."""
    task = viewer.get(HumanTask, task_id)
    mine = task.state in task_files.LIVE and viewer.may(Act.COMPLETE, task)
    return meeting_minutes.mark(viewer, task) if mine else ""


def _seen_row(viewer: Viewer, task: HumanTask) -> dict[str, Any]:
    cases, students = task_files.visible(viewer, [task])
    student = task.case.student
    seen = student is not None and student.pk in students
    return _row(task, case=task.case_id in cases, student=student if seen else None)


def _row(task: HumanTask, *, case: bool, student: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"id": str(task.pk)}
    for name in _VALUES:
        body[name] = shapes.plain(getattr(task, name))
    body["roles"] = list(task.roles)
    body["assignee"] = shapes.person(task.assignee)
    if case:
        body["case"] = str(task.case_id)
    if student is not None:
        body["student"] = shapes.student(student)
    return body


def _detail(file: TaskFile) -> dict[str, Any]:
    task = file.task
    body = _row(task, case=file.case_visible, student=file.student)
    body["may"] = sorted(act.value for act in file.may)
    body["form"] = shapes.public_form(file.schema)
    if file.about is not None:
        about = file.about
        body["about"] = {"id": str(about.pk), "name": about.name, "phone": about.phone}
    for name, row in (("receipt", file.receipt), ("record", file.record), ("item", file.item)):
        if row is not None:
            body[name] = str(row.pk)
    if "answer" in file.fields:
        body["answer"] = task.answer
        body["completed_by"] = shapes.person(task.completed_by)
    return body
