"""What stands in a long file, kind by kind, in batches: as the services leave it, without walking
ten thousand processes through it. What is said is config/bench/talks.py and consenting.py.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from config.bench import consenting, family, talks
from config.bench.family import Maker, Story
from parties.models import Consent
from parties.roles import Role
from records import file_entries, notices
from records.models import (
    ActionItem,
    CommunicationRecord,
    Evaluation,
    FileEntry,
    ItemCheckIn,
    Meeting,
    MeetingInvitee,
    Notice,
    NoticeContact,
    NoticeReceipt,
    Objection,
    Participant,
    Signature,
    Statement,
)
from workflow import case_entries
from workflow.models import Case

_AT_HOME: Final = file_entries.SCHOOL | file_entries.FAMILY | file_entries.STUDENT
_SENT_TO: Final = file_entries.SCHOOL | file_entries.FAMILY


def enter(story: Story, numbers: Sequence[int]) -> None:
    """What comes round and round, twenty by twenty. Inside a scope."""
    entries: list[FileEntry] = []
    for place, make in enumerate(ROUND):
        entries += make(story, [number for number in numbers if number % len(ROUND) == place])
    FileEntry.objects.bulk_create(entries)


def _cases(**values: str) -> Maker:
    def make(story: Story, numbers: Sequence[int]) -> Sequence[FileEntry]:
        made = Case.objects.bulk_create(
            Case(
                school_id=story.student.school_id,
                student=story.student,
                opened_at=story.moment(number),
                alarm_at=story.moment(number),
                crisis_since=story.moment(number) if values["channel"] == "CRISIS" else None,
                **values,
            )
            for number in numbers
        )
        school_id = story.student.school_id
        return [FileEntry(school_id=school_id, **case_entries.columns(case)) for case in made]

    return make


def _notices(story: Story, numbers: Sequence[int]) -> Sequence[FileEntry]:
    """Sent, one receipt each. The database guards every move, so they are made one by one."""
    made = Notice.objects.bulk_create([_notice(story, number) for number in numbers])
    rows = Notice.objects.filter(pk__in=[notice.pk for notice in made])
    rows.update(state="PENDING_APPROVAL", case_id=story.mail.pk, submitted_at=story.newest)
    for notice in made:
        Notice.objects.filter(pk=notice.pk).update(text_hash=notices.hash_of(notice))
    rows.update(state="APPROVED", approver=story.teacher, approved_at=story.newest)
    rows.update(state="SENT", sent_at=story.newest, closes_at=story.newest)
    NoticeReceipt.objects.bulk_create(
        NoticeReceipt(
            school_id=story.student.school_id,
            notice=notice,
            guardian=story.mother,
            student=story.student,
            created_at=notice.created_at,
        )
        for notice in made
    )
    return [
        story.entry(number, "notice", notice.pk, readers=_SENT_TO, by=story.teacher)
        for number, notice in zip(numbers, made, strict=True)
    ]


def _notice(story: Story, number: int) -> Notice:
    return Notice(
        school_id=story.student.school_id,
        title="家长会通知",
        body="各位家长：下周五下午两点召开家长会，请准时参加。",
        scope="CLASS",
        school_class=story.student.school_class,
        strength="CONFIRM",
        author=story.teacher,
        created_at=story.moment(number),
    )


def _contacts(story: Story, numbers: Sequence[int]) -> Sequence[FileEntry]:
    """Tries to reach a family, which the family does not read."""
    about = Notice.objects.earliest("created_at")
    made = NoticeContact.objects.bulk_create(
        NoticeContact(
            school_id=story.student.school_id,
            notice=about,
            student=story.student,
            guardian=story.mother,
            channel="PHONE",
            outcome="NO_ANSWER",
            by=story.teacher,
            at=story.moment(number),
            recorded_at=story.moment(number),
        )
        for number in numbers
    )
    return [
        story.entry(number, "contact_attempt", contact.pk, readers=file_entries.SCHOOL)
        for number, contact in zip(numbers, made, strict=True)
    ]


def _items(story: Story, numbers: Sequence[int]) -> Sequence[FileEntry]:
    made = ActionItem.objects.bulk_create(
        family.item(story.student, story.plan, number=number, moment=story.moment(number))
        for number in numbers
    )
    return [
        story.entry(number, "action_item", item.pk, readers=_AT_HOME, case_id=story.plan.pk)
        for number, item in zip(numbers, made, strict=True)
    ]


def _check_ins(story: Story, numbers: Sequence[int]) -> Sequence[FileEntry]:
    """Each in a week of its own."""
    made = ItemCheckIn.objects.bulk_create(
        ItemCheckIn(
            school_id=story.student.school_id,
            item=story.chores,
            day=story.newest.date() - timedelta(weeks=number // len(ROUND)),
            by=story.mother,
            at=story.moment(number),
        )
        for number in numbers
    )
    given = {"readers": _AT_HOME, "party": FileEntry.Party.FAMILY, "case_id": story.plan.pk}
    return [
        story.entry(number, "plan_checkin", row.pk, **given)
        for number, row in zip(numbers, made, strict=True)
    ]


def _scores(side: str, readers: frozenset[Role]) -> Maker:
    def make(story: Story, numbers: Sequence[int]) -> Sequence[FileEntry]:
        made = Evaluation.objects.bulk_create(
            Evaluation(
                school_id=story.student.school_id,
                student=story.student,
                case_id=story.plan.pk,
                plan_round=number,
                side=side,
                score=1,
                by=story.mother,
                at=story.moment(number),
            )
            for number in numbers
        )
        given = {"readers": readers, "party": side, "case_id": story.plan.pk}
        return [
            story.entry(number, "evaluation", row.pk, **given)
            for number, row in zip(numbers, made, strict=True)
        ]

    return make


#: Six in ten are for the mother. Hidden from her: a crisis, a matter that nobody has routed yet, a
#: meeting that is being prepared, calls that reached nobody, the school's score of a round of which
#: the family has not spoken, a draft, and a no that her child said.
ROUND: Final[Sequence[Maker]] = (
    _cases(channel="NOTICE", shown_channel="NOTICE"),
    _cases(channel="CRISIS"),
    _notices,
    _cases(channel="MEETING", shown_channel="MEETING"),
    _items,
    _cases(channel="MEETING"),
    _check_ins,
    _contacts,
    _scores("FAMILY", file_entries.FAMILY),
    _scores("SCHOOL", file_entries.SCHOOL),
    *talks.SHOWN,
    *consenting.SHOWN,
    _contacts,
    *talks.HIDDEN,
    *consenting.HIDDEN,
)

#: Where one looks up an object of a kind by itself, and by which column.
LOOKED_UP: Final[Mapping[str, tuple[type[Any], str]]] = {
    "case": (Case, "pk"),
    "notice": (NoticeReceipt, "notice"),
    "action_item": (ActionItem, "pk"),
    "plan_checkin": (ItemCheckIn, "pk"),
    "contact_attempt": (NoticeContact, "pk"),
    "evaluation": (Evaluation, "pk"),
    "communication": (CommunicationRecord, "pk"),
    "objection": (Objection, "pk"),
    "meeting": (Meeting, "pk"),
    "consent": (Consent, "pk"),
    "consent_withdrawn": (Consent, "pk"),
}
#: What policies look at beside the objects themselves.
LOOKED_AT: Final[Sequence[type[Any]]] = (
    Notice, Participant, Statement, Signature, MeetingInvitee,
)  # fmt: skip
