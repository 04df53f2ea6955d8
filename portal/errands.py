"""The one thing that a link was sent for: where it lands, and where its visitor comes back to.

Nothing else opens for such a visitor, so the first page is no way out for them.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from parties.models import SignInLink
from parties.sign_in import Identity

_PAGES: Final[Mapping[str, str]] = {
    SignInLink.Purpose.ACKNOWLEDGE: "portal:acknowledge",
    SignInLink.Purpose.READ_CASE: "portal:case",
    SignInLink.Purpose.CONSENT: "portal:consents",
    SignInLink.Purpose.MEETING: "portal:meeting",
    SignInLink.Purpose.NOTICE: "portal:notice",
    SignInLink.Purpose.RECORD: "portal:record",
}


def page_of(purpose: str, *, case_id: UUID | None, target_id: UUID | None) -> str:
    """The address of what a link is for; empty when it is for everything."""
    page = _PAGES.get(purpose)
    if page is not None and case_id is not None:
        return reverse(page, kwargs={"case_id": case_id})
    if page is not None and target_id is not None:
        return reverse(page, kwargs={"target_id": target_id})
    return ""


def of_visitor(request: HttpRequest) -> str:
    """The page of whoever came by such a link and was identified; empty for everybody else."""
    found = getattr(request, "sanfang_identity", None)
    if not isinstance(found, Identity) or not found.is_bound:
        return ""
    return page_of(found.purpose, case_id=found.case_id, target_id=found.target_id)
