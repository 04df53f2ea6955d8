"""What a family, a student or a company writes beside an answer: a sign of danger asks a person.

Everything is kept as it was written, nothing is refused or decided here, and no word found means
nothing. A reply to a notice has its own way (notice_answering), and so has a matter (intake).

    in an open matter          --> its own question (upgrade_requests), in a crisis as well
    in none, or in a closed one --> a matter of the child that nobody at home sees (danger_matters)

Also where the act that they came with is refused (refused_words).
"""

import logging
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from ledger import events
from parties import relations
from parties.access import Act
from parties.models import GuardianLink, Person, Student
from parties.roles import Role
from records import check_ins, plans, signs
from records.models import ActionItem, CommunicationRecord, ItemCheckIn
from workflow import (
    danger_matters,
    exclusions,
    notifications,
    plan_ladder,
    refused_words,
    upgrade_requests,
)
from workflow.models import Case
from workflow.notifications import Message

logger = logging.getLogger(__name__)

#: A person reads the words now; they are in no open matter.
LOOK_NOW: Final = "notice.look_now"


def listen(
    words: str,
    *,
    case_id: UUID | None,
    at: datetime,
    source: str,
    about: CommunicationRecord | None = None,
    by: Person | None = None,
) -> None:
    """Let 德育处 decide if these words hold a sign of danger. In the transaction that keeps them.

    `source` is the code of where they were written. Where no open matter holds them, 德育处 on duty
    and the homeroom teacher hear at once as well, as of a reply to a notice. With `by` the same
    words of the same person are one, whether the act that they came with was refused or not.
    """
    if not signs.read(words).red:
        return
    if by is not None and not refused_words.is_new(
        words, by=by, place=case_id if about is None else about.pk, source=source, at=at
    ):
        return
    cases = Case.objects.select_related("student__school_class")
    case = cases.filter(pk=case_id).first() if case_id is not None else None
    if case is not None and case.closed_at is None:
        _ask_about(case, about, at=at, source=source)
    elif about is not None:
        CommunicationRecord.objects.select_for_update(no_key=True).get(pk=about.pk)  # as below
        _look_now(about.student, before=case, about=("record", about.pk), at=at, source=source)
    elif case is not None and case.student is not None:
        Case.objects.select_for_update(no_key=True).get(pk=case.pk)  # two at once ask once
        _look_now(case.student, before=case, about=("case", case.pk), at=at, source=source)


def _ask_about(case: Case, about: CommunicationRecord | None, *, at: datetime, source: str) -> None:
    """In a crisis the question is about these words, elsewhere about the case alone."""
    beside = about if case.channel == Case.Channel.CRISIS else None
    pk = None if beside is None else beside.pk
    upgrade_requests.ask(case=case, at=at, source=source, about=pk)


def who_looks(student: Student, *, danger: bool, at: datetime) -> dict[UUID, Role]:
    """德育处 on duty, and with `danger` the homeroom teacher; nobody of the family, whatever their
    post, and with `danger` nobody whom an open crisis of the child names. Where nobody on duty can,
    the rest of 德育处 does, and above them 分管副校长 and 校长: no word reaches nobody.
    """
    links = GuardianLink.objects.filter(student=student)
    shut_out = set(links.values_list("guardian_id", flat=True))
    if danger:
        shut_out |= exclusions.named_in_crises(student.pk)
    found = _office(student, at=at, shut_out=shut_out)
    if danger:
        teachers = relations.holders(role=Role.HT, at=at, student=student)
        for person in relations.able(teachers, at=at, excluded=shut_out):
            found.setdefault(person.pk, Role.HT)
    return found


def _office(student: Student, *, at: datetime, shut_out: Collection[UUID]) -> dict[UUID, Role]:
    """The first of them who can: on duty, of the same office, above it."""
    ranks = (
        (Role.ME, relations.on_duty),
        (Role.ME, relations.holders),
        (Role.VP, relations.holders),
        (Role.PR, relations.holders),
    )
    for role, posts in ranks:
        asked = posts(role=role, at=at, student=student)
        people = relations.able(asked, at=at, excluded=shut_out)
        if people:
            return {person.pk: role for person in people}
    return {}


