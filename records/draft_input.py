"""What a writer hands in for a record, and the sentence for each thing that cannot be accepted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from parties import legible
from parties.errors import InvalidInput
from parties.models import Person
from records import bases, language, observation_sheets, sensitivity
from records.language import OTHER_STUDENT, People
from records.models import Attachment, CommunicationRecord, Participant, PreparedItem, Statement

#: Of a header: everybody reads them who reads the record.
OPEN_WORDS: Final = ("trigger_note", "place", "next_focus")
_ADULTS: Final = frozenset(Participant.Capacity.values) - {
    Participant.Capacity.STUDENT,
    Participant.Capacity.WITNESS,
    Participant.Capacity.OTHER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """When, where, why. Moments are aware; a text that nobody gave is empty."""

    trigger: str
    started_at: datetime
    place_kind: str
    ended_at: datetime | None = None
    place: str = ""
    trigger_note: str = ""
    next_contact_at: datetime | None = None
    next_focus: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One statement. `sensitivity` may raise its class, never lower what is recognised."""

    section: str
    source: str
    text: str
    status: str = Statement.Status.ONE_SIDED
    sensitivity: str = ""
    is_quote: bool = False
    basis: str = ""
    said_by: UUID | None = None
    redacted_text: str = ""
    observed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Somebody who took part: known by id, or by a name alone."""

    capacity: str
    presence: str
    person: UUID | None = None
    name: str = ""
    relation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    kind: str
    note: str = ""
    attachment: UUID | None = None
    basis: str = ""
    basis_note: str = ""
    duty: str = ""


def header_values(header: Header) -> dict[str, Any]:
    values = {field.name: getattr(header, field.name) for field in fields(header)}
    return values | {name: legible.said(text) for name, text in open_words(header).items()}


def open_words(header: Header) -> dict[str, str]:
    return {name: getattr(header, name) for name in OPEN_WORDS}


def refuse_header(header: Header) -> None:
    _choice("trigger", header.trigger, CommunicationRecord.Trigger.values)
    _choice("place_kind", header.place_kind, CommunicationRecord.Place.values)
    if header.ended_at is not None and header.ended_at < header.started_at:
        raise InvalidInput("结束早于开始。", field="ended_at", mend="请填写开始之后的时间。")
    next_at = header.next_contact_at
    if next_at is not None and next_at <= header.started_at:
        raise InvalidInput(
            "下次沟通早于这次。", field="next_contact_at", mend="请填写这次之后的时间。"
        )
    refuse_restricted(open_words(header))


def refuse_to_come(record: CommunicationRecord, *, at: datetime) -> None:
    """What is signed tells of a talk that was. Raises InvalidInput: it is still to come."""
    moments = {"started_at": ("沟通", record.started_at), "ended_at": ("结束", record.ended_at)}
    for field, (what, moment) in moments.items():
        if moment is not None and moment > at:
            raise InvalidInput(
                f"{what}时间在将来。",
                field=field,
                mend="请填写实际的时间；还没有谈的，先留作草稿，谈过以后再检查和交签。",
            )


def refuse_restricted(words: Mapping[str, str]) -> None:
    """Words by field that all readers of a record read hold nothing that only some of them may.

    Raises InvalidInput: names the field and where it belongs.
    """
    sensitivity.refuse_special(words, mend="请写成单独的一条陈述，系统只给可以看的人看。")


def statement_values(said: Said, people: People) -> Mapping[str, Any]:
    """Columns of the statement; `people` are those whose names may and may not stand in it."""
    text = legible.said(said.text)
    _refuse_statement(said, text, people)
    whole = f"{text}\n{said.basis}"
    return {
        "section": said.section,
        "source": said.source,
        "status": said.status,
        "text": text,
        "redacted_text": legible.said(said.redacted_text),
        "is_quote": said.is_quote,
        "basis": legible.said(said.basis),
        "observed": said.observed,
        "said_by_id": said.said_by,
        "sensitivity": sensitivity.classify(
            whole,
            section=said.section,
            declared=said.sensitivity,
            names_others=bool(language.others_in(whole, people)),
        ),
    }


def _refuse_statement(said: Said, text: str, people: People) -> None:
    _choice("section", said.section, Statement.Section.values)
    _choice("source", said.source, Statement.Source.values)
    _choice("status", said.status, Statement.Status.values)
    if not text:
        raise InvalidInput("没有写内容。", field="text", mend="请写下看到或听到的事实。")
    if said.section == Statement.Section.EMOTION:
        _refuse_reaction(said, text)
    elif said.observed:
        raise InvalidInput(
            "只有“家长情绪反应”才选观察到的反应。",
            field="observed",
            mend="请不选，或另写一条“家长情绪反应”。",
        )
    if said.said_by is not None and not Person.objects.filter(pk=said.said_by).exists():
        raise InvalidInput("没有这个人。", field="said_by", mend="请从参与人员中选择。")
    _refuse_unredacted(said, people)


def _refuse_reaction(said: Said, text: str) -> None:
    """It is of one guardian, and its readers are those of EMO, whatever it says."""
    if said.said_by is None:
        raise InvalidInput(
            "没有说明是哪位家长的反应。", field="said_by", mend="请选择当时在场的家长。"
        )
    if said.observed not in Statement.Observed.values:
        kinds = "、".join(Statement.Observed.labels)
        raise InvalidInput(
            "没有选择观察到的是什么反应。", field="observed", mend=f"请选择一项：{kinds}。"
        )
    sensitivity.refuse_special(
        {"text": text, "basis": said.basis, "redacted_text": said.redacted_text},
        mend="这里只写看得到的反应，如“沉默约2分钟”；其余请另写一条陈述。",
    )


def _refuse_unredacted(said: Said, people: People) -> None:
    named = language.others_in(said.redacted_text, people)
    if named:
        raise InvalidInput(
            f"隐去后的文字里还有另一名学生的姓名“{named[0]}”。",
            field="redacted_text",
            mend=f"请改为“{OTHER_STUDENT}”。",
        )


def refuse_people(people: Sequence[Present], around: People) -> None:
    """`around` are those whose names may and may not stand there as free text."""
    for one in people:
        _choice("capacity", one.capacity, Participant.Capacity.values)
        _choice("presence", one.presence, Participant.Presence.values)
        if one.person is None and not legible.said(one.name):
            raise InvalidInput(
                "参与人员没有姓名。", field="participants", mend="请选择人员，或填写姓名。"
            )
        if one.person is not None and not Person.objects.filter(pk=one.person).exists():
            raise InvalidInput("没有这个人。", field="participants", mend="请重新选择。")
        if one.person is None:
            _refuse_classmate(one, around)
    known = [one.person for one in people if one.person is not None]
    if len(known) != len(set(known)):
        raise InvalidInput("同一人写了两次。", field="participants", mend="请删除重复的一行。")


def _refuse_classmate(one: Present, around: People) -> None:
    """A student is chosen, not typed: then their name stays inside. An adult may be a namesake."""
    named = language.others_in(one.name, around)
    if named and not (one.name.strip() in named and one.capacity in _ADULTS):
        raise InvalidInput(
            f"“{named[0]}”是本校另一名学生的姓名。",
            field="participants",
            mend="请从名单中选择这名学生（家长看到的是“另一名学生”），或不写姓名。",
        )


def prepared_list(
    record: CommunicationRecord, items: Sequence[Prepared], *, at: datetime
) -> list[dict[str, Any]]:
    """As prepared_values, of each; what is wrong names its row: a path from 0, people from 1."""
    found = []
    for place, item in enumerate(items):
        try:
            found.append(prepared_values(record, item, at=at))
        except InvalidInput as refused:
            said, field = f"第 {place + 1} 项材料：{refused}", f"prepared.{place}.{refused.field}"
            raise InvalidInput(said, field=field, mend=refused.mend) from None
    return found


def prepared_values(record: CommunicationRecord, item: Prepared, *, at: datetime) -> dict[str, Any]:
    """Columns of the item, with the consent that a psychological report rests on."""
    _choice("kind", item.kind, PreparedItem.Kind.values)
    _choice("basis", item.basis, PreparedItem.Basis.values)
    mine = Attachment.objects.filter(student=record.student_id)
    file = None if item.attachment is None else mine.filter(pk=item.attachment).first()
    if item.attachment is not None and file is None:
        raise InvalidInput("没有这个附件。", field="attachment", mend="请先上传。")
    observation_sheets.refuse_undated(item.kind, item.note, has_file=file is not None)
    why = {"kind": item.kind, "basis": item.basis, "duty": item.duty, "basis_note": item.basis_note}
    if item.kind != PreparedItem.Kind.PSY_REPORT:
        refuse_restricted({"note": item.note, "basis_note": item.basis_note})
    consent = bases.settle(student=record.student, at=at, file=file, **why)
    return {**why, "note": item.note, "attachment_id": item.attachment, "consent": consent}


def _choice(field: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise InvalidInput("不在可选范围内。", field=field, mend="请从给出的选项中选择。")
