"""写新版本 on the page of a record: what is signed is followed, never changed."""

import pytest

from parties import tenancy
from parties.models import Membership
from parties.roles import Role
from records.models import Attachment, CommunicationRecord
from tests.api.callers import member
from tests.api.papers import FACT, Paper, effective, offered, upload, written
from tests.factories import World
from tests.portal.visitors import Phone, by_link, by_password
from tests.records.uploads.files import jpeg

BUTTON = "写新版本"


def at_record(world: World, paper: Paper, who: str = "teacher") -> Phone:
    phone = by_password(world, who)
    phone.open(f"/records/{paper.id}")
    return phone


def versions(world: World) -> list[tuple[int, str]]:
    with tenancy.scope(world.id):
        rows = CommunicationRecord.objects.order_by("version")
        return [(row.version, str(row.state)) for row in rows]


def test_a_signed_record_is_followed_by_a_new_version(world: World) -> None:
    paper = effective(world)
    phone = at_record(world, paper)
    assert BUTTON in phone.text

    phone.send(f"/records/{paper.id}/next-version")

    assert versions(world) == [(1, "EFFECTIVE"), (2, "DRAFT")]
    assert phone.page.request["PATH_INFO"].endswith("/edit")
    assert FACT in phone.text
    with tenancy.scope(world.id):
        made = CommunicationRecord.objects.get(version=2)
    assert phone.page.request["PATH_INFO"] == f"/records/{made.pk}/edit"


def test_a_second_tap_finds_the_first(world: World) -> None:
    paper = effective(world)
    phone = at_record(world, paper)
    phone.send(f"/records/{paper.id}/next-version")
    first = phone.page.request["PATH_INFO"]
    phone.open(f"/records/{paper.id}")
    assert BUTTON not in phone.text
    assert f'href="{first.removesuffix("/edit")}"' in phone.html
    assert "第 2 版" in phone.text
    phone.open("/")

    phone.send(f"/records/{paper.id}/next-version")

    assert phone.page.request["PATH_INFO"] == first
    assert len(versions(world)) == 2


def test_one_that_is_signed_by_one_side_is_followed_too(world: World) -> None:
    paper = offered(world)
    assert BUTTON not in at_record(world, paper).text
    assert paper.sign().status_code == 200

    assert BUTTON in at_record(world, paper).text


def test_a_family_is_led_from_what_is_superseded_to_what_took_its_place(world: World) -> None:
    first = effective(world)
    second = Paper(first.writer, first.id)
    second.keep(second.writer.post(f"/records/{first.id}/next-version"))
    door = f'href="/records/{second.id}"'
    assert door not in at_record(world, first, "mother").html
    second.do("check")
    second.do("offer")
    for who in ("teacher", "mother"):
        assert second.sign(member(world, who)).status_code == 200

    assert versions(world) == [(1, "SUPERSEDED"), (2, "EFFECTIVE")]
    assert door in at_record(world, first, "mother").html
    assert BUTTON not in at_record(world, first, "mother").text


def test_while_both_wait_the_family_knows_which_is_newer(world: World) -> None:
    """One side has signed the first; its words are on their way out."""
    first = offered(world)
    assert first.sign().status_code == 200
    second = Paper(first.writer, first.id)
    second.keep(second.writer.post(f"/records/{first.id}/next-version"))
    waits = "学校写了第 2 版，正在等双方签字"
    assert waits not in at_record(world, first, "mother").text
    second.do("check")
    second.do("offer")

    mother = at_record(world, first, "mother")
    assert waits in mother.text
    assert f'href="/records/{second.id}"' in mother.html
    assert waits not in at_record(world, second, "mother").text
    link = by_link(world, "mother", purpose="RECORD", target_id=first.id)
    assert f"{waits}。请打开最新一条消息里的链接查看" in link.text
    assert str(second.id) not in link.html
    for who in ("teacher", "mother"):
        home = by_password(world, who)
        home.open("/")
        assert home.text.count("（第 2 版）") == 1, who


def test_what_nobody_has_signed_is_changed_itself(world: World) -> None:
    paper = offered(world)
    phone = at_record(world, paper)

    assert phone.send(f"/records/{paper.id}/next-version").status_code == 409
    assert "可以直接修改" in phone.text
    assert [number for number, _ in versions(world)] == [1]


@pytest.mark.parametrize(
    ("who", "status"), [("mother", 403), ("grade_leader", 403), ("mentor", 404), ("stranger", 404)]
)
def test_nobody_else_begins_one(world: World, who: str, status: int) -> None:
    paper = effective(world)
    phone = at_record(world, paper, who)
    assert BUTTON not in phone.text
    phone.open("/")

    assert phone.send(f"/records/{paper.id}/next-version").status_code == status
    assert len(versions(world)) == 1


def test_a_draft_of_a_new_version_shows_nothing_at_home(world: World) -> None:
    paper = effective(world)
    before = at_record(world, paper, "mother").text
    assert member(world, "teacher").post(f"/records/{paper.id}/next-version").status_code == 201

    assert at_record(world, paper, "mother").text == before


def test_whoever_no_longer_writes_it_is_offered_no_button(world: World) -> None:
    """The class has another 班主任, who follows the record: the draft is not the author's."""
    paper = effective(world)
    with tenancy.scope(world.id):
        Membership.objects.filter(person=world["teacher"]).update(school_class=world.other_class)
        world.staff("new_teacher", Role.HT, school_class=world.school_class)
    phone = at_record(world, paper)
    assert BUTTON in phone.text
    made = member(world, "new_teacher").post(f"/records/{paper.id}/next-version")
    assert made.status_code == 201, made.content

    phone = at_record(world, paper)

    assert BUTTON not in phone.text
    assert "已有更新的版本，由现在负责的老师在写" in phone.text
    assert made.json()["id"] not in phone.html


def evident(world: World) -> tuple[Paper, list[str]]:
    """A signed second version, of a first one with two files, of which one shows others."""
    paper = written(world)
    for fields in ({"redaction": "DECLARED"}, {"redaction": "NEEDED"}):
        assert upload(paper.writer, paper.id, jpeg(), **fields).status_code == 201
    paper.keep(paper.writer.get(f"/records/{paper.id}"))
    for _ in range(2):
        paper.do("check")
        paper.do("offer")
        assert paper.sign().status_code == 200
        assert paper.sign(member(world, "mother")).status_code == 200
        last = paper.id
        paper.keep(paper.writer.post(f"/records/{paper.id}/next-version"))
    paper.id = last
    with tenancy.scope(world.id):
        files = Attachment.objects.order_by("redaction")
        return paper, [str(one.pk) for one in files]


def test_the_files_of_the_version_before_are_opened_from_the_new_one(world: World) -> None:
    paper, (shown, hidden) = evident(world)
    link = {"purpose": "RECORD", "target_id": paper.id}
    for phone in (at_record(world, paper, "mother"), by_link(world, "mother", **link)):
        phone.open(f"/records/{paper.id}")
        assert "前一版本的附件" in phone.text
        assert "第 1 版" in phone.text
        assert phone.text.count("SHA-256") == 1

        assert phone.client.get(f"/records/{paper.id}/files/{shown}").status_code == 200
        assert phone.client.get(f"/records/{paper.id}/files/{hidden}").status_code == 404


def test_the_api_names_them_with_their_version(world: World) -> None:
    paper, (shown, _) = evident(world)

    found = member(world, "mother").get(f"/records/{paper.id}").json()

    assert found["attachments"] == []
    (one,) = found["earlier_attachments"]
    assert (one["version"], one["sealed"]) == (1, False)
    assert [file["id"] for file in one["attachments"]] == [shown]
