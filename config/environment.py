"""What the environment says, in the form that settings take it: a flag, words, addresses."""

import json
import os

from django.core.exceptions import ImproperlyConfigured


def flag(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def endpoints(name: str) -> dict[str, dict[str, str]]:
    """{"school:<code>": {"url": ..., "secret": ...}, ...}, as JSON."""
    try:
        given = json.loads(os.environ.get(name) or "{}")
        return {who: {"url": at["url"], "secret": at["secret"]} for who, at in given.items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ImproperlyConfigured(
            f'{name} 应为 JSON：{{"school:代码": {{"url": "https://…", "secret": "whsec_…"}}}}。'
        ) from None
