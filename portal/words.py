"""Codes as people say them. What is not listed is shown by its code, never hidden."""

from collections.abc import Mapping
from typing import Final

EVENTS: Final[Mapping[str, str]] = {
    "case.opened": "收到危机报告",
    "case.acknowledged": "已接报",
    "case.danger_again": "再次出现危险，重新报警",
    "case.triaged": "研判完成",
    "case.follow_up": "危险解除，进入跟进",
    "case.closed": "结案",
    "clock.missed": "超过时限",
    "contact.attempted": "联系监护人",
    "danger.ended": "危险解除",
    "escalation.acknowledged": "已接报，停止逐级通知",
    "escalation.climbed": "逐级通知",
    "escalation.raised": "开始逐级通知",
    "escalation.rung_skipped": "该级无人，已跳过并记录",
    "escalation.woken": "已通知",
    "follow_up.held": "完成一次随访",
    "guardian.reached": "已与监护人取得联系",
    "guardians.shielded": "对涉事监护人屏蔽",
    "mandatory_report.decided": "强制报告已决定",
    "safety_plan.made": "制定安全计划",
    "task.claimed": "认领待办",
    "task.completed": "办结待办",
    "task.delegated": "转办",
    "task.overdue": "待办逾期",
    "task.reminded": "催办",
    "task.returned": "退回",
    "zero_report.given": "日报告已报",
    "zero_report.missed": "日报告漏报",
}

KINDS: Final[Mapping[str, str]] = {
    "self_harm": "自伤自杀",
    "harm_others": "伤害他人",
    "bullying": "校园欺凌（疑似）",
    "sexual": "性侵害、性骚扰",
    "domestic_violence": "家庭暴力",
    "missing": "失踪、离家出走",
    "work_accident": "实习工伤事故",
    "illness": "疾病突发",
    "online_harm": "网络侵害",
    "other": "其他",
}

#: Suspects as the report form offers them.
SUSPECTS: Final = (
    ("FATHER", "父亲"),
    ("MOTHER", "母亲"),
    ("GRANDPARENT", "祖父母／外祖父母"),
    ("GUARDIAN", "监护人，不清楚是哪一位"),
    ("STAFF", "教职工"),
    ("STUDENT", "其他学生"),
    ("COMPANY", "企业人员"),
)
