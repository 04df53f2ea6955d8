"""A teacher's desk for tests: every act on a record in a scope of its own, by a named person."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from parties import tenancy
from parties.access import Viewer
from records import as_read, communication, drafts, objections, reading, signatures
from records.complaints import Complaint
from records.draft_input import Header, Present, Said
from records.models import CommunicationRecord, Objection, Statement
from records.reading import RecordFile
from records.witnessed import Witnessed
from tests.factories import NOW, World

FACT = "10月8日、10月9日两次实训考核分别为 52 分、55 分，合格线 60 分。"


#: What was seen of the mother, beside the words for it.
SILENT: Final = {"section": "EMOTION", "said_by": "mother", "observed": "SILENT"}


@dataclass
class Desk:
    """`at` moves only when a test says so."""

    world: World
    at: datetime = field(default=NOW)

    @contextmanager
    def as_(self, name: str) -> Iterator[Viewer]:
        with tenancy.scope(self.world.id):
            yield Viewer.load(self.world[name], at=self.at)

    def later(self, **time: float) -> None:
        self.at += timedelta(**time)

    def write(self, by: str = "teacher", **header: Any) -> CommunicationRecord:
        case_id = header.pop("case_id", None)
        values = {"trigger": "PRAISE", "started_at": self.at, "place_kind": "OFFICE", **header}
        with self.as_(by) as viewer:
            return drafts.write(
                viewer,
                student_id=self.world.student.pk,
                header=Header(**values),
                case_id=case_id,
            )

    def say(
        self, record: CommunicationRecord, text: str = FACT, by: str = "teacher", **said: Any
    ) -> Statement:
        others = said.pop("others", ())
        values = {"section": "FACT", "source": "TEACHER", "text": text, **said}
        if isinstance(values.get("said_by"), str):
            values["said_by"] = self.world[values["said_by"]].pk
        with self.as_(by) as viewer:
            return drafts.state(viewer, record_id=record.pk, said=Said(**values), others=others)

    def meet(self, record: CommunicationRecord, *names: str, by: str = "teacher") -> None:
        people = [
            Present(person=self.world[name].pk, capacity="GUARDIAN", presence="IN_PERSON")
            for name in names
        ]
        with self.as_(by) as viewer:
            drafts.attend(viewer, record_id=record.pk, people=people)

    def check(self, record: CommunicationRecord, by: str = "teacher", **more: Any) -> None:
        with self.as_(by) as viewer:
            communication.check(viewer, record_id=record.pk, **more)

    def offer(self, record: CommunicationRecord, by: str = "teacher") -> None:
        with self.as_(by) as viewer:
            communication.offer(viewer, record_id=record.pk)

    def sign(self, record: CommunicationRecord, by: str, **more: Any) -> None:
        method = more.pop("method", "IN_APP")
        with self.as_(by) as viewer:
            read = more.pop("as_read", None) or _mark(viewer, record)
            signatures.sign(viewer, record_id=record.pk, method=method, as_read=read, **more)

    def refuse(self, record: CommunicationRecord, by: str, reason: str = "与事实不符") -> None:
        with self.as_(by) as viewer:
            read = _mark(viewer, record)
            signatures.refuse(viewer, record_id=record.pk, reason=reason, as_read=read)

    def witness(self, record: CommunicationRecord, by: str = "teacher", **given: Any) -> None:
        values = {"signer": "mother", "method": "PHONE", "witness": "duty_officer", **given}
        people = {name: self.world[values[name]].pk for name in ("signer", "witness")}
        with self.as_(by) as viewer:
            word = {"as_read": _mark(viewer, record), **values, **people}
            signatures.witness(viewer, record_id=record.pk, given=Witnessed(**word))

    def read(self, record: CommunicationRecord, by: str) -> RecordFile:
        with self.as_(by) as viewer:
            return reading.read(viewer, record.pk)

    def mark(self, record: CommunicationRecord, by: str) -> str:
        """What this reader has before them just now."""
        with self.as_(by) as viewer:
            return _mark(viewer, record)

    def object(self, record: CommunicationRecord, by: str = "mother", **given: Any) -> Objection:
        values = {"ground": "WRONG", "wish": "CORRECT", "words": "没有“多次”，只有一次。", **given}
        with self.as_(by) as viewer:
            return objections.file(viewer, record_id=record.pk, complaint=Complaint(**values))

    def now(self, record: CommunicationRecord) -> CommunicationRecord:
        with tenancy.scope(self.world.id):
            return CommunicationRecord.objects.select_related("student").get(pk=record.pk)

    # --- the ways a record usually goes --------------------------------------------------------

    def drafted(self, *texts: str, **header: Any) -> CommunicationRecord:
        """With the mother, so that both sides can be asked for their word."""
        record = self.write(**header)
        self.meet(record, "mother", by=header.get("by", "teacher"))
        for text in texts or (FACT,):
            self.say(record, text)
        return record

    def offered(self, *texts: str, **header: Any) -> CommunicationRecord:
        record = self.drafted(*texts, **header)
        self.check(record)
        self.offer(record)
        return record

    def effective(self, *texts: str, **header: Any) -> CommunicationRecord:
        record = self.offered(*texts, **header)
        self.sign(record, "teacher")
        self.sign(record, "mother")
        return record


def _mark(viewer: Viewer, record: CommunicationRecord) -> str:
    return as_read.mark(reading.seen(viewer, viewer.get(CommunicationRecord, record.pk)))


def texts_of(file: RecordFile) -> list[str | None]:
    return [said.text for said in file.statements]


def next_version(desk: Desk, record: CommunicationRecord) -> UUID:
    with desk.as_("teacher") as viewer:
        return communication.next_version(viewer, record_id=record.pk).pk
