"""Whether a crisis may become a meeting: stabilising is no way around what is owed."""

from typing import Final

from workflow import closing
from workflow.errors import WrongState
from workflow.models import Case, Escalation, HumanTask
from workflow.routing import Channel

#: The law asks for a decision about reporting.
_REPORT_TASKS: Final = ("report_decide", "report_confirm", "report_waive")
_LIVE: Final = (HumanTask.State.OPEN, HumanTask.State.CLAIMED)


def require(case: Case) -> None:
    """Triaged, acknowledged, and reported wherever that was due. Raises WrongState."""
    if case.channel != Channel.CRISIS:
        raise WrongState("该事项不是危机。", case=str(case.pk))
    if case.triaged_at is None:
        raise WrongState("双人研判之前不能降级。", case=str(case.pk))
    require_acknowledged(case)
    done = case.tasks.filter(created_at__gte=case.alarm_at, name=_REPORT_TASKS[0])
    decided = done.filter(state=HumanTask.State.COMPLETED).exists()
    waiting = case.tasks.filter(name__in=_REPORT_TASKS, state__in=_LIVE).exists()
    if waiting or not decided:
        raise WrongState("强制报告尚未决定，不能降级。", case=str(case.pk))
    _require_reported(case)


def require_acknowledged(case: Case) -> None:
    """Raises WrongState while a ladder of it climbs."""
    if case.escalations.filter(state=Escalation.State.WAITING).exists():
        raise WrongState("还没有人接报，不能降级。", case=str(case.pk))


def _require_reported(case: Case) -> None:
    """What the school owes its superiors ends with an answer, never with the crisis."""
    owed = case.tasks.filter(name__in=closing.UPWARD, state__in=_LIVE)
    titles = dict(owed.values_list("name", "title"))
    if titles:
        named = "、".join(titles[name] for name in closing.UPWARD if name in titles)
        raise WrongState(
            f"还没有办结：{named}。请先办结，当地不要求的在该项里选“当地不要求”，然后再降级。",
            case=str(case.pk),
        )
