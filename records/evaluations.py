"""效果评估: rounds of a plan, and what each side thinks of it, told only to who has spoken.

A side that knew the other's score would follow it, or answer it. So each is kept apart until both
are there; then both are open, and neither can be changed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from ledger import events
from parties.access import Viewer
from parties.errors import InvalidInput, NotAllowed, WrongState
from parties.models import Person, Student
from parties.roles import Role
from records import file_entries, language_gate, plan_drafts
from records.models import ActionItem, Evaluation, FileEntry, PlanRound

_SIDE: Final = Evaluation.Side
#: Outcomes of a round that was broken off; the others are told in follow_up.bpmn.
UPGRADED: Final = "upgraded"
REROUTED: Final = "rerouted"
BROKEN_OFF: Final = frozenset({UPGRADED, REROUTED})
#: Who speaks for the school.
SCHOOL_VOICES: Final = file_entries.SCHOOL
_READERS: Final[Mapping[str, Collection[Role]]] = {
    _SIDE.SCHOOL.value: file_entries.SCHOOL,
    _SIDE.FAMILY.value: file_entries.FAMILY,
    _SIDE.STUDENT.value: file_entries.STUDENT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one side says: -2 (worse) to +2 (reached), and in its own words if it wants.

    `plan_round` is the round that was asked about; without it, the one that this side knows now.
    """

    score: int
    baseline_now: str = ""
    words: str = ""
    item_id: UUID | None = None
    plan_round: int | None = None


def side_of(viewer: Viewer, student: Student) -> str:
    """Which side this person speaks for; empty if none. Family first: a parent is no colleague."""
    if student.pk == viewer.student_id:
        return _SIDE.STUDENT.value
    if student.pk in viewer.kin:
        return _SIDE.FAMILY.value if student.pk in viewer.wards else ""
    return _SIDE.SCHOOL.value if viewer.roles_towards(student) & SCHOOL_VOICES else ""


def begin_round(*, student: Student, case_id: UUID, at: datetime) -> PlanRound:
    """The running round of the case, begun if there is none. Inside a scope; the case is locked."""
    running = running_round(case_id)
    if running is not None:
        return running
    done = PlanRound.objects.filter(case_id=case_id).count()
    return PlanRound.objects.create(
        school_id=student.school_id,
        student=student,
        case_id=case_id,
        number=done + 1,
        begun_at=at,
    )


def end_round(*, case_id: UUID, at: datetime, outcome: str) -> None:
    """Close the running round with its `outcome`, a code; nothing happens without one."""
    running = PlanRound.objects.select_for_update().filter(case_id=case_id, ended_at=None).first()
    if running is not None:
        running.ended_at, running.outcome = at, outcome
        running.save(update_fields=["ended_at", "outcome"])


def running_round(case_id: UUID) -> PlanRound | None:
    return PlanRound.objects.filter(case_id=case_id, ended_at=None).first()


def current_number(case_id: UUID) -> int:
    """The running round's number, else the last one's, else 1."""
    rounds = PlanRound.objects.filter(case_id=case_id).order_by("-number")
    return rounds.values_list("number", flat=True).first() or 1


def known_round(viewer: Viewer, case_id: UUID) -> PlanRound | None:
    """The newest that this reader may know of. Inside a scope.

    A guardian from whom a crisis and what followed is kept has the one from before it.
    """
    return viewer.rows(PlanRound).filter(case_id=case_id).order_by("-number").first()


def give(*, student: Student, case_id: UUID, by: Person, at: datetime, score: Score) -> Evaluation:
    """Keep what `by`'s side says of the running round. Inside the caller's scope.

    Raises:
        NotAllowed: `by` speaks for no side here.
        WrongState: this side has spoken already; the same person may say the same once more.
        InvalidInput: the score is not between -2 and +2, the item is of another plan, or words of
            the school judge somebody: the family reads them; or there is no plan, or no such
            round, as far as they know.
    """
    viewer = Viewer.load(by, at=at)
    side = side_of(viewer, student)
    if not side:
        raise NotAllowed("您不能为该计划评分。")
    _refuse_unplanned(viewer, case_id)
    number = _asked(viewer, case_id, _number(viewer, case_id, side), score.plan_round)
    _refuse(viewer, score, case_id)
    if side == _SIDE.SCHOOL:
        said = {"baseline_now": score.baseline_now, "words": score.words}
        language_gate.refuse_forbidden(said, student=student)
    made, new = Evaluation.objects.get_or_create(
        school_id=student.school_id,
        case_id=case_id,
        plan_round=number,
        item_id=score.item_id,
        side=side,
        defaults={"student": student, **_said(score), "by": by, "at": at},
    )
    if not new:
        _refuse_other(made, by, score)
        return made
    _enter(made, at=at)
    _record(made, at=at)
    return made


