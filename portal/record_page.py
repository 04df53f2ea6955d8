"""The page of a record, and what an act on it comes with: who, when, and which edit they saw.

What stands on it is the same sheet that is printed, cut to this reader.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from parties import statements
from parties.access import Act, Viewer
from parties.models import Person
from parties.sign_in import Identity, Means
from portal import holding, next_versions, pages, typed
from portal.session import viewing
from records import (
    acts_now,
    additions,
    as_read,
    custody,
    exports,
    keeping,
    known_records,
    objections,
    policies,
    reading,
    record_copies,
    sharing,
    sheets,
    side_words,
)
from records.disputes import OPEN, UNFINISHED
from records.models import CommunicationRecord, Objection
from records.printing.documents import RecordSheet
from records.reading import RecordFile
from records.signatures import Method

State = CommunicationRecord.State
_DIGITS: Final = 8
_REPLIES: Final = (
    ("ACCEPTED", "接受，在新版本中更正"),
    ("PARTLY", "部分接受，在新版本中更正"),
    ("REFUSED", "不接受"),
)
#: What a button needs to stand on the page: without it there is no place beside it.
_BUTTONS: Final = {
    "sign": "may_sign",
    "refuse": "may_refuse",
    "discard": "may_discard",
    "seal": "may_seal",
    "discard_next": "may_seal",
    "override": "held_back",
    "offer": "may_offer",
    "archive": "may_archive",
}
#: The same for the words about an objection.
#: Somebody has to answer or to judge it yet.
_UNDECIDED: Final = (Objection.State.FILED, Objection.State.ROUTED)
_FORMS: Final = {"annotate": "mine", "answer": "to_answer"}
#: A copy of one record, or of a file that it went along with.
_WHAT_FOR: Final[Mapping[str, str]] = {
    **{one.value: str(one.label) for one in exports.Purpose},
    **{one.value: one.label for one in record_copies.Purpose},
}


def show(
    request: HttpRequest,
    identity: Identity,
    target_id: UUID,
    mistakes: dict[str, str] | None = None,
) -> HttpResponse:
    """The page, with what could not be done said beside its button; on top, that words changed,
    and what has no button any more, with the words that came with it.
    """
    with viewing(identity) as viewer:
        found = reading.read(viewer, target_id)
        context = {
            **_content(found),
            "copies": [(one, _way(one)) for one in custody.copies(viewer, target_id)],
            "destroyed": custody.destroyed(viewer, target_id),
            **_acts(viewer, found, mistakes or {}),
            "holding": {} if identity.is_bound else holding.shown(viewer, found),
            "following": next_versions.shown(viewer, found, bound=identity.is_bound),
            "password": identity.means is Means.PASSWORD,
            "bound": identity.is_bound,
        }
    context |= _refused(request, context, mistakes or {})
    return pages.show(request, "record", context, status=_status(mistakes or {}))


def _refused(
    request: HttpRequest, context: Mapping[str, Any], mistakes: Mapping[str, str]
) -> dict[str, Any]:
    """The words stay in their fields; those of a button that is not on the page come back on top,
    beside what was refused there.
    """
    there = {act: context.get(flag) for act, flag in _BUTTONS.items()}
    there |= holding.places(context["holding"])
    said = [why for act, why in mistakes.items() if not there.get(act, True)]
    form = _FORMS.get(request.POST.get("how", ""), "pk")
    lost = any(one["mistake"] and not one[form] for one in context["objections"])
    return {
        "mistakes": mistakes,
        "typed": request.POST if mistakes else {},
        "replies": _REPLIES,
        "unplaced": said,
        "given_back": typed.words(request) if said or lost else [],
    }


def _status(mistakes: Mapping[str, str]) -> int:
    if "as_read" in mistakes:
        return 409
    return 400 if mistakes else 200


def who_of(identity: Identity, target_id: UUID) -> dict[str, Any]:
    person: Person = identity.person
    with viewing(identity) as viewer:
        at = viewer.at
    return {"school_id": identity.school_id, "by": person, "at": at, "record_id": target_id}


def seen_by(request: HttpRequest) -> int | None:
    given = request.POST.get("seen", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) <= _DIGITS else None


def _content(found: RecordFile) -> dict[str, Any]:
    record = found.record
    sheet = _under_own_names(sheets.sheet_of(found, school=record.school.name), found)
    return {
        "record": {"pk": record.pk, "edits": record.edits, "state": record.state},
        "as_read": as_read.mark(found),
        "sheet": sheet,
        "files": list(zip(found.attachments, sheet.attachments, strict=True)),
        "earlier": [
            (told, list(zip(one.files, told.files, strict=True)))
            for one, told in zip(found.earlier, sheet.earlier, strict=True)
        ],
        "whole": "trigger" in found.fields,
        "let_through": found.let_through,
        "sealed": found.sealed,
        "noted": [
            (found.names.get(one.signer_id, ""), one.get_method_display(), one)
            for one in found.noted
        ],
        "discard_reason": record.discard_reason if "discard_reason" in found.fields else "",
    }


def _under_own_names(sheet: RecordSheet, found: RecordFile) -> RecordSheet:
    """On the page whoever uploaded a file finds it under the name that they gave it; a copy, which
    goes on to others, has plain names alone.
    """
    files = zip(sheet.attachments, found.attachments, strict=True)
    return replace(sheet, attachments=tuple(replace(it, name=one.name) for it, one in files))


def _way(copy: custody.Copy) -> str:
    """How it reached them and, of a copy that was taken, what for: 导出，依法提供."""
    known = _WHAT_FOR.get(copy.purpose)
    return f"{copy.way}，{known}" if known else copy.way


def _acts(viewer: Viewer, found: RecordFile, mistakes: Mapping[str, str]) -> dict[str, Any]:
    record = found.record
    objected = [
        {**_objection(viewer, one, found), "mistake": mistakes.get(str(one.pk), "")}
        for one in statements.rows(_filed, viewer, record.pk)
    ]
    open_by_me = any(one["open"] and one["mine"] for one in objected)
    may_copy = record_copies.may_copy(found.fields, record)
    now = acts_now.of(found)
    return {
        **_signing(viewer, found),
        **_writing(found),
        "may_object": Act.OBJECT in now and not open_by_me,
        "may_copy": may_copy,
        "may_share": may_copy and not found.disputed and not policies.is_at_home(viewer, record),
        "held_back": sharing.held_back(found) if Act.OVERRIDE in now else [],
        "may_add": additions.may_add(viewer, record),
        "may_archive": Act.ARCHIVE in now,
        "may_seal": Act.SEAL in now,
        "whys": [(one.value, one.label) for one in keeping.Why],
        "objections": objected,
    }


def _signing(viewer: Viewer, found: RecordFile) -> dict[str, bool]:
    record = found.record
    mine = [one for one in found.signatures if one.signer_id == viewer.person.pk]
    spoken = any(one.method != Method.REFUSED or one.is_own_refusal for one in mine)
    now = acts_now.of(found)
    can_sign = Act.SIGN in now and not spoken
    return {
        "may_sign": can_sign,
        "may_witness": Act.WITNESS in now,
        "may_refuse": can_sign and record.student_id in policies.family_of(viewer),
    }


def _writing(found: RecordFile) -> dict[str, bool]:
    """What its author may do with a version that nobody has signed."""
    record, writes = found.record, Act.EDIT in found.may
    unsigned = writes and record.signed_at is None
    return {
        "may_offer": writes and record.state in known_records.UNFINISHED,
        "may_recall": unsigned and record.state == State.PENDING_SIGNATURES,
        "may_discard": unsigned and record.state in UNFINISHED,
    }


def _filed(viewer: Viewer, record_id: UUID) -> QuerySet[Objection]:
    return viewer.rows(Objection).filter(record=record_id).order_by("filed_at", "pk")


def _about(one: Objection, found: RecordFile) -> str:
    """The statement that it is about, as this reader has it before them."""
    said = (sheets.words_of(said) for said in found.statements if said.id == one.about_id)
    return next(said, "")


def _objection(viewer: Viewer, row: Objection, found: RecordFile) -> dict[str, Any]:
    one, newer = side_words.objection(viewer, row), side_words.newer_version(viewer, row)
    return {
        "pk": one.pk,
        "newer": (newer.pk, newer.version)
        if newer is not None and one.state in _UNDECIDED
        else None,
        "receipt_no": one.receipt_no,
        "state": one.get_state_display(),
        "code": str(one.state),
        "ground": one.get_ground_display(),
        "wish": one.get_wish_display(),
        "about": _about(one, found),
        "quoted": one.quoted,
        "words": one.words,
        "reply": one.get_reply_display() if one.reply else "",
        "reply_words": one.reply_words,
        "open": one.state in OPEN,
        "mine": one.filed_by_id == viewer.person.pk,
        "may_insist": objections.may_insist(one, at=viewer.at),
        "to_answer": viewer.may(Act.ANSWER, one) and one.state == Objection.State.FILED,
    }
