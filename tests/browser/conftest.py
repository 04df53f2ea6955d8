"""A real Chromium as wide as a small phone, against the real server."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from parties import links, tenancy
from tests.api.conftest import quick_passwords, world
from tests.factories import World

__all__ = ["quick_passwords", "world"]

# Playwright's own loop runs in this thread; Django would refuse its database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PHONE: ViewportSize = {"width": 360, "height": 740}
SHOTS = os.environ.get("SANFANG_SHOTS", "")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium")
    assert found, "请先安装浏览器：apt install chromium fonts-noto-cjk"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium: Browser, live_server: Any) -> Iterator[Page]:
    """A phone without script: every page must do without."""
    context = chromium.new_context(
        viewport=PHONE,
        java_script_enabled=False,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        base_url=live_server.url,
        has_touch=True,
        is_mobile=True,
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


@pytest.fixture
def enter(phone: Page, world: World) -> Callable[..., Page]:
    """`enter("mother")`: she opens the link in her message and taps the button."""

    def by_link(name: str, **options: Any) -> Page:
        with tenancy.scope(world.id):
            token = links.token_of(links.issue(person=world[name], **options).pk)
        phone.goto(f"/l/{token}")
        look(phone, "link")
        phone.get_by_role("button", name="进入").click()
        return phone

    return by_link


def look(page: Page, name: str) -> None:
    """Nothing is cut off at 360 px; SANFANG_SHOTS=folder keeps a picture of every page."""
    tree = page.locator("body")
    box = tree.bounding_box()
    assert box is not None
    assert box["width"] <= PHONE["width"], name
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
