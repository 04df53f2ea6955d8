"""From crisis to meeting: 德育处 and 心理教师 together, one proposes and the other confirms.

    propose --> PROPOSED --(the other of the two confirms)--> CONFIRMED, the case is a meeting
                    |
                    +--(danger again, or a newer proposal)--> LAPSED

Until the second name nothing changes: tasks, daily reports and ladder go on. Whoever may not be
told of the crisis is not told by its end either (_keep_faces).
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from ledger import events
from parties import tenancy
from parties.access import Act, Viewer
from parties.models import GuardianLink, Person
from parties.roles import Role
from workflow import (
    contacts,
    plan_people,
    processes,
    reports,
    rerouting,
    routing,
    stability,
    upgrade_requests,
)
from workflow.errors import InvalidInput, NotAllowed, NotFound, SamePerson, WrongState
from workflow.models import (
    Case,
    CaseFace,
    CaseParty,
    DowngradeProposal,
    RoutingDecision,
)
from workflow.routing import Channel, Decision, Held

#: An office, and the one that has to agree with it.
_PAIRS: Final = ((Role.ME, Role.PSY), (Role.PSY, Role.ME))


def propose(
    *, school_id: int, case_id: UUID, by: Person, at: datetime, to: str, reason: str
) -> DowngradeProposal:
    """The first of the two names. A newer proposal takes the place of one that still stands; the
    same words once more are the same proposal.

    Raises:
        NotFound, NotAllowed: the case is not there for `by`; neither 德育处 nor 心理教师.
        InvalidInput: no reason; anything but a meeting.
        WrongState: not a crisis, not triaged yet, somebody still has to acknowledge, the mandatory
            report is not decided, or a report to the superiors is still owed.
    """
    rerouting.require_reason(reason)
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        seen = viewer.get(Case, case_id)
        viewer.require(Act.DOWNGRADE, seen)
        if to != Channel.MEETING:
            raise InvalidInput("危机只能降为面对面会谈。", field="to", mend="请选择 MEETING。")
        held = routing.hold(case_id)
        rerouting.refuse_moved(held, seen, by)
        stability.require(held.case)
        before = standing(held.case)
        if before is not None and (before.by_id, before.reason) == (by.pk, reason):
            return before
        return _made(held.case, by=by, to=to, reason=reason, at=at)


def confirm(
    *, school_id: int, case_id: UUID, proposal_id: UUID, by: Person, at: datetime, reason: str = ""
) -> RoutingDecision:
    """The second name: the crisis's tasks and reports end, and the meeting begins.

    Raises:
        NotFound, NotAllowed: case or proposal is not there for `by`; not the other of the two.
        SamePerson: `by` proposed it.
        WrongState: it lapsed or was confirmed, or the crisis is not stable any more.
    """
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        seen = viewer.get(Case, case_id)
        held = routing.hold(case_id)
        proposal = _standing(held.case, proposal_id)
        viewer.require(Act.DOWNGRADE, held.case)
        rerouting.refuse_moved(held, seen, by)
        _refuse_pair(proposal, viewer, held.case)
        stability.require(held.case)
        proposal.confirm(at=at)
        proposal.save(update_fields=["state", "ended_at"])
        decided = _calm(held, proposal, viewer, reason)
    processes.start_now(school_id, case_id, at=at)
    return decided


def standing(case: Case) -> DowngradeProposal | None:
    """The proposal that waits for its second name, unless the danger came back since."""
    found = case.proposals.filter(state=DowngradeProposal.State.PROPOSED)
    return found.filter(alarm_at=case.alarm_at).select_related("by").first()


def awaited(proposal: DowngradeProposal, *, at: datetime) -> frozenset[Role]:
    """The office whose second name is missing; none when who proposed it holds neither any more."""
    first = Viewer.load(proposal.by, at=at).roles_towards(proposal.case.student)
    return frozenset(other for own, other in _PAIRS if own in first)


def _made(case: Case, *, by: Person, to: str, reason: str, at: datetime) -> DowngradeProposal:
    _lapse(case, at=at)
    made = DowngradeProposal.objects.create(
        school_id=case.school_id,
        case=case,
        channel=to,
        reason=reason,
        by=by,
        alarm_at=case.alarm_at,
        at=at,
    )
    _record("downgrade.proposed", made, by=by, at=at)
    _ask(made, at=at)
    return made


def _ask(proposal: DowngradeProposal, *, at: datetime) -> None:
    """Everybody of the other office hears that there is something to read. It is not urgent."""
    people = [
        (role.value, person)
        for role in sorted(awaited(proposal, at=at))
        for person in plan_people.able(role, case=proposal.case, at=at)
    ]
    key = f"downgrade.proposed:{proposal.pk}"
    plan_people.tell(proposal.case, people, template="case.news", key=key, at=at)


def _calm(held: Held, proposal: DowngradeProposal, viewer: Viewer, reason: str) -> RoutingDecision:
    case, at = held.case, viewer.at
    asked = (upgrade_requests.TASK,)  # words that nobody has looked at yet are no calm
    routing.stop(held, at=at, reason="downgraded", asked=asked)
    stability.require_acknowledged(
        case
    )  # a report missed at this very moment may have raised the ladder
    _keep_faces(case, at=at)
    matter = case.matters.first()
    case.calm(channel=proposal.channel, kind="" if matter is None else matter.trigger, at=at)
    case.save()
    routing.begin(case, at=at)
    decision = Decision(
        kind=RoutingDecision.Kind.DOWNGRADE,
        chosen=proposal.channel,
        channel=proposal.channel,
        by=proposal.by_id,
        reason=proposal.reason,
        second_by=viewer.person.pk,
        second_reason=reason,
    )
    return routing.record(case, decision, before=Channel.CRISIS, at=at)


def _keep_faces(case: Case, *, at: datetime) -> None:
    """Whoever may not be told keeps the face they know, or goes on seeing nothing.

    Only where telling was safe does the rest of the family see the meeting; then the student, too,
    stops being a subject whom nobody writes to. Where it was not, the face of the case stands for
    them all; but the new meeting leaves out whoever is barred, and their face is what is left.
    """
    safe = case.safe_to_tell == Case.SafeToTell.YES
    for person in sorted(_barred(case, at=at)):
        if case.shown_until is None:  # they never saw anything of it
            if safe:
                reports.name(case, {(person, str(CaseParty.Part.EXCLUDED)): None}, at=at)
            continue
        CaseFace.objects.get_or_create(
            school_id=case.school_id,
            case=case,
            person_id=person,
            defaults={
                "channel": case.shown_channel,
                "state": case.shown_state,
                "until": case.shown_until,
            },
        )
    if safe:
        case.parties.filter(part=CaseParty.Part.SUBJECT).delete()


def _barred(case: Case, *, at: datetime) -> set[UUID]:
    """Guardians whom the crisis names, or whom an order keeps from the student."""
    family = GuardianLink.objects.filter(student=case.student_id)
    return set(family.values_list("guardian_id", flat=True)) & contacts.barred(case, at=at)


def _standing(case: Case, proposal_id: UUID) -> DowngradeProposal:
    found = case.proposals.select_for_update(of=("self",)).filter(pk=proposal_id).first()
    if found is None:
        raise NotFound("没有找到。")
    lapsed = found.alarm_at != case.alarm_at
    if found.state != DowngradeProposal.State.PROPOSED or lapsed:
        raise WrongState("该降级意见已失效或已确认。", proposal=str(proposal_id))
    return found


def _refuse_pair(proposal: DowngradeProposal, viewer: Viewer, case: Case) -> None:
    """One of 德育处, one of 心理教师, and two different people."""
    if proposal.by_id == viewer.person.pk:
        raise SamePerson("须由两人分别作出决定，您已提出降级。", proposal=str(proposal.pk))
    if not awaited(proposal, at=viewer.at) & viewer.roles_towards(case.student):
        raise NotAllowed("危机降级须德育处与心理教师各一人。", proposal=str(proposal.pk))


def _lapse(case: Case, *, at: datetime) -> None:
    for earlier in case.proposals.filter(state=DowngradeProposal.State.PROPOSED):
        earlier.lapse(at=at)
        earlier.save(update_fields=["state", "ended_at"])
        _record("downgrade.lapsed", earlier, by=None, at=at)


def _record(kind: str, proposal: DowngradeProposal, *, by: Person | None, at: datetime) -> None:
    events.append(
        school_id=proposal.school_id,
        kind=kind,
        actor=None if by is None else by.pk,
        subject=("case", proposal.case_id),
        refs=[("proposal", proposal.pk)],
        at=at,
        payload={"to": proposal.channel},
    )
