"""The closed list of roles. A stored value never changes its meaning."""

from django.db import models


class Role(models.TextChoices):
    """Who somebody is in a case: codes and Chinese names as in the privacy matrix."""

    HT = "HT", "班主任"
    ST = "ST", "科任／实习指导教师"
    PSY = "PSY", "心理教师"
    DOC = "DOC", "校医"
    GL = "GL", "年级组长"
    ME = "ME", "德育处"
    VP = "VP", "分管副校长"
    PR = "PR", "校长"
    FA = "FA", "资助专员"
    REG = "REG", "学籍员"
    ADM = "ADM", "数据管理员"
    AUD = "AUD", "审计员"
    G = "G", "监护人"
    STU = "STU", "学生"
    CM = "CM", "企业指导教师"
    CA = "CA", "企业管理员"


#: Roles that come from a staff membership, not from a relation to one student.
STAFF: frozenset[Role] = frozenset(
    {
        Role.HT,
        Role.ST,
        Role.PSY,
        Role.DOC,
        Role.GL,
        Role.ME,
        Role.VP,
        Role.PR,
        Role.FA,
        Role.REG,
        Role.ADM,
        Role.AUD,
    }
)

#: Roles that come from belonging to a company.
COMPANY: frozenset[Role] = frozenset({Role.CM, Role.CA})
