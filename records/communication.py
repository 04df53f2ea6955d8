"""The life of a communication record after its draft: checked, offered, changed.

    DRAFT --check--> CHECKED --offer--> PENDING_SIGNATURES --(records/signatures.py)--> EFFECTIVE
      ^                 |                   |                                          |      ^
      +---- change -----+                   +-- recall, while nobody has signed        v      |
                                                                             UNDER_OBJECTION -+
    next_version() writes version n+1; version n is SUPERSEDED when n+1 takes effect.
    What is done with is archived and sealed by records/keeping.py; a family is kept from reading
    it by records/holds.py.

Inside a scope; each act locks the row, asks the rights, changes and records.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django_fsm import can_proceed

from parties.access import Act, Viewer
from parties.errors import InvalidInput, LostRace, WrongState
from records import (
    bases,
    file_entries,
    hold_waits,
    language_gate,
    named_speakers,
    prepared_files,
    standings,
    taken_back,
    templates,
)
from records.draft_input import OPEN_WORDS, refuse_restricted, refuse_to_come
from records.drafts import KIND
from records.models import Attachment, CommunicationRecord, Statement
from records.record_rows import lock, note, saved

State = CommunicationRecord.State

#: What is kept from a family in one version is kept from it in the next one, as long.
_HOLD: Final = ("hold_reason", "held_by_id", "held_until", "let_in_at")

#: Copied into the next version, statement by statement.
_KEPT: Final = (
    "section",
    "source",
    "status",
    "sensitivity",
    "text",
    "redacted_text",
    "is_quote",
    "basis",
    "observed",
    "said_by_id",
    "entered_by_id",
    "at",
    "place",
)
_PAPER: Final = (
    "kind",
    "note",
    "attachment_id",
    "basis",
    "basis_note",
    "duty",
    "consent_id",
)
_HEADER: Final = (
    "school_id",
    "student_id",
    "case_id",
    "record_no",
    "trigger",
    "trigger_note",
    "started_at",
    "ended_at",
    "place_kind",
    "place",
    "next_contact_at",
    "next_focus",
)


def check(
    viewer: Viewer, *, record_id: UUID, confirmed: Sequence[str] = (), seen: int | None = None
) -> CommunicationRecord:
    """Refuse missing sections, words in the wrong place and forbidden ones; keep the rest.

    `confirmed` are phrases that the author has looked at and wants to keep (discouraged ones).

    Raises InvalidInput: names the section, the words, the time or who is missing, and what to do.
    """
    record = lock(viewer, record_id, Act.EDIT, seen=seen)
    if not can_proceed(record.check_language):
        raise WrongState("只有草稿需要检查用语。", state=str(record.state))
    refuse_to_come(record, at=viewer.at)
    _refuse_incomplete(record)
    named_speakers.refuse_unnamed(viewer, record)
    named_speakers.refuse_parents(viewer, record)
    prepared_files.refuse_gone(viewer, record)
    bases.refuse_lapsed(record, at=viewer.at)
    prepared_files.refuse_unfounded(viewer, record)
    refuse_restricted({name: getattr(record, name) for name in OPEN_WORDS})
    findings = language_gate.check_record(record, confirmed=confirmed)
    record.check_language(findings=findings)
    return saved(record, viewer, "record.checked", findings=len(findings))


def offer(viewer: Viewer, *, record_id: UUID, seen: int | None = None) -> CommunicationRecord:
    """Let both sides read and sign it. The family sees it from now on, unless it is held.

    Raises InvalidInput: it rests on a consent that no longer holds or on a file that is gone or has
    no basis, the talk is still to come, or nobody of the family took part. WrongState: it is not
    checked, or 德育处 has been asked for a hold and may still decide.
    """
    record = lock(viewer, record_id, Act.EDIT, seen=seen)
    if not can_proceed(record.offer):
        raise WrongState("请先检查用语，再交双方签字。", state=str(record.state))
    refuse_to_come(record, at=viewer.at)
    hold_waits.refuse_undecided(record, at=viewer.at)
    prepared_files.refuse_gone(viewer, record)
    bases.refuse_lapsed(record, at=viewer.at)
    prepared_files.refuse_unfounded(viewer, record)
    standings.refuse_one_sided(record, at=viewer.at)
    record.offer(at=viewer.at)
    open_entry(record)
    taken_back.place_again(record, at=viewer.at)
    return saved(record, viewer, "record.offered")


def open_entry(record: CommunicationRecord) -> None:
    """Everybody who may know of an offered record finds it in the file; no other student does."""
    another = Q(person__student__isnull=False) & ~Q(person__student=record.student_id)
    there = record.participants.exclude(person=None).exclude(another)
    file_entries.open_to(
        kind=KIND,
        object_id=record.pk,
        readers=file_entries.SCHOOL | file_entries.FAMILY | file_entries.STUDENT,
        people=list(there.values_list("person_id", flat=True)),
    )
    files = Attachment.objects.filter(record_id=record.pk, kind=Attachment.Kind.FILE)
    for attached in files:  # a page waits for the signature that stands on it
        readers = file_entries.readers_of(attached.sensitivity)
        file_entries.open_to(kind="attachment", object_id=attached.pk, readers=readers)


def recall(viewer: Viewer, *, record_id: UUID, seen: int | None = None) -> CommunicationRecord:
    """Take it back to the desk, as long as nobody has signed."""
    record = lock(viewer, record_id, Act.EDIT, seen=seen)
    if not can_proceed(record.recall):
        raise WrongState("已有人签字，请另出新版本。", state=str(record.state))
    taken_back.keep(record, by=viewer.person, at=viewer.at)
    record.recall()
    return saved(record, viewer, "record.recalled")


def next_version(viewer: Viewer, *, record_id: UUID) -> CommunicationRecord:
    """A draft of version n+1 with the words of n; n stays as it is until n+1 takes effect.

    The number of a draft that was discarded is not given again.
    A psychological report whose consent no longer holds stays behind with n.

    Raises WrongState: n is sealed, or nobody has signed it (then it is changed itself). LostRace:
    n+1 is there already.
    """
    record = lock(viewer, record_id, Act.EDIT)
    if record.state == State.SEALED:
        raise WrongState("这份记录已封存，不能另出新版本。", state=str(record.state))
    if record.signed_at is None:
        raise WrongState("还没有人签字，可以直接修改。", state=str(record.state))
    if newest := _newer(record).exclude(state=State.DISCARDED).order_by("version").last():
        known = viewer.rows(CommunicationRecord).filter(pk=newest.pk).exists()
        mine, now = (f"{one.version}.{one.edits}" for one in (record, newest))
        now = now if known else str(newest.version)
        raise LostRace("已有更新的版本，请打开最新版本。", yours=mine, current=now)
    last = _newer(record).order_by("version").values_list("version", flat=True).last()
    made = CommunicationRecord.objects.create(
        version=(last or record.version) + 1,
        previous=record,
        author=viewer.person,
        author_role=record.author_role,
        created_at=viewer.at,
        **{name: getattr(record, name) for name in (*_HEADER, *_kept_back(record, viewer.at))},
    )
    _copy_parts(record, made)
    _enter(made, viewer)
    note(made, "record.version_drafted", viewer, refs=[("record", record.pk)])
    return made


def is_followed(record: CommunicationRecord) -> bool:
    """Whether a newer version was begun and not put aside, by whomever. Inside a scope."""
    return _newer(record).exclude(state=State.DISCARDED).exists()


def _newer(record: CommunicationRecord) -> QuerySet[CommunicationRecord]:
    return CommunicationRecord.objects.filter(
        record_no=record.record_no, version__gt=record.version
    )


def _kept_back(record: CommunicationRecord, at: datetime) -> Sequence[str]:
    """The fields of a hold that is still on."""
    return _HOLD if record.held_until is not None and record.held_until > at else ()


def _refuse_incomplete(record: CommunicationRecord) -> None:
    written = record.statements.filter(withdrawn_at=None).values_list("section", flat=True)
    absent = templates.missing(record.trigger, list(written))
    if absent:
        label = Statement.Section(absent[0]).label
        raise InvalidInput(
            f"“{label}”还没有写。", field="statements", mend=templates.of(record.trigger).hint
        )


def _copy_parts(record: CommunicationRecord, made: CommunicationRecord) -> None:
    common = {"school_id": made.school_id, "student_id": made.student_id, "record": made}
    for said in record.statements.filter(withdrawn_at=None).order_by("place", "pk"):
        made.statements.create(**common, **{name: getattr(said, name) for name in _KEPT})
    for one in record.participants.all():
        made.participants.create(
            **common,
            person_id=one.person_id,
            name=one.name,
            capacity=one.capacity,
            relation=one.relation,
            presence=one.presence,
        )
    for item in record.prepared.select_related("attachment", "consent"):
        if bases.stands(item, at=made.created_at):  # not on a consent that was taken back
            made.prepared.create(**common, **{name: getattr(item, name) for name in _PAPER})


def _enter(made: CommunicationRecord, viewer: Viewer) -> None:
    file_entries.enter(
        student=made.student,
        kind=KIND,
        object_id=made.pk,
        party="SCHOOL",
        at=viewer.at,
        readers=frozenset(),
        by=viewer.person,
        case_id=made.case_id,
        people=[viewer.person.pk],
    )
