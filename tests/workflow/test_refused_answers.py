"""Danger and complaints are heard in an answer to a notice that is refused; it is not kept."""

from typing import Any

import pytest

from ledger.models import Event
from parties import tenancy
from parties.errors import InvalidInput, NotAllowed, NotFound, WrongState
from records import notice_receipts
from records.models import NoticeReceipt
from records.notice_papers import OnPaper
from tests.factories import World
from tests.processes.notice_walk import Sent, sent
from tests.workflow.test_danger_signs import DANGER, decide, questions
from workflow import notice_answering

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk(world: World) -> Sent:
    return sent(world)


def on_paper(walk: Sent, reply: str, by: str = "teacher", of: str = "mother") -> None:
    given = OnPaper(
        student_id=walk.world.student.pk, guardian_id=walk.world[of].pk, how="PHONE",
        witness_id=walk.world["counsellor"].pk, reply=reply,
    )  # fmt: skip
    notice_answering.by_staff(
        school_id=walk.world.id, notice_id=walk.notice_id, by=walk.world[by], at=walk.at,
        given=given,
    )  # fmt: skip


def hinted(world: World, kind: str) -> int:
    with tenancy.scope(world.id):
        return Event.objects.filter(kind=kind).count()


def test_what_is_written_down_later_is_kept_and_asks_once(walk: Sent) -> None:
    walk.act("confirm", "mother")

    on_paper(walk, DANGER)
    with pytest.raises(WrongState, match="已经记下"):
        on_paper(walk, DANGER)

    assert len(questions(walk.world)) == 1
    assert hinted(walk.world, "danger.hinted") == 1
    with tenancy.scope(walk.world.id):
        assert NoticeReceipt.objects.get(guardian=walk.world["mother"]).reply == DANGER


def test_a_complaint_that_comes_later_is_heard(walk: Sent) -> None:
    walk.act("confirm", "mother")

    on_paper(walk, "再这样我就打12345投诉")

    assert questions(walk.world) == []
    assert hinted(walk.world, "complaint.hinted") == 1


def test_the_second_tap_of_what_was_written_down_is_heard_no_more(walk: Sent) -> None:
    on_paper(walk, DANGER)
    decide(walk, "watch")

    with pytest.raises(WrongState):
        on_paper(walk, DANGER)

    assert questions(walk.world) == []
    assert hinted(walk.world, "danger.hinted") == 1


@pytest.mark.parametrize("who", ["stranger", "father", "deputy"])
def test_who_may_not_write_it_down_rings_nobody(walk: Sent, who: str) -> None:
    walk.act("confirm", "mother")

    with pytest.raises((NotFound, NotAllowed, InvalidInput)):
        on_paper(walk, DANGER, by=who)

    assert questions(walk.world) == []


def test_a_reply_that_is_refused_asks_as_well(walk: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notice was taken back between the page and the tap."""

    def late(**_given: Any) -> NoticeReceipt:
        raise WrongState("通知还没有发出。")

    monkeypatch.setattr(notice_receipts, "reply", late)
    with pytest.raises(WrongState):
        walk.act("reply", "mother", text=DANGER)

    (task,) = questions(walk.world)
    assert task.about == walk.receipt("mother").pk
