"""What a record of each trigger has to say before it can be checked (书面记录的标准化模板).

A template asks for sections, never for a verdict: facts with a source, both sides' words, and what
was agreed. It is data, so that a school can see all of it on one page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from records.models import CommunicationRecord, Statement

Trigger = CommunicationRecord.Trigger
Section = Statement.Section


@dataclass(frozen=True, slots=True)
class Template:
    """`needed` sections stop the check while they are empty; `offered` are shown as well."""

    trigger: str
    needed: Sequence[str]
    offered: Sequence[str]
    hint: str


_ALWAYS: Final = (Section.FACT,)
_TALK: Final = (Section.FACT, Section.GUARDIAN_OPINION, Section.ADVICE)
_PLAN: Final = (*_TALK, Section.CONSENSUS)
_MORE: Final = (
    Section.CAUSE,
    Section.HOME,
    Section.SCHOOL,
    Section.STUDENT_OPINION,
    Section.DISAGREEMENT,
    Section.EMOTION,
)

_NEEDED: Final[Mapping[str, tuple[Sequence[str], str]]] = {
    Trigger.STUDY: (_PLAN, "写明课程、日期、成绩与合格线；先说已有的进步。"),
    Trigger.CONDUCT: (_PLAN, "按日期逐条写看到的行为；原因分来源写。"),
    Trigger.CAREER: (_TALK, "写学生自己的想法，再写家长和老师的建议。"),
    Trigger.ATTENDANCE: (_PLAN, "写明缺勤的日期、节次和已联系的次数。"),
    Trigger.MIND: (_TALK, "只写看到和听到的；不写诊断，诊断须有医疗机构证明。"),
    Trigger.HEALTH: (_TALK, "只写需要的支持；病史写入受限栏。"),
    Trigger.AID: (_TALK, "只写需要的支持；经济信息会自动归入受限栏。"),
    Trigger.PEERS: (_PLAN, "各方说法分来源写；其他学生的姓名会被隐去。"),
    Trigger.ADAPTATION: (_PLAN, "写明岗位、日期、学生和企业各自的说法。"),
    Trigger.SAFETY: (_PLAN, "写明时间、地点、经过和已采取的措施。"),
    Trigger.PRAISE: (_ALWAYS, "写一件具体的事。"),
    Trigger.VISIT: (_TALK, "先记家长来访的诉求，再写答复。"),
    Trigger.OTHER: (_ALWAYS, "写清时间、地点、人物和事情。"),
}
_AT_WORK: Final = (Trigger.ADAPTATION, Trigger.SAFETY)


def of(trigger: str) -> Template:
    """The template of one trigger code."""
    needed, hint = _NEEDED[trigger]
    offered = [section for section in (*_PLAN, *_MORE) if section not in needed]
    if trigger in _AT_WORK:
        offered.append(Section.INTERNSHIP)
    return Template(trigger, needed, offered, hint)


def missing(trigger: str, sections: Sequence[str]) -> list[str]:
    """Needed sections of which nothing was written yet, in the template's order."""
    return [section for section in of(trigger).needed if section not in sections]
