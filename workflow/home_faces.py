"""Who at home goes on knowing a meeting as it was, because they may not learn what came after.

a face kept for one person (CaseFace)       whoever is barred, after two people took it down
the face that stands for all (shown_state)  the others, until telling is found safe
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.db.models import Q

from records.models import Meeting, MeetingInvitee
from workflow.models import Case, CaseParty

_HOME: Final = (MeetingInvitee.Capacity.GUARDIAN, MeetingInvitee.Capacity.STUDENT)


def keepers(case: Case, meeting: Meeting) -> frozenset[UUID]:
    """Who knows of this meeting and keeps a face of its case: to them it is not off."""
    kept = case.faces.filter(person__in=meeting.invitees.values("person"))
    found = frozenset(kept.values_list("person_id", flat=True))
    if not stands_for_all(case, meeting):
        return found
    must = Q(part=MeetingInvitee.Part.MUST, capacity__in=_HOME)
    home = frozenset(meeting.invitees.filter(must).values_list("person_id", flat=True))
    return found | home - in_the_know(case, home)


def stands_for_all(case: Case, meeting: Meeting) -> bool:
    """Whether the family as a whole goes on seeing the case as it was when it knew this meeting."""
    still = case.shown_until
    return still is not None and meeting.prepared_at <= still


def in_the_know(case: Case, guardians: Collection[UUID]) -> frozenset[UUID]:
    """Guardians who are told of the crisis, and whoever does not even see the case."""
    parts: dict[str, set[UUID]] = {}
    for part, person in case.parties.values_list("part", "person_id"):
        parts.setdefault(part, set()).add(person)
    told: set[UUID] = set()
    if case.safe_to_tell == Case.SafeToTell.YES:
        told = set(guardians)
    elif case.safe_to_tell == Case.SafeToTell.NO:
        told = parts.get(CaseParty.Part.TOLD, set())
    against = {person for part in CaseParty.AGAINST for person in parts.get(part, ())}
    return frozenset(told - against | parts.get(CaseParty.Part.EXCLUDED, set()))
