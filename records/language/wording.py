"""What a person reads beside their own words. It explains, offers, and never scolds."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from records.language.values import Author


class Reason(StrEnum):
    """Why something was found; decides what is said about it."""

    FORBIDDEN = "forbidden"
    DISCOURAGED = "discouraged"
    DIAGNOSIS = "diagnosis"
    ABSOLUTE = "absolute"
    SPECULATION = "speculation"
    TRAIT = "trait"
    HARMLESS = "harmless"
    QUOTED = "quoted"
    THIRD_PARTY = "third_party"
    NAME_OR_WORD = "name_or_word"


_STAFF: Final[Mapping[Reason, str]] = {
    Reason.FORBIDDEN: "这里写的是评价。换成时间、地点、行为和次数，家长和学生都能核对。",
    Reason.DISCOURAGED: "这样写容易被读成评价；写上时间、行为或次数会更清楚。确认合适也可以保留。",
    Reason.DIAGNOSIS: "是否有医疗机构诊断？没有时请写看到的变化；有的话，请写在健康信息栏。",
    Reason.ABSOLUTE: "能否写明起止日期和次数？数字比印象更有说服力。",
    Reason.SPECULATION: "能否写明依据、来源和日期？尚未核实的，请注明待核实。",
    Reason.TRAIT: "能否补上一件具体的事：时间、地点、行为、次数？",
    Reason.HARMLESS: "这里是否认或提到这个词，可以保留；换一种说法会更稳妥。",
    Reason.QUOTED: "作为当事人的原话保留，并显示为引语。",
    Reason.THIRD_PARTY: "这里有另一名同学的姓名。请写“另一名同学”，对外提供前须隐去。",
    Reason.NAME_OR_WORD: "这个词也是一名学生的姓名。如指那位同学，请写“另一名同学”；不是就不用改。",
}
_COMPANY: Final[Mapping[Reason, str]] = {
    **_STAFF,
    Reason.FORBIDDEN: "谢谢您的反馈。写成具体的事，学生更知道怎样改进，也便于学校跟进。",
    Reason.DISCOURAGED: "谢谢您的反馈。补上日期、工序或次数，学校能更快跟进；合适也可以保留。",
    Reason.DIAGNOSIS: "是否有医疗机构诊断？您只需写看到的情况，健康信息由学校核实。",
    Reason.TRAIT: "谢谢您的反馈。能否举一个例子：哪一天、哪道工序、几次？",
}
_PARENT: Final[Mapping[Reason, str]] = {
    Reason.FORBIDDEN: "您的原话会作为引语原样保留。如果愿意，也可以参考这样的写法。",
    Reason.DISCOURAGED: "您的原话会作为引语原样保留。补上日期或次数，学校能更快帮上忙。",
    Reason.DIAGNOSIS: "是否有医疗机构诊断？没有也没关系，写您看到的变化就好。原话会保留。",
    Reason.ABSOLUTE: "如果记得，请补上大致的日期或次数。不记得也可以这样提交。",
    Reason.SPECULATION: "如果方便，请写上是从哪里知道的。不清楚也可以这样提交。",
    Reason.TRAIT: "如果愿意，可以举一个例子：哪一天、在哪里、发生了什么。",
    Reason.HARMLESS: "可以保留，不用修改。",
    Reason.QUOTED: "作为原话保留，并显示为引语。",
    Reason.THIRD_PARTY: "这里有另一名同学的姓名，给其他人看之前，学校会隐去。",
    Reason.NAME_OR_WORD: "可以保留，不用修改。",
}
_BY_AUTHOR: Final = {Author.STAFF: _STAFF, Author.COMPANY: _COMPANY, Author.PARENT: _PARENT}

#: What to write for another student's name.
OTHER_STUDENT: Final = "另一名同学"


def note(reason: Reason, *, author: Author) -> str:
    """One or two kind sentences for whoever wrote this."""
    return _BY_AUTHOR[author][reason]
