"""A clip that is kept: the version without others takes its place, the original is apart."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from ledger.models import Event
from parties import tenancy
from parties.errors import InvalidInput, NotAllowed, NotFound, SanfangError, WrongState
from records import additions, attachments, content, reading, redacting, stand_ins
from records.attachments import Upload
from records.models import Attachment, CommunicationRecord
from records.uploads import UploadRefused
from records.uploads.redaction import Area
from tests.api.test_record_races import at_once
from tests.records.desk import Desk
from tests.records.test_attachments import add, blobs, finish, take, take_out
from tests.records.test_redacting import laid, lay
from tests.records.uploads.files import box, mp4, png

pytestmark = pytest.mark.django_db

SHOWN = mp4(samples=b"two faces" * 8)
PLACE = box(b"udta", b"+31.2304+121.4737/")
HIDDEN = mp4(PLACE, samples=b"one face " * 8)
CLIP: dict[str, Any] = {"source": SHOWN, "name": "监控.mp4", "media_type": "video/mp4"}


def kept(desk: Desk, record: CommunicationRecord, **given: Any) -> Attachment:
    return add(desk, record, **{**CLIP, "redaction": "NEEDED", **given})


def give(
    desk: Desk,
    old: Attachment,
    data: bytes = HIDDEN,
    *,
    by: str = "teacher",
    id_: UUID | None = None,
    **more: Any,
) -> Attachment:
    named: dict[str, Any] = {"name": "遮好.mp4", "media_type": "video/mp4", **more}
    upload = Upload(source=data, **named)
    return redacting.give_clip(
        school_id=desk.world.id, by=desk.world[by], at=desk.at, attachment_id=old.pk,
        clip=upload, id_=id_,
    )  # fmt: skip


def files(desk: Desk) -> list[tuple[str, str, str]]:
    with tenancy.scope(desk.world.id):
        return sorted(
            (one.redaction, one.sensitivity, str(one.state)) for one in Attachment.objects.all()
        )


@pytest.mark.parametrize("said", ["NEEDED", "NONE", "DECLARED"])
def test_the_family_has_the_version_and_the_team_the_original(
    desk: Desk, vault_folder: Path, said: str
) -> None:
    record = desk.drafted()
    old = kept(desk, record, redaction=said)

    made = give(desk, old)

    assert files(desk) == [("NEEDED", "COM TPD", "STORED"), ("REDACTED", "COM", "STORED")]
    assert len(blobs(vault_folder)) == 2
    finish(desk, record)
    for who in ("mother", "student"):
        with desk.as_(who) as viewer:
            shown = [one.pk for one in reading.read(viewer, record.pk).attachments]
        assert shown == [made.pk], who
        assert take(desk, made, who) != SHOWN
        with pytest.raises(NotFound):
            take(desk, old, who)
    for who in ("teacher", "grade_leader", "vice_principal", "counsellor", "deputy"):
        with pytest.raises(NotFound):
            take(desk, old, who)
    for who in ("head_of_office", "duty_officer"):
        assert b"two faces" in take(desk, old, who)
        with desk.as_(who) as viewer:
            seen = {one.pk: one for one in reading.read(viewer, record.pk).attachments}
            assert "sha256" in viewer.fields(seen[old.pk])
        assert bytes(seen[old.pk].sha256) == bytes(made.original_sha256)
    with desk.as_("grade_leader") as viewer:
        assert viewer.fields(old) == frozenset()


def test_it_is_cleaned_as_every_upload_and_says_what_it_stands_for(desk: Desk) -> None:
    old = kept(desk, desk.drafted())

    made = give(desk, old)

    assert b"+31.2304" not in take(desk, made, "teacher")
    assert b"one face" in take(desk, made, "teacher")
    assert bytes(made.original_sha256) == bytes(old.sha256) != bytes(made.sha256)
    with tenancy.scope(desk.world.id):
        event = Event.objects.get(kind="attachment.redacted")
        for digest in (made.sha256, old.sha256):
            assert bytes(digest).hex().encode() in bytes(event.body)
        assert {f"attachment:{made.pk}", f"original:{old.pk}"} <= set(event.refs)


@pytest.mark.parametrize(
    ("data", "more"),
    [
        (SHOWN, {}),
        (png(), {"name": "a.png", "media_type": "image/png"}),
        (HIDDEN[:-1], {}),
        (b"", {}),
    ],
)
def test_what_hides_nothing_or_is_no_clip_changes_nothing(
    desk: Desk, vault_folder: Path, data: bytes, more: dict[str, Any]
) -> None:
    old = kept(desk, desk.drafted())

    with pytest.raises(UploadRefused) as refused:
        give(desk, old, data, **more)

    assert (refused.value.field, bool(refused.value.mend)) == ("file", True)
    assert files(desk) == [("NEEDED", "COM TPD", "STORED")]
    assert len(blobs(vault_folder)) == 1


def test_a_clip_is_not_made_black_and_no_clip_takes_the_place_of_a_picture(desk: Desk) -> None:
    record = desk.drafted()
    old = kept(desk, record)
    picture = add(desk, record, source=png(), name="a.png", media_type="image/png")

    with pytest.raises(InvalidInput, match="不能在这里涂黑"):
        redacting.redact(
            school_id=desk.world.id, by=desk.world["teacher"], at=desk.at, attachment_id=old.pk,
            areas=[Area(0, 0, 1, 1)],
        )  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        give(desk, picture)

    assert refused.value.field == "areas"
    assert len(files(desk)) == 2


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("mother", NotAllowed), ("head_of_office", NotAllowed), ("stranger", NotFound)],
)
def test_nobody_else_gives_a_version(desk: Desk, who: str, refusal: type[SanfangError]) -> None:
    record = desk.drafted()
    old = add(desk, record, **CLIP)
    desk.check(record)
    desk.offer(record)

    with pytest.raises(refusal):
        give(desk, old, by=who)

    assert files(desk) == [("NONE", "COM", "STORED")]


def test_what_somebody_signed_is_not_replaced(desk: Desk) -> None:
    record = desk.drafted()
    old = add(desk, record, **CLIP)
    desk.check(record)
    desk.offer(record)
    desk.sign(record, "teacher")

    with pytest.raises(WrongState, match="已有人签字"):
        give(desk, old)

    assert files(desk) == [("NONE", "COM", "STORED")]


def test_whoever_read_the_original_reads_once_more_before_signing(desk: Desk) -> None:
    record = desk.drafted()
    old = add(desk, record, **CLIP)
    desk.check(record)
    desk.offer(record)
    before = desk.mark(record, "mother")

    give(desk, old)

    assert desk.mark(record, "mother") != before
    desk.sign(record, "mother")
    now = desk.now(record)
    with tenancy.scope(desk.world.id):
        assert content.is_intact(now)


def test_the_original_stays_as_long_as_its_version_and_is_not_hidden_twice(desk: Desk) -> None:
    record = desk.drafted()
    old = kept(desk, record)
    made = give(desk, old)

    with pytest.raises(WrongState, match="须与隐去他人信息的一版一起留存"):
        take_out(desk, old, "teacher")
    with pytest.raises(WrongState, match="这个视频已由另一版代替，或已拿掉，这一次没有改动"):
        give(desk, old, mp4(samples=b"another " * 8))
    with desk.as_("teacher") as viewer:
        assert not redacting.may_redact(viewer, record, old)
        assert redacting.may_redact(viewer, record, made)

    take_out(desk, made, "teacher")
    take_out(desk, old, "teacher")
    assert [state for *_, state in files(desk)] == ["DESTROYED", "DESTROYED"]


def test_a_better_version_takes_the_place_of_the_first(desk: Desk) -> None:
    first = give(desk, kept(desk, desk.drafted()))
    desk.later(minutes=1)

    give(desk, first, mp4(samples=b"nobody  " * 8))

    assert files(desk) == [
        ("NEEDED", "COM TPD", "STORED"),
        ("NEEDED", "COM TPD", "STORED"),
        ("REDACTED", "COM", "STORED"),
    ]


def test_what_is_kept_apart_takes_no_place_of_the_record(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(additions, "MOST", 2)
    record = desk.drafted()
    made = give(desk, kept(desk, record))
    add(desk, record)

    with desk.as_("teacher"):
        assert "最多 2 个附件" in additions.full(record, "FILE")
        assert additions.full(record, "FILE", instead=made.pk) == ""
    desk.later(minutes=1)
    better = give(desk, made, mp4(samples=b"nobody  " * 8))
    with pytest.raises(WrongState, match="最多 2 个附件"):  # as many again are kept apart, no more
        give(desk, better, mp4(samples=b"empty   " * 8))


def test_what_lay_on_the_table_is_the_version_by_then(desk: Desk) -> None:
    record = desk.drafted()
    old = kept(desk, record)
    lay(desk, record, old)

    made = give(desk, old)

    assert laid(desk) == made.pk


def test_who_dies_between_leaves_the_original_as_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, mark = add(desk, desk.drafted(), **CLIP), uuid4()
    with monkeypatch.context() as dying:
        dying.setattr(stand_ins, "take_place", _die)
        with pytest.raises(KeyboardInterrupt):
            give(desk, old, id_=mark)
    assert files(desk) == [("NONE", "COM", "STORED")]

    first, second = give(desk, old, id_=mark), give(desk, old, id_=mark)

    assert first.pk == second.pk == mark
    assert len(files(desk)) == 2


def _die(*_given: Any, **_more: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_make_one_version(desk: Desk) -> None:
    old, mark = kept(desk, desk.drafted()), uuid4()

    made = at_once(lambda: give(desk, old, id_=mark), lambda: give(desk, old, id_=mark))

    assert [one.pk for one in made if one is not None] == [mark, mark]
    assert len(files(desk)) == 2


def test_the_office_looks_into_the_original_and_that_is_an_event(desk: Desk) -> None:
    record = desk.drafted()
    old = kept(desk, record)
    give(desk, old)
    finish(desk, record)

    attachments.open_(
        school_id=desk.world.id, by=desk.world["head_of_office"], at=desk.at, attachment_id=old.pk
    )

    with tenancy.scope(desk.world.id):
        read = Event.objects.filter(kind="attachment.read", subject_id=old.pk)
        assert [one.actor for one in read] == [desk.world["head_of_office"].pk]
