r"""Neutral words of a crisis report: looked at after it was taken, never before (domain.md 5).

    report --commit--> sweep looks --> CLEAN
                                  \--> ASKED --supplement--> GIVEN
                                         \--24 hours--> MISSED --supplement--> GIVEN

Only staff are asked, and only whoever made the report: nobody else learns that somebody was. So
neither message nor event leads from the case to a person (CRI-R), and there is no task in the
case. A family's, a student's or a company's words stay as they are; a report without a name has
nobody to be asked. The report never changes: the team reads the supplement beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django_fsm import can_proceed

from ledger import events
from parties import tenancy
from parties.access import Act, Viewer
from parties.models import Person
from parties.roles import STAFF
from records import language, lexicons
from records.language import Author, Field, Finding, Lexicon, Moment, Verdict
from records.language.values import Severity
from workflow import due_rows, exclusions, notifications
from workflow.errors import InvalidInput, WrongState
from workflow.models import CrisisReport, ReportWording

ASKED: Final = "report.wording"
LONGEST: Final = 3_000
#: What a reporter writes; what was heard stands in quotation marks and is no word of theirs.
TEXTS: Final = ("who", "observed", "place", "with_whom", "injuries")
_STATE: Final = ReportWording.State


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding, in the field of the report where it stands."""

    field: str
    finding: Finding
    written: str


def look_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """Look at reports that nobody has looked at, and at terms that have passed; how many."""
    rows = due_rows.found("SELECT school_id, id FROM due_wordings(%s, %s)", [at, limit])
    act = partial(_look, at=at, via=via)
    return due_rows.each(rows, act, failed="report.look_failed", via=via)


def give(*, school_id: int, wording_id: UUID, by: Person, at: datetime, text: str) -> ReportWording:
    """Add neutral words to one's own report.

    Raises NotFound; NotAllowed, WrongState: they are there already; InvalidInput: none, or words
    that are forbidden here as well.
    """
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        viewer.get(ReportWording, wording_id)
        wording = ReportWording.objects.select_for_update(of=("self",)).get(pk=wording_id)
        if not can_proceed(wording.give):
            raise WrongState("这份报告已经补充过。", wording=str(wording_id))
        viewer.require(Act.AMEND, wording)
        _refuse(text.strip(), lexicons.of(school_id))
        wording.give(text=text.strip(), at=at)
        wording.save(update_fields=["state", "supplement", "given_at"])
        _record("report.supplemented", wording, at=at)
        return wording


def remarks(wording: ReportWording) -> list[Remark]:
    """What there is to say about the report, for its author. Inside a scope."""
    words = lexicons.of(wording.school_id)
    return [
        Remark(field, finding, finding.written(getattr(wording.report, field)))
        for field, verdict in _verdicts(wording.report, words)
        for finding in verdict.findings
        if finding.effect != language.Effect.QUOTE
    ]


def _look(school_id: int, report_id: UUID, *, at: datetime | None, via: str) -> bool:
    with tenancy.scope(school_id) as school_now:
        moment = at or school_now
        held = CrisisReport.objects.select_for_update(of=("self",), skip_locked=True)
        report = held.select_related("case", "reporter").filter(pk=report_id).first()
        if report is None:
            return False
        wording = ReportWording.objects.filter(report=report).first()
        if wording is None:
            _check(report, at=moment, via=via)
            return True
        if wording.state != _STATE.ASKED or wording.due_at is None or wording.due_at > moment:
            return False
        wording.miss()
        wording.save(update_fields=["state"])
        _record("report.wording_missed", wording, at=moment, via=via)
        _notify(wording, report, "missed", at=moment)
        return True


def _check(report: CrisisReport, *, at: datetime, via: str) -> None:
    author = _author(report, at=at)
    term = _term(report) if author is not None else None
    made = ReportWording.objects.create(
        school_id=report.school_id,
        case=report.case,
        report=report,
        author=author if term else None,
        state=_STATE.ASKED if term else _STATE.CLEAN,
        checked_at=at,
        due_at=at + term if term else None,
    )
    if term:
        _record("report.wording_asked", made, at=at, via=via)
        _notify(made, report, "asked", at=at)


def _author(report: CrisisReport, *, at: datetime) -> Person | None:
    """The member of staff who wrote it as such, and whom the case does not shut out."""
    if report.reporter is None or report.reporter_role not in STAFF:
        return None
    if report.reporter.pk in exclusions.excluded_people(report.case):
        return None
    return report.reporter if Viewer.load(report.reporter, at=at).is_staff else None


def _term(report: CrisisReport) -> timedelta | None:
    found = [verdict.mend_within for _, verdict in _verdicts(report, lexicons.of(report.school_id))]
    return min(filter(None, found), default=None)


def _verdicts(report: CrisisReport, words: Lexicon) -> Iterator[tuple[str, Verdict]]:
    for name in TEXTS:
        verdict = language.check(
            getattr(report, name),
            moment=Moment.CRISIS,
            author=Author.STAFF,
            field=Field.QUOTE,
            lexicon=words,
        )
        yield name, verdict


def _refuse(text: str, words: Lexicon) -> None:
    if not text or len(text) > LONGEST:
        raise InvalidInput(
            "没有写，或写得太长。",
            field="text",
            mend=f"请写 1 到 {LONGEST} 字：时间、地点、行为、次数。",
        )
    verdict = language.check(
        text, moment=Moment.SIGN, author=Author.STAFF, field=Field.QUOTE, lexicon=words
    )
    for finding in verdict.findings:
        if finding.severity == Severity.FORBIDDEN and finding.effect == language.Effect.BLOCK:
            raise InvalidInput(
                f"“{finding.written(text)}”还不是中性的说法。{finding.note}",
                field="text",
                mend=finding.proposal,
            )


def _notify(wording: ReportWording, report: CrisisReport, turn: str, *, at: datetime) -> None:
    """In the app alone, and without the case: who may not see it has to find its way back, too."""
    if wording.author_id is None:
        return
    notifications.enqueue(
        school_id=wording.school_id,
        case_id=None,
        to_id=wording.author_id,
        to_role=report.reporter_role,
        channel="in_app",
        template=ASKED,
        key=f"{ASKED}:{wording.pk}:{turn}",
        lane="routine",
        at=at,
    )


def _record(kind: str, wording: ReportWording, *, at: datetime, **codes: str) -> None:
    """No actor, and not on the timeline of the case: it would tell that the reporter is staff."""
    events.append(
        school_id=wording.school_id,
        kind=kind,
        actor=None,
        subject=("report_wording", wording.pk),
        refs=[("report", wording.report_id)],
        at=at,
        payload=codes,
    )
