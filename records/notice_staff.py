"""A teacher or a guest who is called like a pupil: 李晓梅老师主讲《护理礼仪》 passes.

The title stands directly behind the name, and behind it what only a teacher does, or nothing. In
doubt it is the pupil and the notice waits: in 李晓梅老师说她 a teacher may speak of the pupil,
李晓梅老师的学生 are others, and any affair of one person in the same sentence stops it.
"""

import re
from functools import lru_cache
from typing import Final

from records.notice_facts import affair_after
from records.notice_words import load

#: How to word it where a title follows a name of the roster.
A_COLLEAGUE: Final = (
    "如果写的是同名的教师或来宾，请把职务写在姓名后，只写这位老师做什么，如“由某某某老师主讲”；"
    "不写“老师说她”“老师的学生”，也不与学生的情况写在一句里。"
)
_ACTS: Final = re.compile(
    r"$|[，,、。;；!?！？\n(（)）《】\]]"
    r"|(?:[于在将会]|周[一二三四五六日]|每周|[上下]午|晚上|\d+月\d+日|[校医图书实训]{1,3}[室楼馆])*"
    r"(?:坐诊|义诊|主讲|主持|授课|带队|讲授|讲解|讲座|作报告|做报告|担任|负责|出席|介绍|作?分享|值班|答疑|收取"
    r"|为(?:大家|家长|各位|全体|全校|同学们|新生)|示范|致辞|发言|点评|带领|陪同|组织)"
    r"|致(?:全体|各位|新生)?(?:家长|同学|学生)"
    r"|的(?:讲座|公开课|课程?|报告|办公室|工作室|邮箱|电话|分享)|处|办公室|等|[和与及](?!她|他|其|学生|家长)"
)
_PUPIL: Final = re.compile(
    r"她|他(?!们)|其(?![他它余中间实])|该生|本人|这[个名位]|那[个名位]|\d分(?!钟)|第\d{1,3}名|[我本]班"
)
_TITLED: Final = re.compile(r"《[^》]{0,40}》|“[^”]{0,40}”")
#: Of these a lecture may speak: 主讲如何应对考试焦虑.
_LECTURE: Final = re.compile(r"主讲|讲[授解座]|主题|报告|课|咨询|介绍|负责|分享")
_ENDS: Final = re.compile(r"[\n。;；!?！？]")
_LONGEST: Final = 80


def is_teacher(text: str, start: int, end: int) -> bool:
    """Whether text[start:end], a name of the roster, is one of whom a notice may speak."""
    title = _title_at(text, end)
    if title is None or not _ACTS.match(text, title):
        return False
    sentence = _sentence(text, start, title)
    if _PUPIL.search(sentence) or affair_after(text, title) is not None:
        return False
    return bool(_LECTURE.search(sentence)) or not _affairs().search(sentence)


def mend_of(text: str, end: int) -> str:
    """How to word it, where a title follows on what ends at `end`."""
    return A_COLLEAGUE if _title_at(text, end) is not None else ""


def _title_at(text: str, end: int) -> int | None:
    return next((end + len(one) for one in load().staff if text.startswith(one, end)), None)


def _sentence(text: str, start: int, end: int) -> str:
    """The one that the name stands in, without what is quoted."""
    before = _ENDS.split(text[max(0, start - _LONGEST) : start])[-1]
    stop = _ENDS.search(text, end, end + _LONGEST)
    after = text[end : stop.start() if stop else end + _LONGEST]
    return _TITLED.sub("", f"{before}{after}")


@lru_cache(maxsize=1)
def _affairs() -> re.Pattern[str]:
    words = {*load().facts, *load().befell} - set(load().tests)
    return re.compile("|".join(map(re.escape, sorted(words))))
