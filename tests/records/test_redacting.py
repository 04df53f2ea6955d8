"""A picture that is kept already: what is black in its copy, and that the old one is gone."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from ledger.models import Event
from parties import tenancy
from parties.errors import InvalidInput, NotAllowed, NotFound, SanfangError, WrongState
from records import attachments, destroying, drafts, reading, redacting
from records.draft_input import Prepared
from records.models import Attachment, CommunicationRecord, PreparedItem
from records.uploads import UploadRefused
from records.uploads.redaction import Area
from tests.api.test_record_races import at_once
from tests.records.desk import Desk
from tests.records.test_attachments import add, blobs, take, take_out
from tests.records.uploads.files import opened, photo, png, saved

pytestmark = pytest.mark.django_db

LEFT = Area(0, 0, 0.5, 1)
BLACK, BLUE = (0, 0, 0), (0, 0, 255)
PICTURE: dict[str, Any] = {"source": png(), "name": "实训.png", "media_type": "image/png"}


def needing(desk: Desk, record: CommunicationRecord, **given: Any) -> Attachment:
    return add(desk, record, **{**PICTURE, "redaction": "NEEDED", **given})


def redact(
    desk: Desk, old: Attachment, *areas: Area, by: str = "teacher", id_: UUID | None = None
) -> Attachment:
    return redacting.redact(
        school_id=desk.world.id, by=desk.world[by], at=desk.at, attachment_id=old.pk,
        areas=areas or (LEFT,), id_=id_,
    )  # fmt: skip


def files(desk: Desk) -> list[tuple[str, str, str]]:
    with tenancy.scope(desk.world.id):
        rows = Attachment.objects.order_by("uploaded_at", "state")
        return [(one.redaction, one.sensitivity, str(one.state)) for one in rows]


def test_the_copy_is_black_the_old_one_is_gone_and_the_family_may_look(
    desk: Desk, vault_folder: Path
) -> None:
    record = desk.drafted()
    old = needing(desk, record)

    made = redact(desk, old)

    picture = opened(take(desk, made, "teacher"))
    assert (picture.getpixel((5, 5)), picture.getpixel((60, 5))) == (BLACK, BLUE)
    assert sorted(files(desk)) == [
        ("NEEDED", "COM TPD", "DESTROYED"),
        ("REDACTED", "COM", "STORED"),
    ]
    assert len(blobs(vault_folder)) == 1
    desk.check(record)
    desk.offer(record)
    with desk.as_("mother") as viewer:
        assert [one.pk for one in reading.read(viewer, record.pk).attachments] == [made.pk]
    assert take(desk, made, "mother")


def test_each_step_is_on_file_and_the_copy_says_what_it_was_made_of(desk: Desk) -> None:
    old = needing(desk, desk.drafted())

    made = redact(desk, old)

    assert (bytes(made.original_sha256), made.name) == (bytes(old.sha256), "实训.png")
    with tenancy.scope(desk.world.id):
        kinds = Event.objects.filter(kind__startswith="attachment.").order_by("pk")
        assert list(kinds.values_list("kind", flat=True)) == [
            "attachment.stored", "attachment.read", "attachment.stored", "attachment.destroyed",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({"sensitivity": "ECO"}, "ECO"),
        ({"redaction": "NONE", "sensitivity": "HLT"}, "HLT"),
        ({"redaction": "DECLARED"}, "COM"),
    ],
)
def test_what_else_the_picture_is_it_goes_on_being(
    desk: Desk, given: dict[str, str], left: str
) -> None:
    made = redact(desk, needing(desk, desk.drafted(), **given))

    assert made.sensitivity == left


def test_more_may_be_made_black_in_the_copy(desk: Desk) -> None:
    first = redact(desk, needing(desk, desk.drafted()))
    desk.later(minutes=1)

    second = redact(desk, first, Area(0.5, 0, 1, 1))

    assert opened(take(desk, second, "teacher")).getpixel((60, 5)) == BLACK
    assert [state for _, _, state in files(desk)].count("STORED") == 1


@pytest.mark.parametrize("areas", [(), (Area(0.5, 0, 1.5, 1),)])
def test_nothing_to_black_or_outside_of_it_changes_nothing(
    desk: Desk, areas: tuple[Area, ...]
) -> None:
    old = needing(desk, desk.drafted())

    with pytest.raises(InvalidInput) as refused:
        redacting.redact(
            school_id=desk.world.id, by=desk.world["teacher"], at=desk.at, attachment_id=old.pk,
            areas=areas,
        )  # fmt: skip

    assert refused.value.field == "areas"
    assert refused.value.mend
    assert files(desk) == [("NEEDED", "COM TPD", "STORED")]


def test_what_is_no_picture_is_not_found(desk: Desk) -> None:
    record = desk.drafted()
    text = add(desk, record, source="文字".encode(), name="a.txt", media_type="text/plain")

    with pytest.raises(NotFound):
        redact(desk, text)
    with desk.as_("teacher") as viewer:
        assert not redacting.may_redact(viewer, record, text)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("mother", NotAllowed), ("grade_leader", NotFound), ("stranger", NotFound)],
)
def test_nobody_else_makes_anything_black(
    desk: Desk, who: str, refusal: type[SanfangError]
) -> None:
    record = desk.drafted()
    old = add(desk, record, **PICTURE)
    desk.check(record)
    desk.offer(record)

    with pytest.raises(refusal):
        redact(desk, old, by=who)

    assert files(desk) == [("NONE", "COM", "STORED")]


def test_what_somebody_signed_is_not_changed(desk: Desk) -> None:
    record = desk.drafted()
    old = add(desk, record, **PICTURE)
    desk.check(record)
    desk.offer(record)
    desk.sign(record, "teacher")

    with pytest.raises(WrongState, match="已有人签字"):
        redact(desk, old)

    assert files(desk) == [("NONE", "COM", "STORED")]


def test_of_a_picture_that_is_gone_nothing_is_made(desk: Desk) -> None:
    old = needing(desk, desk.drafted())
    take_out(desk, old, "teacher")

    with pytest.raises(WrongState):
        redact(desk, old)

    assert [state for _, _, state in files(desk)] == ["DESTROYED"]


def test_who_repeats_an_id_gets_the_first_copy(desk: Desk) -> None:
    old, mark = needing(desk, desk.drafted()), uuid4()

    first, second = redact(desk, old, id_=mark), redact(desk, old, id_=mark)

    assert first.pk == second.pk == mark
    assert len(files(desk)) == 2


def lay(desk: Desk, record: CommunicationRecord, file: Attachment) -> None:
    with desk.as_("teacher") as viewer:
        laid = [Prepared(kind="OTHER", note="10月", attachment=file.pk)]
        drafts.prepare(viewer, record_id=record.pk, items=laid)


def laid(desk: Desk) -> Any:
    with tenancy.scope(desk.world.id):
        return PreparedItem.objects.get().attachment_id


def test_what_lay_on_the_table_is_the_black_copy_by_then(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = desk.drafted()
    old, mark = needing(desk, record), uuid4()
    lay(desk, record, old)
    with monkeypatch.context() as dying:
        dying.setattr(destroying, "take_out", _die)
        with pytest.raises(KeyboardInterrupt):
            redact(desk, old, id_=mark)
    assert laid(desk) == old.pk

    redact(desk, old, id_=mark)

    assert laid(desk) == mark
    desk.check(record)
    desk.offer(record)
    assert [one.attachment_id for one in desk.read(record, "teacher").prepared] == [mark]


@pytest.mark.parametrize("checked", [False, True])
def test_nothing_is_offered_that_rests_on_a_file_that_is_gone(desk: Desk, checked: bool) -> None:
    record = desk.drafted()
    old = needing(desk, record)
    lay(desk, record, old)
    if checked:
        desk.check(record)
    take_out(desk, old, "teacher")

    with pytest.raises(InvalidInput) as refused:
        (desk.offer if checked else desk.check)(record)

    assert (refused.value.field, bool(refused.value.mend)) == ("prepared", True)
    assert desk.now(record).state == ("CHECKED" if checked else "DRAFT")


def test_what_died_between_is_finished_by_the_same_page(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, mark = needing(desk, desk.drafted()), uuid4()
    with monkeypatch.context() as dying:
        dying.setattr(destroying, "take_out", _die)
        with pytest.raises(KeyboardInterrupt):
            redact(desk, old, id_=mark)
    assert sorted(state for _, _, state in files(desk)) == ["STORED", "STORED"]

    redact(desk, old, id_=mark)

    assert sorted(state for _, _, state in files(desk)) == ["DESTROYED", "STORED"]


def _die(**_given: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_make_one_copy(desk: Desk) -> None:
    old, mark = needing(desk, desk.drafted()), uuid4()

    made = at_once(lambda: redact(desk, old, id_=mark), lambda: redact(desk, old, id_=mark))

    assert [one.pk for one in made if one is not None] == [mark, mark]
    assert sorted(state for _, _, state in files(desk)) == ["DESTROYED", "STORED"]


def test_an_id_of_another_picture_of_the_record_is_refused_and_the_picture_stays(
    desk: Desk,
) -> None:
    record = desk.drafted()
    old, other = needing(desk, record), needing(desk, record, source=saved(photo((24, 16)), "PNG"))
    made = redact(desk, old, id_=uuid4())

    with pytest.raises(InvalidInput) as refused:
        redact(desk, other, id_=made.pk)

    assert refused.value.field == "id"
    assert take(desk, other, "teacher")


def test_an_id_of_something_else_is_refused_and_the_picture_stays(desk: Desk) -> None:
    record = desk.drafted()
    taken, old = needing(desk, record), needing(desk, desk.drafted())

    with pytest.raises(InvalidInput) as refused:
        redact(desk, old, id_=taken.pk)

    assert refused.value.field == "id"
    assert [state for _, _, state in files(desk)] == ["STORED", "STORED"]
    assert not isinstance(refused.value, UploadRefused)
    assert attachments.open_(
        school_id=desk.world.id, by=desk.world["teacher"], at=desk.at, attachment_id=old.pk
    ).data
