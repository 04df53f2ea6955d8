"""A copy of the file, or of the part that was on the page, to take along: PDF or JSON."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from parties.access import Viewer
from parties.errors import InvalidInput
from parties.models import Student
from parties.sign_in import Identity
from portal import pages
from portal.file_parts import Asked
from portal.session import signed_in, viewing
from records import exports, file
from records.exports import Form, Purpose
from records.printing import as_json, pdf

#: What a family takes a copy for; the others are work of the school.
_AT_HOME: Final = (Purpose.CONVERSATION, Purpose.REVIEW, Purpose.AID)


@require_safe
@signed_in()
def copy(request: HttpRequest, identity: Identity, student_id: UUID) -> HttpResponse:
    """Setting a PDF takes seconds, so it is set outside of the scope."""
    asked, given = Asked.of(request.GET), request.GET
    wrong = asked.period.mistakes()
    if given.get("purpose") not in Purpose.values:
        wrong.append("用途：请回到档案页，选择这份副本做什么用。")
    if given.get("format") not in Form.values:
        wrong.append("格式：请回到档案页，选择 PDF 或 JSON。")
    if wrong:
        return pages.trouble(request, 422, " ".join(wrong))
    form = Form(given["format"])
    try:
        with viewing(identity) as viewer:
            sheet, mark = exports.collect(
                viewer=viewer,
                student_id=student_id,
                filters=asked.filters,
                purpose=Purpose(given["purpose"]),
                form=form,
            )
    except InvalidInput as refused:
        return pages.trouble(request, refused.status, f"{refused}{refused.mend}")
    render = pdf.render if form == Form.PDF else as_json.render
    name = exports.name_of(student_id, timezone.localdate(mark.at), form)
    answer = pages.download(name, f"application/{form.value}", render(sheet, watermark=mark))
    answer["Cache-Control"] = "no-store"
    return answer


def offered(viewer: Viewer, student: Student, *, at_home: bool) -> list[tuple[Any, Any]]:
    """Purposes to choose from; none where no copy is given. Asks nothing of the database."""
    if file.standing(viewer, student) <= file.COMPANY:
        return []
    return [(one.value, one.label) for one in (_AT_HOME if at_home else Purpose)]
