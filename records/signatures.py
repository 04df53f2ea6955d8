"""Both sides' word about one version: in the app, by link, on paper, by phone, or refused.

A signature is about the exact content (records/content.py), and whoever gives it names what they
read of it (records/as_read.py): words that changed meanwhile are read again first. With the first
one nothing of the record changes any more; the database sees to it. What comes of the words is
records/standings.py. Inside a scope.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from parties import legible
from parties.access import Act, Viewer
from parties.errors import InvalidInput, NotAllowed, WrongState
from parties.models import Person
from records import as_read as reads
from records import (
    content,
    language_gate,
    noted_words,
    paper_originals,
    signers,
    standings,
    unsignable,
    witnessed,
)
from records import prepared_files as prepared
from records.draft_input import refuse_restricted
from records.language import Field
from records.models import CommunicationRecord, Delivery, Signature
from records.record_rows import lock, note, saved
from records.stillness import as_known
from records.witnessed import Witnessed, refuse_more

Method = Signature.Method
Side = Signature.Side

_WITNESSED: Final = frozenset({Method.PAPER, Method.PHONE, Method.REFUSED})
_SHORTEST_REASON: Final = 2  # characters


def sign(
    viewer: Viewer, *, record_id: UUID, method: str, as_read: str, note: str = ""
) -> CommunicationRecord:
    """Sign for oneself; again by the same person with the same words changes nothing.

    The caller has made sure who it is: by password just now (IN_APP), or by a one-time link (LINK).
    `as_read` is the mark of what they had before them. The word of a guardian to whom the record
    stands still is kept with what they read, and moves nothing of what it has become.

    Raises NotFound, NotAllowed, WrongState; LostRace: it says something else by now; InvalidInput:
    words of staff in the note that are forbidden or for some of its readers, or a file is gone.
    """
    record = lock(viewer, record_id, Act.SIGN)
    if method not in (Method.IN_APP, Method.LINK):
        raise InvalidInput("签字方式不对。", field="method", mend="请登录后签字，或使用链接。")
    given = noted_words.all_of(viewer, record)
    if any(one.method != Method.REFUSED for one in given):
        noted_words.refuse_more(given, note)
        return record
    known = as_known(viewer, record)
    _refuse_spoken(known, any(one.is_own_refusal for one in given))
    _refuse_closed(viewer, record, known)
    reads.refuse_other(viewer, record, as_read)
    if side_of(viewer, record) == Side.SCHOOL:  # a family's own words are theirs
        _refuse_words({"note": note}, record)
    return _own(viewer, record, method=method, as_read=as_read, note=note)


def refuse(viewer: Viewer, *, record_id: UUID, reason: str, as_read: str) -> CommunicationRecord:
    """A guardian, or the student, will not sign, and says why. No pressure, and no way back.

    What staff wrote down as their refusal is not their own word, so theirs comes beside it.

    Raises InvalidInput: no reason. LostRace: it says something else than what they read.
    """
    record = lock(viewer, record_id, Act.SIGN)
    if side_of(viewer, record) == Side.SCHOOL:
        raise NotAllowed("写记录的人可以收回或另出新版本，不必拒签。", act="refuse")
    given = noted_words.all_of(viewer, record)
    if any(one.is_own_refusal for one in given):
        noted_words.refuse_more(given, reason)
        return record
    known = as_known(viewer, record)
    _refuse_spoken(known, any(one.method != Method.REFUSED for one in given))
    _refuse_closed(viewer, record, known)
    reads.refuse_other(viewer, record, as_read)
    _refuse_short(reason)
    return _own(viewer, record, method=Method.REFUSED, as_read=as_read, reason=reason)


def witness(viewer: Viewer, *, record_id: UUID, given: Witnessed) -> CommunicationRecord:
    """Write down what a guardian says, or a student of age: a scanned paper, a text read back on
    the phone, a refusal.

    The same again changes nothing; other words of the same method are refused, never swallowed.
    After a refusal only a paper signed by hand counts, as the guardian's own word would.

    Raises InvalidInput: nobody who is asked to sign, no second member of staff who reads the
    record, no scan, no reason, forbidden words. WrongState: they have given their word already.
    LostRace: the record says something else than what was read to them, or than the paper.
    """
    record = lock(viewer, record_id, Act.WITNESS)
    signer = signers.asked(record, given.signer, at=viewer.at)
    before = list(record.signatures.filter(signer=signer).order_by("at", "pk"))
    for standing in before:
        if standing.method == given.method:
            refuse_more(standing, given, by=viewer.person)
            return record
    signed = any(one.method != Method.REFUSED or one.is_own_refusal for one in before)
    _refuse_spoken(record, signed or (bool(before) and given.method != Method.PAPER))
    _refuse_untold(viewer, record, given)
    return _give(
        viewer,
        record,
        signer=signer,
        method=given.method,
        as_read=given.as_read,
        reason=given.reason.strip(),
        note=given.note.strip(),
        witness_id=given.witness,
        **witnessed.on_paper(record, given),
    )


def _refuse_untold(viewer: Viewer, record: CommunicationRecord, given: Witnessed) -> None:
    """A word that cannot stand as it was written down: text, witness, paper, or its own words."""
    _refuse_closed(viewer, record, record)
    reads.refuse_other(viewer, record, given.as_read)
    _refuse_unwitnessed(viewer, record, given)
    witnessed.refuse_other_paper(viewer, record, given)
    _refuse_words({"note": given.note}, record)
    # What stands in “ ” is the guardian's; everything around it is told by staff.
    language_gate.refuse_forbidden(
        {"reason": given.reason}, student=record.student, field=Field.QUOTE
    )
    paper_originals.refuse_unkept(given.kept_at, given.scan, method=given.method)


def side_of(viewer: Viewer, record: CommunicationRecord) -> str:
    """For whom this person signs."""
    if record.student_id == viewer.student_id:
        return Side.STUDENT
    return Side.FAMILY if record.student_id in viewer.wards else Side.SCHOOL


def deliver(
    record: CommunicationRecord, *, to: Person, how: str, viewer: Viewer, purpose: str = ""
) -> None:
    """A copy of this version reached `to`; noted once for each way and each purpose."""
    _, new = Delivery.objects.get_or_create(
        school_id=record.school_id,
        student_id=record.student_id,
        record=record,
        to=to,
        how=how,
        purpose=purpose,
        defaults={"at": viewer.at},
    )
    if new:
        note(record, "record.delivered", viewer, refs=[("person", to.pk)], how=how)


def _own(
    viewer: Viewer, record: CommunicationRecord, *, method: str, as_read: str, **words: str
) -> CommunicationRecord:
    """One's own word; about a text that was taken back unseen, noted beside the record."""
    said: dict[str, Any] = {"method": method, "as_read": as_read}
    said |= {name: text.strip() for name, text in words.items()}
    if noted_words.give(viewer, record, **said):
        return record
    return _give(viewer, record, signer=viewer.person, **said)


