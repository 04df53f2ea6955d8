"""A matter of one child, opened by words with a sign of danger that stand in no open matter.

It is never routed, so nobody at home and no company finds it. It holds one question, and that
climbs (upgrade_ladder). `about` is where the words stand, for those who may read them there.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from parties.models import Student
from workflow import openings, reports, upgrade_requests
from workflow.models import Case, CaseParty, HumanTask

#: Words in an answer to a notice (danger_signs), and words beside anything else (family_words).
NOTICE: Final = "notice_danger"
WORDS: Final = "words_danger"
KINDS: Final = frozenset({NOTICE, WORDS})


def ask(  # noqa: PLR0913 - what makes a question
    *,
    student: Student,
    kind: str,
    about: UUID,
    source: str,
    at: datetime,
    told: Collection[UUID] = (),
    before: Case | None = None,
) -> HumanTask:
    """The question about these words, one at a time; `told` have heard already. Inside a scope.

    Whoever the closed matter `before` or an open crisis of the child shuts out is shut out of this
    one. The caller has locked what `about` names: two writers at once ask once.
    """
    asked = about_words(student.pk, about).filter(state__in=upgrade_requests.LIVE)
    waiting = asked.select_for_update(of=("self",)).first()
    if waiting is not None:
        return waiting
    case = openings.open_(
        school_id=student.school_id,
        channel=Case.Channel.NOTICE,  # not routed: the family does not see it
        process=None,
        by=None,
        at=at,
        student=student,
        kind=kind,
    )
    _keep_out(case, before, at=at)
    return upgrade_requests.open_(case=case, at=at, source=source, about=about, told=told)


def about_words(student_id: UUID, about: UUID) -> QuerySet[HumanTask]:
    """Every question that was ever asked about what stands there."""
    return HumanTask.objects.filter(
        case__student=student_id, name=upgrade_requests.TASK, about=about
    )


def _keep_out(case: Case, before: Case | None, *, at: datetime) -> None:
    crises = Q(
        case__student=case.student_id, case__channel=Case.Channel.CRISIS, case__closed_at=None
    )
    theirs = crises if before is None else crises | Q(case=before)
    named = CaseParty.objects.filter(theirs, part__in=CaseParty.AGAINST).order_by("pk")
    parts = dict.fromkeys(named.values_list("person_id", "part"))
    reports.name(case, parts, at=at)
