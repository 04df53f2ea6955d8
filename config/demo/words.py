"""The demo's own words: what an event, a message, a channel is called in the story."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from workflow import rungs
from workflow.clock_file import defaults

_WEEKDAYS: Final = "一二三四五六日"

#: Events that say nothing new to a reader: the engine's own bookkeeping.
SILENT: Final = frozenset(
    {
        "contact.chosen",
        "escalation.climbed",  # told by the rung that was woken
        "event.caught",
        "event.thrown",
        "meeting.paper_added",
        "process.finished",
        "notification.sent",
        "task.claimed",
        "task.opened",
        "tasks.closed",
        "timer.fired",
    }
)
#: Told by their event already: reminders.
QUIET: Final = frozenset({"task.reminder"})
#: Calls of the ladder are made, or fall away, with the ladder.
SELF_EVIDENT: Final = frozenset({("task.overdue", "wake_call")})
KINDS: Final = {
    "case.opened": "【报警】危机报告已存入，立案",
    "case.opened:NOTICE": "【立案】通知进入流程：审批、发送、等回执",
    "case.opened:MEETING": "【立案】转为面对面会谈",
    "case.danger_again": "【再报】{who}：危险再次出现",
    "escalation.raised": "【阶梯】开始呼叫（{clock}）",
    "escalation.woken": "【叫醒】第 {rung} 级（{when}）：{roles}",
    "escalation.rung_skipped": "【升级】第 {rung} 级没有人，已记录并越过",
    "escalation.acknowledged": "【接报】{who}已接报，阶梯停在第 {rung} 级",
    "task.completed": "【办理】{who}：{task}",
    "task.reminded": "【催办】{who}：{task}",
    "task.overdue": "【催办】逾期自动提醒：{task}",
    "triage.settled": "【研判】两人一致：{type}；{colour}；告知监护人：{safe}",
    "guardians.shielded": "【隐藏】对涉事监护人隐藏本案：列表、消息、数量、痕迹都没有",
    "contact.attempted": "【联系】{who}：{task}，{outcome}",
    "guardian.reached": "【联系】{who}：监护人{outcome}",
    "mandatory_report.proposed": "【强制报告】{who}：{outcome}（第一人）",
    "mandatory_report.decided": "【强制报告】两人签名，登记：{outcome}",
    "safety_plan.made": "【安全计划】{who}已制定",
    "clock.missed": "【错过时限】{clock}：记入账本，谁也改不掉",
    "zero_report.given": "【零报告】{day}：{who}已报",
    "zero_report.missed": "【零报告】{day}：漏报，记入账本",
    "process.failed": "【故障】流程停下等待重试：{code}",
    "notification.delayed": "【投递】{channel} 一时送不出，继续用同一编号重试",
    "notification.undeliverable": "【投递】{channel} 无法送达，已提请处理",
    "notification.withheld": "【投递】收件人应当回避，未发出",
    "wake_call.made": "【电话】{who}：{outcome}",
    "notice.submitted": "【通知】{who}提交审批",
    "notice.approved": "【通知】{who}批准发送",
    "notice.slip_printed": "【通知】打印 {count} 份纸质回执单，给没有手机的家庭",
    "notice.sent": "【通知】发出 {count} 份，每位家长、每个孩子一份",
    "notice.reminded": "【通知】未答复的家庭再提醒，第 {rung} 次，{count} 份",
    "calls.asked": "【通知】仍未答复：{count} 个班请班主任打电话",
    "receipt.opened": "【回执】{who}已打开",
    "receipt.confirmed": "【回执】{who}已确认",
    "receipt.replied": "【回执】{who}写了回复",
    "family.contacted": "【联系】{who}记录了一次联系",
    "families.disclosed": "【联系】{who}打开待联系名单（{count} 户），已留痕",
    "danger.hinted": "【提示】回复里有危险用语，已提醒 {told} 人去看，由人判断",
    "notice.closed": "【通知】结束：{settled} 份已答复，{owing} 户未答复",
    "matter.raised": "【事项】{who}提出，不是紧急情况",
    "matter.proposed": "【分流】词语与决策表只提建议，由人决定",
    "case.routed": "【分流】{who}决定了渠道，建议和决定都留了记录",
    "meeting.prepared": "【会谈】定下目的和参加的人",
    "meeting.offered": "【会谈】提供可选时间",
    "notice.meeting_begun": "【通知】家里没有答复，已转为会谈",
    "meeting.times_sent": "【会谈】请家长选时间",
    "meeting.agreed": "【会谈】{who}选定了时间",
    "meeting.invited": "【会谈】发出邀请和日历",
    "meeting.held": "【会谈】已会谈",
    "record.copied": "【记录】双方签字，副本已送达",
    "plan.item_made": "【方案】记下一项约定",
    "plan.day_marked": "【签到】{who}今日已签到",
    "plan.day_missed": "【签到】昨天没有签到，早上提醒一次",
    "plan.talk_asked": "【签到】连续几天没有签到，请班主任问问需要什么帮助",
    "plan.talk_waits": "【签到】还没有人联系，已告知年级组长",
    "plan.handed_over": "【方案】一项约定换了负责人，已告知",
    "plan.moved": "【方案】一项约定的期限改了，已告知各方",
    "plan.overdue": "【方案】一项约定到期未完成，提醒负责人",
    "plan.unverified": "【方案】一项约定已完成，还没有人核实，已告知上一级",
    "plan.item_done": "【方案】{who}完成一项",
    "plan.item_verified": "【方案】{who}核实一项",
    "plan.item_dropped": "【方案】随结案停止一项",
    "plan.scored": "【评估】{who}评了分",
    "follow_up.begun": "【跟进】第 2、4、8 周各看一次",
    "follow_up.held": "【跟进】{who}完成一次跟进",
    "follow_up.family_asked": "【评估】请家庭也评一评",
    "follow_up.judged": "【评估】两方评分齐了，由人决定结束还是继续",
    "case.closed": "【结案】{who}结案",
}
OUTCOMES: Final = {
    "reached": "已联系到",
    "no_answer": "无人接听",
    "refused": "拒绝沟通",
    "reported": "已向公安报告",
    "not_required": "不需要报告",
}
PARTS: Final = {
    "student": "学生本人",
    "father": "父亲（涉事）",
    "mother": "母亲",
    "other_father": "另一位家长",
    "silent_parent": "一直没有答复的家长",
    "teacher": "班主任",
    "grade_leader": "年级组长",
    "duty": "德育处值班",
    "head": "德育处主任",
    "counsellor": "心理教师",
    "vice_principal": "分管副校长",
    "principal": "校长",
    "mentor": "企业指导教师",
}
CHANNELS: Final = {"in_app": "站内", "sms": "短信", "email": "邮件", "webhook": "系统推送"}


def rung_moment(number: object) -> str:
    """When a rung is woken, counted from the alarm."""
    ladder = rungs.defaults()["crisis"]
    rung = int(str(number))
    if rung > ladder.top:
        return "最高一级重复"
    return f"报警后 {int(ladder.rung(rung).offset.total_seconds()) // 60} 分钟"


@lru_cache(maxsize=1)
def answers() -> Mapping[str, str]:
    """What the triage form calls the codes of its answers."""
    form = json.loads((Path(settings.BPMN_DIR) / "forms/triage.json").read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for name in ("safe_to_tell", "colour", "type"):
        found.update(form["properties"][name]["x-labels"])
    return found


def moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local:%m-%d} 周{_WEEKDAYS[local.weekday()]} {local:%H:%M:%S}"


def clock_label(name: str) -> str:
    """What people call a clock; reasons of a ladder are clocks, or one of two words."""
    own = {"report": "新报告", "danger_again": "危险再现"}
    known = defaults().clocks.get(name)
    return own.get(name, name if known is None else known.label)
