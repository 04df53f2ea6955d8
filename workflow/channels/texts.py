"""Every sentence that leaves the house. None says about whom, and none what happened.

A phone lies on a kitchen table and is read over shoulders: case news is 请登录查看, a crisis
请立即回电. There are no placeholders here, so no caller can put a name in.
"""

import logging
from collections.abc import Mapping
from typing import Final

from workflow.channels.record_texts import RECORD_TEXTS
from workflow.channels.wording import CHINESE, ENGLISH, Text

logger = logging.getLogger(__name__)

#: Templates whose message is a one-time link.
LINK_TEMPLATES: Final = frozenset(
    {"link.sign_in", "link.record", "notice.link", "link.meeting", "link.consent"}
)

#: Templates whose mail carries a calendar entry.
CALENDAR_TEMPLATES: Final = frozenset(
    {"meeting.invitation", "meeting.called_off", "meeting.released"}
)


_NEWS: Final = "case.news"
_ALARM: Final = "crisis.alert"

TEXTS: Final[Mapping[str, Mapping[str, Text]]] = {
    _ALARM: {
        CHINESE: Text("请立即回电", "请立即回电，或立即登录接报。"),
        ENGLISH: Text("Please call back now", "Please call back or sign in right now."),
    },
    "crisis.guardian_call": {
        CHINESE: Text("请立即回电", "请立即回电。"),
        ENGLISH: Text("Please call back now", "Please call the school back right now."),
    },
    "crisis.numbers": {
        CHINESE: Text(
            "请立即登录查看",
            "请立即登录查看。可直接拨打 110、120、12345，任何教职工都可以自己拨打。",
        ),
        ENGLISH: Text(
            "Please sign in now",
            "Please sign in now. Any member of staff may dial 110, 120 or 12345 directly.",
        ),
    },
    _NEWS: {
        CHINESE: Text("请登录查看", "请登录查看。"),
        ENGLISH: Text("Please sign in", "Please sign in to read."),
    },
    "task.new": {
        CHINESE: Text("您有一项待办", "您有一项待办，请登录查看。"),
        ENGLISH: Text("You have a task", "You have a task, please sign in."),
    },
    "task.reminder": {
        CHINESE: Text("您有一项待办尚未办理", "您有一项待办尚未办理，请登录查看。"),
        ENGLISH: Text("A task is waiting for you", "A task is still waiting, please sign in."),
    },
    "report.wording": {
        CHINESE: Text("请补充一份报告的文字", "您提交的一份报告，请登录补充中性的说法。"),
        ENGLISH: Text("Words to add", "Please sign in and add neutral words to a report."),
    },
    "meeting.choose": {
        CHINESE: Text("请选择会谈时间", "学校想和您会谈，请登录选择方便的时间。"),
        ENGLISH: Text("Please choose a time", "The school asks for a talk; please choose a time."),
    },
    "meeting.invitation": {
        CHINESE: Text("会谈邀请", "学校邀请您会谈，请登录查看。"),
        ENGLISH: Text("A talk at school", "A talk at school; please sign in to read."),
    },
    "meeting.called_off": {
        CHINESE: Text("会谈时间有变", "原来约定的时间取消了，请登录查看。"),
        ENGLISH: Text("The talk is called off", "The agreed time is off; please sign in to read."),
    },
    "meeting.released": {
        CHINESE: Text("会谈安排有调整", "会谈安排有调整，原定的时间您不需要参加。"),
        ENGLISH: Text("A talk was rearranged", "You need not come at the time that was agreed."),
    },
    "meeting.barred": {
        CHINESE: Text(
            "会谈名单要调整", "约好的会谈，有一位不能再参加，请登录核对名单，改约时间或另请他人。"
        ),
        ENGLISH: Text(
            "Somebody may not come", "Somebody may not come to a talk any more, please sign in."
        ),
    },
    "meeting.guest_no": {
        CHINESE: Text("有人不能参加会谈", "受邀参加会谈的人里有人不能来，请登录查看。"),
        ENGLISH: Text("A guest cannot come", "Somebody cannot come to a talk, please sign in."),
    },
    "meeting.late": {
        CHINESE: Text("一项会谈工作已超过期限", "一项会谈工作已超过期限，请登录查看。"),
        ENGLISH: Text("Work on a meeting is late", "Work on a meeting is late, please sign in."),
    },
    "link.meeting": {
        CHINESE: Text(
            "请选择会谈时间", "学校想和您会谈，请用这个链接选择方便的时间；链接只能使用一次。"
        ),
        ENGLISH: Text(
            "Please choose a time",
            "The school asks for a talk: choose a time with this link, once.",
        ),
    },
    "order.undecided": {
        CHINESE: Text("有一项告知限制待决定", "有一项告知限制待决定，请登录查看。"),
        ENGLISH: Text("A decision is waiting", "A decision about telling is late, please sign in."),
    },
    "follow_up.danger": {
        CHINESE: Text("请尽快登录查看", "请尽快登录查看。"),
        ENGLISH: Text("Please sign in soon", "Please sign in as soon as you can."),
    },
    "consent.asked": {
        CHINESE: Text(
            "请查看一份说明", "学校有一份说明请您查看，是否同意由您决定；请登录，在首页打开。"
        ),
        ENGLISH: Text(
            "Something to decide", "The school asks whether you agree; sign in, it is yours to say."
        ),
    },
    "link.consent": {
        CHINESE: Text(
            "请查看一份说明",
            "学校有一份说明请您查看，是否同意由您决定；链接 14 天内有效，只能使用一次。",
        ),
        ENGLISH: Text(
            "Something to decide", "The school asks whether you agree; the link works once."
        ),
    },
    "notice.new": {
        CHINESE: Text("学校通知，请查看", "学校有一份通知，请登录查看。"),
        ENGLISH: Text("A notice from school", "There is a notice from school, please sign in."),
    },
    "notice.link": {
        CHINESE: Text("学校通知，请查看", "学校有一份通知，请打开链接查看；链接只能使用一次。"),
        ENGLISH: Text(
            "A notice from school", "There is a notice from school. The link works once."
        ),
    },
    "notice.replied": {
        CHINESE: Text("通知有新的回复", "一份通知有新的回复，请登录查看。"),
        ENGLISH: Text("Answers to a notice", "A notice has new answers, please sign in."),
    },
    "notice.returned": {
        CHINESE: Text("您起草的通知需要修改", "您起草的通知需要修改，请登录查看。"),
        ENGLISH: Text("Your draft came back", "Your draft needs a change, please sign in."),
    },
    "notice.untold": {
        CHINESE: Text("一项告知工作已超过期限", "一项告知工作已超过期限，请登录查看。"),
        ENGLISH: Text("A piece of news is overdue", "A piece of news is overdue, please sign in."),
    },
    "notice.look_now": {
        CHINESE: Text("请立即登录查看", "一条回复需要您现在就看，请立即登录查看。"),
        ENGLISH: Text("Please look now", "A reply needs you to look now, please sign in."),
    },
    "matter.undecided": {
        CHINESE: Text("有一项事项还没有确定渠道", "有一项事项还没有人决定怎么办，请登录查看。"),
        ENGLISH: Text(
            "A matter waits for a decision",
            "Nobody has decided on a matter yet, please sign in.",
        ),
    },
    "matter.urgent": {
        CHINESE: Text("请立即登录查看", "有一项事项需要您立即决定，请登录查看。"),
        ENGLISH: Text("Please sign in now", "A matter needs your decision now, please sign in."),
    },
    "link.sign_in": {
        CHINESE: Text(
            "登录链接", "登录链接，10 分钟内有效，只能使用一次；不是您本人申请的，请忽略。"
        ),
        ENGLISH: Text(
            "Your sign-in link",
            "Sign-in link, valid once and for 10 minutes; if you did not ask for it, ignore it.",
        ),
    },
    **RECORD_TEXTS,
}


def of(template: str, language: str) -> Text:
    """The text of `template`; an unknown one still calls its reader, it is never silent."""
    known = TEXTS.get(template)
    if known is None:
        logger.error("template.unknown code=%s", template)
        known = TEXTS[_ALARM if template.startswith("crisis.") else _NEWS]
    return known[ENGLISH if language.lower().startswith("en") else CHINESE]
