"""Whether a version may still be signed, by its state; if not, why not, and what to do instead."""

from collections.abc import Mapping
from typing import Final

from parties.errors import WrongState
from records.models import CommunicationRecord

State = CommunicationRecord.State

_AT_THE_DESK: Final = "这份记录还没有交双方签字，或已收回修改。检查用语、交双方签字以后再签。"
_WHY: Final[Mapping[str, str]] = {
    State.DRAFT: _AT_THE_DESK,
    State.CHECKED: _AT_THE_DESK,
    State.UNDER_OBJECTION: "这份记录有异议，正在处理，现在不能签字。"
    "请等异议了结；有新版本交签的，请签新版本。",
    State.SUPERSEDED: "这一版已被新版本代替，不再签字。请打开最新版本签字。",
    State.ARCHIVED: "这份记录已归档，不再签字。家长、学生有不同意见的，可以提出异议。",
    State.SEALED: "这份记录已封存，不再签字。有疑问的，请与德育处联系。",
    State.DISCARDED: "这份草稿已放弃，不再签字。有其他版本的，请打开最新版本。",
}


def refuse(record: CommunicationRecord) -> None:
    """Raises WrongState unless it waits for words, or may still get late ones."""
    if record.state in _WHY:
        raise WrongState(_WHY[record.state], state=str(record.state))
