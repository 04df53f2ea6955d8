"""Codes as people say them. What is not listed is shown by its code, never hidden."""

from collections.abc import Mapping
from typing import Any, Final

from workflow.models import Case

EVENTS: Final[Mapping[str, str]] = {
    "bullying.found": "欺凌认定",
    "case.acknowledged": "已接报",
    "case.closed": "结案",
    "case.danger_again": "再次出现危险，重新报警",
    "case.follow_up": "危险解除，进入跟进",
    "case.opened": "收到危机报告",
    "case.routed": "确定渠道",
    "case.triaged": "研判完成",
    "clock.missed": "超过时限",
    "closing.refused": "结案条件尚未满足",
    "contact.attempted": "联系监护人",
    "contact.chosen": "确定联系人",
    "danger.ended": "危险解除",
    "escalation.acknowledged": "已接报，停止逐级通知",
    "escalation.climbed": "逐级通知",
    "escalation.raised": "开始逐级通知",
    "escalation.raised_higher": "提高通知级别",
    "escalation.rung_skipped": "该级无人，已跳过并记录",
    "escalation.woken": "已通知",
    "follow_up.held": "完成一次随访",
    "guardian.reached": "已与监护人取得联系",
    "guardians.shielded": "对涉事监护人屏蔽",
    "mandatory_report.decided": "强制报告已决定",
    "mandatory_report.proposed": "提出强制报告意见",
    "meeting.agreed": "会谈时间已约定",
    "meeting.attempted": "联系家长",
    "meeting.called_off": "原约定取消",
    "meeting.cancelled": "会谈取消",
    "meeting.change_asked": "请求改期",
    "meeting.declined": "家长不参加",
    "meeting.gave_up": "未能会面",
    "meeting.held": "已会谈",
    "meeting.invited": "已发出会谈邀请",
    "meeting.missed": "家长未到场",
    "meeting.new_round": "再谈一次",
    "meeting.next_try": "确定下一步联系",
    "meeting.not_met": "未能会面（尝试清单）",
    "meeting.offered": "提供可选时间",
    "meeting.paper_added": "登记会谈材料",
    "meeting.prepared": "会谈已准备",
    "meeting.times_sent": "已请家长选择时间",
    "meeting.unanswered": "家长到期未答复",
    "meeting.uninvited": "不再邀请应回避的人",
    "notification.delayed": "通知暂未送达，继续重试",
    "notification.sent": "通知已发出",
    "notification.undeliverable": "通知无法送达",
    "notification.withheld": "不再通知应回避的人",
    "placement.resumed": "恢复实习",
    "placement.suspended": "暂停实习",
    "process.failed": "流程出现故障，已记录",
    "process.finished": "流程结束",
    "record.copied": "副本已送达",
    "safety_plan.made": "制定安全计划",
    "task.cancelled": "待办取消",
    "task.claimed": "认领待办",
    "task.completed": "办结待办",
    "task.delegated": "转办",
    "task.nobody": "待办暂时无人可办",
    "task.opened": "新的待办",
    "task.overdue": "待办逾期",
    "task.reminded": "催办",
    "task.returned": "退回",
    "task.withdrawn": "待办撤回",
    "tasks.closed": "待办结束",
    "timer.fired": "到达时限",
    "triage.settled": "研判完成",
    "wake_call.made": "已电话通知",
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


def channel(case: Case, face: Mapping[str, Any]) -> str:
    """The channel of a case as its reader may know it (workflow.policies.face)."""
    return str(Case.Channel(face.get("channel", case.channel)).label)


def state(case: Case, face: Mapping[str, Any]) -> str:
    return str(Case.State(face.get("state", case.state)).label)
