"""One record as a document: built from what `reading` gives a reader, and from nothing else.

So a copy (records/record_copies.py) can never hold more than the page did.
"""

from datetime import datetime
from typing import Final

from django.utils import timezone

from parties import privacy
from parties.models import GuardianLink
from records import file_names
from records.cuts import SaidTo
from records.models import (
    Attachment,
    CommunicationRecord,
    Participant,
    PreparedItem,
    Signature,
    Statement,
)
from records.printing import documents as paper
from records.printing.documents import RecordSheet
from records.reading import RecordFile

State = CommunicationRecord.State

_METHODS: Final = {
    Signature.Method.IN_APP: paper.Method.ELECTRONIC,
    Signature.Method.LINK: paper.Method.ELECTRONIC,
    Signature.Method.PAPER: paper.Method.PAPER,
    Signature.Method.PHONE: paper.Method.READ_BACK,
    Signature.Method.REFUSED: paper.Method.REFUSED,
}
#: Own words of the family beside their signature: a statement of theirs, as it was written.
_ONE_SIDED: Final = Statement.Status.ONE_SIDED.label
_TOLD_AS: Final = {
    Signature.Side.FAMILY: f"{Statement.Source.GUARDIAN.label}（{_ONE_SIDED}）",
    Signature.Side.STUDENT: f"{Statement.Source.STUDENT.label}（{_ONE_SIDED}）",
}
#: Who took part, family first: rows have no order of their own.
_TURN: Final = Participant.Capacity.values
#: Of an earlier version, whether it has files or not.
_SEALED: Final = "已封存，其内容与附件只供可以查阅封存记录的人查看"
_LESS: Final = "已隐去他人信息"
#: A refusal that staff wrote down.
_RELAYED: Final = "校方转述"


def sheet_of(file: RecordFile, *, school: str) -> RecordSheet:
    """What this reader may see, as a printed form. Nothing is read beside `file`."""
    record = file.record
    return RecordSheet(
        school=school,
        title="家校沟通记录",
        record_no=record.record_no,
        version=record.version,
        state=State(record.state).label,
        student=paper.StudentLine(
            name=record.student.person.name, class_name=record.student.school_class.name
        ),
        record_hash=_hash(file),
        case_no="" if file.case_id is None else str(file.case_id),
        trigger=record.get_trigger_display() if "trigger" in file.fields else "",
        details=_details(file),
        banners=banners(file),
        participants=_participants(file),
        sections=tuple(_section(code, file) for code in _sections(file)),
        prepared=tuple(_prepared(one, file) for one in file.prepared),
        attachments=tuple(_attached(one) for one in file.attachments),
        earlier=_earlier(file),
        signatures=tuple(_signature(one, file) for one in file.signatures),
        annotations=_annotations(file),
    )


def _participants(file: RecordFile) -> tuple[paper.Participant, ...]:
    turns = sorted(file.participants, key=lambda one: _TURN.index(one.capacity))
    return tuple(_participant(one, file) for one in turns)


def _earlier(file: RecordFile) -> tuple[paper.EarlierFiles, ...]:
    return tuple(
        paper.EarlierFiles(
            one.version, _SEALED if one.sealed else "", tuple(map(_attached, one.files))
        )
        for one in file.earlier
    )


def _annotations(file: RecordFile) -> tuple[paper.Annotation, ...]:
    return tuple(
        paper.Annotation(one.words, file.names.get(one.by_id, ""), one.at)
        for one in file.annotations
    )


def banners(file: RecordFile) -> tuple[paper.Banner, ...]:
    """What a reader must know before the first line."""
    found = [paper.Banner.DISPUTED] if file.disputed else []
    if file.record.standing == CommunicationRecord.Standing.UNSIGNED:
        found.append(paper.Banner.UNSIGNED)
    return tuple(found)


def words_of(said: SaidTo) -> str:
    """The text, or what kind of text is not for this reader."""
    return said.text if said.text is not None else f"（{said.masked}：见受限栏）"


def _hash(file: RecordFile) -> str:
    return bytes(file.record.content_hash or b"").hex() if "content_hash" in file.fields else ""


