"""The words schools write in a cell, and the value each stands for. Keys are upper case."""

from collections.abc import Mapping
from typing import Final

from parties.models import GuardianLink, Placement, Restriction, Student
from parties.roles import COMPANY, STAFF, Role

_Relation = GuardianLink.Relation

SEXES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("男", "男性", "1", "M"), Student.Sex.MALE.value),
    **dict.fromkeys(("女", "女性", "2", "F"), Student.Sex.FEMALE.value),
}

#: Digits are codes of GB/T 4761, which the enrolment system writes.
RELATIONS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("父亲", "父", "爸爸", "父子", "父女", "养父", "51"), _Relation.FATHER.value),
    **dict.fromkeys(("母亲", "母", "妈妈", "母子", "母女", "养母", "52"), _Relation.MOTHER.value),
    **dict.fromkeys(
        ("祖父", "祖母", "外祖父", "外祖母", "爷爷", "奶奶", "外公", "外婆", "姥爷", "姥姥"),
        _Relation.GRANDPARENT.value,
    ),
    **dict.fromkeys(
        ("祖父母", "外祖父母", "祖父母/外祖父母", "61", "62", "63", "64"),
        _Relation.GRANDPARENT.value,
    ),
    **dict.fromkeys(
        ("哥哥", "姐姐", "兄", "姐", "兄姐", "71", "73"),
        _Relation.SIBLING.value,
    ),
    **dict.fromkeys(
        ("继父", "继母", "叔叔", "伯父", "姑姑", "舅舅", "姨妈", "伯母", "叔父", "亲属", "其他"),
        _Relation.OTHER.value,
    ),
}

_BOARDING_YES: Final = ("住校", "住宿", "寄宿", "全寄宿", "住读", "半住校", "是", "1")
_BOARDING_NO: Final = ("走读", "通学", "不住校", "不住宿", "非寄宿", "外宿", "否", "0")
BOARDING: Final[Mapping[str, str]] = {
    **dict.fromkeys(_BOARDING_YES, "yes"),
    **dict.fromkeys(_BOARDING_NO, ""),
}

#: "ME+head": the head of 德育处 is a flag of a membership, not a role.
HEAD: Final = "+head"

STAFF_ROLES: Final[Mapping[str, str]] = {
    **{role.value: role.value for role in Role if role in STAFF},
    **{role.label: role.value for role in Role if role in STAFF},
    **dict.fromkeys(
        ("科任教师", "实习指导教师", "科任", "指导教师", "任课教师", "科任/实习指导教师"),
        Role.ST.value,
    ),
    **dict.fromkeys(("心理老师", "心理健康教师", "心理辅导教师"), Role.PSY.value),
    **dict.fromkeys(("医生", "校医务人员"), Role.DOC.value),
    **dict.fromkeys(("德育干事", "德育处干事", "德育教师"), Role.ME.value),
    **dict.fromkeys(("德育处主任", "德育主任"), Role.ME.value + HEAD),
    **dict.fromkeys(("副校长", "德育副校长"), Role.VP.value),
    **dict.fromkeys(("资助", "资助老师", "资助干事"), Role.FA.value),
    **dict.fromkeys(("学籍", "学籍管理员"), Role.REG.value),
    **dict.fromkeys(("审计", "纪检员"), Role.AUD.value),
}

COMPANY_ROLES: Final[Mapping[str, str]] = {
    **{role.value: role.value for role in Role if role in COMPANY},
    **{role.label: role.value for role in Role if role in COMPANY},
    **dict.fromkeys(("企业导师", "导师", "师傅"), Role.CM.value),
    **dict.fromkeys(("管理员", "企业负责人", "人事"), Role.CA.value),
}

#: A roster can bring a placement that is asked for or already runs; nothing in between.
PLACEMENT_STATES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("已申请", "申请中"), Placement.State.APPLIED.value),
    **dict.fromkeys(("实习中", "在岗"), Placement.State.ACTIVE.value),
}

RESTRICTIONS: Final[Mapping[str, str]] = {
    "no_contact": Restriction.Kind.NO_CONTACT.value,
    "do_not_tell": Restriction.Kind.DO_NOT_TELL.value,
    "no_meeting": Restriction.Kind.NO_MEETING.value,
}
