"""The door of everything that is no emergency: who raises what, about whom, and the slip they get.

Raising decides nothing. The words are read for hints and the routing table proposes a channel
(bpmn/intake.bpmn); a person decides. Somebody in danger has a door of its own (workflow.reporting),
which never leads through here.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError

from ledger import events
from parties import legible, tenancy
from parties.access import Viewer
from parties.models import Person, Student
from parties.roles import Role
from workflow import (
    added_matters,
    matter_entries,
    openings,
    processes,
    recusals,
    reports,
    routing,
)
from workflow.errors import InvalidInput, NotAllowed
from workflow.models import Case, Matter

#: Staff about students that their post puts them in touch with; everybody else about their own.
STAFF: Final = frozenset(
    {Role.HT, Role.ST, Role.GL, Role.PSY, Role.DOC, Role.FA, Role.ME, Role.VP, Role.PR}
)
MAY_RAISE: Final = STAFF | {Role.G, Role.STU, Role.CM, Role.CA}
#: Which of several roles a matter is raised in: the nearest to the student first.
_NEAREST: Final = (
    Role.STU,
    Role.G,
    Role.HT,
    Role.ST,
    Role.CM,
    Role.CA,
    Role.PSY,
    Role.DOC,
    Role.FA,
    Role.GL,
    Role.ME,
    Role.VP,
    Role.PR,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterInput:
    """What it is about, in a person's own words, and four questions about how grave it is.

    `recused`: it concerns the homeroom teacher, who is to have no part in it (recusals).
    """

    student_id: UUID
    trigger: str
    words: str
    danger: str
    repeated: bool = False
    needs_family: bool = False
    individual: bool = True
    recused: bool = False


@dataclass(frozen=True, slots=True)
class Slip:
    """Proof that a matter was taken in; `repeated` when the same request came before, `added` when
    it went into one that nobody has decided yet.
    """

    case_id: UUID
    receipt_no: str
    raised_at: datetime
    repeated: bool
    added: bool = False


def receive(*, person: Person, matter: MatterInput, key: str) -> Slip:
    """Take a matter in, in the role nearest to the student; the same with the same `key` is one.

    Raises: as raise_matter.
    """
    with tenancy.scope(person.school_id) as at:
        viewer = Viewer.load(person, at=at)
        student = viewer.get(Student, matter.student_id)
        held = viewer.roles_towards(student) & MAY_RAISE
        role = next((role for role in _NEAREST if role in held), None)
    if role is None:
        raise NotAllowed("您不能为这位学生提出事项。")
    return raise_matter(
        school_id=person.school_id,
        by=person,
        role=role,
        at=at,
        matter=matter,
        request_key=_request_key(person, matter, key),
    )


def raise_matter(
    *,
    school_id: int,
    by: Person,
    role: Role,
    at: datetime,
    matter: MatterInput,
    request_key: str,
) -> Slip:
    """Store a matter, open its case and start the intake. Repeating `request_key` changes nothing;
    what a family asks again before anybody has decided is one matter (added_matters).

    Raises:
        InvalidInput: no words, or a code that the form does not offer.
        NotFound, NotAllowed: the student is not `by`'s to speak about, or not in this role.
    """
    _refuse_incomplete(matter)
    try:
        with tenancy.scope(school_id):
            known = _known(by, request_key) or _added(by, role, matter, at=at)
            slip = known or _open(by, role, matter, request_key, at=at)
    except IntegrityError:  # the same request arrived twice at the same moment
        with tenancy.scope(school_id):
            known = _known(by, request_key)
        if known is None:
            raise
        return known
    if not slip.repeated:
        processes.start_now(school_id, slip.case_id, at=at)
    return slip


def visible_case(*, person: Person, case_id: UUID) -> UUID | None:
    """The case behind a slip, for those of its raisers who may see it."""
    with tenancy.scope(person.school_id) as at:
        seen = Viewer.load(person, at=at).rows(Case).filter(pk=case_id)
        return seen.values_list("pk", flat=True).first()


def _request_key(person: Person, matter: MatterInput, key: str) -> str:
    """The words count always: a page sent again with other words brings a second matter."""
    words = json.dumps(asdict(matter), sort_keys=True, default=str)
    parts = "\x1f".join((str(person.pk), key, words))
    return f"key:{hashlib.sha256(parts.encode()).hexdigest()}"


def _refuse_incomplete(matter: MatterInput) -> None:
    if not legible.said(matter.words):
        raise InvalidInput("没有写明事由。", field="words", mend="请用自己的话写几句。")
    if matter.trigger not in Matter.Trigger.values:
        raise InvalidInput("没有选择触发原因。", field="trigger", mend="请从列表中选择一项。")
    if matter.danger not in Matter.Danger.values:
        raise InvalidInput(
            "没有说明现在是否有危险。", field="danger", mend="请选择有、没有或不清楚。"
        )


def _known(by: Person, request_key: str) -> Slip | None:
    found = Matter.objects.filter(request_key=request_key, raised_by=by).first()
    if found is None:
        return None
    return Slip(found.case_id, found.receipt_no, found.raised_at, repeated=True)


def _added(by: Person, role: Role, given: MatterInput, *, at: datetime) -> Slip | None:
    said = Matter(**_columns(given))
    found = added_matters.add(said, by=by, role=role, student=given.student_id, at=at)
    if found is None:
        return None
    return Slip(found.case_id, found.receipt_no, found.raised_at, repeated=True, added=True)


def _open(by: Person, role: Role, matter: MatterInput, request_key: str, *, at: datetime) -> Slip:
    viewer = Viewer.load(by, at=at)
    student = viewer.get(Student, matter.student_id)
    if role not in viewer.roles_towards(student) & MAY_RAISE:
        raise NotAllowed("您不能为这位学生提出事项。", role=role.value)
    case = openings.open_(
        school_id=by.school_id,
        channel=Case.Channel.MEETING,  # until a person has routed it; the family sees nothing yet
        process=routing.INTAKE,
        by=by if role in STAFF else None,  # who raises it from outside does not own it
        at=at,
        student=student,
        kind=matter.trigger,
    )
    if matter.recused:
        recusals.refuse(role)
        recusals.recuse(case, student, by=by, at=at)
    raised = {"raised_by": by, "raised_role": role.value, "raised_at": at}
    kept = _kept(case, matter, {**raised, "request_key": request_key})
    matter_entries.keep(kept, student)
    _record(kept, at=at)
    return Slip(case.pk, kept.receipt_no, at, repeated=False)


def _kept(case: Case, matter: MatterInput, raised: Mapping[str, Any]) -> Matter:
    """The words of a new matter; `raised` is by whom, as what, when and with which key."""
    return Matter.objects.create(
        school_id=case.school_id,
        case=case,
        receipt_no=reports.receipt_no(raised["raised_at"], prefix="SX"),
        **_columns(matter),
        **raised,
    )


def _columns(given: MatterInput) -> dict[str, Any]:
    return {
        "trigger": given.trigger,
        "words": given.words,
        "danger": given.danger,
        "repeated": given.repeated,
        "needs_family": given.needs_family,
        "individual": given.individual,
        "recused": given.recused,
    }


def _record(matter: Matter, *, at: datetime) -> None:
    """Without an actor: should it become a crisis, who spoke first is its reporter (CRI-R)."""
    events.append(
        school_id=matter.school_id,
        kind="matter.raised",
        actor=None,
        subject=("case", matter.case_id),
        refs=[("matter", matter.pk)],
        at=at,
        payload={"trigger": matter.trigger, "recused": matter.recused, **matter.answers()},
    )
