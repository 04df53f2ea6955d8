"""Service tasks and answers of bpmn/intake.bpmn: hints propose, a person decides, both are kept.

A crisis is sounded where the person's answer is stored (on_complete), not by a later step: a fault
of the diagram must not silence it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from uuid import UUID

from ledger.models import Event
from parties import legible, relations
from parties.models import Person
from parties.roles import Role
from records import signs
from workflow import exclusions, notifications, routing, waking
from workflow.completions import Completion, on_complete
from workflow.engine import StepContext, service_task
from workflow.errors import InvalidInput, WrongState
from workflow.handlers import channel_table, step_events
from workflow.models import Case, CrisisReport, HumanTask, Matter, RoutingDecision
from workflow.notifications import Message
from workflow.reports import ReportInput
from workflow.routing import Channel, Decision
from workflow.routing_files import CHOICES, SECOND

Results = Mapping[str, object]

#: What a person said about danger when the matter was raised, as a report of a crisis says it.
_SAFE_NOW: Final = {
    Matter.Danger.YES: CrisisReport.Safe.NO,
    Matter.Danger.NO: CrisisReport.Safe.UNKNOWN,
    Matter.Danger.UNCLEAR: CrisisReport.Safe.UNKNOWN,
}
#: Who hears that nobody has decided: at the first missed clock, and from the second on.
_FIRST: Final = {SECOND: (Role.ME, Role.VP)}
_USUAL: Final = (Role.GL, Role.ME)
_LATER: Final = (Role.GL, Role.ME, Role.VP, Role.PR)


@service_task(
    "intake.read_hints",
    decides=("trigger", "danger", "repeated", "needs_family", "individual", "level"),
)
def read_hints(context: StepContext) -> Results:
    """Words that a person should look at soon. None found is no finding: it closes nothing."""
    matter = _matter(context.case_id)
    found = signs.read(matter.words)
    matter.level = found.level
    matter.hints = [
        f"{level}:{category}"
        for level in (signs.RED, signs.AMBER, signs.COMPLAINT)
        for category in sorted(getattr(found, level))
    ]
    matter.save(update_fields=["level", "hints"])
    if found.complaint:
        _tell(context, [Role.ME], "case.news", turn="complaint", channels=("in_app",), urgent=False)
    return {"trigger": matter.trigger, "level": found.level, **matter.answers()}


@service_task("intake.keep_proposal")
def keep_proposal(context: StepContext, *, channel: str | None, rule: str | None) -> Results:
    """What the table proposes; a table without an answer proposes nothing and stops nobody."""
    matter = _matter(context.case_id)
    matter.proposed = (channel or "").upper()
    matter.rule = rule or ""
    matter.rule_label = channel_table.described(matter.rule)
    matter.proposed_at = context.at
    matter.save(update_fields=["proposed", "rule", "rule_label", "proposed_at"])
    if _is_urgent(matter):
        people = [Role.HT, Role.GL, Role.ME]
        _tell(context, people, "matter.urgent", turn="urgent", channels=("sms",), urgent=True)
    step_events.record(
        context, "matter.proposed", to=matter.proposed, rule=matter.rule, level=str(matter.level)
    )
    return {}


@service_task("intake.undecided")
def undecided(context: StepContext, *, task: str, clock: str) -> Results:
    """Nobody has decided in time: a fact for good, and somebody above hears of it, every time."""
    missed = Event.objects.filter(
        subject_type="case", subject_id=context.case_id, kind="clock.missed"
    )
    turn = missed.count() + 1
    step_events.record(context, "clock.missed", clock=clock, task=task)
    roles = _LATER if turn > 1 else _FIRST.get(task, _USUAL)
    _tell(
        context,
        roles,
        "matter.undecided",
        turn=f"{task}:{turn}",
        channels=("in_app", "sms"),
        urgent=_is_urgent(_matter(context.case_id)),
    )
    return {}


@service_task("intake.route")
def route(context: StepContext) -> Results:
    """Into the notice or the meeting that a person chose; the process there begins on this case."""
    case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=context.case_id)
    first, second = _answered(case, *CHOICES), _answered(case, SECOND)
    if first is None or first.completed_by_id is None:
        raise WrongState("还没有人决定渠道。", case=str(case.pk))
    matter, channel = _matter(case.pk), _channel(first)
    routing.enter(case, channel=channel, kind=matter.trigger, at=context.at)
    decision = Decision(
        kind=RoutingDecision.Kind.FIRST,
        chosen=channel,
        channel=channel,
        by=first.completed_by_id,
        reason=_reason(first),
        second_by=None if second is None else second.completed_by_id,
        second_reason=_reason(second),
    )
    routing.record(case, decision, before="", at=context.at)
    return {}


@on_complete(*CHOICES)
def choose(completion: Completion) -> None:
    """A person decides. Going another way than the table needs a reason; a crisis starts here."""
    matter, channel = _matter(completion.task.case_id), _channel(completion.task)
    if channel != matter.proposed and not legible.said(_reason(completion.task)):
        raise InvalidInput(
            "与建议的渠道不同，须写明理由。", field="reason", mend="请写明为什么这样决定。"
        )
    if channel == Channel.CRISIS:
        first = Decision(
            kind=RoutingDecision.Kind.FIRST,
            chosen=channel,
            channel=channel,
            by=completion.by.pk,
            reason=_reason(completion.task),
        )
        _sound(completion, matter, first, safe_now=str(completion.answer.get("safe_now", "")))


@on_complete(SECOND)
def confirm(completion: Completion) -> None:
    """Two do not agree to stay below the crisis that words or table point to: then it is one."""
    if completion.answer.get("agree") == "yes":
        return
    first = _answered(completion.task.case, CHOICES[1])
    if first is None or first.completed_by_id is None:
        raise WrongState("还没有人决定渠道。", task=str(completion.task.pk))
    decision = Decision(
        kind=RoutingDecision.Kind.FIRST,
        chosen=_channel(first),
        channel=Channel.CRISIS,
        by=first.completed_by_id,
        reason=_reason(first),
        second_by=completion.by.pk,
        second_reason=_reason(completion.task),
    )
    _sound(completion, _matter(completion.task.case_id), decision, safe_now="")


def _sound(completion: Completion, matter: Matter, decision: Decision, *, safe_now: str) -> None:
    """The words of whoever raised it become the report; what else goes on in the case stops."""
    held = routing.hold(matter.case_id)
    routing.stop(held, at=completion.at, reason="alarmed", but=completion.task.instance_id)
    routing.sound(
        held.case,
        report=ReportInput(
            who="",
            student_id=held.case.student_id,
            observed=matter.words,
            safe_now=safe_now or _SAFE_NOW[Matter.Danger(matter.danger)].value,
        ),
        reporter=matter.raised_by,
        role=Role(matter.raised_role),
        request_key=f"intake:{matter.case_id}",
        at=completion.at,
    )
    routing.record(held.case, decision, before="", at=completion.at)


def _matter(case_id: UUID) -> Matter:
    return Matter.objects.select_related("raised_by").get(case=case_id)


def _answered(case: Case, *names: str) -> HumanTask | None:
    done = HumanTask.objects.filter(
        case=case, name__in=names, state=HumanTask.State.COMPLETED, created_at__gte=case.alarm_at
    )
    return done.order_by("-ended_at", "-created_at").first()


def _channel(task: HumanTask) -> str:
    return str((task.answer or {}).get("channel", "")).upper()


def _reason(task: HumanTask | None) -> str:
    return "" if task is None else str((task.answer or {}).get("reason", ""))


def _is_urgent(matter: Matter) -> bool:
    """Somebody may be in danger: such a message rings at night, too."""
    return matter.level == Matter.Level.RED or matter.proposed == Channel.CRISIS


def _tell(
    context: StepContext,
    roles: Iterable[Role],
    template: str,
    *,
    turn: str,
    channels: tuple[str, ...],
    urgent: bool,
) -> None:
    """Everybody of `roles` who may know of the case, once per turn."""
    rows = [
        Message(
            case_id=context.case_id,
            to_id=person.pk,
            to_role=role.value,
            channel=channel,
            template=template,
            key=f"{template}:{context.instance_id}:{turn}:{person.pk}:{channel}",
            lane="routine",
            urgent=urgent,
        )
        for role, person in _who_may_know(context, roles)
        for channel in waking.channels_of(person, channels)
    ]
    notifications.enqueue_many(school_id=context.school_id, rows=rows, at=context.at)


def _who_may_know(context: StepContext, roles: Iterable[Role]) -> Iterator[tuple[Role, Person]]:
    case = Case.objects.select_related("student__school_class").get(pk=context.case_id)
    excluded = exclusions.excluded_people(case)
    for role in roles:
        holders = relations.holders(role=role, at=context.at, student=case.student)
        for person in relations.able(holders, at=context.at, excluded=excluded):
            yield role, person
