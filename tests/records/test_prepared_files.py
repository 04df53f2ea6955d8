"""A file that lay on the table of a talk: offered with it, signed with it, and never without it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from parties import tenancy
from parties.errors import InvalidInput, SanfangError, WrongState
from records import communication, content, destroying, drafts, file_names, redacting
from records.draft_input import Prepared
from records.models import Attachment, CommunicationRecord, PreparedItem
from records.uploads.redaction import Area
from tests.api.test_record_races import at_once
from tests.records.desk import Desk
from tests.records.test_attachments import add, take
from tests.records.test_destroying import destroy
from tests.records.uploads.files import png

pytestmark = pytest.mark.django_db

PICTURE: dict[str, Any] = {"source": png(), "name": "实训.png", "media_type": "image/png"}


def lay(desk: Desk, record: CommunicationRecord, file: Attachment, by: str = "teacher") -> None:
    with desk.as_(by) as viewer:
        laid = [Prepared(kind="OTHER", note="10月", attachment=file.pk)]
        drafts.prepare(viewer, record_id=record.pk, items=laid)


def take_out(desk: Desk, file: Attachment, by: str = "teacher", **more: Any) -> Attachment:
    return destroying.take_out(
        school_id=desk.world.id, by=desk.world[by], at=desk.at, attachment_id=file.pk, **more
    )


def state_of(desk: Desk, file: Attachment) -> str:
    with tenancy.scope(desk.world.id):
        return str(Attachment.objects.get(pk=file.pk).state)


def is_intact(desk: Desk, record: CommunicationRecord) -> bool:
    now = desk.now(record)
    with tenancy.scope(desk.world.id):
        return content.is_intact(now)


def resting(
    desk: Desk, *, by: str = "teacher", **about: Any
) -> tuple[CommunicationRecord, Attachment]:
    """A record that was offered, and the file of another draft that lay on its table."""
    file = add(desk, desk.drafted(), **PICTURE)
    record = desk.write(by=by, **about)
    desk.meet(record, "mother", by=by)
    desk.say(record, by=by)
    lay(desk, record, file, by=by)
    desk.check(record, by=by)
    desk.offer(record, by=by)
    return record, file


@pytest.mark.parametrize("shows_others", [False, True])
def test_what_was_offered_keeps_its_own_file_until_it_is_recalled(
    desk: Desk, shows_others: bool
) -> None:
    record = desk.drafted()
    file = add(desk, record)
    lay(desk, record, file)
    desk.check(record)
    desk.offer(record)
    mark = desk.mark(record, "teacher")

    with pytest.raises(WrongState, match="请先收回") as refused:
        take_out(desk, file, shows_others=shows_others)

    assert record.record_no in str(refused.value)
    assert take(desk, file, "teacher")
    assert desk.mark(record, "teacher") == mark
    desk.sign(record, "mother")
    desk.sign(record, "teacher")
    assert is_intact(desk, record)


@pytest.mark.parametrize("shows_others", [False, True])
def test_so_does_a_file_of_another_record(desk: Desk, shows_others: bool) -> None:
    record, file = resting(desk)

    with pytest.raises(WrongState, match="请先收回") as refused:
        take_out(desk, file, shows_others=shows_others)

    assert record.record_no in str(refused.value)
    assert state_of(desk, file) == "STORED"
    desk.sign(record, "teacher")
    assert take(desk, file, "teacher")


def test_what_somebody_signed_keeps_it_for_good_but_the_head_may_destroy_it(desk: Desk) -> None:
    record, file = resting(desk)
    desk.sign(record, "teacher")
    desk.sign(record, "mother")

    with pytest.raises(WrongState, match="请德育处负责人销毁"):
        take_out(desk, file, shows_others=True)
    assert state_of(desk, file) == "STORED"
    with pytest.raises(SanfangError):
        destroy(desk, add(desk, desk.drafted()))  # a draft's own, that nothing rests on

    with tenancy.scope(desk.world.id):
        owner = CommunicationRecord.objects.get(pk=str(file.record_id))
    desk.check(owner)
    desk.offer(owner)
    destroy(desk, file)

    assert state_of(desk, file) == "DESTROYED"
    assert is_intact(desk, record)


def test_once_it_was_recalled_the_file_goes_and_the_record_has_to_let_go_of_it(desk: Desk) -> None:
    record, file = resting(desk)
    with desk.as_("teacher") as viewer:
        communication.recall(viewer, record_id=record.pk)

    take_out(desk, file)

    assert state_of(desk, file) == "DESTROYED"
    with pytest.raises(InvalidInput, match=r"实训\.png"):
        desk.check(record)


@pytest.mark.parametrize("signed", [False, True])
def test_who_may_not_know_of_that_record_takes_it_out_and_it_is_kept_sealed(
    desk: Desk, signed: bool
) -> None:
    file = counsellors_file(desk)
    record = desk.drafted()
    lay(desk, record, file)
    desk.check(record)
    desk.offer(record)
    if signed:
        desk.sign(record, "teacher")

    assert take_out(desk, file, by="counsellor").state == "TAKEN_OUT"

    if signed:
        desk.sign(record, "mother")
        assert desk.now(record).state == "EFFECTIVE"
        return
    with pytest.raises(InvalidInput, match="已经拿掉了") as refused:
        desk.sign(record, "teacher")
    assert file_names.plain(file) in str(refused.value)
    assert refused.value.mend.startswith("请先收回记录")


@pytest.mark.parametrize("how", ["sign", "refuse"])
def test_at_home_nobody_hears_what_lay_on_the_table(desk: Desk, how: str) -> None:
    record = on_what_is_gone(desk)

    with pytest.raises(InvalidInput, match="学校还要核对这份记录") as refused:
        getattr(desk, how)(record, "mother")

    assert "附件" not in f"{refused.value}{refused.value.mend}"
    assert desk.now(record).signed_at is None


def test_nor_is_a_word_written_down_about_it(desk: Desk) -> None:
    record = on_what_is_gone(desk)

    with pytest.raises(InvalidInput, match="已经拿掉了"):
        desk.witness(record)

    assert desk.now(record).signed_at is None


def counsellors_file(desk: Desk) -> Attachment:
    """Of a draft that nobody but the counsellor knows of, as she knows of none of the teacher's."""
    draft = desk.write(by="counsellor")
    return add(desk, draft, by="counsellor", **PICTURE)


