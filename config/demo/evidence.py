"""What is on record after a story, held against the promises that every scenario makes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.demo.cast import Cast
from config.demo.facts import Facts
from config.demo.options import Options
from config.demo.postbox import Postbox
from config.demo.promises import Promises

_FAULT: Final = 500
_STATUS: Final = re.compile(r"^access (\d{3}) ", re.MULTILINE)
_FAULTS: Final = ("process.failed", "notification.undeliverable", "notification.delayed")
_LEAST_WORD: Final = 4


@dataclass(frozen=True)
class Evidence:
    """What is on record. `links` is what a one-time link begins with; `unspoken` must not leave.
    `logs` is the folder of all processes, `outbox` every message with all that its row holds.
    """

    promises: Promises
    options: Options
    cast: Cast
    facts: Facts
    postbox: Postbox
    links: str
    unspoken: str
    web_log: Path
    logs: Path | None = None
    outbox: Sequence[str] = ()


def review(evidence: Evidence) -> None:
    """Check what holds in every scenario."""
    _outside(evidence)
    evidence.promises.check("web.no_faults", *_web(evidence.web_log))
    faults = [event.kind for event in evidence.facts.of(*_FAULTS)]
    evidence.promises.check("engine.no_faults", not faults, ",".join(faults))


def _outside(evidence: Evidence) -> None:
    """What a stranger who reads every phone and mailbox would learn."""
    postbox, promises = evidence.postbox, evidence.promises
    words = [*evidence.cast.names, *_phrases(evidence.unspoken)]
    leaked = [one.channel for one in postbox.messages if any(word in one.text for word in words)]
    said = bool(postbox.messages) and not leaked
    promises.check("texts.content_free", said, f"{len(leaked)} messages")
    again = [one for one in postbox.busy if one in postbox.messages]
    alike = bool(again) and len(again) == len(postbox.busy)
    promises.check("texts.same_key", alike, "not repeated alike")
    promises.check("outside.accepted", not postbox.refused, f"{dict(postbox.refused)}")


def _phrases(text: str) -> list[str]:
    return [part for part in re.split(r"[，。、；]", text) if len(part) >= _LEAST_WORD]


def _web(log: Path) -> tuple[bool, str]:
    text = log.read_text(errors="replace") if log.exists() else ""
    answers = [int(status) for status in _STATUS.findall(text)]
    faults = [status for status in answers if status >= _FAULT]
    return bool(answers) and not faults, f"{faults}"
