"""A guardian's word as two members of staff bring it, and what they bring a second time.

The same again is one act, because phones resend; other words are kept nowhere, and so refused.
Inside a scope.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from parties import legible
from parties.access import Viewer
from parties.errors import WrongState
from parties.models import Person
from records import as_read as reads
from records import paper_originals
from records.models import Attachment, CommunicationRecord, Signature

#: What staff types beside such a word.
_WORDS: Final = ("reason", "note", "kept_at")


class SaidAlready(WrongState):
    """Their word was written down already, and these words are none of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """A word of the family that a member of staff writes down, beside a second one who was there:
    a guardian's, or that of a student of age.
    """

    signer: UUID
    method: str
    witness: UUID
    #: The mark of what was read back, or of what the paper says.
    as_read: str
    reason: str = ""
    note: str = ""
    #: Of a paper: the page that was signed.
    scan: UUID | None = None
    #: Of a paper: another guardian, whose word is written down already, signed on the same sheet.
    same_sheet: bool = False
    #: Of a paper: where its original lies, e.g. 3号柜／2026-2册.
    kept_at: str = ""
    #: Of a paper that carries one: the short mark that is printed on it.
    printed: str = ""


def refuse_more(standing: Signature, given: Witnessed, *, by: Person) -> None:
    """What was written down already by the same method may come again, but not as something else.

    Raises SaidAlready, which says what stands and where more is taken.
    """
    if not _says_more(standing, given) and _same_two(standing, given, by):
        return
    at = timezone.localtime(standing.at)
    when = f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"
    raise SaidAlready(
        f"{when} 已登记过“{standing.get_method_display()}”，以那次登记的为准；这次填写的没有存下。"
        "要补充，可请家长或学生提出异议、写异议附记，或由老师另写一份新的沟通记录。",
        state="SPOKEN",
    )


def _says_more(standing: Signature, given: Witnessed) -> bool:
    """Nothing said is nothing lost."""
    for name in _WORDS:
        said = getattr(given, name).strip()
        if said and said != getattr(standing, name).strip():
            return True
    return given.scan is not None and not _same_picture(standing, given.scan)


def _same_picture(standing: Signature, scan: UUID) -> bool:
    """The page itself, or the same photograph that was sent once more."""
    if standing.scan is None or standing.scan_id == scan:
        return standing.scan_id == scan
    alike = Attachment.objects.filter(
        record_id=standing.record_id, original_sha256=standing.scan.original_sha256
    )
    return alike.filter(pk=scan).exists()


def _same_two(standing: Signature, given: Witnessed, by: Person) -> bool:
    """The colleagues who stood for it, whichever of them wrote it down; none for an own refusal."""
    stood = {standing.recorded_by_id, standing.witness_id}
    return standing.witness_id is None or stood == {by.pk, given.witness}


def refuse_other_paper(viewer: Viewer, record: CommunicationRecord, given: Witnessed) -> None:
    """Printed by who writes it down, by who stood beside, or by the guardian."""
    if given.method != Signature.Method.PAPER or not legible.said(given.printed):
        return
    others = Person.objects.filter(pk__in=[given.witness, given.signer]).order_by("pk")
    readers = [viewer, *(Viewer.load(one, at=viewer.at) for one in others)]
    reads.refuse_other_paper(readers, record, given.printed)


def on_paper(record: CommunicationRecord, given: Witnessed) -> dict[str, Any]:
    """The columns of a signature on paper. Raises InvalidInput: no signed page, or another's."""
    if given.method != Signature.Method.PAPER:
        return {}
    page = paper_originals.page(record, given.scan)
    shared = paper_originals.shares_sheet(record, page, said=given.same_sheet)
    paper_originals.let_in(page)
    return {"scan": page, "shares_sheet": shared, "kept_at": given.kept_at.strip()}
