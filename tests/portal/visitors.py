"""People with a phone: their browser, and what stands on a page."""

import re
from html import unescape
from typing import Any

from django.test import Client

from parties import links, tenancy
from tests.api.callers import PASSWORD, account
from tests.factories import World

#: Forms that carry what the page showed.
_SIGNED = ("/sign", "/refuse", "/witness")


class Phone:
    """A browser that keeps cookies and sends the CSRF token that the page holds."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.page: Any = None

    def open(self, path: str) -> Any:
        self.page = self.client.get(path, follow=True)
        return self.page

    def send(self, path: str, **fields: Any) -> Any:
        """Submit a form of the page that is open."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.html)
        data = {"csrfmiddlewaretoken": token[1] if token else ""}
        if path.endswith(_SIGNED):
            data["as_read"] = self.value("as_read")
        data |= fields
        self.page = self.client.post(path, data, follow=True)
        return self.page

    @property
    def html(self) -> str:
        return self.page.content.decode() if self.page is not None else ""

    @property
    def text(self) -> str:
        """What a person reads, without the markup."""
        body = re.sub(r"<(script|style|head).*?</\1>", "", self.html, flags=re.DOTALL)
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))

    def value(self, name: str) -> str:
        found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', self.html)
        return found[1] if found else ""


def by_password(world: World, name: str) -> Phone:
    phone = Phone()
    phone.open("/sign-in")
    phone.send("/sign-in/password", login=account(world, name), password=PASSWORD)
    assert phone.page.status_code == 200, phone.text
    return phone


def by_link(world: World, name: str, **options: Any) -> Phone:
    with tenancy.scope(world.id):
        token = links.token_of(links.issue(person=world[name], **options).pk)
    phone = Phone()
    phone.page = phone.client.post(f"/l/{token}", follow=True)
    return phone
