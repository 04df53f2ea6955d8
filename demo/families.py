"""Ninety invented families of the demo school, a few of them with a story."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from demo.numbers import phone, resident_id


def _words(text: str) -> list[str]:
    return text.split()


SURNAMES: Final = (
    "林何郭罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
)
BOYS: Final = _words(
    "浩然 子轩 俊杰 宇航 志远 家豪 嘉诚 明哲 文博 天佑 皓宇 泽宇 睿 凯 鹏飞 晨阳 一鸣 锦程"
)
GIRLS: Final = _words(
    "诗涵 欣怡 梓萱 雨欣 佳怡 思颖 梦瑶 可馨 雅婷 静怡 婉清 若曦 琳 瑶 晓彤 语嫣 心怡 紫涵"
)
FATHERS: Final = _words(
    "建国 志强 国平 海峰 永刚 卫东 文斌 立新 春生 德华 长河 兴旺 振华 光明 学军 大勇"
)
MOTHERS: Final = _words(
    "秀英 桂芳 丽华 春梅 晓燕 玉兰 海燕 红霞 雪梅 凤琴 美玲 淑珍 彩云 慧敏 金花 小红"
)


@dataclass(frozen=True)
class SchoolClass:
    code: str
    name: str
    grade: int
    major: str
    number_prefix: str


CLASSES: Final = (
    SchoolClass("JD2501", "2025级机电技术应用1班", 2025, "机电技术应用", "20250101"),
    SchoolClass("JS2501", "2025级计算机应用1班", 2025, "计算机应用", "20250201"),
    SchoolClass("SK2401", "2024级数控技术应用1班", 2024, "数控技术应用", "20240301"),
)
CLASS_SIZE: Final = 30


@dataclass
class Guardian:
    name: str
    relation: str
    phone: str
    email: str = ""
    legal: str = "是"
    carer: str = "否"
    access: str = "是"
    no_contact: str = "否"
    order_no: str = ""
    restricted_from: str = ""


@dataclass
class Student:
    number: str
    name: str
    school_class: SchoolClass
    boy: bool
    born: date
    id_no: str
    phone: str
    boarding: bool
    guardians: list[Guardian] = field(default_factory=list)


#: 学号 of everybody with a story; demo/README.md tells it.
WANG_WEI: Final = "2025010101"
WANG_WEIQIANG: Final = "2025010102"
LI_NA: Final = "2025010107"
OTHER_LI_NA: Final = "2025020107"
CHEN_YUTONG: Final = "2025020112"
ZHOU_ZIHANG: Final = "2025010115"
WU_SIQI: Final = "2024030105"
MA_XIAODONG: Final = "2025020120"
ZHAO_XIAOMING: Final = "2025010110"
ZHAO_XIAOYU: Final = "2024030110"

#: Name, and whether a boy.
_STORIES: Final = {
    WANG_WEI: ("王伟", True),
    WANG_WEIQIANG: ("王伟强", True),
    LI_NA: ("李娜", False),
    OTHER_LI_NA: ("李娜", False),
    CHEN_YUTONG: ("陈雨桐", False),
    ZHOU_ZIHANG: ("周子航", True),
    WU_SIQI: ("吴思琪", False),
    MA_XIAODONG: ("马晓东", True),
    ZHAO_XIAOMING: ("赵晓明", True),
    ZHAO_XIAOYU: ("赵晓雨", False),
}
#: 28 families with two guardians, 2 with three, 60 with one; two guardians have children in two
#: classes: 122 links, 120 people. Five of the 28 are told in `_stories_of_families`.
_ORDINARY_PAIRS: Final = 23


def students() -> list[Student]:
    random = Random(20261123)  # noqa: S311 - the same invented school every time
    used = {name for name, _ in _STORIES.values()}
    made = [
        _student(random, school_class, position, used)
        for school_class in CLASSES
        for position in range(1, CLASS_SIZE + 1)
    ]
    _give_guardians(random, {student.number: student for student in made})
    return made


def _student(random: Random, school_class: SchoolClass, position: int, used: set[str]) -> Student:
    number = f"{school_class.number_prefix}{position:02d}"
    name, boy = _STORIES.get(number) or _new_name(random, used)
    # Entry at fifteen; every tenth repeated a year, so the third year holds adults and minors.
    oldest = date(school_class.grade - 16 - (position % 10 == 0), 9, 1)
    born = oldest + timedelta(days=random.randrange(365))
    serial = CLASSES.index(school_class) * 100 + position * 2 + (1 if boy else 0)
    return Student(
        number=number,
        name=name,
        school_class=school_class,
        boy=boy,
        born=born,
        id_no=resident_id(born, serial),
        phone=phone(1, CLASSES.index(school_class) * 100 + position),
        boarding=position % 3 != 0,
    )


def _new_name(random: Random, used: set[str]) -> tuple[str, bool]:
    while True:
        boy = random.random() < 0.6  # noqa: PLR2004 - technical trades
        name = random.choice(SURNAMES) + random.choice(BOYS if boy else GIRLS)
        if name not in used:
            used.add(name)
            return name, boy


def _give_guardians(random: Random, by_number: dict[str, Student]) -> None:
    phones = (phone(2, serial) for serial in range(1, 1000))
    _stories_of_families(by_number, phones)
    ordinary = [student for student in by_number.values() if not student.guardians]
    for position, student in enumerate(ordinary):
        relations = ["父亲", "母亲"] if position < _ORDINARY_PAIRS else [_single(position)]
        student.guardians = [_guardian(random, student, r, next(phones)) for r in relations]


def _single(position: int) -> str:
    return ("母亲", "父亲", "母亲", "祖母")[position % 4]


def _guardian(random: Random, student: Student, relation: str, number: str) -> Guardian:
    given = random.choice(FATHERS if relation == "父亲" else MOTHERS)
    surname = student.name[0] if relation == "父亲" else random.choice(SURNAMES)
    return Guardian(surname + given, relation, number)


def _stories_of_families(by_number: dict[str, Student], phones: Iterator[str]) -> None:
    def family(number: str, *guardians: tuple[str, str]) -> list[Guardian]:
        by_number[number].guardians = [Guardian(n, r, next(phones)) for n, r in guardians]
        return by_number[number].guardians

    father, mother = family(CHEN_YUTONG, ("陈国强", "父亲"), ("刘芳", "母亲"))
    father.email, mother.email = "chen.guoqiang@family.test", "liu.fang@family.test"

    mother, father = family(ZHOU_ZIHANG, ("方静", "母亲"), ("周海", "父亲"))
    mother.email, father.access, father.no_contact = "fang.jing@family.test", "否", "是"
    father.order_no, father.restricted_from = "示例民保令2026第7号", "2026-06-15"

    mother, father = family(WU_SIQI, ("钱敏", "母亲"), ("吴江", "父亲"))
    mother.email, father.email = "qian.min@family.test", "wu.jiang@family.test"

    carer, _, _ = family(MA_XIAODONG, ("韩桂英", "祖母"), ("马立军", "父亲"), ("陶红", "母亲"))
    carer.legal, carer.carer = "否", "是"

    shared = family(ZHAO_XIAOMING, ("赵勇", "父亲"), ("孙丽", "母亲"))
    by_number[ZHAO_XIAOYU].guardians = list(shared)

    family(WANG_WEI, ("王建军", "父亲"), ("胡玉梅", "母亲"), ("王秀兰", "祖母"))
    family(WANG_WEIQIANG, ("王建军", "父亲"))
