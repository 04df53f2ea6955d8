"""Tells what happens, line by line as it happens: when, to which role, how, driven by what.

It only reads: the ledger for what was done, the outbox for who was told. Roles, never names.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from config.demo import facts, voice
from config.demo.cast import Cast
from config.demo.facts import Happened
from config.demo.words import (
    CHANNELS,
    KINDS,
    OUTCOMES,
    QUIET,
    SELF_EVIDENT,
    SILENT,
    answers,
    clock_label,
    moment,
    rung_moment,
)
from ledger.models import Event
from parties import tenancy
from parties.roles import Role
from workflow.channels import texts
from workflow.channels.wording import CHINESE
from workflow.models import Case, HumanTask, Notification

#: Numbers are given before the commit: a smaller one may become visible after a larger one.
_LATECOMERS: Final = 200

#: Messages of one moment leave one after the other; told together they read better.
_GATHER_SECONDS: Final = 0.7

Sent = tuple[str, str, str, datetime, str]


class Narrator:
    """Remembers what it has told. Cases of earlier runs on the same data are not its story."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._seen: set[int] = set()
        self._told: set[UUID] = set()
        self._titles: dict[str, str] = {}
        self._held: list[Sent] = []
        self._tell_at = 0.0
        with tenancy.scope(cast.school_id):
            self._highest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            self._told.update(Notification.objects.values_list("pk", flat=True))
            self._earlier = frozenset(Case.objects.values_list("pk", flat=True))
        self._floor = self._highest

    def pump(self) -> None:
        """Tell everything that is new; messages a little later, those of one moment together."""
        with tenancy.scope(self._cast.school_id):
            events, sent = self._new_events(), self._new_messages()
        for event in events:
            self._tell(event)
        if sent and not self._held:
            self._tell_at = time.monotonic() + _GATHER_SECONDS
        self._held += sent
        if self._held and time.monotonic() > self._tell_at:
            self.flush()

    def flush(self) -> None:
        """Tell what was held back."""
        for at, line in _grouped(self._held):
            say(at, line)
        self._held = []

    def _new_events(self) -> list[Happened]:
        after = max(self._floor, self._highest - _LATECOMERS)
        rows = Event.objects.filter(pk__gt=after, subject_type="case").order_by("pk")
        rows = rows.exclude(subject_id__in=self._earlier)
        found = [facts.happened(row) for row in rows if row.pk not in self._seen]
        self._seen.update(event.number for event in found)
        self._highest = max([self._highest, *(event.number for event in found)])
        if any(event.kind == "task.opened" for event in found) or not self._titles:
            self._titles = dict(HumanTask.objects.values_list("name", "title"))
        return found

    def _new_messages(self) -> list[Sent]:
        rows = Notification.objects.filter(state=Notification.State.SENT).exclude(pk__in=self._told)
        new = list(rows.order_by("sent_at", "pk"))
        self._told.update(row.pk for row in new)
        return [
            (
                row.to_role or self._cast.code_of(row.recipient_id),
                row.template,
                row.via,
                row.sent_at or row.created_at,
                row.channel,
            )
            for row in new
            if row.case_id not in self._earlier and row.template not in QUIET
        ]

    def _tell(self, event: Happened) -> None:
        if event.kind not in SILENT and (event.kind, event.payload.get("task")) not in SELF_EVIDENT:
            say(event.at, self._sentence(event))

    def _sentence(self, event: Happened) -> str:
        special = f"{event.kind}:{event.payload.get('channel', '')}"
        template = KINDS.get(special) or KINDS.get(event.kind, event.kind)
        via = f"（由 {event.via} 驱动）" if event.via in {"celery", "watch"} else ""
        return template.format_map(_Known(self._values(event))) + via

    def _values(self, event: Happened) -> Mapping[str, str]:
        payload = event.payload
        task = str(payload.get("task", ""))
        return {
            **{key: answers().get(str(value), str(value)) for key, value in payload.items()},
            "when": rung_moment(payload.get("rung", 0)),
            "who": self._cast.label_of(event.actor),
            "task": self._titles.get(task, task),
            "clock": clock_label(str(payload.get("clock", payload.get("reason", "")))),
            "roles": "、".join(_labels(payload.get("roles", []))),
            "outcome": OUTCOMES.get(str(payload.get("outcome", "")), ""),
        }


class _Known(dict[str, str]):
    """A value that an event lacks leaves a gap in its sentence, never a fault in the story."""

    def __missing__(self, key: str) -> str:
        return ""


def say(at: datetime, sentence: str) -> None:
    """One line of the story, with school time."""
    voice.say(f"{moment(at)}  {sentence}")


def _grouped(sent: Sequence[Sent]) -> list[tuple[datetime, str]]:
    """One line for the channels over which one role got one message."""
    lines = []
    for (role, template, via), rows in groupby(sorted(sent), key=lambda row: row[:3]):
        found = list(rows)
        channels = "、".join(dict.fromkeys(CHANNELS.get(row[4], row[4]) for row in found))
        who = "、".join(_labels([role])) or "本人"
        text = texts.of(template, CHINESE).subject
        lines.append((max(row[3] for row in found), f"    → {who}：{channels}「{text}」（{via}）"))
    return sorted(lines)


def _labels(codes: Sequence[str]) -> list[str]:
    return [str(Role(code).label) for code in codes if code in Role.values]
