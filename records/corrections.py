"""The version in which an accepted objection is corrected. Inside a scope.

There is one next version at a time, and one may answer several objections: the answer says in words
what of it is corrected there. What is left to correct then goes into a further version.
"""

from dataclasses import dataclass

from parties.access import Viewer
from records import communication, disputes
from records.models import CommunicationRecord, Objection


@dataclass(frozen=True, slots=True)
class Later:
    """The version that somebody is at, by whomever, and the one that counts now."""

    begun: CommunicationRecord | None
    newest: CommunicationRecord


def lock(record: CommunicationRecord) -> Later:
    """What there is after it, each under its lock; the caller locks the record itself next.

    The later one first, as it takes effect: nobody puts it aside meanwhile.
    """
    unfinished = CommunicationRecord.objects.select_for_update(of=("self",)).filter(
        record_no=record.record_no,
        version__gt=record.version,
        state__in=disputes.UNFINISHED,
    )
    return Later(unfinished.order_by("-version").first(), disputes.newest(record, lock=True))


def of(viewer: Viewer, objection: Objection, later: Later) -> CommunicationRecord:
    """The unfinished next version, one that took effect since the objection, or a new draft.

    Raises NotFound, NotAllowed; WrongState: what counts now is sealed.
    """
    if later.begun is not None:
        return later.begun
    if later.newest.pk != objection.record_id and _came_after(later.newest, objection):
        return later.newest
    return communication.next_version(viewer, record_id=later.newest.pk)


def _came_after(newest: CommunicationRecord, objection: Objection) -> bool:
    """Its author could know of the objection; what was there before does not correct it."""
    return newest.effective_at is not None and newest.effective_at > objection.filed_at
