"""What a reader may do to an item of a plan now: what is theirs to do (policies), in the state that
it has for them. What an act needs beside the state it says itself when it is refused.
"""

from collections.abc import Collection, Mapping
from typing import Final

from parties.access import Act, Viewer
from records.models import ActionItem

State = ActionItem.State

ACTS: Final = (Act.START, Act.FINISH, Act.CHECK_IN, Act.VERIFY, Act.DROP, Act.AMEND)
CODES: Final = [act.value for act in ACTS]
_IN: Final[Mapping[Act, Collection[str]]] = {
    Act.START: frozenset({State.TODO, State.BLOCKED}),
    Act.FINISH: frozenset(ActionItem.LIVE),
    Act.CHECK_IN: frozenset(ActionItem.LIVE),
    Act.VERIFY: frozenset({State.DONE}),
    Act.DROP: frozenset({*ActionItem.LIVE, State.DONE}),
    Act.AMEND: frozenset(ActionItem.LIVE),
}


def of(viewer: Viewer, item: ActionItem, *, state: str) -> list[Act]:
    """Of their rights, those that the item takes in this `state`: the one that they see."""
    return [act for act in ACTS if state in _IN[act] and viewer.may(act, item)]
