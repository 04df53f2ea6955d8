"""What families do with a notice, and what staff write down for those without a phone.

    open --> confirm --> sign    by the guardian: signed in, or by a link made for this receipt
    by_staff                     a slip of paper, or read back on the phone before two people

On paper it is signed only with the scan of the slip and a second colleague. What is less counts as
told: confirmed before two people or by a scan, else opened.

Every verb here is called inside the caller's scope. No word check ever refuses a family's own
words; they only leave a hint for a person.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from parties import legible
from parties.access import Act, Viewer
from parties.errors import InvalidInput, WrongState
from parties.models import Person
from records import notice_papers, notice_repeats, notice_witnesses, notices, signs
from records.models import Notice, NoticeReceipt
from records.notice_papers import OnPaper

Strength = Notice.Strength
Hint = NoticeReceipt.Hint
State = NoticeReceipt.State

#: May still be answered: late is better than never.
_OPEN: Final = (Notice.State.SENT, Notice.State.CLOSED)
_ORDER: Final = (State.OPENED, State.CONFIRMED, State.SIGNED)
#: What each strength asks of a family.
ASKS: Final = {
    Strength.READ: State.OPENED,
    Strength.CONFIRM: State.CONFIRMED,
    Strength.SIGN: State.SIGNED,
}


def open_(*, receipt_id: UUID, by: Person, at: datetime, how: str) -> NoticeReceipt:
    """Seen by this guardian; seeing it again changes nothing.

    Raises NotFound: not one's own, or one may not read about this child any more.
    """
    receipt = _own(receipt_id, by=by, at=at)
    if receipt.state not in _ORDER:
        receipt.open(how=how, at=at)
        _settle(receipt, at=at)
        _save(receipt, "receipt.opened", by=by, at=at)
    return receipt


def confirm(*, receipt_id: UUID, by: Person, at: datetime, how: str) -> NoticeReceipt:
    """已知悉. Confirming again, or after signing, changes nothing. Raises as open_()."""
    receipt = _own(receipt_id, by=by, at=at)
    if receipt.state not in (State.CONFIRMED, State.SIGNED):
        receipt.confirm(how=how, at=at)
        _settle(receipt, at=at)
        _save(receipt, "receipt.confirmed", by=by, at=at)
    return receipt


def sign(*, receipt_id: UUID, by: Person, at: datetime, how: str) -> NoticeReceipt:
    """签字. Whoever calls has just made sure who signs. Raises as open_()."""
    receipt = _own(receipt_id, by=by, at=at)
    if receipt.state != State.SIGNED:
        receipt.sign(how=how, at=at)
        _settle(receipt, at=at)
        _save(receipt, "receipt.signed", by=by, at=at)
    return receipt


def reply(*, receipt_id: UUID, by: Person, at: datetime, text: str) -> NoticeReceipt:
    """A family's own words to the school; a later reply follows the earlier ones. A phone that
    sends the same words twice in a row has said them once.

    Raises:
        NotFound: as open_().
        InvalidInput: nothing was written.
    """
    if not legible.said(text):
        raise InvalidInput("还没有写内容。", field="text", mend="请写下您想说的话。")
    receipt = _own(receipt_id, by=by, at=at)
    if notice_repeats.just_said(receipt, text, at=at):
        return receipt
    _add_reply(receipt, text, at=at)
    if receipt.state not in _ORDER:
        receipt.open(how=receipt.how or NoticeReceipt.How.APP, at=at)
    _settle(receipt, at=at)
    _save(receipt, "receipt.replied", by=by, at=at, hint=_hint_of(receipt))
    return receipt


def by_staff(*, notice_id: UUID, by: Person, at: datetime, given: OnPaper) -> NoticeReceipt:
    """A slip of paper, or an answer read back on the phone while a second colleague listens; or
    what the family says after it has answered, which changes nothing but its words.

    Raises:
        NotFound, NotAllowed: the notice, or the family is not for this person.
        InvalidInput: no such receipt; the second colleague is missing, the same or of the family;
            the scan is no stored attachment of this child.
        WrongState: this guardian has done as much already, and says nothing new.
    """
    notice = notices.held(notice_id, by=by, at=at, act=Act.CONTACT)
    refuse_not_sent(notice)
    receipt = receipt_of(notice, given.student_id, given.guardian_id, by=by, at=at)
    notice_papers.refuse_way(given)
    stands = _stands(receipt, given)
    if stands and given.reply.strip():
        return _add_later(receipt, given, by=by, at=at)
    notice_papers.refuse_scan(given, receipt)
    notice_papers.refuse_witness(given, receipt, by=by, at=at)
    if stands:
        raise WrongState("这位家长已经答复。", receipt=str(receipt.pk))
    receipt.recorded_by, receipt.witness_id = by, given.witness_id
    receipt.scan = given.scan or receipt.scan
    if given.reply.strip():
        _add_reply(receipt, given.reply, at=at)
    _complete(receipt, given, at=at)
    _settle(receipt, at=at)
    _save(receipt, "receipt.recorded", by=by, at=at, how=given.how)
    return receipt


def how_of(*, by_link: bool) -> str:
    return NoticeReceipt.How.LINK if by_link else NoticeReceipt.How.APP


def _own(receipt_id: UUID, *, by: Person, at: datetime) -> NoticeReceipt:
    """One's own receipt, locked, of a notice that was sent."""
    viewer = Viewer.load(by, at=at)
    seen = viewer.get(NoticeReceipt, receipt_id)
    viewer.require(Act.ANSWER, seen)
    rows = NoticeReceipt.objects.select_for_update(of=("self",))
    receipt = rows.select_related("notice").get(pk=receipt_id)
    refuse_not_sent(receipt.notice)
    return receipt


