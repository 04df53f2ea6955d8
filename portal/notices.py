"""A notice on a parent's phone: the child's name first, the text, one button, and room for words.

The page opens by the link that came with the notice, or signed in. Looking at it counts as opened:
nothing that only scans links gets this far.
"""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from parties import legible, sign_in, statements
from parties.access import Act, Viewer
from parties.errors import InvalidInput, NotSignedIn, TooMany
from parties.models import SignInLink
from parties.sign_in import Identity, Means
from portal import notice_contacts, pages
from portal.lines import LinesField
from portal.session import signed_in, viewing
from records import notice_answers, notice_receipts
from records.models import Attachment, Notice, NoticeReceipt
from workflow import notice_answering, reporting
from workflow.task_files import TaskFile

_SIGNED: Final = NoticeReceipt.State.SIGNED
_DONE: Final = (NoticeReceipt.State.CONFIRMED, _SIGNED)
_FEW: Final = 10


class ReplyForm(forms.Form):
    text = LinesField(
        label="想对学校说的话",
        max_length=1000,
        required=False,
        error_messages={"max_length": "内容太长，请缩短。"},
        rows=4,
    )
    password = forms.CharField(
        label="签字前请再输入一次密码",
        max_length=1024,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(bound=True)
def notice(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    with viewing(identity) as viewer:
        receipt = viewer.get(NoticeReceipt, target_id)
        own, at = viewer.may(Act.ANSWER, receipt), viewer.at
        shown = _shown(viewer, receipt, identity, own=own)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if request.method == "GET" and own:
        notice_answering.open_(
            school_id=identity.school_id,
            receipt_id=target_id,
            by=identity.person,
            at=at,
            how=notice_receipts.how_of(by_link=identity.is_bound),
        )
    if request.method == "POST" and form.is_valid():
        try:
            _act(request, identity, target_id, form)
        except (InvalidInput, NotSignedIn, TooMany) as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("portal:notice", target_id=target_id)
    status = 400 if form.errors else 200
    return pages.show(request, "notice", {**shown, "form": form}, status=status)


def _act(request: HttpRequest, identity: Identity, receipt_id: UUID, form: ReplyForm) -> None:
    """What the pressed button says, and the words beside it.

    Raises as workflow.notice_answering does.
    """
    with viewing(identity) as viewer:
        at = viewer.at
    who: dict[str, Any] = {
        "school_id": identity.school_id,
        "receipt_id": receipt_id,
        "by": identity.person,
        "at": at,
    }
    how = notice_receipts.how_of(by_link=identity.is_bound)
    text = form.cleaned_data["text"].replace("\x00", "")
    # Whichever button is pressed, words that stand on the page are meant for the school.
    if "reply" in request.POST or legible.said(text):
        notice_answering.reply(**who, text=text)
    if "sign" in request.POST:
        _prove(identity, form.cleaned_data["password"])
        notice_answering.sign(**who, how=how)
    elif "confirm" in request.POST:
        notice_answering.confirm(**who, how=how)


def _prove(identity: Identity, password: str) -> None:
    if not _must_prove(identity):
        return
    if identity.means != Means.PASSWORD or not password:
        raise NotSignedIn("签字前请输入密码，或从短信里的通知链接打开。")
    sign_in.confirm(identity.person, password=password)


def _must_prove(identity: Identity) -> bool:
    return identity.means != Means.LINK or identity.purpose != SignInLink.Purpose.NOTICE


def _shown(
    viewer: Viewer, receipt: NoticeReceipt, identity: Identity, *, own: bool
) -> dict[str, Any]:
    """Read inside the scope: texts are sealed outside of it."""
    strength = receipt.notice.strength
    return {
        "child": receipt.student.person.name,
        "school_class": receipt.student.school_class.name,
        "title": receipt.notice.title,
        "body": receipt.notice.body,
        "deadline": receipt.notice.deadline,
        "needs_answer": receipt.asks_answer and receipt.replied_at is None,
        "only_to_read": own and receipt.only_to_read,
        "reply": receipt.reply,
        "scan": receipt.scan is not None and viewer.find(Attachment, receipt.scan) is not None,
        "pk": receipt.pk,
        "own": own,
        "may_report": bool(receipt.reply) and viewer.may(Act.ENDANGER, receipt),
        "bound": identity.is_bound,
        "may_sign": own and strength == Notice.Strength.SIGN and receipt.state != _SIGNED,
        "may_confirm": own and strength != Notice.Strength.SIGN and receipt.state not in _DONE,
        "must_prove": _must_prove(identity),
        "done_at": receipt.signed_at or receipt.confirmed_at,
        "signed": receipt.signed_at is not None,
    }


@require_POST
@signed_in()
def danger(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    """Whoever has read the words makes a crisis of them. Two taps, because the whole team wakes."""
    with viewing(identity) as viewer:
        receipt = viewer.get(NoticeReceipt, target_id)
        viewer.require(Act.ENDANGER, receipt)
        at, reply = viewer.at, receipt.reply
    if "sure" not in request.POST:
        return pages.show(request, "reply_danger", {"pk": target_id, "reply": reply})
    made = notice_answering.report_danger(
        school_id=identity.school_id, receipt_id=target_id, by=identity.person, at=at
    )
    seen = reporting.visible_case(person=identity.person, case_id=made.case_id)
    return redirect("portal:case", case_id=seen) if seen else redirect("portal:home")


def shelf(viewer: Viewer, file: TaskFile) -> dict[str, Any]:
    """What a family wrote, for whoever is asked about it and may read it. Inside a scope."""
    receipt = file.receipt
    if receipt is None or "reply" not in viewer.fields(receipt):
        return {}
    return {"reply_of": receipt.pk, "reply": receipt.reply}


def for_home(viewer: Viewer) -> dict[str, Any]:
    """What the first page lists: own notices of a family; replies to look at; notices to follow."""
    return {
        "notices": [
            {
                "pk": one.pk,
                "child": one.student.person.name,
                "title": one.notice.title,
                "at": one.created_at,
                "open": one.settled_at is None and not one.only_to_read,
            }
            for one in statements.rows(_own, viewer, limit=_FEW)
        ],
        "flagged": [
            (one.pk, one.replied_at) for one in statements.rows(_flagged, viewer, limit=_FEW)
        ],
        "replied": [
            notice_contacts.answer(one) for one in notice_answers.newest(viewer=viewer, limit=_FEW)
        ],
        "followed": [(one.pk, one.title) for one in statements.rows(_sent, viewer, limit=_FEW)],
    }


def _own(viewer: Viewer) -> QuerySet[NoticeReceipt]:
    mine = viewer.rows(NoticeReceipt).filter(guardian=viewer.person, student__in=viewer.wards)
    return mine.order_by("-created_at", "pk")


def _flagged(viewer: Viewer) -> QuerySet[NoticeReceipt]:
    if not viewer.is_staff:
        return NoticeReceipt.objects.none()
    rows = viewer.rows(NoticeReceipt).exclude(hint="").exclude(guardian=viewer.person)
    return rows.order_by("-created_at", "pk")


def _sent(viewer: Viewer) -> QuerySet[Notice]:
    return viewer.rows(Notice).filter(state=Notice.State.SENT).order_by("-created_at", "pk")


def sent_of(viewer: Viewer, case_id: UUID) -> UUID | None:
    """The notice that a case is about, for whoever at school follows it up. Inside a scope."""
    if not viewer.is_staff:
        return None
    found = statements.rows(_sent_of, viewer, case_id, limit=1)
    return found[0].pk if found else None


def _sent_of(viewer: Viewer, case_id: UUID) -> QuerySet[Notice]:
    gone_out = (Notice.State.SENT, Notice.State.CLOSED)
    return viewer.rows(Notice).filter(case_id=case_id, state__in=gone_out)
