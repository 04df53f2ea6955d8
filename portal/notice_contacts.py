"""Who still needs contact about a notice and who answered what, by child, for the one who calls.

From here on paper: the slip of one child, or of all whose family has neither phone nor mail.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from parties.access import Viewer
from parties.errors import NotFound
from parties.sign_in import Identity
from portal import pages
from portal.session import signed_in, viewing
from records import notice_answers, notice_owing, notice_slips, notice_unreached
from records.models import Notice, NoticeReceipt
from records.notice_owing import Owing
from records.printing import pdf
from workflow import notice_arrivals, notice_calls
from workflow.task_files import TaskFile


@require_safe
@signed_in()
def contacts(request: HttpRequest, identity: Identity, notice_id: UUID) -> HttpResponse:
    with viewing(identity) as viewer:
        found = viewer.get(Notice, notice_id)
        people = notice_owing.disclosed(viewer=viewer, notice=found)
        arrived = notice_arrivals.delivered(found, students=[one.student.pk for one in people])
        context = {
            "pk": found.pk,
            "title": found.title,
            "counts": notice_owing.numbers(found, viewer=viewer),
            "others": notice_owing.elsewhere(found, viewer=viewer),
            "owing": [_line(one, arrived=one.student.pk in arrived) for one in people],
            "unreached": [
                one.person.name for one in notice_unreached.children(viewer=viewer, notice=found)
            ],
            "on_paper": any(_is_unreachable(one) for one in people),
            "answers": [answer(one) for one in notice_answers.to_(found, viewer=viewer)],
            "elsewhere": notice_answers.elsewhere(found, viewer=viewer),
        }
    return pages.show(request, "notice_contacts", context)


@require_safe
@signed_in()
def slips(request: HttpRequest, identity: Identity, notice_id: UUID) -> HttpResponse:
    """Setting a PDF takes seconds, so it is set outside of the scope."""
    with viewing(identity) as viewer:
        sheet, mark = notice_slips.collect(
            viewer=viewer, notice_id=notice_id, student_id=_child(request)
        )
    name = notice_slips.name_of(notice_id, timezone.localdate(mark.at))
    copy = pages.download(name, "application/pdf", pdf.render(sheet, watermark=mark))
    copy["Cache-Control"] = "no-store"
    return copy


def shelf(viewer: Viewer, file: TaskFile) -> dict[str, Any]:
    """The list, for whoever is asked to call. Inside a scope."""
    if file.task.name not in (notice_calls.CALL_TASK, notice_calls.SECOND_TASK):
        return {}
    found = viewer.rows(Notice).filter(case_id=file.task.case_id).first()
    return {} if found is None else {"contacts_of": found.pk}


def answer(receipt: NoticeReceipt) -> dict[str, Any]:
    """A family's words, and whose. Inside a scope."""
    return {
        "pk": receipt.pk,
        "child": receipt.student.person.name,
        "guardian": receipt.guardian.name,
        "title": receipt.notice.title,
        "reply": receipt.reply,
        "at": receipt.replied_at,
    }


def _child(request: HttpRequest) -> UUID | None:
    """None: all that are needed on paper. Raises NotFound: no id of a child."""
    asked = request.GET.get("student")
    try:
        return None if asked is None else UUID(asked)
    except ValueError:
        raise NotFound("没有找到。") from None


def _is_unreachable(family: Owing) -> bool:
    """Nobody on the list has a phone or mail: only then may the service find a slip to print."""
    told = [one.guardian for one in family.guardians]
    return not any(one.phone_index or one.email_index for one in told)


def _line(family: Owing, *, arrived: bool) -> dict[str, Any]:
    return {
        "pk": family.student.pk,
        "child": family.student.person.name,
        "delivered": arrived,
        "guardians": [
            {
                "receipt": each.receipt.pk,
                "name": each.guardian.name,
                "phone": each.guardian.phone,
                "next": each.guardian.pk == family.next_guardian,
                "attempts": [
                    (one.at, one.get_channel_display(), one.get_outcome_display())
                    for one in each.attempts
                ],
            }
            for each in family.guardians
        ],
    }
