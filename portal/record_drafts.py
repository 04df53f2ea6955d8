"""A draft as its page knows it: the writer's statements, and who of the family was there.

Inside a scope. Statements that this page does not show are left as they are.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final
from uuid import UUID

from parties import taps
from parties.access import Viewer
from parties.errors import InvalidInput
from portal import prepared_rows, record_people, statement_rows
from portal.lines import ended
from portal.record_forms import RecordForm
from portal.statement_rows import Choices, Row
from records import drafts, file_names, reading
from records.draft_input import Header, Prepared, Present, Said, prepared_values
from records.models import Attachment, CommunicationRecord, Statement
from workflow import communication as acts


@dataclass(frozen=True, slots=True)
class Page:
    """A filled-in form, about whom, and which draft it goes on with (None: a new one).

    A new one may belong to a case; `others` were asked to its meeting besides the family. `staff`
    are the colleagues whom the page offers.
    """

    form: RecordForm
    trigger: str
    student_id: UUID
    record_id: UUID | None = None
    case_id: UUID | None = None
    others: Sequence[Present] = ()
    staff: Sequence[Present] = ()


def store(viewer: Viewer, page: Page, *, seen: int | None = None) -> CommunicationRecord:
    """A new draft, or the changes of one that is still as this page showed it, or at edit `seen`.

    Raises InvalidInput; LostRace for a draft that somebody changed meanwhile.
    """
    given = page.form.cleaned_data
    header = {name: given[name] for name in _HEADER}
    if page.record_id is None:
        new = Header(trigger=page.trigger, **header)
        record = acts.write_for(
            viewer,
            student_id=page.student_id,
            header=new,
            case_id=page.case_id,
            id_=taps.id_of(viewer.person, given["nonce"]),
        )
    else:
        found = viewer.get(CommunicationRecord, page.record_id)
        old = {field.name: getattr(found, field.name) for field in fields(Header)}
        both = Header(**{**old, **header})
        seen = given["seen"] if seen is None else seen
        record = drafts.change(viewer, record_id=found.pk, header=both, seen=seen)
    _attend(viewer, record, page)  # before the words: as what somebody came decides over them
    _say(viewer, record, page.form)
    _lay(viewer, record, page.form)
    return viewer.get(CommunicationRecord, record.pk)


def says(viewer: Viewer, record: CommunicationRecord, page: Page) -> bool:
    """Whether the draft says all that this page does: storing it would change nothing."""
    given, before = page.form.cleaned_data, _own(record, viewer)
    same = all(getattr(record, name) == given[name] for name in _HEADER)
    for row in page.form.written():
        old, said = before.get(row), _said(page.form, row, before.get(row))
        same &= _same(old, said) if old is not None and said.text else old is None and not said.text
    there = record_people.whom(record, record_people.not_listed(record, ()))
    named = record_people.whom(record, _present(record, page))
    return same and there == named and _lies(viewer, record, page.form)


def made_before(viewer: Viewer, form: RecordForm) -> CommunicationRecord | None:
    """The record that this very page wrote already: a second tap must not write another."""
    id_ = taps.id_of(viewer.person, form.cleaned_data.get("nonce"))
    if id_ is None:
        return None
    return CommunicationRecord.objects.filter(pk=id_, author=viewer.person).first()


_HEADER: Final = (
    "started_at", "ended_at", "place_kind", "place", "trigger_note", "next_contact_at",
    "next_focus",
)  # fmt: skip


def _say(viewer: Viewer, record: CommunicationRecord, form: RecordForm) -> None:
    """What is wrong with a statement is said beside its row."""
    before = _own(record, viewer)
    for row in form.written():
        try:
            old = before.get(row)
            said = statement_rows.whole(_said(form, row, old), is_new=old is None)
            _put(viewer, record, old, said)
        except InvalidInput as refused:
            field = row.field_of(refused.field)
            raise InvalidInput(str(refused), field=field, mend=refused.mend) from refused


def _said(form: RecordForm, row: Row, old: Statement | None) -> Said:
    """Somebody whom the page does not offer still said it, unless another one is chosen."""
    said = form.said(row)
    if old is None or said.said_by is not None or form.asks_whether(row, old.said_by_id):
        return said
    return replace(said, said_by=old.said_by_id)


def _put(viewer: Viewer, record: CommunicationRecord, old: Statement | None, said: Said) -> None:
    if old is not None and not said.text:
        drafts.retract(viewer, record_id=record.pk, statement_id=old.pk)
    elif old is not None and not _same(old, said):
        whole = _with_the_rest(old, said)
        drafts.restate(viewer, record_id=record.pk, statement_id=old.pk, said=whole)
    elif old is None and said.text:
        drafts.state(viewer, record_id=record.pk, said=said)


def _same(old: Statement, said: Said) -> bool:
    same = (ended(old.text), old.source, old.status, old.observed, old.said_by_id) == (
        said.text, said.source, said.status, said.observed, said.said_by,
    )  # fmt: skip
    return same and said.basis == (
        ended(old.basis) if statement_rows.asks_basis(said.section) else ""
    )


def _with_the_rest(old: Statement, said: Said) -> Said:
    """What this page does not show stays; words that stay keep their class."""
    return replace(
        said,
        basis=said.basis if statement_rows.asks_basis(said.section) else old.basis,
        redacted_text=old.redacted_text,
        sensitivity=old.sensitivity if ended(old.text) == said.text else "",
    )


def _attend(viewer: Viewer, record: CommunicationRecord, page: Page) -> None:
    drafts.attend(viewer, record_id=record.pk, people=_present(record, page))


def _present(record: CommunicationRecord, page: Page) -> list[Present]:
    return record_people.present(record, page.form, others=page.others, staff=page.staff)


def _lay(viewer: Viewer, record: CommunicationRecord, form: RecordForm) -> None:
    """Material that this writer may not read stays; what is wrong is said beside its row."""
    wanted, shown = form.prepared(), _papers(record, viewer)
    if wanted is None or _lies(viewer, record, form):
        return
    for place, item in wanted.items():
        try:
            prepared_values(record, item, at=viewer.at)
        except InvalidInput as refused:
            field = prepared_rows.name(refused.field, place)
            raise InvalidInput(str(refused), field=field, mend=refused.mend) from refused
    lying = [prepared_rows.of(one) for one in record.prepared.all()]
    hidden = [item for item in lying if item not in shown]
    drafts.prepare(viewer, record_id=record.pk, items=[*hidden, *wanted.values()])


def _lies(viewer: Viewer, record: CommunicationRecord, form: RecordForm) -> bool:
    """Whether what this page tells of lies there; one that lists no files says nothing of them,
    but that none is gone."""
    wanted, shown = form.prepared(), _papers(record, viewer)
    if prepared_rows.name("attachment", 1) not in form.fields:
        gone = _gone(shown)
        shown = [one if one.attachment in gone else replace(one, attachment=None) for one in shown]
    return wanted is None or list(wanted.values()) == shown


def _gone(papers: Sequence[Prepared]) -> set[UUID | None]:
    """Files that they name and nobody has any more."""
    named = Attachment.objects.filter(pk__in=[one.attachment for one in papers])
    return set(named.exclude(state=Attachment.State.STORED).values_list("pk", flat=True))


def _papers(record: CommunicationRecord, viewer: Viewer) -> list[Prepared]:
    return [prepared_rows.of(one) for one in reading.seen(viewer, record).prepared]


def files_of(record: CommunicationRecord, viewer: Viewer) -> Choices:
    """Files of the draft that this writer may open, and those of an earlier version that lay there:
    a list without them would take them away.
    """
    seen = reading.seen(viewer, record)
    own = {one.pk: one.name for one in seen.attachments}
    named = {item.attachment_id for item in seen.prepared if item.attachment_id} - own.keys()
    kept = Attachment.objects.filter(pk__in=named, state=Attachment.State.STORED).order_by("pk")
    earlier = {one.pk: f"{file_names.name_for(viewer, one)}（已列入）" for one in kept}
    return [(str(pk), called) for pk, called in (own | earlier).items()]


def _own(record: CommunicationRecord, viewer: Viewer) -> dict[Row, Statement]:
    """This writer's statements of each section, in their order."""
    mine = record.statements.filter(withdrawn_at=None, entered_by=viewer.person)
    found: dict[Row, Statement] = {}
    many: Counter[str] = Counter()
    for one in mine.order_by("place", "pk"):
        many[one.section] += 1
        found[Row(one.section, many[one.section])] = one
    return found


def kept(record: CommunicationRecord, viewer: Viewer) -> dict[str, Any]:
    """What the form shows of a draft."""
    return {
        **statement_rows.typed(_own(record, viewer)),
        **prepared_rows.typed(_papers(record, viewer)),
        **{name: getattr(record, name) for name in _HEADER},
        **record_people.kept(record),
        "seen": record.edits,
    }
