"""隐去他人信息 on a phone: the picture under squares, what becomes black, and what stands then."""

import copy
import re
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from parties import tenancy
from records import additions
from records.models import Attachment
from tests.api.papers import Paper, effective, offered, upload, written
from tests.factories import World
from tests.portal.test_record_files import kept, page_of, send
from tests.portal.visitors import Phone, by_password
from tests.records.test_redacted_clips import HIDDEN, SHOWN
from tests.records.uploads.files import jpeg, opened, photo, png, saved

DOOR = "隐去他人信息…"
LEFT_COLUMN = [f"{row}-0" for row in range(10)]


def with_picture(world: World, paper: Paper | None = None, **fields: str) -> tuple[Paper, str]:
    """A record, and the address of the page for its one picture."""
    paper = paper or written(world)
    said = {"name": "实训.png", "media_type": "image/png", "redaction": "NEEDED", **fields}
    made = upload(paper.writer, paper.id, png(), **said)
    assert made.status_code == 201, made.content.decode()
    return paper, f"{page_of(paper)}/{made.json()['id']}/hide"


def opened_page(world: World, address: str, who: str = "teacher") -> Phone:
    phone = by_password(world, who)
    assert phone.open(address).status_code == 200
    return phone


def press(phone: Phone, address: str, *squares: str) -> Any:
    return phone.send(address, square=list(squares), nonce=phone.value("nonce"))


def doors(phone: Phone) -> list[str]:
    return re.findall(rf'href="([^"]+/hide)">{DOOR}', phone.html)


def pixels(phone: Phone, paper: Paper, world: World, *at: int) -> list[Any]:
    """Colours on the upper edge of the one picture that is kept."""
    with tenancy.scope(world.id):
        file = Attachment.objects.get(record_id=UUID(paper.id), state="STORED").pk
    picture = opened(phone.client.get(f"{page_of(paper)}/{file}").content)
    return [picture.getpixel((x, 3)) for x in at]


def test_from_the_files_to_the_picture_and_back_with_its_left_edge_black(world: World) -> None:
    paper, address = with_picture(world)
    phone = by_password(world, "teacher")
    phone.open(page_of(paper))
    assert "含他人信息，未隐去" in phone.text
    assert doors(phone) == [address]
    phone.open(address)
    assert phone.html.count('name="square"') == 100
    assert 'aria-label="第10行第10列"' in phone.html
    shown = re.search(r'<img src="([^"]+)"', phone.html)
    assert shown is not None
    assert phone.client.get(shown[1])["Content-Type"] == "image/png"
    assert "<script" not in phone.html

    press(phone, address, *LEFT_COLUMN)

    assert phone.page.redirect_chain[-1][0] == page_of(paper)
    assert "已隐去他人信息" in phone.text
    assert "未隐去" not in phone.text
    assert sorted(kept(world)) == [
        ("NEEDED", "COM TPD", "DESTROYED"),
        ("REDACTED", "COM", "STORED"),
    ]
    assert pixels(phone, paper, world, 2, 20) == [(0, 0, 0), (255, 0, 0)]
    assert doors(phone) != [address]


def test_what_is_hidden_is_for_the_family_afterwards(world: World) -> None:
    paper, address = with_picture(world)
    phone = opened_page(world, address)
    paper.keep(paper.writer.get(f"/records/{paper.id}"))
    paper.do("check")
    paper.do("offer")
    mother = by_password(world, "mother")
    mother.open(f"/records/{paper.id}")
    assert "/files/" not in mother.html

    press(phone, address, "0-0")

    mother.open(f"/records/{paper.id}")
    assert mother.html.count("/files/") == 1


@pytest.mark.parametrize(
    ("squares", "why"),
    [
        ([], "还没有选择要涂黑的部分。请点图片上的格子。"),
        (["3-4", "10-0"], "没有这个格子。请点图片上的格子。"),
        (["3-4", "\x00"], "没有这个格子"),
        (["3-4", "-1-2"], "没有这个格子"),
        (["3-4", "３-1"], "没有这个格子"),
    ],
)
def test_what_cannot_be_made_black_is_said_and_the_squares_stay(
    world: World, squares: list[str], why: str
) -> None:
    _, address = with_picture(world)
    phone = opened_page(world, address)
    mark = phone.value("nonce")

    press(phone, address, *squares)

    assert phone.page.status_code == 400
    assert why in phone.html.split('id="field-areas"')[1].split("<img")[0]
    stays = re.findall(r'name="square" value="([^"]+)" aria-label="[^"]+" checked', phone.html)
    assert stays == squares[:1]
    assert phone.value("nonce") == mark
    assert kept(world) == [("NEEDED", "COM TPD", "STORED")]


