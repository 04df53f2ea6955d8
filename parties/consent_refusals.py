"""A no to a consent, said at any time: also before anybody was asked, or after another said yes.

It ends every yes that runs, and as long as it stands nobody else's later yes holds (consents). Who
said it changes their mind by saying yes. Nobody has to prove a no or to give a reason for it, and
at home nobody else learns of one that ended nothing (parties.policies): a no is no reproach.

Inside a scope.
"""

from uuid import UUID

from parties import consent_givers, consent_notes, consent_views, consents
from parties.access import Viewer
from parties.errors import InvalidInput, NotAllowed
from parties.models import Consent, Person, Student


def refuse(
    viewer: Viewer, *, student_id: UUID, purpose: str, said_by: UUID | None = None
) -> Consent:
    """Write down a no: one's own, or for staff that of whoever `said_by` names.

    What keeps it is a yes that was taken back with it, or a row of its own; again changes nothing.

    Raises NotFound; NotAllowed: neither of the family nor at work with it; InvalidInput: no such
    purpose, or nobody whose word counts.
    """
    student = consent_notes.in_turn(viewer, student_id)
    person = _person(viewer, student, said_by)
    _refuse_terms(student, person, purpose, viewer)
    consents.withdraw_all(viewer, student_id=student_id, purpose=purpose, said_by=said_by)
    said = consent_givers.standing_no(student, purpose, person, at=viewer.at)
    if said is None:
        said = consent_notes.write_no(viewer, student, person, purpose)
    return viewer.get(Consent, consent_views.shown_as(viewer, said))


def has_refused(viewer: Viewer, student: Student, purpose: str) -> bool:
    """Whether the reader's own last word is a no that counts: told to themselves alone."""
    said = consent_givers.standing_no(student, purpose, viewer.person, at=viewer.at)
    return said is not None


def _person(viewer: Viewer, student: Student, said_by: UUID | None) -> Person:
    own = student.pk in viewer.kin or student.pk == viewer.student_id
    if said_by is not None and (own or consent_notes.is_asked_by(viewer, student)):
        return consent_notes.speaker(viewer, student, said_by)
    if own:
        return viewer.person
    if not consent_notes.is_asked_by(viewer, student):
        raise NotAllowed("只有该生家庭，或与其工作有关的教师可以登记不同意。", act="consent")
    raise InvalidInput("没有说明是谁不同意。", field="said_by", mend="请选择法定监护人或学生本人。")


def _refuse_terms(student: Student, person: Person, purpose: str, viewer: Viewer) -> None:
    if purpose not in Consent.Purpose.values:
        raise InvalidInput("不在可选范围内。", field="purpose", mend="请从给出的选项中选择。")
    if not consent_givers.may_give(student, person, at=viewer.at):
        raise InvalidInput(
            "这一项不须这个人表示。",
            field="said_by",
            mend="由未满十八周岁学生的法定监护人，或年满十四周岁的学生本人表示；"
            "已有的同意，家里任何一位都可以撤回。",
        )
