"""What the author of a notice does with it.

submit --> gate --> a matter with bpmn/notice.bpmn --> receipts --> the last one ends it
"""

from datetime import datetime
from uuid import UUID

from parties import tenancy
from parties.access import Act
from parties.errors import WrongState
from parties.models import Membership, Person
from parties.relations import in_force
from parties.roles import Role
from records import notice_wording, notices
from records.models import Notice
from workflow import notice_process, openings, processes
from workflow.models import Case


def submit(*, school_id: int, notice_id: UUID, by: Person, at: datetime) -> Notice:
    """Hold it against the gate and send it on its way.

    Raises:
        AboutOnePerson: the gate stopped it; that is on record, and the text can be mended.
        NotNeutral: forbidden words, or a slot that nobody filled; it stays a draft.
        NotFound, NotAllowed: not visible; not the author.
        WrongState: submitted already, or withdrawn.
    """
    with tenancy.scope(school_id):
        notice = notices.held(notice_id, by=by, at=at, act=Act.SUBMIT)
        if notice.state not in Notice.EDITABLE:
            raise WrongState(f"{notice.standing}，不能再提交。", notice=str(notice.pk))
        found = notices.findings(notice)
        if found:
            notices.refuse(notice, found, by=by.pk, at=at)
        else:
            notice_wording.refuse(notice)
            _open(notice, by=by, at=at)
    if found:
        raise notices.AboutOnePerson(found)
    if notice.case_id is not None:
        processes.start_now(school_id, notice.case_id, at=at)
    return notice


def _open(notice: Notice, *, by: Person, at: datetime) -> None:
    case = openings.open_(
        school_id=notice.school_id,
        channel=Case.Channel.NOTICE,
        process=notice_process.PROCESS,
        by=by,
        at=at,
        kind="notice",
        members=_approvers(notice, at=at),
    )
    notice.submit(text_hash=notices.hash_of(notice), case_id=case.pk, at=at)
    notice.save()
    notices.record("notice.submitted", notice, by=by.pk, at=at)


def _approvers(notice: Notice, *, at: datetime) -> set[UUID]:
    """Homeroom teacher and grade leader of the place; 德育处 sees every notice anyway."""
    own, found = notice.school_class, set()
    grade = notice.grade if own is None else own.grade
    posts = in_force(Membership.objects.filter(role__in=[Role.HT, Role.GL]), at)
    for post in posts:
        if post.role == Role.HT and own is not None and post.school_class_id == own.pk:
            found.add(post.person_id)
        if post.role == Role.GL and grade and post.grade in ("", grade):
            found.add(post.person_id)
    return found


def withdraw(*, school_id: int, notice_id: UUID, by: Person, at: datetime) -> Notice:
    """Take it back before anybody was told. Raises as submit(), WrongState once it was sent."""
    with tenancy.scope(school_id):
        notice_process.lock(notice_id)
        notice = notices.held(notice_id, by=by, at=at, act=Act.EDIT)
        if notice.state in (Notice.State.SENT, Notice.State.CLOSED, Notice.State.WITHDRAWN):
            raise WrongState(f"{notice.standing}，不能再撤回。", notice=str(notice.pk))
        running = notice.state not in Notice.EDITABLE
        notice.withdraw(at=at)
        notice.save()
        notices.record("notice.withdrawn", notice, by=by.pk, at=at)
        if running and notice.case_id is not None:
            notice_process.tell(notice.case_id, notice_process.WITHDRAWN, by=by, at=at)
        return notice
