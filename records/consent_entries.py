"""Consents 同意 as entries of a student's file: one for each yes, one for its taking back.

They are read by exactly those who may read consents (parties.policies), with the same words as on
the family's own page: a no that ended nothing stands in the file of whoever said it, and of those
whose work asks for it; who took a yes back is told to themselves alone. So the party of a taking
back is the family whoever said it: to say that it was the child would be to say who.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from parties import consent_notes, consent_views
from parties.access import Viewer
from parties.models import Consent, Student
from records import file, file_entries
from records.file import Line, Source
from records.models import FileEntry

GIVEN: Final = "consent"
WITHDRAWN: Final = "consent_withdrawn"
#: The page where a family, or who asks it, finds all of them; its key is the student's.
PAGE: Final = "consents"
#: Whoever may come to read one; its policy says who does.
_READERS: Final = file_entries.FAMILY | file_entries.STUDENT | consent_notes.STAFF
_SIDE: Final = FileEntry.Party
_OF: Final[Mapping[str, FileEntry.Party]] = {
    Consent.Capacity.STUDENT.value: _SIDE.STUDENT,
    Consent.Capacity.GUARDIAN.value: _SIDE.FAMILY,
}


def keep(consent: Consent) -> None:
    """Enter what was said last. Inside a scope, in the transaction of the word itself.

    A no about a yes that its speaker does not know as taken back is both: to others at work a no,
    to its speaker the taking back.
    """
    file_entries.enter(**columns(consent))
    if consent.said_about_id is not None:
        file_entries.enter(**_taken_back_columns(consent))


def columns(consent: Consent) -> dict[str, Any]:
    """The entry of what was said last."""
    if consent.state == Consent.State.WITHDRAWN:
        return _taken_back_columns(consent)
    return {
        "student": consent.student,
        "readers": sorted(_READERS),
        "kind": GIVEN,
        "object_id": consent.pk,
        "party": _OF[consent.capacity],
        "at": consent.starts_at,
        "by": consent.giver,
    }


def _taken_back_columns(consent: Consent) -> dict[str, Any]:
    return {
        "student": consent.student,
        "readers": sorted(_READERS),
        "kind": WITHDRAWN,
        "object_id": consent.pk,
        "party": _SIDE.FAMILY,
        "at": consent.withdrawn_at,
        "by": consent.withdrawn_for or consent.withdrawn_by,
    }


def _given(viewer: Viewer, found: Sequence[Consent]) -> Mapping[UUID, Line]:
    return {one.pk: _yes_or_no(one, at=viewer.at) for one in found}


def _yes_or_no(one: Consent, *, at: datetime) -> Line:
    refused = one.state == Consent.State.REFUSED
    noted = "" if one.recorded_by_id == one.giver_id else "由学校代为登记"
    until = "" if refused else f"到{timezone.localdate(one.ends_at):%Y年%-m月%-d日}为止"
    said = (one.get_capacity_display(), one.get_proof_display(), noted, until)
    return Line(
        title=f"{'不同意' if refused else '同意'}：{one.get_purpose_display()}",
        summary="，".join(str(part) for part in said if part),
        state="" if refused else _state(one, at=at),
        extra=_codes(one),
        within=(PAGE, one.student_id),
    )


def _state(one: Consent, *, at: datetime) -> str:
    """Not whether it counts: that would tell at home of an order against somebody there."""
    state = Consent.State(consent_views.state(one))
    ran_out = state == Consent.State.GIVEN and at >= one.ends_at
    return "已到期" if ran_out else str(state.label)


def _withdrawn(viewer: Viewer, found: Sequence[Consent]) -> Mapping[UUID, Line]:
    return {
        one.pk: Line(
            title=f"撤回同意：{one.get_purpose_display()}",
            summary=_which(one.said_about or one),
            extra=_codes(one.said_about or one),
            names_author=one.taken_back_by == viewer.person.pk,
            within=(PAGE, one.student_id),
        )
        for one in found
    }


def _which(one: Consent) -> str:
    day = f"{timezone.localdate(one.starts_at):%-m月%-d日}"
    return f"{one.giver.name}（{one.get_capacity_display()}）{day}的同意"


def _codes(one: Consent) -> Mapping[str, str]:
    state = consent_views.state(one)
    return {"state": state, "purpose": one.purpose, "capacity": one.capacity}


def _said(viewer: Viewer, _student: Student) -> QuerySet[Consent]:
    return viewer.rows(Consent).exclude(_repeated(viewer))


def _taken_back(viewer: Viewer, _student: Student) -> QuerySet[Consent]:
    rows = viewer.rows(Consent)
    return consent_views.taken_back(rows) | rows.filter(_repeated(viewer))


def _repeated(viewer: Viewer) -> Q:
    return Q(said_about__isnull=False, giver=viewer.person)


def _plain(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Never the proof: where a paper lies, or what was said on the telephone."""
    plain: QuerySet[Any] = rows.select_related(None)
    people = plain.select_related("giver", "said_about__giver")
    return people.defer("proof_note", "said_about__proof_note")


def register() -> None:
    consent_notes.register(keep)
    file.register(GIVEN, Source("同意", Consent, _given, _plain, rows=_said))
    file.register(WITHDRAWN, Source("撤回同意", Consent, _withdrawn, _plain, rows=_taken_back))
