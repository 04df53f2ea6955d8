"""Consents of a family: given by somebody who may, for one purpose and a time, and taken back.

A no that was said before there was a yes (parties.consent_refusals) counts as one taken back.

A yes holds from the moment it is recorded until its end, as long as nobody has taken it back and
its giver still may give it: a guardian whose link ended or who is barred counts for nothing, and
what they said before does not come back to life when the link is restored or made again, or the bar
ends, is lifted or written over: they are asked anew. The student and every legal guardian may take
back any of them, because the most protective word wins: whoever did must say yes again, or lose the
right, before anybody's yes holds. Another's yes is kept meanwhile and looks like any other.

    below 14   a guardian decides
    14 to 17   a guardian or the student; after the student's own no, the student alone
               after a guardian's own no, nobody without that guardian
    from 18    the student alone

Inside a scope.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db.models import QuerySet

from parties import consent_givers, consent_notes, consent_views, legible
from parties.access import Act, Viewer
from parties.errors import InvalidInput, NotAllowed
from parties.models import Consent, Person, Student

#: After this somebody has to ask again.
LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody agreed to. Without a giver it is the one who is signed in."""

    purpose: str
    ends_at: datetime
    giver: UUID | None = None
    proof: str = Consent.Proof.IN_APP.value
    proof_note: str = ""


def give(viewer: Viewer, *, student_id: UUID, given: Given, key: UUID | None = None) -> Consent:
    """Write down a yes: one's own, or for staff the one on paper or by telephone.

    With the same `key` of the same person the same consent again.

    Raises NotFound; NotAllowed: neither of the family nor at work with it; InvalidInput;
    IntegrityError: the key is another consent's (parties.taps).
    """
    student = consent_notes.in_turn(viewer, student_id)
    if (known := given_before(viewer, student_id=student.pk, key=key)) is not None:
        return known
    _refuse_terms(given, at=viewer.at)
    giver = _giver(viewer, student, given)
    made = Consent.objects.create(
        pk=key or uuid4(),
        school_id=student.school_id,
        student=student,
        consent_no=consent_notes.new_no(viewer.at),
        purpose=given.purpose,
        giver=giver,
        capacity=_may_give(viewer, student, giver, given.purpose),
        proof=given.proof,
        proof_note=given.proof_note.strip(),
        starts_at=viewer.at,
        ends_at=given.ends_at,
        recorded_by=viewer.person,
    )
    consent_notes.note(made, "consent.given", viewer)
    return made


def given_before(viewer: Viewer, *, student_id: UUID, key: UUID | None) -> Consent | None:
    """What this person wrote down for this student with this key before."""
    if key is None:
        return None
    known = Consent.objects.filter(pk=key, student=student_id, recorded_by=viewer.person)
    return known.select_related("giver", "student").first()


def withdraw(viewer: Viewer, *, consent_id: UUID, said_by: UUID | None = None) -> Consent:
    """Take it back, from now on. Again changes nothing. `said_by`: for staff, whose word it was.

    Of a yes that others have taken back without the speaker's knowledge the speaker's no is kept,
    and shown to them as if it had been the first.

    Raises NotFound, NotAllowed; InvalidInput: nobody of the family.
    """
    seen = viewer.get(Consent, consent_id)
    viewer.require(Act.WITHDRAW, seen)
    whose = None if said_by is None else consent_notes.speaker(viewer, seen.student, said_by)
    consent = Consent.objects.select_for_update(of=("self",)).get(pk=consent_id)
    if consent.state == Consent.State.GIVEN:
        consent.withdraw(by=viewer.person, at=viewer.at, said_by=whose)
        consent.save()
        consent_notes.note(consent, "consent.withdrawn", viewer)
    elif _runs_for(_as(viewer, whose), consent.student_id).filter(pk=consent.pk).exists():
        said_by_whom = whose or viewer.person
        consent_notes.write_no(viewer, seen.student, said_by_whom, consent.purpose, about=consent)
    return viewer.get(Consent, consent_id)


def withdraw_all(
    viewer: Viewer, *, student_id: UUID, purpose: str, said_by: UUID | None = None
) -> Sequence[Consent]:
    """Take back whatever has not run out, whoever gave it: the most protective word wins.

    Also what does not count just now, so that none of it comes back to life. Raises as withdraw().
    """
    student = viewer.get(Student, student_id)
    whose = None if said_by is None else consent_notes.speaker(viewer, student, said_by)
    found = _runs_for(viewer, student_id) | _runs_for(_as(viewer, whose), student_id)
    rows = found.filter(purpose=purpose, ends_at__gt=viewer.at)
    pks = list(rows.order_by("-ends_at", "pk").values_list("pk", flat=True))  # as live() locks
    return [withdraw(viewer, consent_id=pk, said_by=said_by) for pk in pks]


def _as(viewer: Viewer, person: Person | None) -> Viewer:
    """With the eyes of whoever speaks, for whom others write it down."""
    return viewer if person is None else Viewer.load(person, at=viewer.at)


def _runs_for(viewer: Viewer, student_id: UUID) -> QuerySet[Consent]:
    return consent_views.running(viewer.rows(Consent)).filter(student=student_id)


