"""An objection: filed, the record frozen, answered by its author, and content or not (D1 to D4).

    FILED --answer--> ANSWERED --content--> SETTLED      the record stands again, or n+1 took over
      |                  |
      |                  +--insist--> ROUTED             德育处 judges; so does a ground of privacy
      +--its days are over: by itself (records/unanswered.py), or insist--> ROUTED
      +--withdraw--> WITHDRAWN

While one is open the record is UNDER_OBJECTION: every reader sees that, nobody uses or shares it.
Inside a scope.
"""

import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from django_fsm import can_proceed

from ledger import events
from parties import legible
from parties.access import Act, Viewer
from parties.errors import InvalidInput, NotAllowed, WrongState
from parties.roles import Role
from records import (
    annotations,
    complaints,
    corrections,
    file_entries,
    language_gate,
    unanswered,
)
from records.complaints import Complaint
from records.disputes import OPEN
from records.draft_input import refuse_restricted
from records.models import CommunicationRecord, FileEntry, Objection
from records.record_rows import lock, saved
from records.stillness import as_known

KIND: Final = "objection"
State = Objection.State
LONGEST_ANNOTATION: Final = 500

#: By their post, if its policy shows it: the office, whoever has the class then, and who judges in
#: the place of the office.
_MAY_COME_TO_IT: Final = frozenset({Role.ME, Role.HT, Role.VP})

_FROZEN: Final = CommunicationRecord.State.UNDER_OBJECTION
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def file(viewer: Viewer, *, record_id: UUID, complaint: Complaint) -> Objection:
    """Take an objection in and freeze the record; again by the same person gives the same one.

    Raises NotFound, NotAllowed, WrongState, InvalidInput.
    """
    record = lock(viewer, record_id, Act.OBJECT)
    known = record.objections.filter(filed_by=viewer.person, state__in=OPEN).first()
    if known is not None:
        return known
    complaints.refuse(viewer, as_known(viewer, record), complaint)
    at_home = Role.G if record.student_id in viewer.wards else Role.STU
    made = _written(viewer, record, complaint, at_home)
    made.next_look_at = unanswered.days_end(made)
    made.save(force_insert=True)
    if complaint.ground in complaints.AT_ONCE:
        made.route(at=viewer.at)
        made.save(update_fields=["state", "routed_at", "next_look_at"])
    _freeze(viewer, record)
    _enter(made, record, at_home)
    _note(made, "objection.filed", viewer, ground=made.ground, routed=made.state == State.ROUTED)
    return made


def _written(
    viewer: Viewer, record: CommunicationRecord, complaint: Complaint, at_home: Role
) -> Objection:
    return Objection(
        school_id=record.school_id,
        student_id=record.student_id,
        record=record,
        about_id=complaint.about,
        receipt_no=f"YY{viewer.at:%Y}-" + "".join(secrets.choice(_ALPHABET) for _ in range(8)),
        ground=complaint.ground,
        wish=complaint.wish,
        quoted=complaint.quoted.strip(),
        words=complaint.words.strip(),
        filed_by=viewer.person,
        capacity=at_home.value,
        filed_at=viewer.at,
    )


def answer(viewer: Viewer, *, objection_id: UUID, reply: str, words: str) -> Objection:
    """The author accepts and corrects it, wholly or in part (corrections.py); or refuses.

    A guardian to whom the record stands still may object to a version that was replaced: what is
    corrected is the newest one.

    Raises NotFound, NotAllowed, WrongState, InvalidInput.
    """
    later = corrections.lock(viewer.get(Objection, objection_id).record)
    objection, record = _locked(viewer, objection_id, Act.ANSWER)
    if objection.state == State.ANSWERED and objection.replied_by_id == viewer.person.pk:
        if (objection.reply, objection.reply_words) == (reply, words.strip()):
            return objection
        raise WrongState("这份异议您已经答复，刚写的没有存入。", state=str(objection.state))
    if objection.state != State.FILED:
        raise WrongState("这份异议不在等您答复。", state=str(objection.state))
    _refuse_reply(reply, words)
    refuse_restricted({"words": words})
    language_gate.refuse_forbidden({"words": words}, student=record.student)
    objection.answer(reply=reply, words=words.strip(), by=viewer.person, at=viewer.at)
    if reply != Objection.Reply.REFUSED:
        objection.correction = corrections.of(viewer, objection, later)
    objection.save()
    _note(objection, "objection.answered", viewer, reply=reply)
    return objection


def content(viewer: Viewer, *, objection_id: UUID) -> Objection:
    """The filer is content with the answer: it is over, and the record stands again."""
    objection, record = _locked(viewer, objection_id, Act.OBJECT)
    if objection.state == State.SETTLED:
        return objection
    if objection.state != State.ANSWERED:
        raise WrongState("还没有答复。", state=str(objection.state))
    objection.settle(at=viewer.at)
    objection.save(update_fields=["state", "ended_at"])
    _thaw(viewer, record)
    _note(objection, "objection.settled", viewer, how="content")
    return objection


