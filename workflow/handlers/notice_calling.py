"""What must be true before a call task of bpmn/notice.bpmn is done: every family was tried, and it
is written down, or the answer says why not. There is always a way to complete it.
"""

from collections.abc import Mapping
from typing import Any, Final

from parties import legible
from parties.access import Viewer
from records import notice_tried
from records.models import Notice
from workflow import notice_calls
from workflow.completions import Completion, on_complete
from workflow.errors import InvalidInput

_EVERYBODY: Final = "all"


@on_complete(notice_calls.CALL_TASK, notice_calls.SECOND_TASK)
def called(completion: Completion) -> None:
    """Raises InvalidInput: a family has no try since it was asked for, and no reason is given."""
    task = completion.task
    notice = Notice.objects.filter(case_id=task.case_id).first()
    if notice is None or task.about is None:
        return
    missing = notice_tried.untried(
        notice,
        classes=[task.about],
        since=task.created_at,
        viewer=Viewer.load(completion.by, at=completion.at),
        earlier=notice_calls.earlier(task),
    )
    if missing:
        _refuse_unexplained(completion.answer, families=len(missing))


def _refuse_unexplained(answer: Mapping[str, Any], *, families: int) -> None:
    some = f"还有 {families} 户没有联系记录（时间、地点、记录）"
    if answer["done"] == _EVERYBODY:
        raise InvalidInput(
            f"{some}。",
            field="done",
            mend="请在待联系名单里逐户补记；确实联系不上的，"
            "请选“还有联系不上的”，并在说明里写明原因。",
        )
    if not legible.said(str(answer.get("note", ""))):
        raise InvalidInput(
            f"{some}，也没有说明原因。",
            field="note",
            mend="请在待联系名单里逐户补记，或在说明里写明为什么没有联系上。",
        )
