"""What the two parents see: the one who is named, nothing at all; the other, her own part."""

from typing import Final
from uuid import uuid4

from config.demo.stage import Stage
from config.demo.visitor import Visitor

_PAGES: Final = ("cases", "tasks", "inbox", "alerts")
_CASE_PAGES: Final = ("cases/{}", "cases/{}/timeline")


def father_sees_nothing(stage: Stage, father: Visitor, other: Visitor) -> None:
    """His answers are, byte for byte, those of a father of another family."""
    for page in _PAGES:
        his, theirs = father.ask(page), other.ask(page)
        same = his.status_code == theirs.status_code and his.content == theirs.content
        stage.promises.check("father.sees_nothing", same and b"[]" in his.content, page)
    for page in _CASE_PAGES:
        real, invented = father.ask(page.format(stage.case_id)), father.ask(page.format(uuid4()))
        same = real.status_code == invented.status_code == 404  # noqa: PLR2004
        stage.promises.check("father.same_404", same and real.content == invented.content, page)
    real, invented = (
        father.try_post(f"cases/{case}/acknowledge") for case in (stage.case_id, uuid4())
    )
    same = real.status_code == invented.status_code == 404  # noqa: PLR2004
    stage.promises.check("father.same_404", same and real.content == invented.content, "POST")
    stage.say("父亲的账号：案件 0，待办 0，消息 0；本案对他不存在（与另一家长的答复逐字节相同）")


def mother_is_told(stage: Stage) -> None:
    """A text that asks her to ring back, and says no more."""
    phone = stage.cast["mother"].phone

    def texts() -> list[str]:
        return [one.text for one in stage.outside.postbox.to(phone)]

    stage.wait("text.mother", texts)
    stage.promises.check("mother.called", "请立即回电。" in texts(), "text")


def mother_sees_her_part(stage: Stage, mother: Visitor) -> None:
    """She was told by a person; the page then shows the case without the words of the report."""
    case = mother.get(f"cases/{stage.case_id}")
    shown = {"id", "channel", "student", "state", "opened_at", "closed_at", "may"}
    kept = set(case) <= shown and case["may"] == []
    stage.promises.check("mother.sees_her_part", kept, ",".join(sorted(set(case) - shown)))