def insist(viewer: Viewer, *, objection_id: UUID) -> Objection:
    """The filer is not content, or has waited in vain: 德育处 takes it. The record stays frozen.

    Raises NotFound, NotAllowed; WrongState: answered by nobody, and there is still time for it.
    """
    objection, _ = _locked(viewer, objection_id, Act.OBJECT)
    if objection.state == State.ROUTED:
        return objection
    silent = objection.state == State.FILED
    if not silent and objection.state != State.ANSWERED:
        raise WrongState("异议已经了结。", state=str(objection.state))
    if silent and not may_insist(objection, at=viewer.at):
        raise WrongState(
            f"还没有答复；提出后 {unanswered.days_for(objection)} 个工作日仍没有答复的，转德育处。",
            state=str(objection.state),
        )
    objection.route(at=viewer.at)
    objection.save(update_fields=["state", "routed_at", "next_look_at"])
    _note(objection, "objection.routed", viewer, why="silence" if silent else "insists")
    return objection


def may_insist(objection: Objection, *, at: datetime) -> bool:
    """Whether its filer can have 德育处 judge: it was answered, or its author had their days."""
    if objection.state != State.FILED:
        return bool(objection.state == State.ANSWERED)
    return at >= unanswered.days_end(objection)


def withdraw(viewer: Viewer, *, objection_id: UUID) -> Objection:
    """The filer takes it back; that there was one stays on file."""
    objection, record = _locked(viewer, objection_id, Act.OBJECT)
    if objection.state == State.WITHDRAWN:
        return objection
    if objection.state not in OPEN:
        raise WrongState("异议已经了结。", state=str(objection.state))
    objection.withdraw(at=viewer.at)
    objection.save(update_fields=["state", "ended_at"])
    _thaw(viewer, record)
    _note(objection, "objection.withdrawn", viewer)
    return objection


def annotate(viewer: Viewer, *, objection_id: UUID, words: str) -> Objection:
    """异议附记: the filer's words stand beside the record for as long as there is one.

    Nothing is replaced: a second one stands beside the first. Raises NotFound, NotAllowed,
    InvalidInput.
    """
    objection, _ = _locked(viewer, objection_id, Act.OBJECT)
    said = legible.said(words)
    if not said or len(said) > LONGEST_ANNOTATION:
        raise InvalidInput(
            f"附记须为 1 到 {LONGEST_ANNOTATION} 字。", field="annotation", mend="请补充或缩短。"
        )
    annotations.add(objection, words=said, by=viewer.person, at=viewer.at)
    _note(objection, "objection.annotated", viewer)
    return objection


def _locked(viewer: Viewer, objection_id: UUID, act: Act) -> tuple[Objection, CommunicationRecord]:
    """The record first, then its objection: everybody locks in this order."""
    seen = viewer.get(Objection, objection_id)
    if not viewer.may(act, seen):
        raise NotAllowed("您没有此项操作的权限。", act=act.value)
    rows = CommunicationRecord.objects.select_for_update(of=("self",))
    record = rows.select_related("student__person", "author").get(pk=seen.record_id)
    objection = Objection.objects.select_for_update(of=("self",)).get(pk=objection_id)
    return objection, record


def _refuse_reply(reply: str, words: str) -> None:
    if reply not in (*Objection.Reply.values,) or not reply:
        raise InvalidInput("没有选择答复。", field="reply", mend="请选择接受、部分接受或不接受。")
    if not legible.said(words):
        raise InvalidInput("没有写答复的理由。", field="words", mend="请写明理由。")


def _freeze(viewer: Viewer, record: CommunicationRecord) -> None:
    """Its number is frozen by the objection; the state, unless a newer version took over."""
    if can_proceed(record.freeze):
        record.freeze()
        saved(record, viewer, "record.frozen")


def _thaw(viewer: Viewer, record: CommunicationRecord) -> None:
    """The record stands again unless another objection is open, or a newer version took over."""
    if record.state == _FROZEN and not record.objections.filter(state__in=OPEN).exists():
        record.thaw()
        saved(record, viewer, "record.thawed")


def _enter(made: Objection, record: CommunicationRecord, role: Role) -> None:
    file_entries.enter(
        student=record.student,
        kind=KIND,
        object_id=made.pk,
        party=FileEntry.Party.FAMILY if role == Role.G else FileEntry.Party.STUDENT,
        at=made.filed_at,
        readers=_MAY_COME_TO_IT,
        by=made.filed_by,
        case_id=record.case_id,
        people=[made.filed_by_id, record.author_id],
    )


def _note(made: Objection, kind: str, viewer: Viewer, **codes: str | bool) -> None:
    events.append(
        school_id=made.school_id,
        kind=kind,
        actor=viewer.person.pk,
        subject=("record", made.record_id),
        refs=[("objection", made.pk), ("student", made.student_id)],
        at=viewer.at,
        payload=codes,
    )
