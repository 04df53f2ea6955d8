"""A case as its reader may see it, what happened, and the one button 已接报."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parties.access import Act, Viewer
from parties.roles import Role
from parties.sign_in import Identity
from portal import downgrades, effects, meetings, notices, pages, words
from portal.session import signed_in, viewing
from records.models import Meeting
from workflow import (
    case_files,
    case_plans,
    cases,
    family_dates,
    routing_files,
    timeline,
    undecided,
)
from workflow.case_files import CaseFile
from workflow.models import Case
from workflow.routing_files import CHOICES, SECOND, RoutingFile
from workflow.task_files import TaskFile

_LONGEST_TIMELINE = 200
_CRISIS = Case.Channel.CRISIS
_RECUSED = (
    "提出人请班主任回避：班主任看不到这件事，请不要向班主任透露。沟通记录请从这件事的待办里写；"
    "另外写的记录，班主任能看到。"
)


@require_safe
@signed_in(bound=True)
def case(request: HttpRequest, identity: Identity, case_id: UUID) -> HttpResponse:
    with viewing(identity) as viewer:
        file = case_files.read(viewer=viewer, case_id=case_id)
        routing = routing_files.of(viewer, file.case)
        wanted, may_confirm = downgrades.waiting(viewer, routing.proposal)
        context = {
            "case": file.case,
            "facts": _facts(file),
            "reports": _reports(file),
            "team": "owner" in file.fields,
            "waiting": file.waiting,
            "may_acknowledge": file.waiting and Act.ACKNOWLEDGE in file.may,
            **_channel(file),
            "may_confirm": may_confirm,
            "may_endanger": Act.ENDANGER in file.may,
            **_work(viewer, file.case, bound=identity.is_bound),
            "routing": _routing(routing, wanted),
            "tasks": file.tasks,
            "timeline": _lines(viewer, file.case),
            "bound": identity.is_bound,
            "file_of": "student" in file.fields and file.case.student_id,
        }
    return pages.show(request, "case", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(bound=True)
def acknowledge(request: HttpRequest, identity: Identity, case_id: UUID) -> HttpResponse:
    with viewing(identity) as viewer:
        file = case_files.read(viewer=viewer, case_id=case_id)
        at = viewer.at
    if request.method != "POST":
        context = {
            "case": file.case,
            "waiting": file.waiting,
            "may": Act.ACKNOWLEDGE in file.may,
        }
        return pages.show(request, "acknowledge", context)
    cases.acknowledge(school_id=identity.school_id, case_id=case_id, by=identity.person, at=at)
    return redirect("portal:case", case_id=case_id)


@require_POST
@signed_in()
def danger_again(request: HttpRequest, identity: Identity, case_id: UUID) -> HttpResponse:
    """Two taps, because the whole team is woken again."""
    if "sure" not in request.POST:
        return pages.show(request, "danger_again", {"case_id": case_id})
    with viewing(identity) as viewer:
        at = viewer.at
    cases.danger_again(school_id=identity.school_id, case_id=case_id, by=identity.person, at=at)
    return redirect("portal:case", case_id=case_id)


def _channel(file: CaseFile) -> dict[str, bool]:
    """Its ways up and down; none down as long as it only stands where the meetings are, because
    nobody has decided yet.
    """
    team, crisis = "owner" in file.fields, file.case.channel == _CRISIS
    question = team and not crisis and undecided.waits(file.case)
    going = file.case.closed_at is None
    return {
        "open_question": question,
        "may_upgrade": Act.UPGRADE in file.may and going,
        "may_downgrade": Act.DOWNGRADE in file.may and going and not question,
    }


def _work(viewer: Viewer, found: Case, *, bound: bool) -> dict[str, Any]:
    """Its date, its plan, and what each side said of that; a link for one errand shows no score."""
    return {
        "meeting": meetings.arranged(viewer, found) or _at_home(viewer, found),
        "notice": notices.sent_of(viewer, found.pk),
        "planned": case_plans.has_any(viewer, found),
        "effects": [] if bound else effects.of_case(viewer, found.pk),
    }


def _at_home(viewer: Viewer, found: Case) -> Meeting | None:
    waiting = (meeting for meeting, _ in family_dates.waiting(viewer))
    return next((meeting for meeting in waiting if meeting.case_id == found.pk), None)


def _facts(file: CaseFile) -> list[tuple[str, Any]]:
    """Label and value of everything this reader may see of the case itself. Who took the report and
    whether guardians are told is asked of a crisis alone.
    """
    found, fields = file.case, file.fields
    crisis = "channel" in fields and file.face.get("channel", found.channel) == _CRISIS
    begun = "报告时间" if crisis else "开始时间"
    facts: list[tuple[str, Any]] = []
    if "student" in fields and (student := found.student) is not None:
        facts.append(("学生", f"{student.person.name}（{student.school_class.name}）"))
    if "state" in fields:
        facts.append(("状态", words.state(found, file.face)))
    if "kind" in fields and found.kind:
        facts.append(("类型", words.KINDS.get(found.kind, found.kind)))
    if "colour" in fields and found.colour:
        facts.append(("等级", found.get_colour_display()))
    if crisis and "safe_to_tell" in fields:
        facts.append(("告知监护人", found.get_safe_to_tell_display()))
    if crisis and "owner" in fields:
        facts.append(("接报人", found.owner.name if found.owner else "还没有人接报"))
    facts += [
        (label, getattr(found, name))
        for name, label in (("opened_at", begun), ("closed_at", "结案时间"))
        if name in fields and name not in file.face and getattr(found, name)
    ]
    return facts


def _routing(file: RoutingFile, wanted: str) -> list[tuple[str, str]]:
    """What was raised, what was proposed, and who decided; nothing of it for a family."""
    lines: list[tuple[str, str]] = []
    if file.matter is not None:
        matter, fields = file.matter
        lines += [("触发原因", matter.get_trigger_display()), ("事由", matter.words)]
        lines += [("现在有危险吗", matter.get_danger_display())]
        lines += [("回避", _RECUSED)] if matter.recused else []
        lines += [("用语提示", matter.get_level_display())] if matter.level else []
        proposed = matter.get_proposed_display() if matter.proposed else "没有建议"
        lines += [("建议渠道", f"{proposed}（{matter.rule_label or matter.rule or '—'}）")]
        if "raised_by" in fields:
            lines += [("提出人", f"{matter.raised_by.name}（{_role(matter.raised_role)}）")]
    if file.first is not None and file.first.completed_by is not None:
        chosen = file.first.answer or {}
        channel = Case.Channel(str(chosen["channel"]).upper()).label
        why = f"：{chosen['reason']}" if chosen.get("reason") else ""
        lines += [("已决定，待第二人复核", f"{channel}（{file.first.completed_by.name}）{why}")]
    for row in file.decisions:
        names = "、".join(who.name for who in (row.decided_by, row.second_by) if who is not None)
        why = f"：{row.reason}" if row.reason else ""
        lines += [(row.get_kind_display(), f"{row.get_channel_display()}（{names}）{why}")]
    if file.proposal is not None:
        text = f"{file.proposal.by.name}：{file.proposal.reason}"
        lines += [(f"提出降级，待{wanted or '另一人'}确认", text)]
    return lines


def shelf(viewer: Viewer, file: TaskFile) -> dict[str, Any]:
    """What was raised and proposed, and what the first decided, for whoever decides now. Inside a
    scope.
    """
    if file.task.name not in (*CHOICES, SECOND) or not file.case_visible:
        return {}
    return {"routing": _routing(routing_files.read(viewer=viewer, case_id=file.task.case_id), "")}


def _reports(file: CaseFile) -> list[list[tuple[str, Any]]]:
    labels = (
        ("receipt_no", "回执编号"),
        ("who", "涉及谁"),
        ("observed", "看到或听到"),
        ("place", "地点"),
        ("with_whom", "谁在陪同"),
        ("injuries", "伤情"),
    )
    shown = []
    for report, fields in file.reports:
        facts = [
            (label, getattr(report, name))
            for name, label in labels
            if name in fields and getattr(report, name)
        ]
        if report.pk in file.supplements:
            facts.append(("事后补充的中性说法", file.supplements[report.pk]))
        facts.append(("当时是否安全", report.get_safe_now_display()))
        if "reporter" in fields and report.reporter is not None:
            facts.append(("报告人", f"{report.reporter.name}（{_role(report.reporter_role)}）"))
        shown.append(facts)
    return shown


def _role(code: str) -> str:
    return Role(code).label if code in Role.values else code


def _lines(viewer: Viewer, found: Case) -> list[dict[str, Any]]:
    """One line per event; the same thing many times in a row is one line that says how often."""
    lines: list[dict[str, Any]] = []
    for entry in timeline.entries(viewer, found, limit=_LONGEST_TIMELINE):
        line = {
            "at": entry.at,
            "text": _text(entry),
            "who": entry.actor_name,
            "roles": "、".join(_role(str(code)) for code in entry.payload.get("roles", [])),
            "times": 1,
        }
        same = lines and all(lines[-1][name] == line[name] for name in ("text", "who", "roles"))
        if same:
            lines[-1]["times"] += 1
        else:
            lines.append(line)
    return lines


def _text(entry: timeline.Entry) -> str:
    """新的待办：安排会谈时间."""
    said = words.EVENTS.get(entry.kind, entry.kind)
    return f"{said}：{entry.task}" if entry.task else said
