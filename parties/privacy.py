"""What each field is, and who may read what kind of thing: the privacy matrix as data.

A class belongs to the *field*: every model declares `field_classes` with a code for each concrete
field, several where a field holds several kinds ("CRI TPD"), and a reader must then be allowed all
of them. An unclassed field stops the start (parties.checks), so a new column is never readable by
accident. The grid is a copy of the privacy matrix; change both together.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from django.db.models import Model, TextChoices

from parties.roles import Role

#: Tables without school, class and row security: Django's own, how often
#: somebody knocked at the door, the worker's sign of life, and whether messages may leave.
EXEMPT_TABLES: Final[frozenset[str]] = frozenset(
    {
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "django_content_type",
        "django_migrations",
        "django_session",
        "parties_throttle",
        "workflow_dispatchhold",
        "workflow_heartbeat",
    }
)
#: The tenant itself: its rows are told apart by their own id.
SCHOOL_TABLE: Final = "parties_school"


class FieldClass(TextChoices):
    """Kinds of information, by how much they hurt when they leak."""

    PUB = "PUB", "公开目录"
    IDN = "IDN", "基本身份"
    CON = "CON", "联系方式"
    GID = "GID", "证件与账户"
    FAM = "FAM", "家庭结构与监护"
    ECO = "ECO", "家庭经济与资助"
    HLT = "HLT", "健康与病史"
    PSY = "PSY", "心理测评与咨询"
    SPE = "SPE", "特定身份、信仰"
    LOC = "LOC", "行踪轨迹"
    BIO = "BIO", "生物识别"
    CND = "CND", "行为与奖惩"
    PRF = "PRF", "学业与实习表现"
    COM = "COM", "沟通内容"
    VOI = "VOI", "学生或家长私密陈述"
    CRI = "CRI", "危机与保护"
    CRI_R = "CRI-R", "报告人身份"
    TPD = "TPD", "第三人信息"
    EMO = "EMO", "家长情绪观察"
    AUD = "AUD", "审计元数据"
    AGG = "AGG", "统计"


class Level(StrEnum):
    """What a role may do with a class. READ and WRITE hold always, MASKED never shows the value;
    every other level reads only where that circumstance is `given`.
    """

    READ = "R"
    WRITE = "w"  # and read: their own part of it is theirs to write
    MASKED = "M"  # that there is something, or a flag, never the value
    CONSENT = "c"  # live consent of the family
    EMERGENCY = "e"  # break-glass: approved afterwards, told to the family
    SUMMARY = "s"  # the summary that was shared on purpose
    TEAM = "team"  # member of the case's team
    OWN = "own"  # about oneself, or written by oneself
    PART = "part"  # the part of a case that concerns one's own child
    PARTY = "party"  # party to the record
    NAMED = "named"  # named receiver
    RELEASE = "release"  # released to this reader
    TODAY = "today"  # no history
    HEAD = "head"  # head of the office
    EXTRACT = "extract"  # the file's own access extract
    LISTED = "listed"  # on the company's allow-list


_ALWAYS: Final = frozenset({Level.READ, Level.WRITE})

# One row per class, one column per role. "+" joins levels; "-" is never.
# An "own" in the AUD and AGG rows is one's own acts, own class, own grade, own company.
_GRID: Final = """
      HT    ST    PSY   DOC  GL   ME    VP   PR   FA  REG G       STU     CM       CA  ADM AUD