def receipt_of(
    notice: Notice, student: UUID, guardian: UUID, *, by: Person, at: datetime
) -> NoticeReceipt:
    """The receipt of a family that `by` looks after, locked."""
    viewer = Viewer.load(by, at=at)
    mine = viewer.rows(NoticeReceipt).filter(notice=notice, student=student, guardian=guardian)
    pk = mine.exclude(guardian=by).values_list("pk", flat=True).first()
    if pk is None:
        raise InvalidInput(
            "没有找到这位家长的回执。",
            field="guardian",
            mend="请从待联系名单中选择学生和家长；换了班的学生由现在的班主任联系。",
        )
    rows = NoticeReceipt.objects.select_for_update(of=("self",)).select_related("notice", "student")
    return rows.get(pk=pk)


def refuse_not_sent(notice: Notice) -> None:
    """Raises WrongState while nobody has got it."""
    if notice.state not in _OPEN:
        raise WrongState("通知还没有发出。", notice=str(notice.pk))


def refuse_needless(receipt: NoticeReceipt) -> None:
    """A scan that no answer would ever rest on. What was written down on paper may get its page.

    Raises WrongState: this guardian has said as much by other means.
    """
    if is_needless(receipt):
        raise WrongState("这位家长已经答复，不用再上传回执。", receipt=str(receipt.pk))


def is_needless(receipt: NoticeReceipt) -> bool:
    """Whether no answer would rest on a scan, and there is none on paper that gets its page."""
    on_paper = receipt.how == NoticeReceipt.How.PAPER
    return not on_paper and _says(receipt, notice_papers.most(receipt))


def _stands(receipt: NoticeReceipt, given: OnPaper) -> bool:
    """Whether the answer that is there says as much as what was brought along."""
    return _says(receipt, notice_papers.claimed(receipt, given))


def _says(receipt: NoticeReceipt, much: State) -> bool:
    order = _ORDER.index(State(receipt.state)) if receipt.state in _ORDER else -1
    return order > 0 and order >= _ORDER.index(much)


def _complete(receipt: NoticeReceipt, given: OnPaper, *, at: datetime) -> None:
    """As far as what was brought along proves; nobody signs for a family."""
    proven = notice_papers.proven(receipt, given)
    if proven == State.SIGNED:
        receipt.sign(how=given.how, at=at)
    elif proven == State.CONFIRMED:
        receipt.confirm(how=given.how, at=at)
    elif receipt.state not in _ORDER:
        receipt.open(how=given.how, at=at)


def _add_later(
    receipt: NoticeReceipt, given: OnPaper, *, by: Person, at: datetime
) -> NoticeReceipt:
    """What a family says afterwards follows what it said before; who proved the answer, how and by
    what scan stays. Whoever hears it alone writes it down as well; the same words are there.
    """
    if notice_repeats.ends_with(receipt, given.reply):
        raise WrongState("这位家长已经答复，这些话已经记下。", receipt=str(receipt.pk))
    if given.scan not in (None, receipt.scan):
        raise WrongState(
            "这位家长已经答复，凭据不能更换。后来说的话，请不带扫描件再登记一次。",
            receipt=str(receipt.pk),
        )
    notice_witnesses.refuse(given.witness_id, given.student_id, by=by, at=at)
    _add_reply(receipt, given.reply, at=at)
    _settle(receipt, at=at)
    _save(receipt, "receipt.replied", by=by, at=at, how=given.how, hint=_hint_of(receipt))
    return receipt


def _add_reply(receipt: NoticeReceipt, text: str, *, at: datetime) -> None:
    found = signs.read_on(receipt.reply, text)
    receipt.reply = f"{receipt.reply}\n{text}".strip()
    receipt.replied_at = at
    if found.red:
        receipt.hint = Hint.RED
    elif found.complaint and not receipt.hint:
        receipt.hint = Hint.COMPLAINT


def _hint_of(receipt: NoticeReceipt) -> str:
    return str(receipt.hint).lower() or "none"


def _settle(receipt: NoticeReceipt, *, at: datetime) -> None:
    """Done once all that is asked was done: the strength, and an answer in words if one is owed.

    Who answers in words has read the notice; a signature is more than that.
    """
    if receipt.settled_at is not None:
        return
    asked = ASKS[Strength(receipt.notice.strength)]
    done = receipt.state in _ORDER and _ORDER.index(State(receipt.state)) >= _ORDER.index(asked)
    done = done or (receipt.replied_at is not None and asked != State.SIGNED)
    if done and (receipt.replied_at is not None or not receipt.notice.needs_answer):
        receipt.settled_at = at


def _save(receipt: NoticeReceipt, kind: str, *, by: Person, at: datetime, **codes: str) -> None:
    receipt.save()
    notices.record(kind, receipt.notice, by=by.pk, at=at, refs=[("receipt", receipt.pk)], **codes)