def test_a_second_tap_lands_on_the_first(world: World) -> None:
    paper, address = with_picture(world)
    phone = opened_page(world, address)
    again = copy.copy(phone)
    press(phone, address, "0-0")

    press(again, address, "0-0")

    assert again.page.redirect_chain[-1][0] == page_of(paper)
    assert len(kept(world)) == 2


def test_other_squares_from_the_same_page_are_not_said_to_be_black(world: World) -> None:
    """A teacher goes back for a second face: the first version stands, and the page says so."""
    paper, address = with_picture(world)
    phone = opened_page(world, address)
    again = copy.copy(phone)
    press(phone, address, "0-0")

    press(again, address, "0-0", "9-9")

    assert again.page.status_code == 409
    assert "这一次没有改动。还须隐去的，请回到附件页，打开现在的一版" in again.text
    assert len(kept(world)) == 2
    again.open(page_of(paper))
    (door,) = doors(again)
    again.open(door)
    press(again, door, "9-9")
    assert sorted(kept(world))[-1] == ("REDACTED", "COM", "STORED")
    assert len(kept(world)) == 3


@pytest.mark.parametrize("alike", [False, True])
def test_the_mark_of_a_page_makes_another_picture_black_as_well(world: World, alike: bool) -> None:
    paper, address = with_picture(world)
    said = {"name": "课堂.png", "media_type": "image/png", "redaction": "NEEDED"}
    data = png() if alike else saved(photo((24, 16)), "PNG")
    made = upload(paper.writer, paper.id, data, **said).json()["id"]
    phone = opened_page(world, address)
    mark = phone.value("nonce")
    press(phone, address, "0-0")

    phone.open(f"{page_of(paper)}/{made}/hide")
    phone.send(f"{page_of(paper)}/{made}/hide", square="0-0", nonce=mark)

    assert sorted(kept(world)) == [
        *[("NEEDED", "COM TPD", "DESTROYED")] * 2,
        *[("REDACTED", "COM", "STORED")] * 2,
    ]


