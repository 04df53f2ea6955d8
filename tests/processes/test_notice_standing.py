"""Who comes too late to change, hand in or take back a notice is told where it stands."""

from typing import Any

import pytest

from records import notices as drafts
from tests.factories import World
from tests.processes.notice_walk import Sent, drafted
from workflow import notices
from workflow.errors import WrongState

pytestmark = pytest.mark.django_db


def who(walk: Sent, name: str) -> dict[str, Any]:
    return {
        "school_id": walk.world.id,
        "notice_id": walk.notice_id,
        "by": walk.world[name],
        "at": walk.at,
    }


@pytest.mark.parametrize(
    ("state", "author", "said"),
    [
        ("WITHDRAWN", "counsellor", "通知已撤回"),
        ("PENDING_APPROVAL", "counsellor", "通知已提交"),
        ("SENT", "teacher", "通知已发出"),
    ],
)
def test_it_is_said_why_the_text_stands(world: World, state: str, author: str, said: str) -> None:
    walk = drafted(world, by=author)
    if state == "WITHDRAWN":
        notices.withdraw(**who(walk, author))
    else:
        walk.submit(author)
    assert walk.notice.state == state

    with pytest.raises(WrongState, match=f"{said}，不能再提交"):
        walk.submit(author)
    with pytest.raises(WrongState, match=f"{said}，不能再修改"):
        drafts.change(**who(walk, author), version=1, given={"title": "改期"})
    if state != "PENDING_APPROVAL":
        with pytest.raises(WrongState, match=f"{said}，不能再撤回"):
            notices.withdraw(**who(walk, author))
