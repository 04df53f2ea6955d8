"""What comes of both sides' words: the record takes effect, and earlier versions are over.

Once the author and a guardian have given their word; a refusal with a reason counts, as
校方记录，家长未签. Inside a scope.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from parties.access import Viewer
from parties.errors import InvalidInput
from parties.models import GuardianLink
from records import taken_back
from records.models import CommunicationRecord, Signature
from records.record_rows import saved
from records.signers import is_grown

State = CommunicationRecord.State
Standing = CommunicationRecord.Standing
Method = Signature.Method
Side = Signature.Side


def settle(viewer: Viewer, record: CommunicationRecord) -> CommunicationRecord:
    """Let it take effect once both sides have given their word.

    Where it did so as 校方记录，家长未签, a signature that comes later makes it one of both sides,
    in whatever state it is by then.
    """
    standing = standing_of(record, today=timezone.localdate(viewer.at))
    late = standing == Standing.SIGNED and record.standing == Standing.UNSIGNED
    if record.effective_at is not None and late:
        record.standing = standing
        return saved(record, viewer, "record.signed_late", standing=standing)
    if record.state != State.PENDING_SIGNATURES or not standing:
        return record
    record.take_effect(standing=standing, at=viewer.at)
    saved(record, viewer, "record.effective", standing=standing)
    taken_back.place_again(record, at=viewer.at)
    _supersede(viewer, record)
    return record


def standing_of(record: CommunicationRecord, *, today: date) -> str:
    """`SIGNED`, `UNSIGNED`, or empty while somebody's word is missing.

    Of an adult student the own word counts for the family's side.
    """
    return standing_among(list(record.signatures.all()), record, today=today)


def standing_among(given: Sequence[Signature], record: CommunicationRecord, *, today: date) -> str:
    """As standing_of, had nobody said more than these. No query."""
    words = [(one.side, one.method) for one in given]
    home = [method for side, method in words if side == Side.FAMILY or _counts(record, side, today)]
    if not any(side == Side.SCHOOL for side, _ in words) or not home:
        return ""
    signed = any(method != Method.REFUSED for method in home)
    return Standing.SIGNED if signed else Standing.UNSIGNED


def _counts(record: CommunicationRecord, side: str, today: date) -> bool:
    return side == Side.STUDENT and is_grown(record.student, today=today)


def refuse_one_sided(record: CommunicationRecord, *, at: datetime) -> None:
    """Raises InvalidInput: nobody among those who took part whose word is the family's.

    A guardian's link counts, not whether they may read it now: why somebody may not, is told to
    nobody. One who did not come counts as well: they can sign or refuse later.
    """
    live = GuardianLink.objects.filter(student=record.student_id, state=GuardianLink.State.LIVE)
    home = Q(person__in=live.values("guardian"))
    if is_grown(record.student, today=timezone.localdate(at)):
        home |= Q(person=record.student.person_id)
    if not record.participants.filter(home).exists():
        raise InvalidInput(
            "参与人员中还没有学生家庭的人，双方签字缺一方。",
            field="participants",
            mend="请加上一位监护人，没有到场的也请写上（选“未到”）；"
            "学生已满十八周岁的，也可以是学生本人。",
        )


def _supersede(viewer: Viewer, record: CommunicationRecord) -> None:
    """Every version before it: one that never took effect may lie between it and the last."""
    earlier = CommunicationRecord.objects.select_for_update(of=("self",)).filter(
        record_no=record.record_no, version__lt=record.version
    )
    over = (State.SUPERSEDED, State.SEALED, State.DISCARDED)
    for older in earlier.exclude(state__in=over).order_by("version"):
        older.supersede()
        saved(older, viewer, "record.superseded")
