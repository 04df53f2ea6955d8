"""What the gate of a mass message makes of whole notices: how many ordinary ones it holds up, and
how many about one person it lets through.

The sets are notice_sets/*.txt, one notice a line, a break written as \\n; more than half of the
ordinary ones carry numbers, dates, places and staff. What the gate gets wrong is named here, so
that a line that a school reports is added to its set and the list below says what became of it.
"""

import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from records import notice_gate
from records.notice_gate import Roster
from records.notice_words import load

_SETS: Final = Path(__file__).with_name("notice_sets")
_NAMES: Final = """
张三 王伟 李娜 李晓梅 张子涵 赵敏 陈伟强 刘建国 王小丽 欧阳明月 艾力·买买提 高峰 白雪 文静 向阳
周杰 孙国庆 林志远 何平 黄河 马丽 江山 安宁 康宁 吴磊 郑爽 钱多多 冯强 朱小丽 徐静怡
"""
KNOWN: Final = Roster(
    names=frozenset(_NAMES.split()), numbers=frozenset({"2024030101", "20240315", "JD25-07"})
)
#: Held up although it is about everybody: the name of a pupil in a street and behind a post.
FALSE_ALARMS: Final = [
    "王伟路12号停车场免费开放，地点在学校西侧。",
    "何平里小区门前道路封闭。",
    "食堂师傅周杰为大家示范面点制作。",
]
#: Passes although it is about one person: ㈠ is read as (一), and 一 as a letter of the name.
MISSES: Final = ["李㈠娜的家长请到校"]
#: The place stands in the next clause; nobody says how many they were; a list is nobody's yet.
MISSED_INDIRECT: Final = [
    "本次不及格的只有一位同学，是坐第一排的",
    "上周偷手机的同学已被警告",
    "刚才在走廊抽烟的男生请到德育处",
    "前天晕倒的女同学已经出院",
    "上周旷课的五名同学名单已交德育处",
]
ENOUGH: Final = 0.95
#: A big school, and a long notice.
PUPILS: Final = 3_000
BYTES: Final = 10_000


def lines(name: str) -> Sequence[str]:
    text = (_SETS / name).read_text(encoding="utf-8")
    return [line.replace("\\n", "\n") for line in text.splitlines()]


def is_stopped(text: str) -> bool:
    return bool(notice_gate.check(text, known=KNOWN))


def test_three_in_139_ordinary_notices_are_held_up() -> None:
    ordinary = lines("ordinary.txt")

    assert len(set(ordinary)) == 139
    assert [text for text in ordinary if is_stopped(text)] == FALSE_ALARMS


def test_one_in_141_about_one_person_passes() -> None:
    personal = lines("personal.txt")

    assert len(set(personal)) == 141
    assert [text for text in personal if not is_stopped(text)] == MISSES


def test_pointed_at_without_a_name_is_stopped_and_what_looks_like_it_passes() -> None:
    """44 and 48 were written before the rules; 30 and 40, then 20 and 20, were tried on finished
    ones, which stopped 23 of the 30 and 17 of the 20 and held up none; what passed changed a rule.
    33 and 40 about initials, an only one and few who did something came later: 19 of the 33 passed.
    On rules mended for them 16 and 36 more were tried; 15 were stopped and six held up. The last
    8 and 12 came from readers, and changed rules.
    """
    pointed, alike = lines("indirect.txt"), lines("lookalikes.txt")
    assert (len(set(pointed)), len(set(alike))) == (151, 196)

    missed = [text for text in pointed if not is_stopped(text)]
    held_up = [text for text in alike if is_stopped(text)]

    assert missed == MISSED_INDIRECT
    assert held_up == []
    caught = len(pointed) - len(missed)
    assert caught / len(pointed) >= ENOUGH
    assert caught / (caught + len(held_up)) >= ENOUGH


@pytest.mark.parametrize("line", lines("indirect.txt"))
def test_what_is_pointed_at_is_said_with_its_mend(line: str) -> None:
    for one in notice_gate.check(line, known=KNOWN):
        assert one.words == line[one.start : one.end]
        assert "单独联系" in one.mend or "请删去" in one.mend


@pytest.mark.parametrize(
    "unit",
    ["王李张刘陈", "1号、", "未交费的", "处分:", "倒数第", "还有一位家长",
     "1 3 8 ", "张★", "一名学生助学金", "王的", "Wang Wei ", "张&nbsp;三", "NAMES",
     "NAMES&amp;amp;nbsp;"],
)  # fmt: skip
def test_four_times_the_text_takes_about_four_times_as_long(unit: str) -> None:
    """In a big school. What tries all the rest at every place takes sixteen times as long."""
    known = _big_school()
    names = "".join(sorted(known.names))[: BYTES // 3 - 10]
    text = unit.replace("NAMES", names) * BYTES
    short, long = (
        min(_seconds(text.encode()[:size].decode(errors="ignore"), known) for _ in range(3))
        for size in (BYTES // 4, BYTES)
    )

    assert long < 9 * short


def _seconds(text: str, known: Roster) -> float:
    """Of processor, so that neighbours weigh little."""
    began = time.process_time()
    notice_gate.check(text, known=known)
    return time.process_time() - began


def _big_school() -> Roster:
    dice, words = random.Random(3), load()  # noqa: S311 - 固定的种子，不是密码
    family, given = sorted(words.surnames), sorted(words.given)
    names: set[str] = set()
    while len(names) < PUPILS:
        names.add(dice.choice(family) + "".join(dice.choices(given, k=dice.choice((1, 2, 2)))))
    return Roster(frozenset(names), frozenset(f"2024{n:06d}" for n in range(PUPILS)))
