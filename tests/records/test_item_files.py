"""Evidence of an item: who adds it, who opens it, and which ids count when it is done."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from ledger.models import Event
from parties import tenancy
from parties.access import Viewer
from parties.errors import InvalidInput, NotAllowed, NotFound, SanfangError, WrongState
from records import attachments, item_files, plan_evidence, plan_views, plans
from records.attachments import Upload
from records.models import ActionItem, Attachment
from records.uploads import UploadRefused
from tests.factories import World
from tests.records.agreed import MONDAY, draft, now, one
from tests.records.desk import Desk
from tests.records.uploads.files import exif, jpeg

pytestmark = pytest.mark.django_db

LATER = MONDAY + timedelta(hours=1)


def add(world: World, item: ActionItem, by: str = "mother", **given: Any) -> Attachment:
    values = {"source": jpeg(exif=exif()), "name": "作业.jpg", "media_type": "image/jpeg", **given}
    return item_files.store(
        school_id=world.id, by=world[by], at=MONDAY, item_id=item.pk, upload=Upload(**values)
    )


def opens(world: World, file: Attachment, who: str) -> bool:
    try:
        found = attachments.open_(
            school_id=world.id, by=world[who], at=LATER, attachment_id=file.pk
        )
    except NotFound:
        return False
    return b"Exif" not in found.data and len(found.data) > 0


def done(world: World, item: ActionItem, *files: Any, by: str = "mother") -> None:
    plans.finish(
        school_id=world.id, item_id=item.pk, by=world[by], at=LATER, note="已完成", evidence=files
    )


def test_a_family_adds_a_photo_and_the_team_opens_it(world: World) -> None:
    item = one(world, draft())
    made = add(world, item)
    done(world, item, made.pk)

    assert now(world, item).evidence == [made.pk]
    for who in ("mother", "father", "student", "teacher", "grade_leader"):
        assert opens(world, made, who), who
    for who in ("stranger", "classmate", "mentor", "auditor"):
        assert not opens(world, made, who), who


def test_evidence_of_money_is_for_the_readers_of_the_item(world: World) -> None:
    made = add(world, one(world, draft(title="低保续办材料")))

    assert made.sensitivity == "ECO"
    assert (opens(world, made, "mother"), opens(world, made, "deputy")) == (True, True)
    assert not opens(world, made, "teacher")
    assert not opens(world, made, "student")


def test_words_that_raise_the_item_close_its_files_too(world: World) -> None:
    item = one(world, draft())
    made = add(world, item)
    assert opens(world, made, "teacher")

    plans.block(
        school_id=world.id, item_id=item.pk, by=world["mother"], at=LATER, why="家里交不起网费"
    )

    assert not opens(world, made, "teacher")


def test_a_company_adds_to_its_own_item_and_opens_its_own_file_alone(world: World) -> None:
    ours = one(world, draft(owner_party="COMPANY", title="每周二不排夜班"))
    theirs = add(world, one(world, draft()))
    made = add(world, ours, "mentor")

    assert opens(world, made, "mentor")
    assert opens(world, made, "teacher")
    assert not opens(world, theirs, "mentor")


@pytest.mark.parametrize(
    ("who", "error"), [("teacher", NotAllowed), ("student", NotAllowed), ("classmate", NotFound)]
)
def test_nobody_else_adds_to_it(world: World, who: str, error: type[SanfangError]) -> None:
    item = one(world, draft())

    with pytest.raises(error):
        add(world, item, who)
    with tenancy.scope(world.id):
        assert Attachment.objects.count() == 0


def test_what_is_done_takes_no_more(world: World) -> None:
    item = one(world, draft())
    done(world, item)

    with pytest.raises(WrongState):
        add(world, item)


def test_what_shows_others_or_is_no_picture_is_refused(world: World) -> None:
    item = one(world, draft())

    with pytest.raises(InvalidInput, check=lambda no: no.field == "redaction"):
        add(world, item, redaction="NEEDED")
    with pytest.raises(UploadRefused):
        add(world, item, source=b"MZ\x90\x00", name="a.exe")


def replace(world: World, item: ActionItem, old: Attachment, by: str = "mother") -> Attachment:
    photo = Upload(source=jpeg(), name="作业2.jpg", media_type="image/jpeg")
    return item_files.store(
        school_id=world.id, by=world[by], at=LATER, item_id=item.pk, upload=photo, replaces=old.pk
    )


def shown_to(world: World, item: ActionItem, who: str) -> tuple[list[Any], list[Any]]:
    """Ids of the files that count, and of those that were replaced."""
    with tenancy.scope(world.id):
        viewer = Viewer.load(world[who], at=LATER)
        found = plan_evidence.of_item(viewer, item), plan_evidence.replaced(viewer, item)
        return [one.pk for one in found[0]], [one.pk for one in found[1]]


def test_the_uploader_replaces_a_file_and_the_old_one_is_kept(world: World) -> None:
    item = one(world, draft())
    old = add(world, item)
    made = replace(world, item, old)

    assert shown_to(world, item, "mother") == ([made.pk], [old.pk])
    assert shown_to(world, item, "teacher") == ([made.pk], [old.pk])
    assert shown_to(world, item, "father") == ([made.pk], [])
    assert (opens(world, old, "mother"), opens(world, old, "teacher")) == (True, True)
    for who in ("father", "student", "stranger", "classmate"):
        assert not opens(world, old, who), who
    with tenancy.scope(world.id):
        row = Attachment.objects.get(pk=old.pk)
        assert (row.state, row.superseded_by) == ("STORED", made.pk)
        event = Event.objects.get(kind="plan.evidence_replaced")
        assert event.actor == world["mother"].pk


def test_what_is_done_names_the_new_file_and_is_looked_at_again(world: World) -> None:
    item = one(world, draft())
    old = add(world, item)
    done(world, item, old.pk)
    with tenancy.scope(world.id):
        ActionItem.objects.filter(pk=item.pk).update(next_look_at=None)

    made = replace(world, item, old)

    after = now(world, item)
    assert (after.state, after.evidence) == ("DONE", [made.pk])
    assert after.next_look_at == LATER


def test_what_is_verified_or_dropped_keeps_its_files(world: World) -> None:
    item, gone = one(world, draft()), one(world, draft())
    old, other = add(world, item), add(world, gone)
    done(world, item, old.pk)
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["teacher"], at=LATER)
        read = plan_views.mark(plan_views.shown(viewer, viewer.get(ActionItem, item.pk)))
    plans.verify(school_id=world.id, item_id=item.pk, by=world["teacher"], at=LATER, as_read=read)
    plans.drop(school_id=world.id, item_id=gone.pk, by=world["teacher"], at=LATER, why="改期")

    for each, file in ((item, old), (gone, other)):
        with pytest.raises(WrongState):
            replace(world, each, file)
    assert now(world, item).evidence == [old.pk]


def test_only_ones_own_file_of_this_item_is_replaced_and_once(world: World) -> None:
    item, other = one(world, draft()), one(world, draft())
    mine, fathers, foreign = add(world, item), add(world, item, "father"), add(world, other)
    replace(world, item, mine)

    for file in (mine, fathers, foreign):
        with pytest.raises(InvalidInput, check=lambda no: no.field == "replaces"):
            replace(world, item, file)
    with pytest.raises(NotAllowed):
        replace(world, item, mine, by="teacher")


def test_a_replaced_file_is_no_evidence_any_more(world: World) -> None:
    item = one(world, draft())
    old = add(world, item)
    replace(world, item, old)

    with pytest.raises(InvalidInput, check=lambda no: no.field == "evidence"):
        done(world, item, old.pk)


def test_the_database_itself_lets_no_file_replace_itself_or_two(world: World) -> None:
    item = one(world, draft())
    first, second = add(world, item), add(world, item)
    made = replace(world, item, first)

    for values in (
        {"superseded_by": second.pk, "superseded_at": LATER},
        {"superseded_by": made.pk, "superseded_at": LATER},
        {"superseded_by": None, "superseded_at": LATER},
        {"superseded_by": made.pk, "superseded_at": None},
    ):
        with pytest.raises(IntegrityError), tenancy.scope(world.id), transaction.atomic():
            Attachment.objects.filter(pk=second.pk).update(**values)


def test_only_files_of_this_item_count(world: World) -> None:
    item, other = one(world, draft()), one(world, draft())
    foreign = add(world, other).pk
    record = Desk(world, at=MONDAY).drafted()
    of_record = attachments.store(
        school_id=world.id,
        by=world["teacher"],
        at=MONDAY,
        record_id=record.pk,
        upload=Upload(source=jpeg(), name="a.jpg", media_type="image/jpeg"),
    ).pk

    for strange in (uuid4(), foreign, of_record):
        with pytest.raises(InvalidInput, check=lambda no: no.field == "evidence"):
            done(world, item, strange)
    assert now(world, item).state == "TODO"


def test_a_company_names_no_file_that_it_may_not_open(world: World) -> None:
    item = one(world, draft(owner_party="COMPANY", title="每周二不排夜班"))
    made = add(world, item, "mentor")
    with tenancy.scope(world.id):  # of somebody else at the school, by whatever way
        Attachment.objects.filter(pk=made.pk).update(uploaded_by=world["teacher"])

    with pytest.raises(InvalidInput, check=lambda no: no.field == "evidence"):
        done(world, item, made.pk, by="mentor")


def test_the_list_of_files_holds_none_that_the_reader_may_not_open(world: World) -> None:
    made = add(world, one(world, draft(title="低保续办材料")))
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["teacher"], at=LATER)
        shown = viewer.fields(viewer.get(Attachment, made.pk))

    assert shown == {"id", "item_id", "state"}
