"""The words of a communication record that a program decides by, and what people read for them."""

from django.db import models


class State(models.TextChoices):
    DRAFT = "DRAFT", "草稿"
    CHECKED = "CHECKED", "用语已检查"
    PENDING_SIGNATURES = "PENDING_SIGNATURES", "待签字"
    EFFECTIVE = "EFFECTIVE", "已生效"
    UNDER_OBJECTION = "UNDER_OBJECTION", "争议处理中"
    SUPERSEDED = "SUPERSEDED", "已有新版本"
    ARCHIVED = "ARCHIVED", "已归档"
    SEALED = "SEALED", "已封存"
    DISCARDED = "DISCARDED", "已放弃"


#: Where a version may stand without ever having taken effect.
MAY_LACK_EFFECT = ["DRAFT", "CHECKED", "PENDING_SIGNATURES", "SUPERSEDED", "SEALED", "DISCARDED"]
#: What nobody works with any more, or what is set aside for good in the midst of a dispute.
MAY_BE_SEALED = [State.SUPERSEDED, State.UNDER_OBJECTION, State.ARCHIVED]


class Trigger(models.TextChoices):
    STUDY = "STUDY", "学业预警"
    CONDUCT = "CONDUCT", "行为异常"
    CAREER = "CAREER", "职业规划"
    ATTENDANCE = "ATTENDANCE", "考勤"
    MIND = "MIND", "心理"
    HEALTH = "HEALTH", "健康"
    AID = "AID", "经济资助"
    PEERS = "PEERS", "同伴冲突"
    ADAPTATION = "ADAPTATION", "实习适应"
    SAFETY = "SAFETY", "实习安全"
    PRAISE = "PRAISE", "表扬"
    VISIT = "VISIT", "家长来访"
    OTHER = "OTHER", "其他"


class Place(models.TextChoices):
    OFFICE = "OFFICE", "办公室"
    CLASSROOM = "CLASSROOM", "教室走廊"
    COUNSELLING = "COUNSELLING", "心理室"
    ONLINE = "ONLINE", "线上"
    PHONE = "PHONE", "电话"
    HOME = "HOME", "家访"
    COMPANY = "COMPANY", "企业现场"
    OTHER = "OTHER", "其他"


class Standing(models.TextChoices):
    """What makes it effective."""

    NONE = "", "—"
    SIGNED = "SIGNED", "双方签字"
    UNSIGNED = "UNSIGNED", "校方记录，家长未签"
