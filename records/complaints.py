"""Whether a complaint about a record can be taken in: its ground, its words and its time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from ledger.models import Event
from parties import legible
from parties.access import Viewer
from parties.errors import InvalidInput, WrongState
from records.models import CommunicationRecord, Objection

Ground = Objection.Ground
State = CommunicationRecord.State

#: After the filer had a copy; later only with new facts. Errors in personal data know no limit.
WINDOW: Final = timedelta(days=30)
#: These do not wait for the author: the office judges at once.
AT_ONCE: Final = frozenset({Ground.DISCLOSURE, Ground.CONSENT, Ground.SIGNATURE})
#: Why nobody objects there any more, and what they can do.
_OVER: Final[Mapping[str, str]] = {
    State.SUPERSEDED: "这一版已被新版本代替，不能再对它提出异议。请打开最新版本，对最新版本提出。",
    State.SEALED: "这份记录已封存，不能再对它提出异议。有更新的版本的，请打开最新版本提出；"
    "没有的，请与德育处联系。",
    State.DISCARDED: "这份草稿已放弃，不能对它提出异议。有其他版本的，请打开最新版本提出。",
}
_NOT_YET: Final = "这份记录还没有生效：可以直接写下您的意见，或不签字并说明理由。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What somebody objects to, why, and what they wish for."""

    ground: str
    wish: str
    words: str
    about: UUID | None = None
    quoted: str = ""
    new_facts: bool = False


def says(objection: Objection, complaint: Complaint) -> bool:
    """Whether that is what was filed already."""
    filed = (objection.ground, objection.wish, objection.words, objection.quoted)
    given = (complaint.ground, complaint.wish, complaint.words.strip(), complaint.quoted.strip())
    return filed == given and objection.about_id == complaint.about


def refuse(viewer: Viewer, record: CommunicationRecord, complaint: Complaint) -> None:
    """Raises WrongState, InvalidInput."""
    effective = record.effective_at
    if effective is None or record.state in _OVER:
        raise WrongState(_OVER.get(record.state, _NOT_YET), state=str(record.state))
    if complaint.ground not in Ground.values:
        raise InvalidInput("没有选择理由。", field="ground", mend="请从给出的选项中选择。")
    if complaint.wish not in Objection.Wish.values:
        raise InvalidInput("没有选择希望怎样处理。", field="wish", mend="请从给出的选项中选择。")
    if not legible.said(complaint.words):
        raise InvalidInput("没有写明理由。", field="words", mend="请写明哪里不对、实际情况是什么。")
    late = viewer.at > _received(viewer, record, effective) + WINDOW
    if late and not complaint.new_facts and complaint.ground not in {Ground.WRONG, *AT_ONCE}:
        raise InvalidInput(
            f"已超过 {WINDOW.days} 天。",
            field="new_facts",
            mend="如有新的情况，请勾选“有新情况”后再提交。",
        )
    if complaint.about and not record.statements.filter(pk=complaint.about).exists():
        raise InvalidInput("没有这一条。", field="about", mend="请从这份记录中选择。")


def _received(viewer: Viewer, record: CommunicationRecord, effective: datetime) -> datetime:
    """When the filer had it: what is known last of its effect, its delivery and its first reading.

    A delivery proves that they could read it, a reading that they did; a hold takes nothing away.
    Where neither is known, the days have not begun.
    """
    read = Event.objects.filter(
        school_id=record.school_id,
        subject_type="access",
        subject_id=record.pk,
        kind="record.read",
        actor=viewer.person.pk,
    )
    delivered = record.deliveries.filter(to=viewer.person)
    known = [
        read.order_by("id").values_list("at", flat=True).first(),
        delivered.order_by("at").values_list("at", flat=True).first(),
    ]
    moments = [moment for moment in known if moment is not None]
    if record.held_until is not None and record.held_until <= viewer.at:
        moments.append(record.held_until)
    return max(effective, *moments) if moments else viewer.at
