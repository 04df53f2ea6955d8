"""A family that asks again before anybody has decided adds to what it asked: one matter, one slip.

Whatever weighs more opens a matter of its own and is looked at by itself: another answer about
danger, about what is needed or about who is to know, and words that hold a sign, also together with
those from before.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from ledger import events
from parties.models import Person
from parties.roles import Role
from records import signs
from workflow import recusals, routing, undecided
from workflow.models import Case, Matter, ProcessInstance

_FAMILY: Final = (Role.G, Role.STU)
#: Characters of one matter that a person still reads in one go.
_LONGEST: Final = 10_000


def add(said: Matter, *, by: Person, role: Role, student: UUID, at: datetime) -> Matter | None:
    """The open matter of the same person about the same child and reason, with these words; None
    where what was said is a matter of its own. The same words twice change nothing. In a scope.
    """
    if role not in _FAMILY or said.danger != Matter.Danger.NO:
        return None
    mine = Matter.objects.filter(
        raised_by=by, raised_role=role.value, trigger=said.trigger, case__student=student,
        case__closed_at=None, recused=said.recused,
    )  # fmt: skip
    case_id = mine.order_by("-raised_at", "pk").values_list("case_id", flat=True).first()
    if case_id is None or not _waits(case_id):
        return None
    if said.recused and not _keeps_out(case_id, by=by, at=at):
        return None
    found = Matter.objects.select_for_update(of=("self",)).get(case=case_id)
    if found.answers() != said.answers() or _weighs(found.words, said.words):
        return None
    if not _is_said(found.words, said.words.strip()):
        found.words = f"{found.words}\n{said.words.strip()}"
        found.save(update_fields=["words"])
        _record(found, at=at)
    return found


def _waits(case_id: UUID) -> bool:
    """Whether nobody has decided yet; with its process locked, nobody does meanwhile."""
    running = ProcessInstance.objects.select_for_update(no_key=True).filter(
        case=case_id, process_key=routing.INTAKE
    )
    if not list(running.order_by("pk")):
        return False
    return undecided.waits(Case.objects.get(pk=case_id))


def _keeps_out(case_id: UUID, *, by: Person, at: datetime) -> bool:
    """Whether who has the class today is kept from these words, too."""
    case = Case.objects.select_related("student__school_class").get(pk=case_id)
    return case.student is not None and recusals.covers(case, case.student, by=by, at=at)


def _is_said(before: str, words: str) -> bool:
    """Whole lines: 想去实习 stands within 不想去实习, and says the opposite."""
    return f"\n{words}\n" in f"\n{before.strip()}\n"


def _weighs(before: str, words: str) -> bool:
    found = signs.read_on(before, words)
    too_long = len(before) + len(words) > _LONGEST
    return bool(found.red or found.amber or found.complaint) or too_long


def _record(matter: Matter, *, at: datetime) -> None:
    """Without an actor, as when it was raised."""
    events.append(
        school_id=matter.school_id,
        kind="matter.added",
        actor=None,
        subject=("case", matter.case_id),
        refs=[("matter", matter.pk)],
        at=at,
        payload={"trigger": matter.trigger},
    )
