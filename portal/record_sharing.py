"""德育处 on the page of a record: let it leave the school as it stands, with a reason."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from parties.access import Viewer
from parties.errors import InvalidInput
from parties.sign_in import Identity
from portal import record_page, typed
from portal.session import signed_in, viewing
from records import sharing
from records.models import CommunicationRecord
from workflow import communication as acts

_LONGEST = 1_000


@require_POST
@signed_in()
def override(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    def do(viewer: Viewer) -> CommunicationRecord:
        reason = typed.within(request, "reason", most=_LONGEST)
        return sharing.override(viewer, record_id=target_id, reason=reason)

    with viewing(identity) as viewer:
        at = viewer.at
    who: dict[str, Any] = {"school_id": identity.school_id, "by": identity.person, "at": at}
    try:
        acts.act(**who, do=do)
    except InvalidInput as refused:
        return record_page.show(
            request, identity, target_id, {"override": f"{refused}{refused.mend}"}
        )
    return redirect("portal:record", target_id=target_id)
