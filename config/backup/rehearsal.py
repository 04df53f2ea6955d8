"""`python -m config.backup.rehearsal`: workers meet a restored database, act by act from stdin.

held: every sweep runs as Celery and as watch would run it; nothing may leave. released: a person
lets both lanes go, old messages stay behind, and a new one goes out. One line of JSON each. Only on
a drill's own database and with a drill's own outside world.
"""

import json
import sys
from collections.abc import Collection
from typing import Any, Final
from uuid import UUID, uuid4

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402

from config.backup.database import DRILL_PREFIX  # noqa: E402
from config.databases import DEFAULT, OWNER  # noqa: E402
from parties import schools, tenancy  # noqa: E402
from parties.models import Person  # noqa: E402
from workflow import channels, deliveries, dispatch, notifications, sweeps  # noqa: E402
from workflow.models import Notification  # noqa: E402

_LOOPBACK: Final = "http://127.0.0.1:"
_LATEST: Final = 200


def held() -> dict[str, Any]:
    """What every driver of the sweeps does to an outbox that must stand still."""
    before = _waiting()
    for via in ("celery", "watch"):
        for lane in dispatch.LANES:
            sweeps.run(lane, via=via)
    after = _waiting()
    moved = [pk for pk, tries in before.items() if after.get(pk) != tries]
    return {"held": sorted(dispatch.held()), "waiting": len(before), "moved": len(moved)}


def released() -> dict[str, Any]:
    """Both lanes go again; of what waited nothing may go out, of what is new everything."""
    old = _waiting()
    withheld = sum(
        dispatch.release(connections[OWNER], lane=lane, before=dispatch.now())
        for lane in dispatch.LANES
    )
    fresh = _promise()
    for lane in dispatch.LANES:
        sweeps.run(lane, via="rehearsal")
    return {"withheld": withheld, "fresh": fresh, "sent_again": _sent_of(old)}


def _waiting() -> dict[UUID, int]:
    """Messages that wait, and how often each was tried."""
    found: dict[UUID, int] = {}
    for school_id in schools.all_ids():
        with tenancy.scope(school_id):
            rows = Notification.objects.filter(state=Notification.State.PENDING)
            found.update(rows.values_list("pk", "tries"))
    return found


def _sent_of(old: Collection[UUID]) -> int:
    """How many of these left the building; the inbox in the app rings nobody."""
    count = 0
    for school_id in schools.all_ids():
        with tenancy.scope(school_id):
            sent = Notification.objects.filter(state=Notification.State.SENT, via="rehearsal")
            rows = sent.values_list("pk", "channel")
            count += sum(pk in old and not channels.is_local(channel) for pk, channel in rows)
    return count


def _promise() -> str:
    """A text message to the first person with a phone; its key, or "" where nobody has one."""
    for school_id in schools.all_ids():
        with tenancy.scope(school_id) as at:
            people = Person.objects.order_by("pk")[:_LATEST]
            person = next((one for one in people if str(one.phone)), None)
            if person is None:
                continue
            key = f"drill:{uuid4()}"
            notifications.enqueue(
                school_id=school_id,
                case_id=None,
                to_id=person.pk,
                to_role="",
                channel="sms",
                template="case.news",
                key=key,
                lane=sweeps.CRISIS,
                at=at,
            )
            return deliveries.wire_key(school_id, key)
    return ""


def _refuse_the_real_world() -> None:
    name = str(connections[DEFAULT].settings_dict["NAME"])
    outside = (settings.SMS_GATEWAY_URL.startswith(_LOOPBACK), settings.EMAIL_HOST == "127.0.0.1")
    if not name.startswith(DRILL_PREFIX) or not all(outside) or settings.WEBHOOKS:
        raise SystemExit("只能在演练自己的数据库、对演练自己的收件端运行。")


if __name__ == "__main__":
    _refuse_the_real_world()
    acts = {"held": held, "released": released}
    for act in sys.stdin:
        sys.stdout.write(json.dumps(acts[act.strip()]()) + "\n")
        sys.stdout.flush()
