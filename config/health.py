"""Two questions cheap enough to ask every second.

/healthz: is this process alive? /readyz: is every promise being kept, that is, does nothing due lie
about longer than its grace? A sweep that silently stopped shows up in the second, not in the first.
"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from workflow import dispatch

OVERDUE_GRACE = "15 seconds"
UNAVAILABLE = 503


@require_safe
@never_cache
def alive(_: HttpRequest) -> JsonResponse:
    """200 as long as this process answers; touches nothing else."""
    return JsonResponse({"status": "alive"})


@require_safe
@never_cache
def ready(_: HttpRequest) -> JsonResponse:
    """200 if nothing is overdue, else 503 with how many; counts only, no ids.

    503 also while a restored dispatcher is held: nobody is told of anything.
    """
    try:
        overdue, held = _overdue(), list(dispatch.held())
    except DatabaseError:
        return JsonResponse({"status": "database unavailable"}, status=UNAVAILABLE)
    if held:
        words = {"status": "dispatch held", "held": held, "overdue": overdue}
        return JsonResponse(words, status=UNAVAILABLE)
    if overdue:
        return JsonResponse({"status": "overdue", "overdue": overdue}, status=UNAVAILABLE)
    return JsonResponse({"status": "ready", "overdue": 0})


def _overdue() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT readiness(%s::interval)", [OVERDUE_GRACE])
        row = cursor.fetchone()
    return int(row[0]) if row else 0
