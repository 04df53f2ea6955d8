"""A family is asked for a consent: by a link to the page where it decides, once a week at most.

No message says for what, nor about whom. Whoever could not give it is not asked, and a guardian
whom a running case names hears nothing. Nor is anybody asked whose last word was a no, until they
change their mind: a no that is asked about once more is no free word. Who asks is not told who
heard.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from ledger import events
from ledger.models import Event
from parties import consent_givers, consent_notes, consents, links, tenancy
from parties.access import Viewer
from parties.errors import InvalidInput, NotAllowed
from parties.models import Consent, Person, SignInLink, Student
from parties.roles import Role
from workflow import notifications, waking
from workflow.models import CaseParty
from workflow.notifications import Message

ASKED: Final = "consent.asked"
LINK: Final = "link.consent"
LINK_LIFETIME: Final = timedelta(days=14)
#: A yes counts only as long as nobody is pressed for it.
PAUSE: Final = timedelta(days=7)
_PURPOSE: Final = Consent.Purpose.PSY_REPORT.value
#: Whom a case is about may be asked what becomes of their own report.
_NAMED: Final = CaseParty.AGAINST - {CaseParty.Part.SUBJECT}


def ask(*, school_id: int, student_id: UUID, by: Person, at: datetime) -> None:
    """Ask everybody of the family whose yes would count, and who has not said no.

    Raises NotFound; NotAllowed: not the work of this person; InvalidInput: there is one already,
    the family was asked this week, or there is nobody to ask.
    """
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        student = viewer.get(Student, student_id)
        if not consent_notes.is_asked_by(viewer, student):
            raise NotAllowed("只有与该生工作有关的教师可以征求同意。", act="consent")
        Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
        _refuse(viewer, student)
        told = _unnamed(student, _able(student, at=at))
        rows = [row for person in told for row in _messages(student, person, at=at)]
        notifications.enqueue_many(school_id=school_id, rows=rows, at=at)
        events.append(
            school_id=school_id,
            kind=ASKED,
            actor=by.pk,
            subject=("student", student.pk),
            at=at,
            payload={"purpose": _PURPOSE},
        )


def _able(student: Student, *, at: datetime) -> Sequence[Person]:
    return [
        one
        for one in consent_givers.givers(student)
        if consent_givers.may_give(student, one, at=at)
        and consent_givers.standing_no(student, _PURPOSE, one, at=at) is None
    ]


def _unnamed(student: Student, people: Sequence[Person]) -> Sequence[Person]:
    """Whoever asks may not know of the case: what they are answered is the same without it."""
    against = CaseParty.objects.filter(case__student=student, case__closed_at=None, part__in=_NAMED)
    named = set(against.values_list("person_id", flat=True))
    return [one for one in people if one.pk not in named]


def _refuse(viewer: Viewer, student: Student) -> None:
    if consents.is_held(viewer, student=student, purpose=_PURPOSE):
        raise InvalidInput("现在已有有效的同意。", field="ask", mend="不必再征求。")
    if was_asked(student, at=viewer.at):
        raise InvalidInput(
            f"{PAUSE.days} 天内已经征求过。", field="ask", mend="请等家庭自己决定，不催、不劝。"
        )
    if not _able(student, at=viewer.at):
        raise InvalidInput(
            "现在没有可以征求的人。", field="ask", mend="请不使用这份报告，或与德育处商量。"
        )


def was_asked(student: Student, *, at: datetime) -> bool:
    """Whether the family was asked within PAUSE, whoever of it heard. Inside a scope."""
    asked = Event.objects.filter(subject_type="student", subject_id=student.pk, kind=ASKED)
    return asked.filter(at__gt=at - PAUSE).exists()


def _messages(student: Student, person: Person, *, at: datetime) -> Iterator[Message]:
    """In the app, and to a guardian's phone and mail a link of their own."""
    role = Role.STU if person.pk == student.person_id else Role.G
    key = f"{_of(student)}{at:%Y%m%d}:{person.pk}"
    yield Message(None, person.pk, role.value, "in_app", ASKED, key, "routine")
    outside = waking.channels_of(person, ("sms", "email")) if role == Role.G else []
    if not outside:
        return
    link = links.issue(
        person=person,
        purpose=SignInLink.Purpose.CONSENT,
        target_id=student.pk,
        lifetime=LINK_LIFETIME,
    )
    for channel in outside:
        key = f"{LINK}:{link.pk}:{channel}"
        yield Message(None, person.pk, role.value, channel, LINK, key, "routine")


def _of(student: Student) -> str:
    return f"{ASKED}:{student.pk}:"
