"""What comes of both sides' words: the record takes effect, and earlier versions are over.

Once the author and a guardian have given their word; a refusal with a reason counts, as
校方记录，家长未签. Inside a scope.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.utils import timezone

from parties.access import Viewer
from records.models import CommunicationRecord, Signature
from records.record_rows import saved

State = CommunicationRecord.State
Standing = CommunicationRecord.Standing
Method = Signature.Method
Side = Signature.Side

ADULT: Final = 18  # years


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
    born = record.student.birth_date
    if side != Side.STUDENT or born is None:
        return False
    birthday = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (not birthday) >= ADULT


def _supersede(viewer: Viewer, record: CommunicationRecord) -> None:
    """Every version before it: one that never took effect may lie between it and the last."""
    earlier = CommunicationRecord.objects.select_for_update(of=("self",)).filter(
        record_no=record.record_no, version__lt=record.version
    )
    over = (State.SUPERSEDED, State.SEALED, State.DISCARDED)
    for older in earlier.exclude(state__in=over).order_by("version"):
        older.supersede()
        saved(older, viewer, "record.superseded")
