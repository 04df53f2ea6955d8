"""The title and the body of a notice are one text to whoever reads them, and to the gate.

    赵敏同学 | 助学金已发放                     stopped: the affair stands beside the name
    关于赵敏的通知 | 各位家长：助学金已发放      the same, whatever politeness stands between

Each field is looked at by itself, then what is said across the two; a finding across them is shown
in both, each part in its own field.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from records import notice_gate
from records.notice_facts import Finding
from records.notice_gate import Roster

TITLE: Final = "title"
BODY: Final = "body"
#: What a title ends with and a body begins with, and says nothing.
_TAIL: Final = re.compile(
    r"(?:的|之|相关|有关|家长|情况|事[宜项])*(?:通知|说明|公告|通报|提醒|告知书?|事宜|情况)?[\s。.!！:：]*$"
)
_GREETING: Final = re.compile(
    r"\s*(?:(?:尊敬|亲爱)的)?(?:各位|全体)?(?:同学|学生)?(?:家长|监护人|同学|老师)?(?:朋友)?们?"
    r"[\s:：,，!！、]*(?:(?:您|你们?|大家)好)?[\s:：,，。!！]*(?:现?(?:将|就)?[^\n，,。]{0,12}通知如下[:：])?\s*"
)
#: As a reader joins them; the gate reads over it to what is said of a name.
_JOINT: Final = "："
_NEAR: Final = 60


@dataclass(frozen=True, slots=True)
class Found:
    """A finding of the gate and the field that it stands in."""

    field: str
    finding: Finding


def findings(title: str, body: str, *, known: Roster) -> list[Found]:
    """What the gate says to both, in order: of the title first, without overlaps in a field."""
    alone = {
        TITLE: notice_gate.check(title, known=known),
        BODY: notice_gate.check(body, known=known),
    }
    found = [Found(field, one) for field in (TITLE, BODY) for one in alone[field]]
    for one in _across(title, body, known):
        if not any(_overlap(one.finding, other) for other in alone[one.field]):
            found.append(one)
    return sorted(found, key=lambda one: (one.field != TITLE, one.finding.start))


def _across(title: str, body: str, known: Roster) -> Iterator[Found]:
    """What begins in the title, and is seen only beside the beginning of the body."""
    if not title or not body:
        return
    tail, greeting = _TAIL.search(title), _GREETING.match(body)
    head = title[: tail.start()] if tail else title
    skipped = greeting.end() if greeting else 0
    joined = f"{head}{_JOINT}{body[skipped : skipped + _NEAR]}"
    shift = skipped - len(head) - len(_JOINT)
    for one in notice_gate.check(joined, known=known):
        if one.start < len(head):
            yield Found(TITLE, _part(one, title, one.start, min(one.end, len(head))))
            if one.end + shift > skipped:
                yield Found(BODY, _part(one, body, skipped, one.end + shift))


def _part(one: Finding, text: str, start: int, end: int) -> Finding:
    return replace(one, words=text[start:end], start=start, end=end)


def _overlap(one: Finding, other: Finding) -> bool:
    return one.start < other.end and other.start < one.end
