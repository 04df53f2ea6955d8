"""What the tests in a real browser have in common: who signs in, and whether a page fits."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.api.callers import PASSWORD, account
from tests.browser.conftest import PHONE, look
from tests.factories import World

Enter = Callable[..., Page]

#: Android's and WCAG 2.2's (AAA) least size of a thing to tap, CSS pixels.
LEAST_TAP = 44


def fits(page: Page, name: str) -> None:
    """Nothing runs out of the screen, and everything to tap is large enough for a thumb."""
    look(page, name)
    for target in page.locator("button:visible, a.button:visible, label.option:visible").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= LEAST_TAP, (name, target.inner_text())
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= PHONE["width"], (name, target.inner_text())


def signed_in(page: Page, world: World, who: str) -> None:
    page.goto("/sign-in")
    page.get_by_role("textbox", name="账号").fill(account(world, who))
    page.get_by_role("textbox", name="密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