def test_in_a_full_record_more_is_made_black_and_the_page_says_that_it_is_full(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper, _ = with_picture(world)
    phone = opened_page(world, page_of(paper))
    monkeypatch.setattr(additions, "MOST", 1)
    for _time in range(3):
        phone.open(page_of(paper))
        assert "一份记录最多 1 个附件。请先拿掉不需要的，再上传。" in phone.text
        assert 'name="file"' not in phone.html
        address = doors(phone)[0]
        phone.open(address)
        press(phone, address, "0-0")
        assert phone.page.redirect_chain[-1][0] == page_of(paper)

    send(phone, page_of(paper))

    assert phone.page.status_code == 409
    assert "一份记录最多 1 个附件" in phone.text
    assert [state for *_, state in kept(world)].count("STORED") == 1
    phone.open(f"/records/{paper.id}")
    assert f'href="{page_of(paper)}"' in phone.html


def test_a_page_of_before_finds_the_picture_gone(world: World) -> None:
    _, address = with_picture(world)
    phone, other = opened_page(world, address), opened_page(world, address)
    press(phone, address, "0-0")

    press(other, address, "5-5")

    assert other.page.status_code == 409
    assert "已由另一版代替，或已拿掉，这一次没有改动" in other.text
    assert len(kept(world)) == 2
    assert other.open(address).status_code == 404


def test_who_signed_meanwhile_keeps_what_they_signed(world: World) -> None:
    paper, address = with_picture(world, offered(world), redaction="NONE")
    phone = opened_page(world, address)
    assert paper.sign().status_code == 200

    press(phone, address, "0-0")

    assert phone.page.status_code == 409
    assert "已有人签字" in phone.text
    assert kept(world) == [("NONE", "COM", "STORED")]


@pytest.mark.parametrize("who", ["mother", "student", "stranger", "grade_leader", "principal"])
@pytest.mark.parametrize("redaction", ["NONE", "NEEDED"])
def test_who_does_not_write_the_record_has_no_such_page(
    world: World, who: str, redaction: str
) -> None:
    paper, address = with_picture(world, offered(world), redaction=redaction)
    phone = by_password(world, who)

    assert phone.open(address).status_code == 404
    phone.open(f"/records/{paper.id}")
    assert "/hide" not in phone.html
    phone.open("/")
    assert phone.send(address, square="0-0").status_code == 404
    assert len(kept(world)) == 1


def test_a_file_that_is_no_picture_and_one_of_another_record_have_no_page(world: World) -> None:
    paper, address = with_picture(world)
    text = upload(
        paper.writer, paper.id, "文字".encode(), name="a.txt", media_type="text/plain"
    ).json()["id"]
    other = written(world)
    phone = by_password(world, "teacher")
    phone.open(page_of(paper))
    assert doors(phone) == [address]

    for path in (f"{page_of(paper)}/{text}/hide", address.replace(paper.id, other.id)):
        assert phone.open(path).status_code == 404, path
        phone.open(page_of(paper))
        assert phone.send(path, square="0-0").status_code == 404, path


def test_of_a_record_that_took_effect_no_picture_is_changed(world: World) -> None:
    paper = effective(world)

    assert by_password(world, "teacher").open(page_of(paper)).status_code == 404


def test_a_photo_of_a_camera_is_black_in_whole_blocks(world: World) -> None:
    paper = written(world)
    made = upload(paper.writer, paper.id, jpeg(), redaction="NEEDED").json()["id"]
    phone = opened_page(world, f"{page_of(paper)}/{made}/hide")

    press(phone, f"{page_of(paper)}/{made}/hide", *LEFT_COLUMN)

    assert max(pixels(phone, paper, world, 2)[0]) < 12


def with_clip(world: World) -> tuple[Paper, str, str]:
    """A record, its clip, and the address of the page for it."""
    paper = written(world)
    said = {"name": "监控.mp4", "media_type": "video/mp4", "redaction": "NEEDED"}
    made = upload(paper.writer, paper.id, SHOWN, **said).json()["id"]
    return paper, made, f"{page_of(paper)}/{made}/hide"


def give(phone: Phone, address: str, data: bytes = HIDDEN, name: str = "遮好.mp4") -> Any:
    chosen = SimpleUploadedFile(name, data, content_type="video/mp4")
    return phone.send(address, file=chosen, nonce=phone.value("nonce"))


def test_a_clip_is_given_in_another_version_and_the_original_is_kept_apart(world: World) -> None:
    paper, old, address = with_clip(world)
    phone = opened_page(world, page_of(paper))
    assert doors(phone) == [address]
    phone.open(address)
    assert 'name="square"' not in phone.html
    assert 'accept="video/mp4"' in phone.html
    assert "原视频不删除" in phone.text

    give(phone, address)

    assert phone.page.redirect_chain[-1][0] == page_of(paper)
    assert "已隐去他人信息" in phone.text
    assert "原视频，已由隐去他人信息的一版代替" in phone.text
    assert kept(world) == [("NEEDED", "COM TPD", "STORED"), ("REDACTED", "COM", "STORED")]
    assert [one for one in doors(phone) if old in one] == []
    assert f"{page_of(paper)}/{old}/out" not in phone.html
    assert phone.open(address).status_code == 404


@pytest.mark.parametrize(
    ("data", "why"),
    [(SHOWN, "这还是原来的视频。请先用剪辑软件"), (b"MZ" + bytes(90), "请"), (png(), "请")],
)
def test_what_is_no_other_version_is_said_beside_the_field(
    world: World, data: bytes, why: str
) -> None:
    _, _, address = with_clip(world)
    phone = opened_page(world, address)
    mark = phone.value("nonce")

    give(phone, address, data)

    assert phone.page.status_code == 400
    assert why in phone.html.split('id="field-file"')[1].split("<input")[0]
    assert phone.value("nonce") == mark
    assert kept(world) == [("NEEDED", "COM TPD", "STORED")]


def test_a_clip_that_nobody_chose_is_asked_for(world: World) -> None:
    _, _, address = with_clip(world)
    phone = opened_page(world, address)

    press(phone, address, "0-0")

    assert phone.page.status_code == 400
    assert "请先用剪辑软件遮盖他人" in phone.html.split('id="field-file"')[1].split("<input")[0]
