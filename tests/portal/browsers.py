"""What a browser sends when somebody taps: every field of the form, as the page has it."""

from html.parser import HTMLParser
from typing import Any

from tests.portal.visitors import Phone

Pairs = dict[str, list[str]]


class _Forms(HTMLParser):
    """The fields of each form of a page, by name; of a list the chosen, else the first."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Pairs] = []
        self._text: tuple[str, list[str]] | None = None
        self._list: tuple[str, list[tuple[str, bool]]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.forms.append({})
        elif tag == "input" and name and self.forms:
            box = given.get("type") in ("checkbox", "radio")
            if not box or "checked" in given:
                self._add(name, given.get("value", "on" if box else ""))
        elif tag == "textarea":
            self._text = (name, [])
        elif tag == "select":
            self._list = (name, [])
        elif tag == "option" and self._list is not None:
            self._list[1].append((given.get("value", ""), "selected" in given))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            whole = "".join(self._text[1]).replace("\r\n", "\n").removeprefix("\n")
            self._add(self._text[0], whole.replace("\n", "\r\n"))
            self._text = None
        elif tag == "select" and self._list is not None:
            chosen = [value for value, is_chosen in self._list[1] if is_chosen]
            self._add(self._list[0], (chosen or [self._list[1][0][0]])[0])
            self._list = None

    def _add(self, name: str, value: str) -> None:
        if self.forms:
            self.forms[-1].setdefault(name, []).append(value)


def filled(phone: Phone) -> Pairs:
    """The form of the page that knows as what it was given."""
    read = _Forms()
    read.feed(phone.html)
    [form] = [each for each in read.forms if "as_given" in each]
    return form


def tap(phone: Phone, path: str, **typed: Any) -> int:
    """Send the whole form with these fields changed; None is not ticked."""
    whole: dict[str, Any] = {**filled(phone), **typed}
    sent = {name: value for name, value in whole.items() if value is not None}
    return int(phone.send(path, **sent).status_code)


def sends(phone: Phone, page: str, path: str, *each: dict[str, Any]) -> list[int]:
    """What the page answered to each, sent after Back."""
    phone.open(page)
    before, got = phone.page, []
    for fields in each:
        phone.page = before
        got.append(int(phone.send(path, **fields).status_code))
    return got
