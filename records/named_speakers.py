"""Whose words a statement is said to be: somebody who took part, as what the words are.

A reader is told of those alone of whom they know that they took part (records/cuts.py), so parents
never learn of each other what the list of participants does not say. Who stated something by
telephone or in a letter is on that list as well, with how they took part.

What a parent says is 家长陈述, unless that parent came as a teacher or for the company.
"""

from collections.abc import Mapping
from typing import Final

from parties.access import Viewer
from parties.errors import InvalidInput
from parties.models import GuardianLink
from records.draft_input import Said
from records.models import CommunicationRecord, Participant, Statement

Capacity = Participant.Capacity
Source = Statement.Source

#: As what somebody came whose words have this source.
_CAPACITIES: Final[Mapping[str, frozenset[str]]] = {
    Source.TEACHER: frozenset(
        {Capacity.HT, Capacity.ST, Capacity.PSY, Capacity.GL, Capacity.ME, Capacity.LEADER}
    ),
    Source.COMPANY: frozenset({Capacity.COMPANY}),
}


def refuse_unnamed(viewer: Viewer, record: CommunicationRecord) -> None:
    """Everybody whose words or reaction it is stands among the participants.

    Raises InvalidInput: names the section, and to whoever wrote it down the person as well.
    """
    there = record.participants.exclude(person=None).values("person")
    said = record.statements.filter(withdrawn_at=None).exclude(said_by=None)
    one = said.exclude(said_by__in=there).select_related("said_by").order_by("place", "pk").first()
    if one is None or one.said_by is None:
        return
    who = one.said_by.name if one.entered_by_id == viewer.person.pk else "这个人"
    section = Statement.Section(one.section).label
    raise InvalidInput(
        f"“{section}”写明了是谁，参加的人中却没有{who}，这样谁也看不到是谁。",
        field="participants",
        mend="请在参加的人中加上，来电、来信的也加上（如“电话”“未到”）；或不写明是谁。",
    )


def refuse_parents(viewer: Viewer, record: CommunicationRecord) -> None:
    """As refuse_parent, for all that this writer wrote: the participants may be others by now.
    Nobody is stopped by words that are not theirs to change.

    Raises InvalidInput.
    """
    mine = record.statements.filter(withdrawn_at=None, entered_by=viewer.person)
    for one in mine.exclude(said_by=None).order_by("place", "pk"):
        said = Said(section=one.section, source=one.source, text="", said_by=one.said_by_id)
        refuse_parent(record, said)


def refuse_parent(record: CommunicationRecord, said: Said) -> None:
    """A parent speaks as a parent, or as what they came as. A reaction of a parent is what somebody
    else saw; the student, or somebody at work, is named beside their own words as well.

    Raises InvalidInput.
    """
    free = said.source == Source.GUARDIAN or said.section == Statement.Section.EMOTION
    if said.said_by is None or free:
        return
    links = GuardianLink.objects.filter(student=record.student_id, guardian=said.said_by)
    came = record.participants.filter(
        person=said.said_by, capacity__in=_CAPACITIES.get(said.source, ())
    )
    if not links.filter(state=GuardianLink.State.LIVE).exists() or came.exists():
        return
    parent = Source.GUARDIAN.label
    other = "以老师或企业人员身份参加的，请先在参加的人中这样选上。"
    raise InvalidInput(
        f"写明了是哪位家长说的，来源却不是“{parent}”。",
        field="said_by",
        mend=f"请把来源改为“{parent}”，或不写是哪位家长。"
        + (other if said.source in _CAPACITIES else ""),
    )