def _give(
    viewer: Viewer,
    record: CommunicationRecord,
    *,
    signer: Person,
    method: str,
    as_read: str,
    **columns: Any,
) -> CommunicationRecord:
    content.freeze(record, at=viewer.at)
    side = _side(viewer, record, signer)
    made = Signature(
        school_id=record.school_id,
        student_id=record.student_id,
        record=record,
        signer=signer,
        side=side,
        method=method,
        at=viewer.at,
        recorded_by=viewer.person,
        proof=bytes(record.content_hash or b""),
        as_read=reads.proof(as_read, bytes(record.content_salt or b"")),
        **columns,
    )
    return _keep(viewer, record, made)


def _keep(viewer: Viewer, record: CommunicationRecord, made: Signature) -> CommunicationRecord:
    made.save(force_insert=True)
    codes = {"side": made.side, "how": made.method}
    saved(record, viewer, "record.signed", refs=[("signature", made.pk)], **codes)
    return standings.settle(viewer, record)


def _side(viewer: Viewer, record: CommunicationRecord, signer: Person) -> str:
    """Whose word it is: whoever signs for themselves has a side, all others speak from home."""
    if signer.pk == viewer.person.pk:
        return side_of(viewer, record)
    return Side.STUDENT if signer.pk == record.student.person_id else Side.FAMILY


def _refuse_spoken(record: CommunicationRecord, spoken: bool) -> None:  # noqa: FBT001
    if spoken:
        raise WrongState("对这份记录已表示过意见。", state=str(record.state))


def _refuse_closed(viewer: Viewer, record: CommunicationRecord, known: CommunicationRecord) -> None:
    unsignable.refuse(known)
    prepared.refuse_unsigned(viewer, record)


def _refuse_short(reason: str) -> None:
    if legible.length(reason) < _SHORTEST_REASON:
        raise InvalidInput("没有写理由。", field="reason", mend="请写一句不签字的理由。")


def _refuse_words(notes: Mapping[str, str], record: CommunicationRecord) -> None:
    """Notes of staff: every reader of the record reads them."""
    refuse_restricted(notes)
    language_gate.refuse_forbidden(notes, student=record.student)


def _refuse_unwitnessed(viewer: Viewer, record: CommunicationRecord, given: Witnessed) -> None:
    if given.method not in _WITNESSED:
        raise InvalidInput("签字方式不对。", field="method", mend="请选择纸质、电话复述或拒签。")
    signers.refuse_witness(viewer, record, given.witness)
    if given.method == Method.REFUSED:
        _refuse_short(given.reason)