PUB   R     R     R     R    R    R     R    R    R   R   R       R       R        R   R   R
IDN   R     R     R     R    R    R     R    R    R   w   R       R       listed   R   -   M
CON   R     M     R     R    M    R     e    e    M   w   w       w       c+e      -   -   -
GID   -     -     -     -    -    M     -    -    M   w   M       M       -        -   -   -
FAM   R     -     R     -    -    R     e    e    M   R   w       own     -        -   -   -
ECO   M     -     -     -    -    M     -    -    w   -   w       M       -        -   -   M
HLT   M     M     R     w    -    M     e    e    -   -   w       R       -        -   -   M
PSY   M     -     w     M    -    M     e    e    -   -   release release -        -   -   M
SPE   -     -     -     -    -    -     -    -    -   w   R       R       -        -   -   -
LOC   today R     -     -    -    R     e    e    -   -   M       R       M        -   -   M
BIO   -     -     -     -    -    -     -    -    -   -   -       -       -        -   -   -
CND   w     own   R     -    R    R     R    R    -   -   R       R       -        -   -   M
PRF   R     w     R     -    R    R     R    R    -   -   R       R       own+s    M   -   M
COM   w     M     party -    M    R     e    e    -   -   party   party   s        -   -   M
VOI   named named named -    -    team  -    -    -   -   named   own     -        -   -   -
CRI   team  M     team  team team team  team team -   -   part    release own      -   -   M
CRI-R -     -     -     -    -    head  R    R    -   -   -       -       -        -   -   -
TPD   M     M     team  team M    team  team team -   -   M       M       M        -   -   -
EMO   w     -     R     -    -    R     -    -    -   -   own     -       -        -   -   -
AUD   own   own   own   own  own  R     R    R    own own extract extract own      own M   R
AGG   own   own   R     -    own  R     R    R    R   R   -       -       own      own -   R
"""


def _parsed(grid: str) -> dict[FieldClass, dict[Role, frozenset[Level]]]:
    header, *rows = grid.strip().splitlines()
    roles = [Role(name) for name in header.split()]
    matrix: dict[FieldClass, dict[Role, frozenset[Level]]] = {}
    for row in rows:
        code, *cells = row.split()
        matrix[FieldClass(code)] = {
            role: frozenset() if cell == "-" else frozenset(Level(w) for w in cell.split("+"))
            for role, cell in zip(roles, cells, strict=True)
        }
    return matrix


#: class -> role -> levels. Complete: every class and every role is in it.
MATRIX: Final[Mapping[FieldClass, Mapping[Role, frozenset[Level]]]] = _parsed(_GRID)


def classes(model: type[Model]) -> Mapping[str, str]:
    """The declared class codes of a model by field name; empty where none are declared."""
    declared = getattr(model, "field_classes", {})
    return {str(name): str(codes) for name, codes in declared.items()}


def class_of(model: type[Model], field: str) -> frozenset[FieldClass]:
    """The classes of one field. Raises KeyError for a field that has none."""
    return parse(classes(model)[field])


def parse(codes: str) -> frozenset[FieldClass]:
    """`"CRI TPD"` as classes. Raises ValueError for an unknown code and for no code at all."""
    found = frozenset(FieldClass(code) for code in codes.split())
    if not found:
        raise ValueError("no class code")
    return found


def levels(field_class: FieldClass, role: Role) -> frozenset[Level]:
    """What `role` may do with `field_class`; empty is never."""
    return MATRIX[field_class][role]


def readable(codes: str, roles: Collection[Role], *, given: Collection[Level] = ()) -> bool:
    """Whether somebody with `roles` may read a field of these classes, all of them.

    `given` names the circumstances that hold for this reader and this object, e.g. Level.TEAM.
    MASKED is never one of them: masking is not reading.
    """
    enough = (_ALWAYS | frozenset(given)) - {Level.MASKED}
    return all(
        any(levels(field_class, role) & enough for role in roles) for field_class in parse(codes)
    )


def readable_fields(
    model: type[Model], roles: Collection[Role], *, given: Collection[Level] = ()
) -> frozenset[str]:
    """Names of the fields of `model` that somebody with `roles` may read."""
    return frozenset(
        name for name, codes in classes(model).items() if readable(codes, roles, given=given)
    )


def tenant_models(models: Collection[type[Model]]) -> list[type[Model]]:
    """Those whose rows belong to a school; the rest is on the exempt list."""
    return [model for model in models if model._meta.db_table not in EXEMPT_TABLES]