def on_what_is_gone(desk: Desk) -> CommunicationRecord:
    file, record = counsellors_file(desk), desk.drafted()
    lay(desk, record, file)
    desk.check(record)
    desk.offer(record)
    take_out(desk, file, by="counsellor", shows_others=True)
    return record


def test_a_picture_on_which_another_record_rests_is_not_made_black_before_that_is_recalled(
    desk: Desk,
) -> None:
    record, file = resting(desk)

    with pytest.raises(WrongState, match=record.record_no):
        redacting.redact(
            school_id=desk.world.id, by=desk.world["teacher"], at=desk.at, attachment_id=file.pk,
            areas=[Area(0, 0, 0.5, 1)],
        )  # fmt: skip

    with tenancy.scope(desk.world.id):
        assert Attachment.objects.count() == 1
        assert PreparedItem.objects.get().attachment_id == file.pk


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_offering_and_taking_out_at_once_never_leave_an_offer_on_what_is_gone(
    desk: Desk, turn: int
) -> None:
    file, record = add(desk, desk.drafted()), desk.drafted()
    lay(desk, record, file)
    desk.check(record)

    at_once(
        lambda: _refused(lambda: desk.offer(record)), lambda: _refused(lambda: take_out(desk, file))
    )

    ended = (str(desk.now(record).state), state_of(desk, file))
    assert ended in {("PENDING_SIGNATURES", "STORED"), ("CHECKED", "DESTROYED")}


def _refused(act: Callable[[], Any]) -> None:
    with suppress(InvalidInput, WrongState):
        act()
