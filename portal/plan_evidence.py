"""A photo beside an item of one's own plan: chosen on the phone, kept sealed, seen by few."""

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from parties.access import Act, Viewer
from parties.errors import InvalidInput
from parties.sign_in import Identity
from portal import pages, plan_desk, uploads
from portal.session import signed_in, viewing
from portal.uploads import takes_file
from records import attachments, item_files, item_stillness, plan_evidence, plan_views
from records.attachments import Upload
from records.models import ActionItem


@takes_file
@signed_in()
def evidence(request: HttpRequest, identity: Identity, item_id: UUID) -> HttpResponse:
    with viewing(identity) as viewer:
        context, at = _shown(viewer, viewer.get(ActionItem, item_id)), viewer.at
    if request.method != "POST":
        return pages.show(request, "plan_evidence", context)
    who: dict[str, Any] = {"school_id": identity.school_id, "by": identity.person, "at": at}
    try:
        upload, replaces = _upload(request), _replaces(request)
        store = partial(item_files.store, **who, item_id=item_id, upload=upload, replaces=replaces)
        uploads.once(request, identity, upload, lambda id_: store(id_=id_), str(replaces))
    except InvalidInput as refused:
        context |= {"mistake": f"{refused}{refused.mend}", "field": refused.field}
        return pages.show(request, "plan_evidence", context, status=400)
    return redirect("portal:plan-evidence", item_id=item_id)


@require_safe
@signed_in()
def file(_request: HttpRequest, identity: Identity, file_id: UUID) -> HttpResponse:
    """One of these files, for whoever may open it."""
    with viewing(identity) as viewer:
        at = viewer.at
    opened = attachments.open_(
        school_id=identity.school_id, by=identity.person, at=at, attachment_id=file_id
    )
    return pages.download(opened.name, opened.media_type, opened.data)


def _shown(viewer: Viewer, item: ActionItem) -> dict[str, Any]:
    """Read inside the scope: texts are sealed outside of it."""
    values = plan_views.shown(viewer, item)
    item = item_stillness.as_it_stood(viewer, item)
    files = plan_evidence.of_item(viewer, item)
    owns = viewer.may(Act.FINISH, item)
    mine = [one for one in files if one.uploaded_by_id == viewer.person.pk] if owns else []
    return {
        "pk": item.pk,
        "nonce": uuid4(),
        "back": plan_desk.back(viewer, item.pk),
        "title": values.get("title", values.get("label", "")),
        "adds": owns and item.state in ActionItem.LIVE,
        "mine": [(str(one.pk), one.name) for one in mine]
        if item.state in item_files.UNVERIFIED
        else [],
        "files": [(one.pk, one.name) for one in files],
        "replaced": [(one.pk, one.name) for one in plan_evidence.replaced(viewer, item)],
    }


def _upload(request: HttpRequest) -> Upload:
    """Raises InvalidInput: no file was chosen."""
    found = uploads.chosen(request)
    if found is None:
        raise InvalidInput("还没有选择文件。", field="file", mend="请拍照，或选择一个文件。")
    return found


def _replaces(request: HttpRequest) -> UUID | None:
    """Raises InvalidInput: what was chosen is no file."""
    chosen = request.POST.get("replaces", "")
    try:
        return UUID(chosen) if chosen else None
    except ValueError:
        raise InvalidInput(
            "没有这个文件。", field="replaces", mend="请选择您自己上传的一个文件。"
        ) from None
