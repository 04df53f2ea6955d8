"""Whose words a statement is said to be: somebody who took part, or nobody would be named.

A reader is told of those alone of whom they know that they took part (records/cuts.py), so parents
never learn of each other what the list of participants does not say. Who stated something by
telephone or in a letter is on that list as well, with how they took part.
"""

from parties.access import Viewer
from parties.errors import InvalidInput
from records.models import CommunicationRecord, Statement


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
