"""Staff, duty roster, companies and placements of the demo school."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from demo.families import CLASSES, Student
from demo.numbers import credit_code, phone

CODE: Final = "QINGQU"
NAME: Final = "云汀清渠信息工程学校"

#: 工号, 姓名, 角色, 班级, 年级, 负责人, 线外代表, 代理人工号: one line per post, fourteen people.
POSTS: Final = (
    ("T001", "沈怀远", "校长", "", "", "", "", "T002"),
    ("T002", "顾明薇", "分管副校长", "", "", "", "", "T001"),
    ("T003", "严正清", "德育处主任", "", "", "是", "", "T004"),
    ("T004", "陆小舟", "德育干事", "", "", "", "", "T003"),
    ("T005", "纪安平", "审计员", "", "", "", "", ""),
    ("T006", "温若水", "心理教师", "", "", "", "", "T007"),
    ("T007", "苏念慈", "心理教师", "", "", "", "", "T006"),
    ("T008", "白芷兰", "校医", "", "", "", "", ""),
    ("T009", "石开山", "年级组长", "", "2025", "", "", "T003"),
    ("T009", "石开山", "年级组长", "", "2024", "", "", "T003"),
    ("T010", "丁向阳", "班主任", "JD2501", "", "", "", "T011"),
    ("T010", "丁向阳", "德育干事", "", "", "", "", "T004"),
    ("T011", "叶知秋", "班主任", "JS2501", "", "", "", "T010"),
    ("T012", "江一帆", "班主任", "SK2401", "", "", "", "T013"),
    ("T012", "江一帆", "实习指导教师", "SK2401", "", "", "", ""),
    ("T013", "钟若虚", "实习指导教师", "SK2401", "", "", "是", ""),
    ("T013", "钟若虚", "实习指导教师", "JD2501", "", "", "", ""),
    ("T014", "范思齐", "学籍员", "", "", "", "", ""),
    ("T014", "范思齐", "资助专员", "", "", "", "", ""),
)
#: 德育处 on duty by weekday, Monday first; the Friday of the crisis is 陆小舟's.
_NIGHTS: Final = ("T003", "T010", "T004", "T010", "T004", "T003", "T010")
_STANDS_IN: Final = {"T003": "T004", "T004": "T003", "T010": "T004"}
_FIRST_NIGHT: Final = date(2026, 10, 1)
_LAST_NIGHT: Final = date(2027, 1, 31)
_FIRST_WEEK: Final = date(2026, 9, 28)
_SATURDAY: Final = 5

#: 企业名称, 行政区, 地址, 联系人 (also its administrator), two mentors, 岗位.
COMPANIES: Final = (
    (
        "云汀精工机械有限公司",
        "清渠区",
        "创业路 1 号",
        "郝主管",
        ("冯师傅", "邱师傅"),
        "数控车床操作",
    ),
    ("云汀恒锐模具有限公司", "清渠区", "创业路 18 号", "尤经理", ("卞师傅", "祝师傅"), "模具装配"),
    (
        "云汀远航电子有限公司",
        "柳浪区",
        "电子大道 66 号",
        "柯主管",
        ("雷师傅", "娄师傅"),
        "电子装配",
    ),
    (
        "云汀格物自动化有限公司",
        "柳浪区",
        "电子大道 9 号",
        "申经理",
        ("阮师傅", "岑师傅"),
        "设备调试",
    ),
    ("云汀百川物流有限公司", "临港区", "港口路 3 号", "盛经理", ("庞师傅", "樊师傅"), "设备维护"),
    ("云汀青禾软件有限公司", "临港区", "软件园 2 栋", "裴经理", ("贺师傅", "骆师傅"), "测试助理"),
)
_RUNNING: Final = 30
_PLANNED: Final = 10


def staff_rows() -> Iterator[Sequence[object]]:
    for staff_no, name, role, school_class, grade, head, deputy, substitute in POSTS:
        since = date(2024 if school_class == "SK2401" else 2025, 9, 1)
        mail = f"{staff_no.lower()}@school.test"
        number = phone(3, int(staff_no[1:]))
        post = (role, school_class, grade, head, deputy, substitute)
        yield (staff_no, name, *post, number, mail, since)


def duty_rows() -> Iterator[Sequence[object]]:
    """Every night of 德育处, its weekends by day, and a week of stand-by for 心理教师 in turn."""
    names = {post[0]: post[1] for post in POSTS}
    day = _FIRST_NIGHT
    while day <= _LAST_NIGHT:
        person = _NIGHTS[day.weekday()]
        other = _STANDS_IN[person]
        who = (person, names[person], other, names[other])
        if day.weekday() >= _SATURDAY:
            yield (day, "德育处", *who, "07:30", None, "17:30")
        yield (day, "德育处", *who, "17:30", None, "07:30")
        day += timedelta(days=1)
    week = _FIRST_WEEK
    while week <= _LAST_NIGHT:
        on, off = ("T006", "T007") if week.isocalendar().week % 2 else ("T007", "T006")
        end = week + timedelta(days=7)
        yield (week, "心理教师", on, names[on], off, names[off], "08:00", end, "08:00")
        week = end


def company_rows() -> Iterator[Sequence[object]]:
    for serial, (name, district, address, contact, _, _) in enumerate(COMPANIES, start=1):
        day, night = phone(4, serial * 10), phone(4, serial * 10 + 9)
        yield (credit_code(serial), name, district, address, contact, day, night)


def company_people_rows() -> Iterator[Sequence[object]]:
    since = date(2026, 3, 1)
    for serial, (name, _, _, contact, mentors, _) in enumerate(COMPANIES, start=1):
        people = [(contact, "企业管理员"), *((mentor, "企业指导教师") for mentor in mentors)]
        for position, (person, role) in enumerate(people):
            number = phone(4, serial * 10 + position)
            mail = f"c{serial}p{position}@company.test"
            yield (credit_code(serial), name, person, role, number, mail, since)


def placement_rows(students: Sequence[Student]) -> Iterator[Sequence[object]]:
    """The third year is at work; ten of the second year have asked for next term."""
    third = [s for s in students if s.school_class is CLASSES[2]][:_RUNNING]
    second = [s for s in students if s.school_class is CLASSES[0]][:_PLANNED]
    running = (date(2026, 9, 1), date(2027, 2, 28), "实习中")
    planned = (date(2027, 3, 1), date(2027, 8, 31), "已申请")
    terms = [(s, running) for s in third] + [(s, planned) for s in second]
    for number, (student, (first, last, state)) in enumerate(terms, start=1):
        serial = number % len(COMPANIES) + 1
        company, _, address, _, mentors, post = COMPANIES[serial - 1]
        mentor = number // len(COMPANIES) % 2
        yield (
            f"QQ2026{number:03d}",
            student.number,
            student.name,
            credit_code(serial),
            company,
            post,
            address,
            first,
            last,
            mentors[mentor],
            phone(4, serial * 10 + 1 + mentor),
            "T013" if number % 2 else "T012" if state == "实习中" else "T013",
            state,
        )
