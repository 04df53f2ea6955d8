"""How the broker's address is written.

redis-py and REDIS_URL call a Unix socket unix:///path, Celery's transport calls it
redis+socket:///path; one place translates.
"""

from urllib.parse import parse_qs, urlsplit


def broker_address(redis_url: str) -> str:
    """REDIS_URL as Celery wants it: unix:///run/r.sock?db=1 is redis+socket there."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={number}"
