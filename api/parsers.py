"""JSON as strict as it must be: what the database or the next reader cannot hold is refused here,
with the place of the mistake, instead of failing somewhere deeper.
"""

import json
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

from rest_framework.parsers import BaseParser

from api.problems import Mistake, Problem, Refused, broken, invalid

#: Bytes: a report with all its texts in Chinese is a tenth of this.
LARGEST_BODY: Final = 256 * 1024
#: What every reader of JSON can hold without rounding (RFC 8259, section 6).
_LARGEST_INT: Final = 2**53 - 1
_DEEPEST: Final = 32


class StrictJSONParser(BaseParser):
    """A UTF-8 object without NUL, lone surrogates, repeated names, NaN or numbers out of range."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        raw = stream.read(LARGEST_BODY + 1)
        if len(raw) > LARGEST_BODY:
            raise Refused(Problem("request.too_large"))
        try:
            body = json.loads(raw.decode(), object_pairs_hook=_object, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise Refused(Problem("request.malformed")) from error
        if not isinstance(body, dict):
            raise Refused(Problem("request.malformed"))
        mistakes = list(_unstorable(body))
        if mistakes:
            raise invalid(*mistakes[:20])
        return body


def is_storable(text: str) -> bool:
    """Postgres holds no NUL, and no encoder writes half a character."""
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise invalid(broken(_shown("", twice), "repeated"))
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _unstorable(value: Any, path: str = "", depth: int = 0) -> Iterator[Mistake]:
    if depth > _DEEPEST:
        raise Refused(Problem("request.malformed"))
    if isinstance(value, str) and not is_storable(value):
        yield broken(path, "text")
    elif isinstance(value, int | float) and not -_LARGEST_INT <= value <= _LARGEST_INT:
        yield broken(path, "number")
    elif isinstance(value, dict):
        yield from (broken(_shown(path, name), "text") for name in value if not is_storable(name))
        for name, inner in value.items():
            yield from _unstorable(inner, _shown(path, name), depth + 1)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _unstorable(inner, f"{path}.{place}", depth + 1)


def _shown(path: str, name: str) -> str:
    """A path that can be written into an answer, whatever was in the name."""
    readable = "".join(char if is_storable(char) else "\ufffd" for char in name)
    return f"{path}.{readable}".strip(".")[:200]
