"""A guardian's word that staff writes down: signed on paper, read back on the phone, or refused.

Two members of staff stand for it: who is signed in, and the one chosen here. The signed page is
uploaded in the same form, and where its original lies is asked beside it. Of two guardians on one
sheet the second needs no new picture: the page of the first is taken.
"""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from parties.access import Act, Viewer
from parties.errors import InvalidInput, WrongState
from parties.models import Person
from parties.sign_in import Identity
from portal import pages, typed, uploads
from portal.session import signed_in, viewing
from portal.uploads import takes_file
from records import as_read, attachments, reading, sheets, signers
from records.models import Attachment, CommunicationRecord
from records.signatures import Method
from records.witnessed import Witnessed
from workflow import communication as acts

#: What staff may type into each field.
_LONGEST: Final = {"reason": 1_000, "note": 1_000, "kept_at": 60}
_LONGEST_MARK: Final = 80
#: How it was given, as a teacher says it.
_WAYS: Final = (
    (Method.PAPER.value, "在纸上签了字"),
    (Method.PHONE.value, "电话里读给家长听，家长口头同意"),
    (Method.REFUSED.value, "不签字"),
)


@takes_file
@signed_in()
def witness(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    with viewing(identity) as viewer:
        record = viewer.get(CommunicationRecord, target_id)
        viewer.require(Act.WITNESS, record)
        context, at = _shown(viewer, record), viewer.at
    if request.method != "POST":
        return pages.show(request, "witness", context)
    who: dict[str, Any] = {"school_id": identity.school_id, "by": identity.person, "at": at}
    context["typed"] = request.POST
    try:
        chosen = _chosen(request)
        on_paper, signed = chosen["method"] == Method.PAPER, context["signed"]
        scan = _scan(request, who, target_id, signed=signed) if on_paper else None
        context["scan"] = scan
        given = Witnessed(**chosen, scan=scan, same_sheet=_is_one_sheet(request))
        acts.witness(**who, record_id=target_id, given=given)
    except InvalidInput as refused:
        context["mistake"] = f"{refused}{refused.mend}"
        return pages.show(request, "witness", context, status=400)
    except WrongState as moved:  # a LostRace is one
        context["mistake"] = f"{moved}刚才没有登记。"
        return pages.show(request, "witness", context, status=409)
    return redirect("portal:record", target_id=target_id)


def _shown(viewer: Viewer, record: CommunicationRecord) -> dict[str, Any]:
    """Read inside the scope."""
    home = signers.readers_at_home(record, at=viewer.at)
    file = reading.read(viewer, record.pk)
    return {
        "as_read": as_read.mark(file),
        "sheet": sheets.sheet_of(file, school=record.school.name),
        "pk": record.pk,
        "record_no": record.record_no,
        "child": record.student.person.name,
        "guardians": [(str(one.pk), _called(record, one)) for one in home],
        "signed": next((one.scan_id for one in reversed(file.signatures) if one.scan_id), None),
        "colleagues": [(str(one.pk), one.name) for one in signers.witnesses(viewer, record)],
        "ways": _WAYS,
    }


def _called(record: CommunicationRecord, person: Person) -> str:
    own = person.pk == record.student.person_id
    return f"{person.name}（学生本人，已满十八周岁）" if own else person.name


def _chosen(request: HttpRequest) -> dict[str, Any]:
    """Raises InvalidInput: nobody was chosen, or a text is too long."""
    people = {
        "signer": _person(request, "signer", "没有选择是谁的意见。", "请选择这是谁的意见。"),
        "witness": _person(request, "witness", "没有选择见证人。", "请选择当时在场的另一位老师。"),
    }
    marks = {
        name: request.POST.get(name, "").replace("\x00", "").strip()[:_LONGEST_MARK]
        for name in ("method", "as_read", "printed")
    }
    texts = {name: typed.within(request, name, most=most) for name, most in _LONGEST.items()}
    return {**people, **marks, **texts}


def _person(request: HttpRequest, field: str, wrong: str, mend: str) -> UUID:
    try:
        return UUID(request.POST.get(field, ""))
    except ValueError:
        raise InvalidInput(wrong, field=field, mend=mend) from None


def _scan(
    request: HttpRequest, who: dict[str, Any], record_id: UUID, *, signed: UUID | None
) -> UUID | None:
    """The page that was just photographed, the one that an earlier try has kept, or `signed`, that
    of the other guardian, if it is the same sheet.
    """
    upload = uploads.chosen(request)
    if upload is not None:
        page = replace(upload, kind=Attachment.Kind.SIGNED_PAGE)
        return attachments.store(**who, record_id=record_id, upload=page).pk
    kept = request.POST.get("scan", "")
    if _is_id(kept):
        return UUID(kept)
    return signed if _is_one_sheet(request) else None


def _is_one_sheet(request: HttpRequest) -> bool:
    return request.POST.get("same_sheet") == "yes"


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
