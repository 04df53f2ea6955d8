"""One signed POST, without redirects, with an answer that is looked at and never read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from threading import Lock
from typing import Any, Final

import httpx
from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from workflow.channels.errors import PermanentFailure, TemporaryFailure

SECONDS: Final = 5.0
#: The receiver understood us and says that this one message will never do. Anything else (a wrong
#: credential, a moved address, a broken server) is somebody's mistake that can be mended in time.
_FINAL: Final = frozenset({400, 410, 413, 422})

_BASE64_MARK: Final = "whsec_"


@dataclass(frozen=True, slots=True)
class Target:
    """Where to: `url` may name an address instead of a host; then `host` is whom we mean."""

    url: str
    host: str = ""
    extensions: Mapping[str, Any] = field(default_factory=dict)


def signed(secret: str, key: str, body: bytes) -> dict[str, str]:
    """Headers of Standard Webhooks. A secret without whsec_ is taken as it is.

    Raises PermanentFailure: the secret is empty or no base64.
    """
    sent_at = datetime.now(UTC)
    try:
        signer = Webhook(secret if secret.startswith(_BASE64_MARK) else secret.encode())
        signature = signer.sign(key, sent_at, body.decode())
    except (ValueError, EmptyWebhookSecretError):
        raise PermanentFailure("channel.not_configured") from None
    return {
        "content-type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": signature,
    }


_building: Final = Lock()


def _client() -> httpx.Client:
    """One for all threads, also for those that come first, all at once."""
    with _building:
        return _built()


@cache
def _built() -> httpx.Client:
    """Reading the certificates anew would cost more than a message.

    It keeps no connection: one that died meanwhile would cost a crisis a whole lease. It opens as
    many at once as it is asked for: a gateway that hangs must not hold up the others. A proxy from
    the environment would resolve names by itself, past the guard.
    """
    return httpx.Client(
        timeout=SECONDS,
        follow_redirects=False,
        trust_env=False,
        verify=httpx.create_ssl_context(trust_env=False),
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
    )


def post(target: Target, body: bytes, headers: Mapping[str, str]) -> None:
    """Raises TemporaryFailure or PermanentFailure unless the answer is a 2xx."""
    named = {"host": target.host} if target.host else {}
    try:
        with _client().stream(
            "POST",
            target.url,
            content=body,
            headers={**headers, **named},
            extensions=dict(target.extensions),
        ) as answer:
            status = answer.status_code
    except httpx.TimeoutException:
        raise TemporaryFailure("http.timeout") from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise PermanentFailure("channel.not_configured") from None
    except httpx.HTTPError:
        raise TemporaryFailure("http.unreachable") from None
    if status in _FINAL:
        raise PermanentFailure(f"http.{status}")
    if not httpx.codes.is_success(status):
        raise TemporaryFailure(f"http.{status}")
