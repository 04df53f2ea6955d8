"""Codes as people say them. What is not listed is shown by its code, never hidden."""

from collections.abc import Mapping
from typing import Any, Final

from workflow.models import Case, Matter

EVENTS: Final[Mapping[str, str]] = {
    "bullying.found": "欺凌认定",
    "case.opened": "收到危机报告",
    "case.acknowledged": "已接报",
    "case.danger_again": "再次出现危险，重新报警",
    "case.triaged": "研判完成",
    "case.follow_up": "危险解除，进入跟进",
    "case.downgraded": "降级",
    "case.routed": "确定渠道",
    "case.upgraded": "升级",
    "case.closed": "结案",
    "clock.missed": "超过时限",
    "closing.refused": "结案条件尚未满足",
    "contact.chosen": "确定联系人",
    "contact.attempted": "联系监护人",
    "danger.ended": "危险解除",
    "downgrade.lapsed": "降级意见失效",
    "downgrade.proposed": "提出降级，待另一人确认",
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
    "matter.proposed": "系统提出渠道建议",
    "matter.raised": "提出事项",
    "members.withdrawn": "会谈成员退出",
    "notification.delayed": "通知暂未送达，继续重试",
    "notification.sent": "通知已发出",
    "notification.undeliverable": "通知无法送达",
    "notification.withheld": "不再通知应回避的人",
    "contact.held": "按约定沟通一次",
    "contact.missed": "约定的沟通未进行",
    "contact.scheduled": "约定下次沟通",
    "follow_up.begun": "开始跟进",
    "follow_up.family_asked": "请家长评分",
    "follow_up.family_silent": "家长未评分",
    "follow_up.judged": "提出处理建议",
    "follow_up.new_round": "开始新一轮跟进",
    "plan.day_marked": "签到",
    "plan.day_missed": "未签到",
    "plan.item_amended": "调整行动事项",
    "plan.item_blocked": "行动事项遇到困难",
    "plan.item_done": "行动事项完成，待核实",
    "plan.item_dropped": "行动事项不再进行",
    "plan.item_made": "约定行动事项",
    "plan.item_reopened": "行动事项继续进行",
    "plan.item_started": "行动事项开始",
    "plan.item_verified": "行动事项已核实",
    "plan.overdue": "行动事项逾期，已提醒",
    "plan.scored": "一方完成评分",
    "plan.talk_asked": "请班主任联系了解困难",
    "upgrade.asked": "发现危险迹象，提请决定",
    "upgrade.decided": "已决定是否启动危机流程",
    "placement.resumed": "恢复实习",
    "placement.suspended": "暂停实习",
    "process.failed": "流程出现故障，已记录",
    "process.finished": "流程结束",
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
    **dict(Matter.Trigger.choices),
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
