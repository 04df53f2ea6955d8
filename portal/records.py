"""A communication record on a phone: read it, sign it or say why not, take a copy.

What stands on the page is the same sheet that is printed, cut to this reader.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from parties import sign_in
from parties.access import Act, Viewer
from parties.errors import InvalidInput, LostRace, NotAllowed, NotFound, NotSignedIn, TooMany
from parties.models import Person
from parties.sign_in import Identity, Means
from portal import pages, prepared_rows
from portal.session import signed_in, viewing
from records import (
    as_read,
    attachments,
    communication,
    custody,
    keeping,
    language_gate,
    objections,
    policies,
    reading,
    sharing,
    sheets,
    side_words,
)
from records.disputes import OPEN, UNFINISHED
from records.models import Attachment, CommunicationRecord, Objection
from records.reading import RecordFile
from records.record_rows import lock
from records.sheets import Purpose
from records.signatures import Method
from workflow import communication as acts

State = CommunicationRecord.State

_SIGNABLE: Final = (State.PENDING_SIGNATURES, State.EFFECTIVE)
_OBJECTABLE: Final = (State.EFFECTIVE, State.ARCHIVED, State.UNDER_OBJECTION)
_LONGEST: Final = 1_000
_DIGITS: Final = 8


@require_safe
@signed_in(bound=True)
def record(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    return show(request, identity, target_id)


@require_POST
@signed_in(bound=True)
def sign(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    _see(identity, target_id)
    try:
        method = _method(request, identity)
    except (NotSignedIn, TooMany) as refused:
        return show(request, identity, target_id, {"sign": str(refused)})
    who, read = who_of(identity, target_id), _text(request, "as_read")
    try:
        acts.sign(**who, method=method, as_read=read, note=_text(request, "note"))
    except LostRace as refused:
        return show(request, identity, target_id, {"as_read": str(refused)})
    return redirect("portal:record", target_id=target_id)


@require_POST
@signed_in(bound=True)
def refuse(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    who, read = who_of(identity, target_id), _text(request, "as_read")
    try:
        acts.refuse(**who, as_read=read, reason=_text(request, "reason"))
    except LostRace as changed:
        return show(request, identity, target_id, {"as_read": str(changed)})
    except InvalidInput as refused:
        return show(request, identity, target_id, {"refuse": f"{refused}{refused.mend}"})
    return redirect("portal:record", target_id=target_id)


@require_POST
@signed_in()
def offer(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    """Checked and handed to both sides in one tap; what stops it is said on the page."""
    who, seen, sure = who_of(identity, target_id), seen_by(request), "sure" in request.POST

    def do(viewer: Viewer) -> CommunicationRecord:
        return checked(viewer, record_id=target_id, seen=seen, sure=sure)

    try:
        ready = acts.act(school_id=who["school_id"], by=who["by"], at=who["at"], do=do)
    except InvalidInput as refused:
        return show(request, identity, target_id, {"offer": f"{refused}{refused.mend}"})
    acts.offer(**who, seen=ready.edits)
    return redirect("portal:record", target_id=target_id)


@require_POST
@signed_in()
def recall(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    seen = seen_by(request)

    def do(viewer: Viewer) -> CommunicationRecord:
        return communication.recall(viewer, record_id=target_id, seen=seen)

    who = who_of(identity, target_id)
    acts.act(school_id=who["school_id"], by=who["by"], at=who["at"], do=do)
    return redirect("portal:record", target_id=target_id)


@require_safe
@signed_in(bound=True)
def pdf(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    purpose = request.GET.get("purpose", Purpose.KEEP.value)
    known = Purpose(purpose) if purpose in set(Purpose) else Purpose.KEEP
    try:
        copy = sheets.export(**who_of(identity, target_id), form="pdf", purpose=known)
    except InvalidInput as refused:
        return show(request, identity, target_id, {"share": f"{refused}{refused.mend}"})
    return _download(copy.name, copy.media_type, copy.data)


@require_safe
@signed_in(bound=True)
def file(_request: HttpRequest, identity: Identity, target_id: UUID, file_id: UUID) -> HttpResponse:
    with viewing(identity) as viewer:
        if not viewer.rows(Attachment).filter(pk=file_id, record_id=target_id).exists():
            raise NotFound("没有找到。")
        at = viewer.at
    found = attachments.open_(
        school_id=identity.school_id, by=identity.person, at=at, attachment_id=file_id
    )
    return _download(found.name, found.media_type, found.data)


def show(
    request: HttpRequest,
    identity: Identity,
    target_id: UUID,
    mistakes: dict[str, str] | None = None,
) -> HttpResponse:
    """The page, with what could not be done said beside its button; on top, that words changed."""
    with viewing(identity) as viewer:
        found = reading.read(viewer, target_id)
        context = {
            **_content(found),
            "copies": custody.copies(viewer, target_id),
            "destroyed": custody.destroyed(viewer, target_id),
            **_acts(viewer, found, mistakes or {}),
            "mistakes": mistakes or {},
            "password": identity.means is Means.PASSWORD,
            "bound": identity.is_bound,
            "typed": request.POST if mistakes else {},
        }
    return pages.show(request, "record", context, status=_status(mistakes or {}))


def _status(mistakes: Mapping[str, str]) -> int:
    if "as_read" in mistakes:
        return 409
    return 400 if mistakes else 200


def checked(
    viewer: Viewer, *, record_id: UUID, seen: int | None, sure: bool
) -> CommunicationRecord:
    """Check a draft, unless it is checked already. Raises as communication.check; LostRace.

    `sure`: the author has looked at what could be said differently, and keeps it.
    """
    found = viewer.get(CommunicationRecord, record_id)
    if found.state != State.DRAFT:
        return lock(viewer, record_id, Act.EDIT, seen=seen)
    kept = language_gate.to_confirm(found) if sure else []
    return communication.check(viewer, record_id=record_id, confirmed=kept, seen=seen)


def _content(found: RecordFile) -> dict[str, Any]:
    record = found.record
    return {
        "record": {"pk": record.pk, "edits": record.edits, "state": record.state},
        "as_read": as_read.mark(found),
        "sheet": sheets.sheet_of(found, school=record.school.name),
        "prepared": [prepared_rows.shown(one) for one in found.prepared],
        "files": [(one.pk, one.name, one.size) for one in found.attachments],
        "whole": "trigger" in found.fields,
        "let_through": found.let_through,
        "sealed": found.sealed,
        "discard_reason": record.discard_reason if "discard_reason" in found.fields else "",
    }


def _acts(viewer: Viewer, found: RecordFile, mistakes: Mapping[str, str]) -> dict[str, Any]:
    record = found.record
    mine = [one for one in found.signatures if one.signer_id == viewer.person.pk]
    spoken = any(one.method != Method.REFUSED or one.is_own_refusal for one in mine)
    at_home = record.student_id in policies.family_of(viewer)
    filed = viewer.rows(Objection).filter(record=record).order_by("filed_at", "pk")
    objected = [
        {**_objection(viewer, one), "mistake": mistakes.get(str(one.pk), "")} for one in filed
    ]
    open_by_me = any(one["open"] and one["mine"] for one in objected)
    can_sign = Act.SIGN in found.may and record.state in _SIGNABLE and not spoken
    writes = Act.EDIT in found.may
    may_copy = sheets.may_copy(found.fields, record)
    decides = Act.OVERRIDE in found.may and record.signed_at is not None and not found.disputed
    return {
        "may_sign": can_sign,
        "may_witness": Act.WITNESS in found.may and record.state in _SIGNABLE,
        "may_refuse": can_sign and at_home,
        "may_object": Act.OBJECT in found.may and record.state in _OBJECTABLE and not open_by_me,
        "may_offer": writes and record.state in policies.UNFINISHED,
        "may_recall": writes
        and record.state == State.PENDING_SIGNATURES
        and record.signed_at is None,
        "may_discard": writes and record.state in UNFINISHED and record.signed_at is None,
        "may_copy": may_copy,
        "may_share": may_copy and not found.disputed and not policies.is_at_home(viewer, record),
        "held_back": sharing.held_back(found) if decides else [],
        "may_add": attachments.may_add(viewer, record),
        "may_archive": Act.ARCHIVE in found.may and record.state == State.EFFECTIVE,
        "may_seal": Act.SEAL in found.may and record.state in keeping.SEALABLE,
        "whys": [(one.value, one.label) for one in keeping.Why],
        "objections": objected,
    }


def _objection(viewer: Viewer, row: Objection) -> dict[str, Any]:
    one = side_words.objection(viewer, row)
    return {
        "pk": one.pk,
        "receipt_no": one.receipt_no,
        "state": one.get_state_display(),
        "code": str(one.state),
        "ground": one.get_ground_display(),
        "wish": one.get_wish_display(),
        "words": one.words,
        "reply": one.get_reply_display() if one.reply else "",
        "reply_words": one.reply_words,
        "open": one.state in OPEN,
        "mine": one.filed_by_id == viewer.person.pk,
        "may_insist": objections.may_insist(one, at=viewer.at),
        "to_answer": viewer.may(Act.ANSWER, one) and one.state == Objection.State.FILED,
    }


def _method(request: HttpRequest, identity: Identity) -> str:
    """How this person signs. Raises NotSignedIn, TooMany; NotAllowed for a system's key."""
    if identity.means is Means.LINK:
        return Method.LINK
    if identity.means is not Means.PASSWORD:
        raise NotAllowed("签字须由本人登录。", act="sign")
    sign_in.confirm(identity.person, password=request.POST.get("password", ""))
    return Method.IN_APP


def _see(identity: Identity, target_id: UUID) -> None:
    with viewing(identity) as viewer:
        viewer.get(CommunicationRecord, target_id)


def who_of(identity: Identity, target_id: UUID) -> dict[str, Any]:
    person: Person = identity.person
    with viewing(identity) as viewer:
        at = viewer.at
    return {"school_id": identity.school_id, "by": person, "at": at, "record_id": target_id}


def seen_by(request: HttpRequest) -> int | None:
    typed = request.POST.get("seen", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS else None


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "").strip()[:_LONGEST]


def _download(name: str, media_type: str, data: bytes) -> HttpResponse:
    answer = HttpResponse(data, content_type=media_type)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
