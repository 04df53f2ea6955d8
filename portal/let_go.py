"""不再进行的约定: what is not gone on with, and why. Who was promised something may ask."""

from typing import Any, Final

from django.db.models import QuerySet

from parties import crypto
from parties.access import Viewer
from parties.walls import NEVER
from records import plan_views, walls
from records.models import ActionItem
from workflow import plan_policies

_FEW: Final = 20


def shown(viewer: Viewer) -> list[dict[str, Any]]:
    """The newest first, for the family. Inside a scope."""
    found = list(_dropped(viewer).order_by("-created_at", "pk")[:_FEW])
    crypto.warm(found)
    plan_views.note_reads(viewer, found)
    said = [plan_views.shown(viewer, item) for item in found]
    return [
        {"title": one.get("title", one.get("label", "")), "why": one.get("dropped_why", "")}
        for one in said
    ]


def _dropped(viewer: Viewer) -> QuerySet[ActionItem]:
    """Of which this reader may know that it was dropped: the others stand as they were before."""
    at_home = viewer.rows(ActionItem).filter(student__in=plan_policies.family_of(viewer))
    return at_home.filter(state=ActionItem.State.DROPPED, **{f"{walls.SINCE}__gte": NEVER})
