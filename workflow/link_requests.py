"""Asking for a one-time link by phone or e-mail: the same answer whether anybody is behind it.

Two people of two schools may share a phone; each gets their own link.
"""

import time
from typing import Final
from uuid import UUID

from django.db import connection

from parties import contacts, links, tenancy, throttle
from parties.errors import InvalidInput
from parties.models import Person
from workflow import notifications

TEMPLATE: Final = "link.sign_in"
#: An unknown contact costs the same transaction as a known one, in a school that has no rows.
_NOBODY: Final = (0, UUID(int=0))
_MOST_PEOPLE: Final = 4
#: Writing a link takes a tenth of this; an answer that came sooner would say that nobody is there.
_LEAST_SECONDS: Final = 0.15


def request(*, contact: str, address: str) -> None:
    """Send a link to everybody with this contact; nobody is told whether there is anybody.

    Raises:
        InvalidInput: neither a phone number nor an e-mail address.
        TooMany: asked too often for this contact; known or not makes no difference.
    """
    index = contacts.index_of(contact)
    if index is None:
        raise InvalidInput(
            "这不是手机号，也不是邮箱。", field="contact", mend="请填写手机号码或邮箱地址。"
        )
    begun = time.monotonic()
    throttle.hit(throttle.LINK_FROM_NETWORK, index.hex(), throttle.network(address))
    throttle.hit(throttle.LINK, index.hex())
    _send(index, "email" if "@" in contact else "sms")
    time.sleep(max(0.0, _LEAST_SECONDS - (time.monotonic() - begun)))


def _send(index: bytes, channel: str) -> None:
    for school_id, person_id in _found(index) or [_NOBODY]:
        with tenancy.scope(school_id) as at:
            person = Person.objects.filter(pk=person_id).first()
            if person is None:
                continue
            link = links.issue(person=person)
            notifications.enqueue(
                school_id=school_id,
                case_id=None,
                to_id=person.pk,
                to_role="",
                channel=channel,
                template=TEMPLATE,
                key=f"link:{link.pk}:{channel}",
                lane="crisis",
                at=at,
            )


def _found(index: bytes) -> list[tuple[int, UUID]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT school_id, id FROM contact_lookup(%s)", [index])
        return [(int(row[0]), row[1]) for row in cursor.fetchall()][:_MOST_PEOPLE]