def _look_now(
    student: Student, *, before: Case | None, about: events.Subject, at: datetime, source: str
) -> None:
    """`before` is the closed matter of these words; whom it shuts out hears nothing of them."""
    told = who_looks(student, danger=True, at=at)
    for person in exclusions.excluded_people(before) if before is not None else ():
        told.pop(person, None)
    kind, pk = about
    case_id = _asked(student, pk, before, frozenset(told), at=at, source=source)
    rows = _messages(told, case_id=case_id, key=f"danger:{source}:{pk}:{at.isoformat()}")
    notifications.enqueue_many(school_id=student.school_id, rows=rows, at=at)
    events.append(
        school_id=student.school_id,
        kind="danger.hinted",
        actor=None,
        subject=(kind, pk),
        refs=[("student", student.pk)],
        at=at,
        payload={"source": source, "told": len(rows)},
    )


def _messages(told: Mapping[UUID, Role], *, case_id: UUID | None, key: str) -> list[Message]:
    return [
        Message(
            case_id=case_id,
            to_id=person,
            to_role=role.value,
            channel="in_app",
            template=LOOK_NOW,
            key=f"{key}:{person}",
            lane="crisis",
        )
        for person, role in told.items()
    ]


def _asked(
    student: Student,
    about: UUID,
    before: Case | None,
    told: frozenset[UUID],
    *,
    at: datetime,
    source: str,
) -> UUID | None:
    """The child's matter with the question on it. No fault in asking costs a family its words, or
    those who look their message.
    """
    try:
        with transaction.atomic():
            task = danger_matters.ask(
                student=student,
                kind=danger_matters.WORDS,
                about=about,
                source=source,
                at=at,
                told=told,
                before=before,
            )
    except Exception:
        logger.exception("words.danger_not_asked about=%s", about)
        return None
    return task.case_id


def check_in(
    *,
    school_id: int,
    item_id: UUID,
    by: Person,
    at: datetime,
    day: date | None = None,
    excuse: str = "",
) -> ItemCheckIn:
    """As records.check_ins.check_in, and somebody listens to the excuse."""
    heard = _heard(excuse, by=by, at=at, source="check_in")
    with _even_refused(heard, school_id, item_id, Act.CHECK_IN, by=by, at=at):
        return check_ins.check_in(
            school_id=school_id, item_id=item_id, by=by, at=at, day=day, excuse=excuse, heard=heard
        )  # fmt: skip


def block(*, school_id: int, item_id: UUID, by: Person, at: datetime, why: str) -> ActionItem:
    """As records.plans.block; 班主任 hears that it is stuck, and somebody listens to the words."""
    listened = _heard(why, by=by, at=at, source="stuck")

    def heard(item: ActionItem) -> None:
        plan_ladder.tell_stuck(item, by=by, at=at)
        listened(item)

    with _even_refused(listened, school_id, item_id, Act.START, by=by, at=at):
        return plans.block(
            school_id=school_id, item_id=item_id, by=by, at=at, why=why, heard=heard
        )  # fmt: skip


def finish(
    *,
    school_id: int,
    item_id: UUID,
    by: Person,
    at: datetime,
    note: str,
    evidence: Collection[UUID] = (),
) -> ActionItem:
    """As records.plans.finish, and somebody listens to the note."""
    heard = _heard(note, by=by, at=at, source="done")
    with _even_refused(heard, school_id, item_id, Act.FINISH, by=by, at=at):
        return plans.finish(
            school_id=school_id, item_id=item_id, by=by, at=at, note=note, evidence=evidence,
            heard=heard,
        )  # fmt: skip


def _heard(words: str, *, by: Person, at: datetime, source: str) -> plans.Heard:
    return lambda item: listen(words, case_id=item.case_id, at=at, source=source, by=by)


def _even_refused(
    heard: plans.Heard, school_id: int, item_id: UUID, act: Act, *, by: Person, at: datetime
) -> AbstractContextManager[None]:
    return refused_words.heard(
        ActionItem, item_id, act, school_id=school_id, by=by, at=at,
        hear=lambda item, _: heard(item),
    )  # fmt: skip
