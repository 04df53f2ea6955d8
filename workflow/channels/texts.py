"""Every sentence that leaves the house. None says about whom, and none what happened.

A phone lies on a kitchen table and is read over shoulders: case news is 请登录查看, a crisis
请立即回电. There are no placeholders here, so no caller can put a name in.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

logger = logging.getLogger(__name__)

CHINESE: Final = "zh"
ENGLISH: Final = "en"

#: Templates whose message is a one-time link.
LINK_TEMPLATES: Final = frozenset(
    {"link.sign_in", "link.record", "notice.link", "link.meeting", "link.consent"}
)

#: Templates whose mail carries a calendar entry.
CALENDAR_TEMPLATES: Final = frozenset({"meeting.invitation", "meeting.called_off"})


@dataclass(frozen=True, slots=True)
class Text:
    """A subject for mail, one sentence for every channel, and a link if that is what is sent.

    `sender` is the school: nobody should open a link of whom they do not know.
    """

    subject: str
    line: str
    link: str = ""
    sender: str = ""

    @property
    def short(self) -> str:
        """For a text message. With a link it says who writes, what for, and the link comes last."""
        if not self.link:
            return self.line
        return f"【{self.sender}】{self.subject} {self.link}"


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
    "meeting.guest_no": {
        CHINESE: Text("有人不能参加会谈", "受邀参加会谈的人里有人不能来，请登录查看。"),
        ENGLISH: Text("A guest cannot come", "Somebody cannot come to a talk, please sign in."),
    },
    "meeting.late": {
        CHINESE: Text("一项会谈工作已超过期限", "一项会谈工作已超过期限，请登录查看。"),
        ENGLISH: Text("Work on a meeting is late", "Work on a meeting is late, please sign in."),
    },
    "record.copy": {
        CHINESE: Text("您有一份沟通记录副本", "您有一份沟通记录副本，请登录查看。"),
        ENGLISH: Text("A copy for you", "There is a copy of a record for you, please sign in."),
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
    "plan.due": {
        CHINESE: Text("约定的事情到期了", "您有一项约定的事情到期了，请登录看看。"),
        ENGLISH: Text("Something you agreed on is due", "Something you agreed on is due today."),
    },
    "plan.day": {
        CHINESE: Text("昨天还没有签到", "昨天的约定还没有签到，今天仍可补上，请登录看看。"),
        ENGLISH: Text("One day is still open", "Yesterday is still open; you can add it today."),
    },
    "plan.overdue": {
        CHINESE: Text("有一项约定尚未完成", "有一项约定尚未完成，请登录查看。"),
        ENGLISH: Text("An agreed item is late", "An agreed item is late, please sign in."),
    },
    "plan.moved": {
        CHINESE: Text("有一项约定的期限改了", "有一项约定的期限改了，请登录看看。"),
        ENGLISH: Text("A date you agreed on moved", "A date you agreed on was changed."),
    },
    "plan.blocked": {
        CHINESE: Text("有一项约定遇到困难", "有一项约定遇到困难，请登录查看。"),
        ENGLISH: Text("An agreed item is stuck", "An agreed item is stuck, please sign in."),
    },
    "plan.verify": {
        CHINESE: Text("有一项约定等您核实", "有一项约定等您核实，请登录查看。"),
        ENGLISH: Text("An item waits for your look", "An item waits for you, please sign in."),
    },
    "plan.score": {
        CHINESE: Text("请说说这段时间的变化", "请登录，说说这段时间的变化。"),
        ENGLISH: Text("How did it go?", "Please sign in and say how it went."),
    },
    "plan.contact_soon": {
        CHINESE: Text("明天有一次约定的沟通", "明天有一次约定的沟通，请登录查看。"),
        ENGLISH: Text("A talk is planned", "A talk is planned for tomorrow, please sign in."),
    },
    "plan.contact_missed": {
        CHINESE: Text("约定的沟通还没有进行", "约定的沟通还没有进行，请登录查看。"),
        ENGLISH: Text("A planned talk was not held", "A planned talk is late, please sign in."),
    },
    "order.undecided": {
        CHINESE: Text("有一项告知限制待决定", "有一项告知限制待决定，请登录查看。"),
        ENGLISH: Text("A decision is waiting", "A decision about telling is late, please sign in."),
    },
    "follow_up.danger": {
        CHINESE: Text("请尽快登录查看", "请尽快登录查看。"),
        ENGLISH: Text("Please sign in soon", "Please sign in as soon as you can."),
    },
    "record.offered": {
        CHINESE: Text("有一份记录请您阅读", "有一份家校沟通记录请您阅读和签字，请登录查看。"),
        ENGLISH: Text("A record to read", "A record is ready for you to read and sign."),
    },
    "record.effective": {
        CHINESE: Text("记录已生效", "一份家校沟通记录已生效，请登录查看副本。"),
        ENGLISH: Text("A record took effect", "A record took effect; sign in to read your copy."),
    },
    "record.refused": {
        CHINESE: Text("您写的一份记录有新情况", "您写的一份记录有新情况，请登录查看。"),
        ENGLISH: Text("News about a record", "There is news about a record of yours; sign in."),
    },
    "record.discarded": {
        CHINESE: Text("有一份草稿已放弃", "您写的一份沟通记录草稿已被放弃，请登录查看理由。"),
        ENGLISH: Text(
            "A draft was put aside", "A draft you wrote was put aside; sign in to see why."
        ),
    },
    "record.hold_asked": {
        CHINESE: Text("有一份记录请您决定", "有一份记录请您决定是否暂缓查看，请登录查看。"),
        ENGLISH: Text("A hold to decide", "You are asked to decide on a record; please sign in."),
    },
    "record.hold_decided": {
        CHINESE: Text("您的请求有了决定", "您请求暂缓查看的记录有了决定，请登录查看。"),
        ENGLISH: Text("Your request was decided", "A hold you asked for was decided; sign in."),
    },
    "record.hold_lapsed": {
        CHINESE: Text("您的请求逾期未决定", "您请求暂缓查看，一个工作日内没有决定，视为不暂缓。"),
        ENGLISH: Text("Nobody decided in time", "Nobody decided on the hold; nothing is held."),
    },
    "objection.filed": {
        CHINESE: Text("有一份异议待答复", "您写的一份记录有人提出异议，请登录答复。"),
        ENGLISH: Text("An objection", "Somebody objects to a record you wrote; please answer."),
    },
    "objection.routed": {
        CHINESE: Text("有一份异议请德育处复核", "有一份异议请德育处复核，请登录查看。"),
        ENGLISH: Text("An objection to review", "An objection waits for your office's review."),
    },
    "objection.passed_on": {
        CHINESE: Text("您的异议已转交复核", "没有在期限内得到答复，您的异议已转交复核。"),
        ENGLISH: Text("Your objection went on", "Nobody answered in time; the office has it now."),
    },
    "objection.overdue": {
        CHINESE: Text("有一份异议已转交复核", "有一份异议没有在期限内答复，已转交复核。"),
        ENGLISH: Text("An objection went on", "An objection was not answered in time; it went on."),
    },
    "objection.answered": {
        CHINESE: Text("您的异议有了答复", "您提出的异议有了答复，请登录查看。"),
        ENGLISH: Text("Your objection was answered", "Your objection was answered; sign in."),
    },
    "link.record": {
        CHINESE: Text("请阅读并签字", "请打开链接阅读并签字，14 天内有效，只能使用一次。"),
        ENGLISH: Text("Please read and sign", "Open the link to read and sign, valid 14 days."),
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
}


def of(template: str, language: str) -> Text:
    """The text of `template`; an unknown one still calls its reader, it is never silent."""
    known = TEXTS.get(template)
    if known is None:
        logger.error("template.unknown code=%s", template)
        known = TEXTS[_ALARM if template.startswith("crisis.") else _NEWS]
    return known[ENGLISH if language.lower().startswith("en") else CHINESE]
