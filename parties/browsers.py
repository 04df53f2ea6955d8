"""Whether a browser was sent here by a page of somebody else. For doors that have no session yet.

Where a session exists, Django's CSRF token decides. Before that, a foreign page must not be able to
sign a visitor in as somebody else: browsers name the page they come from, and scripts outside a
browser cannot use another person's browser.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit


def sent_from_elsewhere(headers: Mapping[str, str], *, host: str) -> bool:
    """True when the browser says that another site made it send this request."""
    if headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return True
    origin = headers.get("Origin", "null")
    # A page without a referrer, as our link pages are, sends "null".
    return origin != "null" and urlsplit(origin).netloc != host
