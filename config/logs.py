"""Logs for machines: one JSON object a line, ids and codes only (never names, texts or frames)."""

import json
import logging


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
