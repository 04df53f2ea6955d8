"""Signed webhooks (Standard Webhooks) to a school's or a company's own system.

The address comes from somebody else, so it must not lead us inside: https only, every address of
the name must be public, and we connect to exactly the address that was checked.
"""

import ipaddress
import socket
from datetime import UTC, datetime
from typing import Final
from urllib.parse import SplitResult, urlsplit

import orjson
from django.conf import settings

from parties.models import Company, Person
from workflow.channels import posting
from workflow.channels.envelope import Envelope
from workflow.channels.errors import PermanentFailure, TemporaryFailure

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: IPv6 addresses that stand for an IPv4 one behind a translator (RFC 6052).
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_HTTPS_PORT: Final = 443
_HTTP_PORT: Final = 80


def address_of(person: Person) -> str:
    """Whose endpoint: the company's of somebody who works there, else the school's."""
    company = Company.objects.filter(members__person=person).order_by("pk").first()
    return f"school:{person.school.code}" if company is None else f"company:{company.uscc}"


def send(envelope: Envelope) -> None:
    """Raises TemporaryFailure or PermanentFailure."""
    endpoint = settings.WEBHOOKS.get(envelope.address)
    if not endpoint:
        raise PermanentFailure("channel.not_configured")
    body = orjson.dumps(
        {
            "type": envelope.template,
            "timestamp": datetime.now(UTC).isoformat(),
            "data": {"to_role": envelope.to_role, "text": envelope.text.line},
        }
    )
    headers = posting.signed(endpoint["secret"], envelope.key, body)
    posting.post(guarded(endpoint["url"]), body, headers)


def guarded(url: str) -> posting.Target:
    """The same URL with its name resolved, checked and pinned.

    Raises:
        PermanentFailure: not https, or an address that is not public.
        TemporaryFailure: the name does not resolve now.
    """
    parts = urlsplit(url)
    inside_allowed = settings.WEBHOOK_ALLOW_PRIVATE
    if parts.scheme != "https" and not (inside_allowed and parts.scheme == "http"):
        raise PermanentFailure("webhook.not_https")
    if not parts.hostname or parts.username is not None:
        raise PermanentFailure("webhook.bad_url")
    addresses = _resolve(parts)
    if not inside_allowed and not all(_is_public(address) for address in addresses):
        raise PermanentFailure("webhook.not_public")
    return _pinned(parts, addresses[0])


def _pinned(parts: SplitResult, address: _Address) -> posting.Target:
    port = f":{parts.port}" if parts.port else ""
    literal = f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004
    return posting.Target(
        url=parts._replace(netloc=f"{literal}{port}", fragment="").geturl(),
        host=f"{parts.hostname}{port}",
        extensions={"sni_hostname": parts.hostname} if parts.scheme == "https" else {},
    )


def _resolve(parts: SplitResult) -> list[_Address]:
    try:
        port = parts.port or (_HTTPS_PORT if parts.scheme == "https" else _HTTP_PORT)
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except ValueError:
        raise PermanentFailure("webhook.bad_url") from None
    except OSError:
        raise TemporaryFailure("webhook.unknown_host") from None
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


def _is_public(address: _Address) -> bool:
    """Also looks at the IPv4 address that an IPv6 one may wrap."""
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            wrapped = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped is not None:
            return _is_public(wrapped)
        if address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast
