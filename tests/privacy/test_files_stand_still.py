"""A file that is taken out of a record stays with a guardian who may not learn of its end."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from parties import clock, tenancy
from records import orphans, vault
from records.models import Attachment
from tests.api.callers import Caller, member
from tests.api.papers import Paper, as_read, offered, upload
from tests.factories import HOUR, World
from tests.portal.visitors import by_password
from tests.privacy.test_records_stand_still import answers, give, named
from tests.privacy.test_taken_back import copied, recall_and_offer_again
from tests.records.uploads.files import jpeg

pytestmark = pytest.mark.django_db(transaction=True)

OTHERS = ("mother", "student", "teacher", "head_of_office", "duty_officer", "stranger")


@dataclass
class Photo:
    """A file that the family could open an hour before a crisis named the father."""

    world: World
    paper: Paper
    id: str

    def opened(self, by: Caller | str) -> tuple[int, bytes]:
        caller = member(self.world, by) if isinstance(by, str) else by
        answer = caller.get(f"/attachments/{self.id}")
        return answer.status_code, bytes(answer.content) if answer.status_code == 200 else b""

    def take_out(self, query: str = "") -> None:
        gone = self.paper.writer.send("delete", f"/attachments/{self.id}{query}", None)
        assert gone.status_code == 204, gone.content.decode()

    @property
    def sealed(self) -> bool:
        with tenancy.scope(self.world.id):
            ref = Attachment.objects.get(pk=self.id).blob
        return vault.holds_any(school_id=self.world.id, refs=[ref])


def photo(world: World, **fields: Any) -> Photo:
    paper = offered(world)
    made = upload(paper.writer, paper.id, jpeg(), **fields)
    assert made.status_code == 201, made.content.decode()
    with tenancy.scope(world.id):
        made_row = Attachment.objects.filter(pk=made.json()["id"])
        made_row.update(uploaded_at=clock.now() - HOUR)
    return Photo(world, paper, made.json()["id"])


def doors(file: Photo) -> tuple[Any, ...]:
    """What reaches the father of one record, but for the print of it, which is made from these."""
    caller, page = member(file.world, "father"), by_password(file.world, "father")
    page.open(f"/records/{file.paper.id}")
    copy = caller.get(f"/records/{file.paper.id}/export?format=json")
    return answers(caller, file.world, file.paper), page.text, copied(copy)


def plainly(file: Photo) -> None:
    file.take_out()


def from_the_desk(file: Photo) -> None:
    """Recalled, taken out, and offered again without it."""
    file.paper.keep(file.paper.writer.get(f"/records/{file.paper.id}"))
    file.paper.do("recall")
    file.take_out()
    file.paper.keep(file.paper.writer.get(f"/records/{file.paper.id}"))
    for verb in ("check", "offer"):
        file.paper.do(verb)


@pytest.mark.parametrize("how", [plainly, from_the_desk])
def test_he_opens_it_as_before_and_nobody_else_does(
    world: World, how: Callable[[Photo], None]
) -> None:
    file, father = photo(world), member(world, "father")
    named(world)
    doors(file)  # the first copy is an entry of its own
    known, shown = doors(file), file.opened(father)
    mark = as_read(father, file.paper.id)
    assert shown[0] == 200
    assert file.id in str(known)

    how(file)

    assert (doors(file), file.opened(father)) == (known, shown)
    assert {who: file.opened(who)[1] for who in OTHERS} == dict.fromkeys(OTHERS, b"")
    assert file.id not in str(member(world, "mother").get(f"/records/{file.paper.id}").json())
    given = give(father, file.paper, "sign", mark)
    assert given.status_code == 200, given.content.decode()


def test_the_school_reads_that_it_is_kept(world: World) -> None:
    file = photo(world)

    file.take_out()

    [gone] = (
        member(world, "head_of_office").get(f"/records/{file.paper.id}/destroyed").json()["results"]
    )
    assert (gone["file"], gone["kept"], gone["by"]["name"]) == (file.id, True, "teacher")
    page = by_password(world, "head_of_office")
    page.open(f"/records/{file.paper.id}")
    assert "取下，加密留存" in page.text


def test_what_was_taken_out_before_he_was_named_is_gone_for_him_as_for_all(world: World) -> None:
    file = photo(world)
    file.take_out()
    with tenancy.scope(world.id):
        Attachment.objects.update(taken_out_at=clock.now() - HOUR / 2)
    named(world)

    assert file.opened("father") == (409, b"")
    assert file.id not in str(member(world, "father").get(f"/records/{file.paper.id}").json())


@pytest.mark.parametrize("later", [False, True])
def test_what_shows_others_is_destroyed_for_him_too(world: World, later: bool) -> None:
    file = photo(world)
    named(world)
    if later:
        file.take_out()
        assert file.sealed

    file.take_out("?shows_others=true")

    assert not file.sealed
    assert file.opened("father") == file.opened("mother") == (409, b"")
    assert "已销毁" in str(member(world, "father").get(f"/students/{world.student.pk}/file").json())


def test_what_no_family_could_open_is_kept_for_nobody(world: World) -> None:
    drafted = photo(world)
    drafted.paper.keep(drafted.paper.writer.get(f"/records/{drafted.paper.id}"))
    drafted.paper.do("recall")
    made = upload(drafted.paper.writer, drafted.paper.id, jpeg())
    late = Photo(world, drafted.paper, made.json()["id"])
    unredacted = photo(world, redaction="NEEDED")

    for one in (late, unredacted):
        one.take_out()
        assert not one.sealed


def test_the_sweep_of_orphans_leaves_it(world: World) -> None:
    file = photo(world)
    file.take_out()

    orphans.sweep(now=clock.now() + timedelta(days=3))

    assert file.sealed


def test_a_text_without_it_that_is_offered_again_leaves_it_with_his(world: World) -> None:
    file = photo(world)
    named(world)
    recall_and_offer_again(world, file.paper)
    file.take_out()

    assert file.opened("father")[0] == 200
    assert file.opened("mother")[0] == 409
