"""What family and school say to each other in a long file: records, objections, meetings.

As config/bench/mixture.py: in batches. The database guards every move of a state, so each batch is
led from state to state as the services lead one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import F

from config.bench.family import Maker, Story
from records import file_entries
from records.models import (
    CommunicationRecord,
    FileEntry,
    Meeting,
    MeetingInvitee,
    Objection,
    Participant,
    Signature,
    Statement,
)
from workflow.models import Case

_AT_HOME: Final = file_entries.SCHOOL | file_entries.FAMILY | file_entries.STUDENT
#: A sentence that all read who read the record, one about money, one about health.
_SAID: Final = (
    ("COM", "10月8日、10月9日两次实训考核分别为 52 分、55 分，合格线 60 分。"),
    ("ECO", "家里最近交不起房租，周末需要兼职。"),
    ("HLT", "上周住院三天。"),
)
_PROOF: Final = bytes(32)


def records(story: Story, numbers: Sequence[int]) -> Sequence[FileEntry]:
    """Offered to the mother, and signed by both."""
    made = _drafts(story, numbers)
    rows = CommunicationRecord.objects.filter(pk__in=[record.pk for record in made])
    _state(story, made)
    rows.update(state="CHECKED")
    rows.update(state="PENDING_SIGNATURES", offered_at=F("created_at"))
    _sign(story, made)
    rows.update(
        state="EFFECTIVE",
        standing="SIGNED",
        signed_at=F("created_at"),
        effective_at=F("created_at"),
        content_hash=_PROOF,
        content_salt=_PROOF,
    )
    there = [story.teacher.pk, story.mother.pk]
    return _entries(story, numbers, made, readers=_AT_HOME, people=there)


def drafts(story: Story, numbers: Sequence[int]) -> Sequence[FileEntry]:
    """Nobody but who writes them knows of them."""
    made = _drafts(story, numbers)
    return _entries(story, numbers, made, readers=(), people=[story.teacher.pk])


def _drafts(story: Story, numbers: Sequence[int]) -> Sequence[CommunicationRecord]:
    made = CommunicationRecord.objects.bulk_create(
        CommunicationRecord(
            **_usual(story),
            case_id=story.plan.pk,
            record_no=f"JL-{number:08d}",
            trigger="STUDY",
            started_at=story.moment(number),
            place_kind="OFFICE",
            author=story.teacher,
            author_role="HT",
            created_at=story.moment(number),
            language_check=[],
        )
        for number in numbers
    )
    Participant.objects.bulk_create(
        Participant(
            **_usual(story), record=record, person=person, capacity=capacity, presence="IN_PERSON"
        )
        for record in made
        for person, capacity in ((story.teacher, "HT"), (story.mother, "GUARDIAN"))
    )
    return made


def _state(story: Story, made: Sequence[CommunicationRecord]) -> None:
    Statement.objects.bulk_create(
        Statement(
            **_usual(story),
            record=record,
            section="FACT",
            source="TEACHER",
            status="ONE_SIDED",
            sensitivity=code,
            text=text,
            entered_by=story.teacher,
            at=record.created_at,
            place=place,
        )
        for record in made
        for place, (code, text) in enumerate(_SAID, start=1)
    )


def _sign(story: Story, made: Sequence[CommunicationRecord]) -> None:
    Signature.objects.bulk_create(
        Signature(
            **_usual(story),
            record=record,
            signer=person,
            side=side,
            method="IN_APP",
            at=record.created_at,
            recorded_by=person,
            proof=_PROOF,
        )
        for record in made
        for person, side in ((story.teacher, "SCHOOL"), (story.mother, "FAMILY"))
    )


def _entries(
    story: Story, numbers: Sequence[int], made: Sequence[CommunicationRecord], **given: Any
) -> Sequence[FileEntry]:
    return [
        story.entry(
            number, "communication", one.pk, by=story.teacher, case_id=story.plan.pk, **given
        )
        for number, one in zip(numbers, made, strict=True)
    ]


def objections(story: Story, numbers: Sequence[int]) -> Sequence[FileEntry]:
    """Of the mother, to records of the same batch; answered and settled."""
    signed = CommunicationRecord.objects.filter(student=story.student, state="EFFECTIVE")
    about = signed.order_by("created_at")[: len(numbers)]
    made = Objection.objects.bulk_create(
        Objection(
            **_usual(story),
            record=record,
            receipt_no=f"YY-{number:08d}",
            ground="WRONG",
            wish="CORRECT",
            words="没有“多次”，只有一次。",
            filed_by=story.mother,
            capacity="G",
            filed_at=story.moment(number),
        )
        for number, record in zip(numbers, about, strict=True)
    )
    _settle(story, made)
    people = [story.mother.pk, story.teacher.pk]
    family = {"party": FileEntry.Party.FAMILY, "by": story.mother}
    return [
        story.entry(number, "objection", one.pk, readers=(), people=people, **family)
        for number, one in zip(numbers, made, strict=True)
    ]


def _settle(story: Story, made: Sequence[Objection]) -> None:
    rows = Objection.objects.filter(pk__in=[objection.pk for objection in made])
    answer = {"reply": "REFUSED", "replied_by": story.teacher, "replied_at": F("filed_at")}
    rows.update(state="ANSWERED", **answer)
    rows.update(state="SETTLED", ended_at=F("filed_at"))


def meetings(story: Story, numbers: Sequence[int]) -> Sequence[FileEntry]:
    """Held: the mother was invited, chose a time and came."""
    made = _prepared(story, numbers, shown_channel="MEETING")
    MeetingInvitee.objects.bulk_create(
        MeetingInvitee(
            school_id=story.student.school_id,
            meeting=meeting,
            person=story.mother,
            capacity="GUARDIAN",
            part="MUST",
            told_at=meeting.prepared_at,
        )
        for meeting in made
    )
    rows = Meeting.objects.filter(pk__in=[meeting.pk for meeting in made])
    rows.update(state="OFFERED", round=1, offered_at=F("prepared_at"))
    rows.update(state="AGREED", sequence=1)
    rows.update(state="HELD", held_at=F("prepared_at"), ended_at=F("prepared_at"))
    return _of_meetings(story, numbers, made, people=[story.mother.pk])


def preparations(story: Story, numbers: Sequence[int]) -> Sequence[FileEntry]:
    """The family was offered no time yet."""
    return _of_meetings(story, numbers, _prepared(story, numbers, shown_channel=""))


def _prepared(story: Story, numbers: Sequence[int], *, shown_channel: str) -> Sequence[Meeting]:
    """One for each case of the same batch."""
    cases = Case.objects.filter(
        student=story.student, channel="MEETING", shown_channel=shown_channel
    ).exclude(pk=story.plan.pk)
    return Meeting.objects.bulk_create(
        Meeting(
            **_usual(story),
            case_id=case.pk,
            kind="IN_PERSON",
            trigger="STUDY",
            purpose="了解近况。",
            student_wish="YES",
            student_present=True,
            prepared_by=story.teacher,
            prepared_at=story.moment(number),
        )
        for number, case in zip(numbers, cases.order_by("opened_at")[: len(numbers)], strict=True)
    )


def _of_meetings(
    story: Story, numbers: Sequence[int], made: Sequence[Meeting], **given: Any
) -> Sequence[FileEntry]:
    given |= {"readers": file_entries.SCHOOL, "by": story.teacher}
    return [
        story.entry(number, "meeting", one.pk, case_id=one.case_id, **given)
        for number, one in zip(numbers, made, strict=True)
    ]


def _usual(story: Story) -> Mapping[str, Any]:
    return {"school_id": story.student.school_id, "student": story.student}


#: Place by place: what the mother sees, and what she does not.
SHOWN: Final[Sequence[Maker]] = (records, records, objections, meetings)
HIDDEN: Final[Sequence[Maker]] = (drafts, preparations)