def live(*, student: Student, purpose: str, at: datetime) -> Consent | None:
    """The consent that holds now and longest. Every yes is locked, so that nobody says no before
    the caller has done what rests on it.
    """
    found = _locked(student.pk, purpose)
    return next((one for one in found if is_live(one, at=at)), None)


def holds(consent: Consent, *, at: datetime) -> bool:
    """Whether this very consent holds; locked as by live()."""
    found = _locked(consent.student_id, consent.purpose)
    return any(one.pk == consent.pk and is_live(one, at=at) for one in found)


def _locked(student_id: UUID, purpose: str) -> Sequence[Consent]:
    rows = Consent.objects.filter(student=student_id, purpose=purpose, state=Consent.State.GIVEN)
    found = rows.select_for_update(of=("self",)).select_related("giver", "student")
    return list(found.order_by("-ends_at", "pk"))


def is_live(consent: Consent, *, at: datetime) -> bool:
    """As holds(), of a row as it was read."""
    running = consent.starts_at <= at < consent.ends_at
    given = running and consent.state == Consent.State.GIVEN
    return given and consent_givers.counts(consent, consent.student, at=at)


def is_held(viewer: Viewer, *, student: Student, purpose: str) -> bool | None:
    """Whether one holds now, for staff whose work asks for it; None: not theirs to know.

    Nothing is locked: what rests on it asks again (live).
    """
    if not consent_notes.is_asked_by(viewer, student):
        return None
    rows = Consent.objects.filter(student=student, purpose=purpose, state=Consent.State.GIVEN)
    return any(is_live(one, at=viewer.at) for one in rows.select_related("student", "giver"))


def refused(viewer: Viewer, *, student: Student) -> Sequence[str] | None:
    """Purposes for which a no of a guardian, or of a student of fourteen, keeps everybody else's
    yes from holding; None: not theirs to know.
    """
    if not consent_notes.is_asked_by(viewer, student):
        return None
    purposes = [str(one) for one in Consent.Purpose.values]
    return [one for one in purposes if _is_refused(student, one, at=viewer.at)]


def _is_refused(student: Student, purpose: str, *, at: datetime) -> bool:
    by_student = consent_givers.said_no(student, purpose, at=at)
    return by_student or consent_givers.is_refused(student, purpose, at=at)


def of_student(viewer: Viewer, *, student_id: UUID) -> Sequence[Consent]:
    """Those that this person may know of, newest first. Raises NotFound."""
    student = viewer.get(Student, student_id)
    rows = viewer.rows(Consent).filter(student=student).select_related("giver", "recorded_by")
    found = rows.order_by("-starts_at", "pk")
    return [one for one in found if not consent_views.is_a_repeated_no(viewer, one)]


def _giver(viewer: Viewer, student: Student, given: Given) -> Person:
    mine = viewer.person
    if student.pk in viewer.kin or student.pk == viewer.student_id:
        if given.giver not in (None, mine.pk) or given.proof != Consent.Proof.IN_APP:
            raise NotAllowed("只能为自己表示同意。", act="consent")
        return mine
    if not consent_notes.is_asked_by(viewer, student):
        raise NotAllowed("只有该生家庭，或与其工作有关的教师可以登记同意。", act="consent")
    if given.proof == Consent.Proof.IN_APP or not legible.said(given.proof_note):
        raise InvalidInput(
            "代为登记的同意须有凭据。",
            field="proof_note",
            mend="请选择纸质或电话，并写明同意书存放处，或通话时间与复述的内容。",
        )
    giver = None if given.giver is None else Person.objects.filter(pk=given.giver).first()
    if giver is None:
        raise InvalidInput("没有说明是谁同意的。", field="giver", mend="请选择监护人或学生本人。")
    return giver


def _may_give(viewer: Viewer, student: Student, giver: Person, purpose: str) -> str:
    """In which capacity. A no that they do not know of refuses nothing here: it would tell."""
    at = viewer.at
    own = giver.pk == student.person_id
    if not consent_givers.may_give(student, giver, at=at):
        raise InvalidInput(
            "这个人不能表示同意。",
            field="giver",
            mend="须由未满十八周岁学生的法定监护人，或年满十四周岁的学生本人同意。",
        )
    no = None if own else consent_givers.taken_back(student, purpose, at=at)
    if no is not None and consent_views.is_known(viewer, no):
        raise InvalidInput(
            "学生本人撤回了同意。", field="giver", mend="须由学生本人再次同意；监护人不能代替。"
        )
    return consent_notes.capacity(student, giver)


def _refuse_terms(given: Given, *, at: datetime) -> None:
    for name in ("purpose", "proof"):
        allowed = {"purpose": Consent.Purpose, "proof": Consent.Proof}[name].values
        if getattr(given, name) not in allowed:
            raise InvalidInput("不在可选范围内。", field=name, mend="请从给出的选项中选择。")
    if not at < given.ends_at <= at + LONGEST:
        raise InvalidInput(
            "期限不合适。", field="ends_at", mend=f"请选择今后 {LONGEST.days} 天之内的时间。"
        )
