"""Go on with a draft. It may have moved while somebody wrote: what they typed stays on the page."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from parties.access import Act, Viewer
from parties.errors import LostRace, WrongState
from parties.sign_in import Identity
from portal import record_drafts, record_people, writing
from portal.record_drafts import Page
from portal.record_forms import RecordForm
from portal.session import signed_in, viewing
from records import known_records
from records.draft_input import Present
from records.models import CommunicationRecord

State = CommunicationRecord.State

_MOMENTS: Final = ("started_at", "ended_at", "next_contact_at")
_LISTS: Final = ("people", "staff")
_OVER: Final = (State.DISCARDED, State.SEALED)
_HANDED_OVER: Final = "记录已交双方签字，请先收回。"
#: What is signed cannot be taken back.
_SIGNED: Final = "已经有人签字，签过字的文字不能改。请打开记录，点“写新版本”。"


class Draft(NamedTuple):
    """A record as its form needs it; `kept` is what the form shows of it, once it is over none.
    `staff` are colleagues as they are written down when they are chosen.
    """

    record: CommunicationRecord
    name: str
    whom: dict[str, Any]
    kept: dict[str, Any]
    staff: list[Present]

    @property
    def is_open(self) -> bool:
        return self.record.state in known_records.UNFINISHED

    def form(self, data: Any = None) -> RecordForm:
        return RecordForm(data, trigger=self.record.trigger, initial=self.kept, **self.whom)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def edit(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    """One's own statements of each section."""
    draft = _read(identity, target_id)
    if request.method != "POST":
        _refuse_over(draft)
        return writing.ask(request, draft.form(), draft.name, draft.record.trigger, {})
    try:
        _refuse_over(draft)
        form, record = draft.form(request.POST), draft.record
        page = Page(form, record.trigger, record.student_id, target_id, staff=draft.staff)
        return writing.take(request, identity, page)
    except WrongState as moved:
        return _once_more(request, _read(identity, target_id), moved)


def _read(identity: Identity, target_id: UUID) -> Draft:
    """Raises NotFound, NotAllowed."""
    with viewing(identity) as viewer:
        record = viewer.get(CommunicationRecord, target_id)
        viewer.require(Act.EDIT, record)
        home, but = writing.guardians_of(record.student), {record.author_id, identity.person.pk}
        staff, known = record_people.offered(
            record.student, but=but, at=viewer.at, case_id=record.case_id
        )
        whom = {
            "people": writing.with_student(home, record.student),
            "staff": staff,
            "guardians": home,
            "files": record_drafts.files_of(record, viewer),
        }
        kept = _kept(record, viewer, whom) if record.state in known_records.UNFINISHED else {}
        return Draft(record, record.student.person.name, whom, kept, known)


def _kept(record: CommunicationRecord, viewer: Viewer, whom: Mapping[str, Any]) -> dict[str, Any]:
    """A field for a moment knows no seconds, and a list those alone whom it offers."""
    kept = record_drafts.kept(record, viewer)
    for name in _LISTS:
        there = {pk for pk, _ in whom[name]}
        kept[name] = [pk for pk in kept[name] if pk in there]
    moments = {name: kept[name].replace(second=0, microsecond=0) for name in _MOMENTS if kept[name]}
    return {**kept, **moments}


def _refuse_over(draft: Draft) -> None:
    if not draft.is_open:
        state, signed = str(draft.record.state), draft.record.signed_at is not None
        raise WrongState(_SIGNED if signed else _HANDED_OVER, state=state)


def _once_more(request: HttpRequest, draft: Draft, moved: WrongState) -> HttpResponse:
    """What was typed, above what stands there now; saved again, it was seen."""
    found: dict[str, Any] = {"late": _late(draft)}
    form = draft.form(request.POST)
    if draft.is_open:
        form, whole = form.above(draft.kept)
        found = {"overtaken": {"why": str(moved), "now": whole.both, "taken": whole.taken}}
        if not isinstance(moved, LostRace):
            form.add_error(None, str(moved))
            found = {}
    return writing.ask(request, form, draft.name, draft.record.trigger, {}, found)


def _late(draft: Draft) -> dict[str, str]:
    """Why it can be saved no more, and what to do with what was typed."""
    record = draft.record
    why = "记录已交双方签字，不能直接修改。"
    way = "请打开记录，点“收回修改”，再回到这一页保存。"
    if record.state in _OVER:
        why = f"这份记录{record.get_state_display()}，不能再写。"
        way = "请先复制要用的内容，再另写一份记录。"
    elif record.signed_at is not None:
        why = "已经有人签字，签过字的文字不能改。"
        way = "请先复制要用的内容，再打开记录，点“写新版本”。"
    page = reverse("portal:record", kwargs={"target_id": record.pk})
    return {"why": why, "way": way, "page": page, "door": "打开这份记录"}
