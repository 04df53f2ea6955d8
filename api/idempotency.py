"""`Idempotency-Key`: the same request sent twice acts once and is answered twice alike.

A claim is written before the act and the answer after it, each in a transaction of its own. Between
the two a process may die: then the claim is taken over after its lease, and the act runs again,
which the domain answers by itself (a receipt again, a task one holds already, or "moved on").
What makes an object gives it the claim's own id (once_made), so that a second try finds the first.
An act that was refused leaves no claim, so the corrected request may keep its key.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import InterfaceError, OperationalError, connection
from django.db.models.functions import Now
from rest_framework.request import Request
from rest_framework.response import Response

from api.auth import identity_of
from api.problems import Problem, Refused, broken, invalid
from parties import tenancy
from workflow.models import IdempotencyKey

_LEASE: Final = timedelta(seconds=30)
_KEPT_FOR: Final = timedelta(hours=24)
_LONGEST: Final = 200
REPLAYED: Final = "Idempotent-Replayed"

# Machine time. An old claim, or one whose owner died on the way, is as good as none.
_CLAIM: Final = """
INSERT INTO workflow_idempotencykey AS k
    (id, school_id, party, key, route, request_hash, status, body, created_at)
VALUES (gen_random_uuid(), %(school)s, %(party)s, %(key)s, %(route)s, %(hash)s, NULL, %(empty)s,
        clock_timestamp())
ON CONFLICT (school_id, party, key) DO UPDATE
    SET id = CASE WHEN k.created_at < clock_timestamp() - %(kept)s::interval
            THEN excluded.id ELSE k.id END,
        route = excluded.route, request_hash = excluded.request_hash, status = NULL,
        body = excluded.body, created_at = excluded.created_at
    WHERE k.created_at < clock_timestamp() - %(kept)s::interval
       OR (k.status IS NULL AND k.request_hash = excluded.request_hash
           AND k.created_at < clock_timestamp() - %(lease)s::interval)
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A keyed request: ours to answer (`status` None), or answered before."""

    id: UUID
    status: int | None
    body: str


def key_of(request: Request) -> str | None:
    """The key as sent, or None. Raises Refused for one that cannot be kept."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    if not (1 <= len(key) <= _LONGEST and key.isascii() and key.isprintable()):
        raise invalid(broken("Idempotency-Key", "max_length" if key else "blank"))
    return str(key)


def usable_key(request: Request) -> str | None:
    """The key, or None for one that cannot be kept: for what must never be refused over a key."""
    try:
        return key_of(request)
    except Refused:
        return None


def once(request: Request, body: Mapping[str, Any], act: Callable[[], Response]) -> Response:
    """Run `act`, unless the same key brought the same request before: then its answer again."""
    return once_made(request, body, lambda _id: act())


def once_made(
    request: Request, body: Mapping[str, Any], make: Callable[[UUID], Response]
) -> Response:
    """As once(), for what makes an object: `make` gets its id, the same at every try.

    Whoever takes a claim over cannot know whether the act before it was committed; by the id the
    domain can.
    """
    key = key_of(request)
    if key is None:
        return make(uuid4())
    claimed = claim(request, key, body)
    if claimed.status is not None:
        answer = Response(json.loads(claimed.body), status=claimed.status)
        answer[REPLAYED] = "true"
        return answer
    try:
        answer = make(claimed.id)
    except (OperationalError, InterfaceError):  # the database is gone: was it done? Keep the claim
        raise
    except Exception:
        _forget(request, claimed.id)
        raise
    _keep(request, claimed.id, answer)
    return answer


def claim(request: Request, key: str, body: Mapping[str, Any], *, wait: bool = True) -> Claim:
    """The claim of this request.

    Raises Refused: the key came with other content; or, with `wait`, the same request is running.
    """
    identity = identity_of(request)
    fingerprint = _fingerprint(request, body)
    with tenancy.scope(identity.school_id):
        mine = _claimed(identity.school_id, identity.person.pk, key, request.path, fingerprint)
        mine_all = IdempotencyKey.objects.filter(party=identity.person.pk)
        mine_all.filter(created_at__lt=Now() - _KEPT_FOR).delete()
        row = mine_all.get(key=key)
        stored = "" if row.status is None else row.body  # opened while its key is in reach
    if bytes(row.request_hash) != fingerprint:
        raise Refused(Problem("idempotency.mismatch"))
    if wait and not mine and row.status is None:
        raise Refused(Problem("idempotency.in_flight", headers={"Retry-After": "1"}))
    return Claim(row.pk, row.status, stored)


def _claimed(school_id: int, party: UUID, key: str, route: str, fingerprint: bytes) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {
                "school": school_id,
                "party": party,
                "key": key,
                "route": route[:200],
                "hash": fingerprint,
                "empty": b"",
                "kept": str(_KEPT_FOR),
                "lease": str(_LEASE),
            },
        )
        return cursor.fetchone() is not None


def _keep(request: Request, pk: UUID, answer: Response) -> None:
    with tenancy.scope(identity_of(request).school_id):
        row = IdempotencyKey.objects.select_for_update().filter(pk=pk).first()
        if row is not None:
            row.status, row.body = answer.status_code, json.dumps(answer.data, default=str)
            row.save(update_fields=["status", "body"])


def _forget(request: Request, pk: UUID) -> None:
    with tenancy.scope(identity_of(request).school_id):
        IdempotencyKey.objects.filter(pk=pk, status=None).delete()


def _fingerprint(request: Request, body: Mapping[str, Any]) -> bytes:
    written = json.dumps(body, sort_keys=True, default=str)
    return hashlib.sha256(f"{request.method} {request.path}\n{written}".encode()).digest()
