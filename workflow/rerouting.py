"""升级 and 降级: one case, another channel, with a reason and a name.

Anybody who works on a case may take it up. Down from a meeting goes whoever looks after the
student; down from a crisis only two people together (workflow.stabilising).
"""

from datetime import datetime
from uuid import UUID

from parties import legible, tenancy
from parties.access import Act, Viewer
from parties.models import Person
from workflow import exclusions, policies, processes, routing, undecided, upgrade_requests
from workflow.errors import ConflictOfInterest, InvalidInput, WrongState
from workflow.models import Case, CrisisReport, RoutingDecision
from workflow.routing import RANK, Channel, Decision, Held
from workflow.upgrading import UpgradeInput, take_up


def upgrade(
    *, school_id: int, case_id: UUID, by: Person, at: datetime, upgrade: UpgradeInput
) -> RoutingDecision:
    """Take a case up to a meeting or a crisis: a crisis wakes the ladder in this transaction.

    Raises:
        NotFound, NotAllowed: the case is not there for `by`; they are not on its team.
        InvalidInput: no reason; the channel is not a higher one.
        WrongState: it is a notice to many families, closed, or moved a moment ago.
    """
    require_reason(upgrade.reason)
    if upgrade.safe_now not in CrisisReport.Safe.values:
        raise InvalidInput(
            "没有说明学生现在是否安全。", field="safe_now", mend="请选择 YES、NO 或 UNKNOWN。"
        )
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        seen = viewer.get(Case, case_id)
        refuse_many(seen)
        viewer.require(Act.UPGRADE, seen)
        require_step(seen, to=upgrade.to, up=True)
        held = routing.hold(case_id)
        refuse_moved(held, seen, by)
        decided = take_up(held, viewer, upgrade)
    processes.start_now(school_id, case_id, at=at)
    return decided


def downgrade(
    *, school_id: int, case_id: UUID, by: Person, at: datetime, to: str, reason: str
) -> RoutingDecision:
    """Take a meeting down to a notice, because pure information is left.

    Raises:
        NotFound, NotAllowed: the case is not there for `by`; not theirs to take down.
        InvalidInput: no reason; the channel is not a lower one; a crisis needs two people.
        WrongState: it is closed, nobody has routed it yet, or somebody moved it a moment ago.
    """
    require_reason(reason)
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        seen = viewer.get(Case, case_id)
        viewer.require(Act.DOWNGRADE, seen)
        if seen.channel == Channel.CRISIS:
            raise InvalidInput("危机降级须两人。", field="to", mend="请先提出，由另一人确认。")
        require_step(seen, to=to, up=False)
        held = routing.hold(case_id)
        refuse_moved(held, seen, by)
        undecided.refuse(held.case)
        before = str(held.case.channel)
        asked = (upgrade_requests.TASK,)
        routing.stop(held, at=at, reason="downgraded", asked=asked)
        routing.enter(held.case, channel=to, kind=held.case.kind, at=at)
        decision = Decision(
            kind=RoutingDecision.Kind.DOWNGRADE, chosen=to, channel=to, by=by.pk, reason=reason
        )
        decided = routing.record(held.case, decision, before=before, at=at)
    processes.start_now(school_id, case_id, at=at)
    return decided


def require_reason(reason: str) -> None:
    if not legible.said(reason):
        raise InvalidInput("没有填写理由。", field="reason", mend="请写明为什么改变渠道。")


def refuse_many(case: Case) -> None:
    """Its process would stop for all families, and nobody could be met about it."""
    if policies.is_to_many(case):
        raise WrongState(
            "这份通知发给多个家庭，不是哪一名学生的事，不能升级；通知照常进行。"
            "要谈一名学生的事，请“提出事项”；有人有危险，请“报告危机”。",
            case=str(case.pk),
        )


def require_step(case: Case, *, to: str, up: bool) -> None:
    """Refuse a channel that does not lie in the direction asked for."""
    if to not in Channel.values:
        raise InvalidInput("没有这个渠道。", field="to", mend="请选择 NOTICE、MEETING 或 CRISIS。")
    step = RANK[Channel(to)] - RANK[Channel(case.channel)]
    if step == 0 or (step > 0) != up:
        way = "更高" if up else "更低"
        raise InvalidInput(f"这不是{way}的渠道。", field="to", mend=f"请选择{way}的渠道。")


def refuse_moved(held: Held, seen: Case, by: Person) -> None:
    """What was read before the lock must still hold; and nobody decides in their own matter."""
    case = held.case
    if case.channel != seen.channel or case.alarm_at != seen.alarm_at:
        raise WrongState("该事项刚刚有了变化，请刷新后再看。", case=str(case.pk))
    if case.closed_at is not None:
        raise WrongState("该事项已经结束。如有新的危险，请报告危机。", case=str(case.pk))
    if by.pk in exclusions.excluded_people(case):
        raise ConflictOfInterest("您与该事项有关联，应当回避。", case=str(case.pk))
