"""What a reader may do to a version now: what is theirs to do (policies), in the state it is in.

A program goes by it; a page asks further, as whether they have spoken already. What an act needs
beside the state it says itself when it is refused.
"""

from collections.abc import Collection, Mapping
from typing import Final

from parties.access import Act
from records.models import CommunicationRecord
from records.models.record_terms import MAY_BE_SEALED
from records.reading import RecordFile

State = CommunicationRecord.State

#: Nothing is written in it any more, and no newer version begins here.
OVER: Final = frozenset({State.SEALED, State.SUPERSEDED, State.DISCARDED})
SIGNABLE: Final = frozenset({State.PENDING_SIGNATURES, State.EFFECTIVE})
_IN: Final[Mapping[Act, Collection[str]]] = {
    Act.EDIT: frozenset(State) - OVER,
    Act.SIGN: SIGNABLE,
    Act.WITNESS: SIGNABLE,
    Act.OBJECT: frozenset({State.EFFECTIVE, State.ARCHIVED, State.UNDER_OBJECTION}),
    Act.ARCHIVE: frozenset({State.EFFECTIVE}),
    # An effective version is archived first, by people who know it.
    Act.SEAL: frozenset(MAY_BE_SEALED),
}


def of(file: RecordFile) -> frozenset[Act]:
    """Of their rights, those that this version, as they know it, would take."""
    found = {act for act in file.may if file.record.state in _IN.get(act, State)}
    if file.record.signed_at is None or file.disputed:
        found.discard(Act.OVERRIDE)
    return frozenset(found)
