"""Who took part in a talk, as one reader may know it: another student has no name outside the team.

Whoever works on the record sees whom they put on its list until it is done; 德育处, the counsellor
and 校领导 go on seeing it. For everybody else, the family above all, it is 另一名学生.
"""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from parties import privacy
from parties.access import Viewer
from parties.privacy import FieldClass, Level
from records import policies
from records.models import CommunicationRecord, Participant

ANOTHER: Final = "另一名学生"
State = CommunicationRecord.State
_ON_THE_DESK: Final = (State.DRAFT, State.CHECKED, State.PENDING_SIGNATURES)
_STUDENT: Final = Participant.Capacity.STUDENT


def shown(
    viewer: Viewer,
    record: CommunicationRecord,
    present: Sequence[Participant],
    *,
    pupils: Collection[UUID],
) -> Sequence[Participant]:
    """Each as this reader may know them. `pupils` are ids of all people here who are students."""
    if _knows_all(viewer, record):
        return present
    own = record.student.person
    return [_unnamed(one) if _is_another(one, pupils, own.pk, own.name) else one for one in present]


def _knows_all(viewer: Viewer, record: CommunicationRecord) -> bool:
    if policies.is_at_home(viewer, record):
        return False
    if record.state in _ON_THE_DESK and policies.writes(viewer, record):
        return True
    roles = policies.roles_for(viewer, record)
    return any(Level.TEAM in privacy.levels(FieldClass.TPD, role) for role in roles)


def _is_another(one: Participant, pupils: Collection[UUID], own: UUID, own_name: str) -> bool:
    if one.person_id is not None:
        return one.person_id != own and (one.person_id in pupils or one.capacity == _STUDENT)
    return one.capacity == _STUDENT and one.name != own_name


def _unnamed(one: Participant) -> Participant:
    """A row that nobody saves."""
    return Participant(
        id=one.pk,
        school_id=one.school_id,
        student_id=one.student_id,
        record_id=one.record_id,
        name=ANOTHER,
        capacity=one.capacity,
        presence=one.presence,
    )
