"""What else a completed task of a follow-up means: a talk on file, a score, a decision."""

from collections.abc import Sequence
from typing import Final

from ledger import events
from parties import legible
from parties.access import Viewer
from records import evaluations, file_entries
from records.evaluations import Score
from records.models import ActionItem, Evaluation, FileEntry
from workflow import cases, danger_signs, next_contacts, plan_days, routing, upgrade_requests
from workflow.completions import Completion, on_complete
from workflow.errors import InvalidInput, WrongState
from workflow.handlers.follow_up import CONTACT
from workflow.models import Case, ScheduledContact
from workflow.upgrading import UpgradeInput, take_up

#: What may be left when somebody wants to close (domain F11), in words.
_LEFT: Final = {
    "effect_unscored": "学校方还没有评估效果",
    "items_open": "还有约定的事项没有完成",
    "focus_open": "还有约好的下次沟通",
}
#: Of a score, the questions of the form that have another name there.
_ASKED: Final = {"words": "worked"}


@on_complete(CONTACT, next_contacts.TASK, plan_days.TALK)
def contact_held(completion: Completion) -> None:
    """A talk is on file, whoever asked for it; danger seen outside the diagram counts as well."""
    task = completion.task
    _held(completion)
    if task.name == next_contacts.TASK and task.about is not None:
        next_contacts.held(contact_id=task.about, by=completion.by, at=completion.at)
    if task.name != CONTACT and completion.answer.get("danger") == "yes":
        upgrade_requests.ask(case=task.case, at=completion.at, source="follow_up.talk")


@on_complete("evaluate_effect")
def school_scored(completion: Completion) -> None:
    """The school's side. Where a colleague has given it elsewhere, that score stands: another one
    is refused rather than left unheard.
    """
    case, answer = completion.task.case, completion.answer
    if case.student is None:
        return
    given = evaluations.sides(case.pk, evaluations.current_number(case.pk))
    stands = given.get(Evaluation.Side.SCHOOL)
    if stands is not None:
        _refuse_other_score(stands, int(answer["score"]))
        return
    score = Score(
        score=int(answer["score"]),
        baseline_now=str(answer.get("baseline_now", "")),
        words=str(answer.get("worked", "")),
    )
    by, at = completion.by, completion.at
    try:
        evaluations.give(student=case.student, case_id=case.pk, by=by, at=at, score=score)
    except InvalidInput as refused:
        asked = _ASKED.get(refused.field, refused.field)
        raise InvalidInput(str(refused), field=asked, mend=refused.mend) from None


def _refuse_other_score(stands: int, wanted: int) -> None:
    if wanted != stands:
        raise InvalidInput(
            f"学校方已经评过分（{_shown(stands)}），不能更改。",
            field="score",
            mend=f"请选 {_shown(stands)} 办结这项待办；看法不同，可以写在下一步决定的理由里。",
        )


def _shown(score: int) -> str:
    return f"{score:+d}".replace("-", "−") if score else "0"


@on_complete("close_or_continue")
def closing_decided(completion: Completion) -> None:
    """Closed when the effect is scored, nothing is left to do and no talk is planned (F11); else
    with a word why. Another round and an upgrade are open whatever is left.
    """
    task, answer = completion.task, completion.answer
    left = _left(task.case) if answer["decision"] == "close" else []
    if not left:
        return
    if not legible.said(str(answer.get("why_open", ""))):
        raise InvalidInput(
            f"{'，'.join(_LEFT[code] for code in left)}。",
            field="why_open",
            mend="请先办完，或再进行一轮；确实要现在结束，请写明理由。",
        )
    events.append(
        school_id=task.school_id,
        kind="follow_up.closed_early",
        actor=completion.by.pk,
        subject=("case", task.case_id),
        refs=[("task", task.pk)],
        at=completion.at,
        payload={"left": list(left)},
    )


def _left(case: Case) -> Sequence[str]:
    """Codes of what stands between this plan and its end."""
    scores = evaluations.sides(case.pk, evaluations.current_number(case.pk))
    waiting = (ScheduledContact.State.PLANNED, ScheduledContact.State.MISSED)
    items = ActionItem.objects.filter(case_id=case.pk, state__in=ActionItem.LIVE)
    is_left = {
        "effect_unscored": Evaluation.Side.SCHOOL not in scores,
        "items_open": items.exists(),
        "focus_open": ScheduledContact.objects.filter(case=case, state__in=waiting).exists(),
    }
    return [code for code, left in is_left.items() if left]


@on_complete(upgrade_requests.TASK, moves_case=True)
def upgrade_decided(completion: Completion) -> None:
    """The same way up as by hand; in a crisis the alarm sounds again, unless it has since.

    Raises WrongState: a crisis of a matter that ended meanwhile: nobody would be woken.
    """
    crisis = upgrade_requests.decide(
        task=completion.task, by=completion.by, at=completion.at, answer=completion.answer
    )
    held = routing.hold(completion.task.case_id)
    if held.case.channel == Case.Channel.CRISIS:
        if crisis and completion.task.created_at >= held.case.alarm_at:
            cases.sound_again(held.case, by=completion.by, at=completion.at)
        return
    if crisis and held.case.closed_at is not None:
        raise WrongState("该事项已经结束，请直接报告危机。", case=str(held.case.pk))
    if not crisis:
        danger_signs.close(held, at=completion.at)
        return
    said = UpgradeInput(
        to=Case.Channel.CRISIS.value,
        reason=str(completion.answer.get("reason", "")),
        words=danger_signs.words_of(completion.task),
    )
    take_up(held, Viewer.load(completion.by, at=completion.at), said)


def _held(completion: Completion) -> None:
    task, case = completion.task, completion.task.case
    reached = str(completion.answer.get("reached", ""))
    if case.student is not None:
        file_entries.enter(
            student=case.student,
            kind="contact_attempt",
            object_id=task.pk,
            party=FileEntry.Party.SCHOOL,
            at=completion.at,
            readers=file_entries.SCHOOL,
            by=completion.by,
            case_id=case.pk,
        )
    events.append(
        school_id=task.school_id,
        kind="contact.attempted" if reached == "no_answer" else "follow_up.held",
        actor=completion.by.pk,
        subject=("case", case.pk),
        refs=[("task", task.pk)],
        at=completion.at,
        payload={"task": task.name, "reached": reached},
    )
