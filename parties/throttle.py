"""Limits on knocking at a door: sign-in, and asking for a link. In machine time, in Postgres.

Keyed by what was typed and the network it came from, whether anybody known is behind it or not, so
that a limit says nothing about who exists. Reports of a crisis are never limited.
"""

import ipaddress
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import connection

from parties.crypto import blind_index
from parties.errors import TooMany

#: Networks as large as one household or one phone cell: what a single guesser can spread over.
_PREFIX_V4: Final = 24
_PREFIX_V6: Final = 56
_FORGOTTEN_AFTER: Final = timedelta(days=1)
_SWEEP_ONE_IN: Final = 64

_COUNT: Final = """
INSERT INTO parties_throttle AS t (key, tries, since) VALUES (%s, 1, clock_timestamp())
ON CONFLICT (key) DO UPDATE SET
    tries = CASE WHEN t.since < clock_timestamp() - %s::interval THEN 1
                 ELSE least(t.tries + 1, 1000000) END,
    since = CASE WHEN t.since < clock_timestamp() - %s::interval THEN clock_timestamp()
                 ELSE t.since END
RETURNING tries, extract(epoch FROM since + %s::interval - clock_timestamp())
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `tries` within `window`, counted from the first one."""

    name: str
    tries: int
    window: timedelta


PASSWORD: Final = Limit("password", 10, timedelta(minutes=15))
#: Who is signed in already and gives their password once more, from wherever.
CONFIRM: Final = Limit("confirm", 10, timedelta(minutes=15))
LINK_FROM_NETWORK: Final = Limit("link", 3, timedelta(minutes=10))
LINK: Final = Limit("link_anywhere", 10, timedelta(hours=1))


def hit(limit: Limit, *parts: str) -> None:
    """Count one try. Raises TooMany when there were more than the limit allows."""
    window = str(limit.window)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [_key(limit, parts), window, window, window])
        tries, seconds = cursor.fetchone() or (1, 0)
        if secrets.randbelow(_SWEEP_ONE_IN) == 0:
            cursor.execute(
                "DELETE FROM parties_throttle WHERE since < clock_timestamp() - %s::interval",
                [str(_FORGOTTEN_AFTER)],
            )
    if tries > limit.tries:
        raise TooMany("尝试次数太多，请稍后再试。", retry_after=max(1, int(seconds) + 1))


def forget(limit: Limit, *parts: str) -> None:
    """The right person came in: their earlier slips count no more."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM parties_throttle WHERE key = %s", [_key(limit, parts)])


def network(address: str) -> str:
    """The network of an address as text; what is no address is one network of its own."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    mapped = getattr(ip, "ipv4_mapped", None) or ip
    prefix = _PREFIX_V4 if mapped.version == 4 else _PREFIX_V6  # noqa: PLR2004
    return str(ipaddress.ip_network(f"{mapped}/{prefix}", strict=False))


def _key(limit: Limit, parts: tuple[str, ...]) -> bytes:
    return blind_index(None, f"throttle.{limit.name}", "\x1f".join(parts))
