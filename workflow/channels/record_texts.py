"""Sentences about records, objections and plans; as all of them, without names (texts)."""

from collections.abc import Mapping
from typing import Final

from workflow.channels.wording import CHINESE, ENGLISH, Text

RECORD_TEXTS: Final[Mapping[str, Mapping[str, Text]]] = {
    "record.copy": {
        CHINESE: Text("您有一份沟通记录副本", "您有一份沟通记录副本，请登录查看。"),
        ENGLISH: Text("A copy for you", "There is a copy of a record for you, please sign in."),
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
    "plan.handed_over": {
        CHINESE: Text("有一项约定请您负责", "有一项约定现在请您负责，请登录看看。"),
        ENGLISH: Text("An item is yours now", "An agreed item is now yours, please sign in."),
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
    "plan.scored_late": {
        CHINESE: Text("有一份评价晚到了", "家里补上了对这段时间的评价，请登录查看。"),
        ENGLISH: Text("A late word on a plan", "The family has now said how it went; sign in."),
    },
    "plan.contact_soon": {
        CHINESE: Text("明天有一次约定的沟通", "明天有一次约定的沟通，请登录查看。"),
        ENGLISH: Text("A talk is planned", "A talk is planned for tomorrow, please sign in."),
    },
    "plan.contact_missed": {
        CHINESE: Text("约定的沟通还没有进行", "约定的沟通还没有进行，请登录查看。"),
        ENGLISH: Text("A planned talk was not held", "A planned talk is late, please sign in."),
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
}
