"""Logs for machines: one JSON object a line, ids and codes only (never names, texts or frames)."""

import json
import logging
import traceback
from types import TracebackType


class JsonFormatter(logging.Formatter):
    """A line that a log store can index. A traceback keeps file, line and type; values stay out."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)

    def formatException(  # noqa: N802 -- the base's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """Without what errors say: databases and parsers quote the value that they choke on."""
        return "\n".join(_told(ei[1])) if ei[1] is not None else ""


def _told(error: BaseException) -> list[str]:
    """Innermost cause first, as Python prints it."""
    lines: list[str] = []
    told: set[int] = set()
    waiting: BaseException | None = error
    while waiting is not None and id(waiting) not in told:
        told.add(id(waiting))
        frames = traceback.extract_tb(waiting.__traceback__)
        places = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        kind = type(waiting)
        lines = [*places, f"{kind.__module__}.{kind.__qualname__}", *lines]
        hidden = waiting.__suppress_context__
        waiting = waiting.__cause__ or (None if hidden else waiting.__context__)
    return lines
