"""Notices, and the tries to reach a family about one, as entries of a student's file.

One notice stands in the files of many children. A family sees that it was sent to it and what it
did with it, never how far the notice came with others; whoever calls the family sees the same, and
either what was answered in words; everybody else of the school sees the notice alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject

from parties import crypto
from parties.access import Viewer
from parties.models import Student
from records import file, file_entries
from records.file import Line, Source
from records.models import Notice, NoticeContact, NoticeReceipt
from records.models.notice_receipt import UNOPENED_LABEL

CONTACT_LABEL: Final = "联系记录"
NOTICE: Final = "notice"
REPLY: Final = file_entries.NOTICE_REPLY
_SENT_TO: Final = ("state", "how", "opened_at", "confirmed_at", "signed_at", "settled_at")
_KEY: Final = "pk"
_FURTHEST: Final = ("settled_at", "signed_at", "confirmed_at", "opened_at")


def _rows(viewer: Viewer, student: Student) -> QuerySet[Notice]:
    """Notices with the receipt that this reader sees for this child, the furthest of a family."""
    receipts = viewer.rows(NoticeReceipt).filter(notice=OuterRef("pk"), student=student)
    furthest = receipts.order_by(*(F(name).asc(nulls_last=True) for name in _FURTHEST), "pk")
    told = furthest.values(told=JSONObject(**{name: name for name in (_KEY, *_SENT_TO)}))[:1]
    shown = Q(Exists(receipts.order_by()))
    if student.pk not in viewer.kin:
        shown |= Q(pk__in=viewer.rows(Notice).values("pk"))
    words = receipts.order_by("replied_at", "pk").filter(replied_at__isnull=False).values("pk")
    at_home = Value(student.pk in viewer.kin, BooleanField())
    return Notice.objects.filter(shown).annotate(
        receipt=Subquery(told), answers=ArraySubquery(words), at_home=at_home
    )


def _notices(_viewer: Viewer, found: Sequence[Any]) -> Mapping[UUID, Line]:
    crypto.warm(found)
    replies = _replies([pk for notice in found for pk in notice.answers])
    return {
        notice.pk: _line(notice, [replies[pk] for pk in notice.answers if pk in replies])
        for notice in found
    }


def _replies(pks: Sequence[UUID]) -> Mapping[UUID, str]:
    """What was answered on these receipts, which this reader sees; one query, if any."""
    if not pks:
        return {}
    receipts = list(NoticeReceipt.objects.filter(pk__in=pks))
    crypto.warm(receipts)
    return {receipt.pk: receipt.reply for receipt in receipts}


def _line(notice: Any, replies: Sequence[str]) -> Line:
    """Needs a notice of _rows. At home neither its author nor its own state is known."""
    receipt = dict(notice.receipt or {})
    own = receipt.pop(_KEY, None)
    if not receipt.get("opened_at"):
        # "Could not be delivered" would tell a family that the notice is over, by others, and a
        # teacher that somebody was kept out of it.
        receipt = {}
    return Line(
        title=notice.title,
        summary=str(notice.get_strength_display()),
        words="\n".join(f"家长回复：{one}" for one in replies),
        state=_state(notice, receipt),
        extra={**_of_notice(notice), **_of_receipt(receipt)},
        names_author=not notice.at_home,
        within=None if own is None else (REPLY, UUID(own)),
    )


def _state(notice: Any, receipt: Mapping[str, Any]) -> str:
    if not receipt:
        return UNOPENED_LABEL if notice.at_home else str(notice.get_state_display())
    state, how = NoticeReceipt.State(receipt["state"]).label, receipt["how"]
    return f"{state}（{NoticeReceipt.How(how).label}）" if how else str(state)


def _of_notice(notice: Any) -> dict[str, str | None]:
    """Which text it was, and to whom it went: for those who may know of other families."""
    if notice.at_home:
        return {"strength": notice.strength}
    return {
        "strength": notice.strength,
        "scope": notice.scope,
        "state": str(notice.state),
        "text_hash": bytes(notice.text_hash or b"").hex(),
    }


def _of_receipt(receipt: Mapping[str, str | None]) -> dict[str, str | None]:
    """State and moments of a receipt, as far as it came."""
    return {f"receipt_{name}": value for name, value in receipt.items() if value}


def _tries(viewer: Viewer, _student: Student) -> QuerySet[NoticeContact]:
    """With whether this reader follows the notice that they were about."""
    notice = viewer.rows(Notice).filter(pk=OuterRef("notice_id"))
    return viewer.rows(NoticeContact).annotate(opens=Exists(notice))


def _contacts(_viewer: Viewer, found: Sequence[Any]) -> Mapping[UUID, Line]:
    """By what way and with what result; whom and what was said stands in the contact itself.

    Needs contacts of _tries.
    """
    return {
        contact.pk: Line(
            title=f"联系家长：{contact.get_channel_display()}",
            state=contact.get_outcome_display(),
            extra={"notice": str(contact.notice_id), "outcome": contact.outcome},
            within=(NOTICE, contact.notice_id) if contact.opens else None,
        )
        for contact in found
    }


def _answered(viewer: Viewer, _student: Student) -> QuerySet[NoticeReceipt]:
    return viewer.rows(NoticeReceipt).filter(replied_at__isnull=False)


def _answers(_viewer: Viewer, found: Sequence[NoticeReceipt]) -> Mapping[UUID, Line]:
    """That something was answered, and to what; the words stand with the notice."""
    return {
        receipt.pk: Line(
            title="家长回复",
            summary=receipt.notice.title,
            state="已回复",
            extra={"notice": str(receipt.notice_id)},
        )
        for receipt in found
    }


def register() -> None:
    file.register(NOTICE, Source("通知", Notice, _notices, rows=_rows))
    file.register("contact_attempt", Source(CONTACT_LABEL, NoticeContact, _contacts, rows=_tries))
    file.register(REPLY, Source("家长回复", NoticeReceipt, _answers, rows=_answered))
