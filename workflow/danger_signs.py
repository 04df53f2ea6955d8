"""A sign of danger in an answer to a notice: the child gets a matter of its own, with a question.

    words --> a matter unseen at home (danger_matters) --> 德育处 is asked, and that climbs
                crisis, or a tap where the words stand --> the same matter, a crisis with the words
                watch --> the matter is closed, the reason stays with the answer

A notice is one case for many families; what one of them writes is about one child. The words stay
where they were written, for those who may read them there.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from ledger import events
from parties.access import Viewer
from records.models import NoticeReceipt
from workflow import danger_matters, routing, upgrade_requests
from workflow.models import Case, CrisisReport, HumanTask
from workflow.reports import Receipt
from workflow.routing import Channel, Held
from workflow.upgrading import UpgradeInput, take_up

SOURCE: Final = "notice_reply"
#: Why it went up, where somebody who had read the words tapped and wrote nothing of their own.
_TAPPED: Final = "看过家长回复的教职工将其报告为危机。"


def ask(*, receipt: NoticeReceipt, at: datetime, told: frozenset[UUID]) -> HumanTask:
    """The question about these words, one at a time; `told` have heard already. Inside a scope.

    The caller has locked the receipt: two answers at once ask once.
    """
    return danger_matters.ask(
        student=receipt.student,
        kind=danger_matters.NOTICE,
        about=receipt.pk,
        source=SOURCE,
        at=at,
        told=told,
    )


def sound(viewer: Viewer, receipt: NoticeReceipt) -> Receipt | None:
    """A tap decides the question that waits; twice makes one crisis. Inside a scope.

    None where nobody was asked, or not about a matter that this reader may know of.
    """
    asked = _questions(receipt).filter(state__in=upgrade_requests.LIVE).first()
    held = None if asked is None else routing.hold(asked.case_id)  # before its tasks
    waits = held is not None and _waits(receipt, held.case)
    known = _reported(viewer, receipt)
    if known is not None:
        return _slip(known, repeated=True)
    if held is None or not waits or viewer.find(Case, held.case.pk) is None:
        return None
    outcome = upgrade_requests.CRISIS
    upgrade_requests.decided(held.case, at=viewer.at, by=viewer.person, outcome=outcome)
    said = UpgradeInput(to=Channel.CRISIS.value, reason=_TAPPED, words=quoted(receipt))
    take_up(held, viewer, said)
    return _slip(held.case.reports.latest("reported_at"), repeated=False)


def answered_since(receipt: NoticeReceipt) -> bool:
    """Whether somebody has answered the question about the last of these words, and none waits."""
    asked = _questions(receipt)
    answered = asked.filter(ended_at__gte=receipt.replied_at or receipt.created_at)
    return answered.exists() and not asked.filter(state__in=upgrade_requests.LIVE).exists()


def words_of(task: HumanTask) -> str:
    """What a question is about, in the family's own words; empty where it is about a talk."""
    if task.about is None:
        return ""
    receipt = NoticeReceipt.objects.filter(pk=task.about).first()
    return "" if receipt is None else quoted(receipt)


def quoted(receipt: NoticeReceipt) -> str:
    """Their own words: nobody is asked to mend them."""
    return f"“{receipt.reply}”" if receipt.reply.strip() else ""


def close(held: Held, *, at: datetime) -> None:
    """Nobody has to do anything more in a matter that was opened for the question alone."""
    case = held.case
    live = case.tasks.filter(state__in=upgrade_requests.LIVE)
    opened_for_it = case.kind in danger_matters.KINDS
    if not opened_for_it or case.closed_at is not None or held.instances or live.exists():
        return
    case.settle(at=at)
    case.save()
    events.append(
        school_id=case.school_id,
        kind="case.closed",
        actor=None,
        subject=("case", case.pk),
        at=at,
        payload={"outcome": "settled"},
    )


def _waits(receipt: NoticeReceipt, case: Case) -> bool:
    """Whether nobody has answered meanwhile; nobody does from now on."""
    live = _questions(receipt).filter(case=case, state__in=upgrade_requests.LIVE)
    return live.select_for_update(of=("self",)).first() is not None


def _questions(receipt: NoticeReceipt) -> QuerySet[HumanTask]:
    return danger_matters.about_words(receipt.student_id, receipt.pk)


def _reported(viewer: Viewer, receipt: NoticeReceipt) -> CrisisReport | None:
    """The crisis that these words have become, unless more was written since, or it is over."""
    cases = viewer.rows(Case).filter(
        pk__in=_questions(receipt).values("case"),
        channel=Channel.CRISIS,
        closed_at=None,
        alarm_at__gte=receipt.replied_at or receipt.created_at,
    )
    reports = CrisisReport.objects.filter(case__in=cases.values("pk"))
    return reports.order_by("-reported_at").first()


def _slip(report: CrisisReport, *, repeated: bool) -> Receipt:
    return Receipt(report.case_id, report.receipt_no, report.reported_at, repeated=repeated)
