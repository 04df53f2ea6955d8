"""隐去他人信息: the picture under a grid, and each square that is tapped becomes black for good.

A checkbox per square, so it works without script; the style shows at once what will be black. For a
video the page asks for the version in which the school has hidden others itself.
"""

from typing import Any, Final
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from parties import taps
from parties.access import Act, Viewer
from parties.errors import InvalidInput, NotFound
from parties.sign_in import Identity
from portal import pages, uploads
from portal.session import signed_in, viewing
from records import reading, redacting
from records.models import Attachment, CommunicationRecord
from records.uploads.redaction import Area

#: Squares in a row, and rows: as many as may be black at once.
_SIDE: Final = 10
_PLACES: Final = range(_SIDE)


@uploads.takes_file
@signed_in()
def hide(request: HttpRequest, identity: Identity, target_id: UUID, file_id: UUID) -> HttpResponse:
    if request.method != "POST":
        return _show(request, identity, target_id, file_id)
    with viewing(identity) as viewer:
        _refuse_others(viewer, target_id, file_id)
        at = viewer.at
    who: dict[str, Any] = {"school_id": identity.school_id, "by": identity.person, "at": at}
    clip = uploads.chosen(request)
    try:
        areas = [_area(one) for one in sorted(set(request.POST.getlist("square")))]
        # Other squares are another act: who went back to hide a second face must not hear "done".
        mark = _uuid(request.POST.get("nonce", ""))
        shown = areas if clip is None else uploads.digest(clip)
        who |= {
            "attachment_id": file_id,
            "id_": taps.id_of(identity.person, mark, file_id, shown),
        }
        if clip is None:
            redacting.redact(**who, areas=areas)
        else:
            redacting.give_clip(**who, clip=clip)
    except InvalidInput as refused:
        return _show(request, identity, target_id, file_id, mistake=f"{refused}{refused.mend}")
    return redirect("portal:record-files", target_id=target_id)


def _refuse_others(viewer: Viewer, target_id: UUID, file_id: UUID) -> None:
    """Raises NotFound: for who does not write the record, there is no such page."""
    writes = viewer.may(Act.EDIT, viewer.get(CommunicationRecord, target_id))
    file = viewer.find(Attachment, file_id)
    if not writes or file is None or file.record_id != target_id:
        raise NotFound("没有找到。")


def _show(
    request: HttpRequest, identity: Identity, target_id: UUID, file_id: UUID, *, mistake: str = ""
) -> HttpResponse:
    with viewing(identity) as viewer:
        record = viewer.get(CommunicationRecord, target_id)
        files = {one.pk: one for one in reading.seen(viewer, record).attachments}
        file = files.get(file_id)
        if file is None or not redacting.may_redact(viewer, record, file):
            raise NotFound("没有找到。")
        context = {"pk": record.pk, "file": file.pk, "name": file.name}
        template = "record_clip" if redacting.is_clip(file) else "record_redaction"
    chosen = request.POST.getlist("square")
    context |= {
        "rows": [[_square(row, column, chosen) for column in _PLACES] for row in _PLACES],
        "nonce": _uuid(request.POST.get("nonce", "")) or uuid4(),
        "mistake": mistake,
    }
    return pages.show(request, template, context, status=400 if mistake else 200)


def _square(row: int, column: int, chosen: list[str]) -> dict[str, Any]:
    code = f"{row}-{column}"
    return {"code": code, "row": row + 1, "column": column + 1, "black": code in chosen}


def _area(code: str) -> Area:
    """The square in parts of the picture. Raises InvalidInput: there is no such square."""
    row, _, column = code.partition("-")
    places = [str(place) for place in _PLACES]
    if row not in places or column not in places:
        raise InvalidInput("没有这个格子。", field="areas", mend="请点图片上的格子。")
    top, left = int(row), int(column)
    return Area(left / _SIDE, top / _SIDE, (left + 1) / _SIDE, (top + 1) / _SIDE)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