def _said(score: Score) -> dict[str, Any]:
    return {"score": score.score, "baseline_now": score.baseline_now, "words": score.words}


def _refuse_other(made: Evaluation, by: Person, score: Score) -> None:
    """A phone sends twice when the answer gets lost."""
    same = (made.by_id, made.score, made.baseline_now, made.words)
    if same != (by.pk, score.score, score.baseline_now, score.words):
        raise WrongState(
            "这一方已经评过分，先前的评分和文字照旧，不能更改；这次写的没有存入。",
            case=str(made.case_id),
        )


def sides(case_id: UUID, number: int) -> Mapping[str, int]:
    """Score of every side that has spoken of the round as a whole."""
    rows = Evaluation.objects.filter(case_id=case_id, plan_round=number, item=None)
    return dict(rows.values_list("side", "score"))


def _number(viewer: Viewer, case_id: UUID, side: str) -> int:
    """Of the round that is scored: at home the one they know of, though a newer one may run.

    Whoever may know of none of those that there are scores none of them.
    """
    if side == _SIDE.SCHOOL or not PlanRound.objects.filter(case_id=case_id).exists():
        return current_number(case_id)
    known = known_round(viewer, case_id)
    return 0 if known is None else known.number


def _asked(viewer: Viewer, case_id: UUID, number: int, wanted: int | None) -> int:
    """An answer that comes when the next round has begun is about the round it was asked for."""
    if wanted is None or wanted == number:
        return number
    if not viewer.rows(PlanRound).filter(case_id=case_id, number=wanted).exists():
        raise InvalidInput("没有这一轮。", field="plan_round", mend="请刷新页面后再评。")
    return wanted


def _refuse_unplanned(viewer: Viewer, case_id: UUID) -> None:
    """A plan that is kept from this reader is none. A round that runs asks for a score anyhow."""
    planned = viewer.rows(ActionItem).filter(case_id=case_id).exists()
    if not planned and known_round(viewer, case_id) is None:
        raise InvalidInput(
            "该事项还没有行动计划，没有可以评的。", field="case", mend="请在定好计划以后再评分。"
        )


def _refuse(viewer: Viewer, score: Score, case_id: UUID) -> None:
    if not Evaluation.LOWEST <= score.score <= Evaluation.HIGHEST:
        raise InvalidInput("评分应在 −2 到 +2 之间。", field="score", mend="请重新选择。")
    for name in ("baseline_now", "words"):
        if len(getattr(score, name)) > plan_drafts.LONGEST_WORDS:
            raise InvalidInput("内容太长。", field=name, mend="请写得短一些。")
    if score.item_id is not None:
        # Of 资助 and 健康 the school's side reads no word, so it can be no part of the exchange.
        open_ = viewer.rows(ActionItem).filter(field_class=ActionItem.FieldClass.COM)
        if not open_.filter(pk=score.item_id, case_id=case_id).exists():
            raise InvalidInput(
                "这一项不单独评分。", field="item", mend="请从计划中选择，或为整个计划评分。"
            )


def _enter(made: Evaluation, *, at: datetime) -> None:
    """Into the file for its own side, and for every side that has spoken of the same."""
    others = Evaluation.objects.filter(
        case_id=made.case_id, plan_round=made.plan_round, item=made.item_id
    ).exclude(pk=made.pk)
    spoken = list(others)
    readers = set(_READERS[made.side]).union(*(_READERS[other.side] for other in spoken))
    party = FileEntry.Party(str(made.side))
    file_entries.enter(
        student=made.student,
        kind="evaluation",
        object_id=made.pk,
        party=party,
        at=at,
        readers=readers,
        by=made.by,
        case_id=made.case_id,
    )
    for other in spoken:
        file_entries.open_to(kind="evaluation", object_id=other.pk, readers=_READERS[made.side])


def _record(made: Evaluation, *, at: datetime) -> None:
    """That a side has spoken, never what."""
    events.append(
        school_id=made.school_id,
        kind="plan.scored",
        actor=made.by_id,
        subject=("case", made.case_id),
        refs=[("evaluation", made.pk)],
        at=at,
        payload={"side": str(made.side), "round": made.plan_round},
    )
