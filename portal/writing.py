"""Write a communication record in two minutes on a phone: choose why, fill in, look once more.

The words are looked at as they come in, and how else to say it stands beside them; what must not
go into a record is refused when it is handed to both sides (records.language_gate).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from parties import taps
from parties.access import Viewer
from parties.errors import InvalidInput, LostRace
from parties.models import GuardianLink, Person, Student
from parties.sign_in import Identity
from portal import pages, record_drafts, record_lists, record_people, sent_again
from portal.record_drafts import Page
from portal.record_forms import RecordForm
from portal.records import checked
from portal.sent_again import Kept
from portal.session import signed_in, viewing
from portal.statement_rows import Choices
from records import language, language_gate, lexicons, templates
from records.language import Author, Field, Moment
from records.models import CommunicationRecord
from workflow import communication as acts

Trigger = CommunicationRecord.Trigger

_LONGEST_QUERY: Final = 40
_HEADER: Final = {
    "trigger_note": "触发原因的说明",
    "place": "具体地点",
    "next_focus": "下次沟通重点",
}
_PAPERS: Final = "事先准备的材料"


class Who(NamedTuple):
    """Who writes, at what moment."""

    school_id: int
    by: Person
    at: datetime


@require_safe
@signed_in()
def choose(request: HttpRequest, identity: Identity) -> HttpResponse:
    """Whom it is about."""
    wanted = request.GET.get("q", "").replace("\x00", "").strip()[:_LONGEST_QUERY]
    with viewing(identity) as viewer:
        found = [
            (one.pk, one.person.name, one.school_class.name)
            for one in record_lists.students(viewer, wanted)
        ]
    return pages.show(request, "choose_student", {"students": found, "q": wanted})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def write(request: HttpRequest, identity: Identity, student_id: UUID) -> HttpResponse:
    with viewing(identity) as viewer:
        student = viewer.get(Student, student_id)
        name, at, home = student.person.name, viewer.at, guardians_of(student)
        staff, known = record_people.offered(student, but={identity.person.pk}, at=at)
        whom = {"people": with_student(home, student), "guardians": home, "staff": staff}
    trigger = request.GET.get("trigger", "")
    if trigger not in Trigger.values:
        context = {"name": name, "triggers": Trigger.choices}
        return pages.show(request, "choose_trigger", context)
    if request.method != "POST":
        usual = {"started_at": at, "nonce": uuid4()}
        form = RecordForm(trigger=trigger, initial=usual, **whom)
        return ask(request, form, name, trigger, {})
    form = RecordForm(request.POST, trigger=trigger, **whom)
    return take(request, identity, Page(form, trigger, student_id, staff=known))


def take(
    request: HttpRequest, identity: Identity, page: Page, *, back: UUID | None = None
) -> HttpResponse:
    """`look` only shows the hints, `keep` stores the draft, `attach` goes on to its files,
    `offer` hands it to both sides.

    `back` is the task that asked for the record.
    """
    form = page.form
    with viewing(identity) as viewer:
        student = viewer.get(Student, page.student_id)
        name, at = student.person.name, viewer.at
        hints = _hints(student, form) if form.is_valid() else {}
    if not form.is_valid() or "look" in request.POST:
        return ask(request, form, name, page.trigger, hints)
    who = Who(identity.school_id, identity.person, at)
    try:
        record = _stored(who, page, request.POST)
    except Kept as kept:
        return _changed(request, page, name, hints, kept)
    except (InvalidInput, LostRace) as refused:
        if page.record_id is not None and isinstance(refused, LostRace):
            raise  # the page of a draft shows what stands there now
        form.refuse(refused)
        return ask(request, form, name, page.trigger, hints)
    if "attach" in request.POST:
        return redirect("portal:record-files", target_id=record.pk)
    return _on(record.pk, back)


def _changed(
    request: HttpRequest,
    page: Page,
    name: str,
    hints: Mapping[str, list[dict[str, str]]],
    kept: Kept,
) -> HttpResponse:
    """What this page made is another by now: its words go above what that says, or are new."""
    form = page.form
    found: dict[str, Any] = {"stored": kept.record}
    if kept.now is None:
        form.anew()
    else:
        form, whole = form.above(kept.now)
        found |= {"overtaken": {"why": "", "now": whole.both, "taken": whole.taken}}
    form.refuse(kept)
    return ask(request, form, name, page.trigger, hints, found)


def _on(record_id: UUID, back: UUID | None) -> HttpResponse:
    if back is not None:
        return redirect("portal:task", task_id=back)
    return redirect("portal:record", target_id=record_id)


def _stored(who: Who, page: Page, pressed: Mapping[str, Any]) -> CommunicationRecord:
    """The draft, handed over if that was asked for.

    Refused words take back what was stored with them: the page still has all of it. What another
    tap of this page did is left to that one; what this one says differently is a change.
    """
    offer, sure = "offer" in pressed, "sure" in pressed

    def ready(viewer: Viewer, made: CommunicationRecord) -> CommunicationRecord:
        return checked(viewer, record_id=made.pk, seen=None, sure=sure) if offer else made

    def known() -> CommunicationRecord | None:
        return record_drafts.made_before(Viewer.load(who.by, at=who.at), page.form)

    def make() -> CommunicationRecord:
        viewer = Viewer.load(who.by, at=who.at)
        return ready(viewer, record_drafts.store(viewer, page))

    def change(viewer: Viewer) -> CommunicationRecord | None:
        made = sent_again.change(viewer, page, known=landed.what, offers=offer)
        return None if made is None else ready(viewer, made)

    landed = taps.once(school_id=who.school_id, known=known, make=make)
    record = acts.act(**who._asdict(), do=change) if landed.again else landed.what
    if record is not None and offer:
        acts.offer(**who._asdict(), record_id=record.pk, seen=record.edits)
    return record or landed.what


def guardians_of(student: Student) -> list[tuple[str, str]]:
    links = GuardianLink.objects.filter(student=student, state=GuardianLink.State.LIVE)
    return [
        (str(link.guardian_id), f"{link.guardian.name}（{link.get_relation_display()}）")
        for link in links.select_related("guardian").order_by("contact_priority", "pk")
    ]


def with_student(guardians: Choices, student: Student) -> list[tuple[str, str]]:
    return [*guardians, (str(student.person_id), f"{student.person.name}（学生）")]


def _hints(student: Student, form: RecordForm) -> dict[str, list[dict[str, str]]]:
    """What could be said differently, by the label of its statement."""
    people, words = language_gate.names_near(student), lexicons.of(student.school_id)
    found: dict[str, list[dict[str, str]]] = {}
    for label, text, quote in [*_quoted(form), *_beside(form)]:
        verdict = language.check(
            text,
            moment=Moment.DRAFT,
            author=Author.STAFF,
            field=Field.QUOTE if quote else Field.NARRATIVE,
            people=people,
            lexicon=words,
        )
        for each in verdict.findings:
            hint = {"phrase": each.written(text), "instead": each.suggestion, "note": each.note}
            found.setdefault(label, []).append(hint)
    return found


def _beside(form: RecordForm) -> list[tuple[str, str, bool]]:
    """What else is read before anybody signs: none of it is somebody's own words."""
    said = [(called, form.cleaned_data[name], False) for name, called in _HEADER.items()]
    papers = (form.prepared() or {}).values()
    said += [(row.label, form.said(row).basis, False) for row in form.written()]
    said += [(_PAPERS, text, False) for one in papers for text in (one.note, one.basis_note)]
    return [each for each in said if each[1]]


def _quoted(form: RecordForm) -> list[tuple[str, str, bool]]:
    """Label and text of each statement, and whether it holds somebody's own words."""
    return [
        (row.label, text, form.said(row).is_quote) for row, text in form.written().items() if text
    ]


def ask(
    request: HttpRequest,
    form: RecordForm,
    name: str,
    trigger: str,
    hints: Mapping[str, list[dict[str, str]]],
    beside: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """`beside`: `overtaken` or `late`, what was saved or decided elsewhere since this page was
    opened; or `stored`, what an earlier tap of this page made, and this one could not change.
    """
    moved = bool(beside) and "stored" not in (beside or {})
    context = {
        "form": form,
        "name": name,
        "trigger": Trigger(trigger).label,
        "hint": templates.of(trigger).hint,
        "hints": dict(hints),
        "looked": request.method == "POST" and not form.errors and not moved,
        **(beside or {}),
    }
    status = 409 if moved else 400 if form.errors else 200
    return pages.show(request, "write", context, status=status)