def _details(file: RecordFile) -> tuple[paper.Labelled, ...]:
    """By the field that each line gives away."""
    record = file.record
    place = "　".join(filter(None, (record.get_place_kind_display(), record.place)))
    lines = [
        ("started_at", "时间", _period(file)),
        ("place", "地点", place),
        ("trigger_note", "事由说明", record.trigger_note),
        ("author", "记录人", record.author.name),
        ("next_contact_at", "下次沟通时间", _moment(record.next_contact_at)),
        ("next_focus", "下次沟通重点", record.next_focus),
    ]
    shown = [(label, value) for name, label, value in lines if value and name in file.fields]
    return tuple(paper.Labelled(label, value) for label, value in shown)


def _period(file: RecordFile) -> str:
    ended = file.record.ended_at if "ended_at" in file.fields else None
    return " 至 ".join(filter(None, (_moment(file.record.started_at), _moment(ended))))


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def _sections(file: RecordFile) -> list[str]:
    written = {said.section for said in file.statements}
    return [code for code in Statement.Section.values if code in written]


def _section(code: str, file: RecordFile) -> paper.Section:
    return paper.Section(
        heading=Statement.Section(code).label,
        statements=tuple(
            paper.Statement(
                text=words_of(said),
                source=Statement.Source(said.source).label,
                status=Statement.Status(said.status).label,
                at=said.at,
                by=_about(said, file),
                observed=Statement.Observed(said.observed).label if said.observed else "",
                redacted=_LESS if said.redacted else "",
            )
            for said in file.statements
            if said.section == code
        ),
    )


def _about(said: SaidTo, file: RecordFile) -> str:
    """Whose it is, where two parents may have spoken, and what it rests on."""
    whose = "反应者" if said.section == Statement.Section.EMOTION else "陈述人"
    name = file.names.get(said.said_by, "") if said.said_by else ""
    parts = (name and f"{whose}：{name}", said.basis and f"依据：{said.basis}")
    return "；".join(filter(None, parts))


def _participant(one: Participant, file: RecordFile) -> paper.Participant:
    relation = GuardianLink.Relation(one.relation).label if one.relation else ""
    return paper.Participant(
        name=file.names.get(one.person_id, one.name) if one.person_id else one.name,
        relation=relation,
        capacity=one.get_capacity_display(),
        present_how=one.get_presence_display(),
    )


def _prepared(one: PreparedItem, file: RecordFile) -> paper.Prepared:
    """Its file is named where this reader has it with the record."""
    rests_on = (one.get_basis_display() if one.basis else "", one.duty and one.get_duty_display())
    files = [*file.attachments, *(each for earlier in file.earlier for each in earlier.files)]
    names = {each.pk: file_names.plain(each) for each in files}
    return paper.Prepared(
        kind=one.get_kind_display(),
        what=one.note,
        file=names.get(one.attachment_id, "") if one.attachment_id else "",
        basis="，".join(filter(None, (*rests_on, one.basis_note))),
    )


def _attached(one: Attachment) -> paper.AttachedFile:
    """Named plainly for its uploader too: a copy goes on to others, and a name may tell of them."""
    classes = sorted(privacy.parse(one.sensitivity), key=lambda code: code.value)
    return paper.AttachedFile(
        name=file_names.plain(one),
        kind=one.get_kind_display(),
        classes="、".join(str(code.label) for code in classes),
        sha256=bytes(one.sha256).hex(),
        others=one.get_redaction_display(),
    )


def _signature(one: Signature, file: RecordFile) -> paper.Signature:
    return paper.Signature(
        who=file.names.get(one.signer_id, ""),
        capacity=one.get_side_display(),
        method=_METHODS[Signature.Method(one.method)],
        at=one.at,
        reason=one.reason or one.note,
        witness=file.names.get(one.witness_id, "") if one.witness_id else "",
        proof=bytes(one.proof).hex(),
        kept_at=file.kept_at.get(one.pk, ""),
        told_as=_told_as(one),
    )


def _told_as(one: Signature) -> str:
    """Whose words stand there: the signer's own, or what staff tell of them."""
    if one.reason and one.witness_id is not None:
        return _RELAYED
    by_own_hand = bool(one.note) and not one.reason and one.recorded_by_id == one.signer_id
    return _TOLD_AS.get(Signature.Side(one.side), "") if by_own_hand else ""
