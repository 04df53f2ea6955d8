"""A picture comes out with its pixels and nothing else."""

import struct

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from records.uploads import Kind, Reason, images, limits
from tests.records.uploads.files import (
    CAMERA,
    END,
    exif,
    jpeg,
    opened,
    photo,
    png,
    png_chunk,
    png_header,
    refusal,
    saved,
    taken,
    webp,
    zipped,
)

HTML = b"<html><script>alert(1)</script></html>"
PHP = b"<?php system($_GET['c']); ?>"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>Shanghai</x:xmpmeta>"


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def mean_colour(picture: Image.Image, at: tuple[int, int]) -> str:
    red, _, blue = picture.convert("RGB").getpixel(at)  # type: ignore[misc]
    return "red" if red > blue else "blue"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_gps_and_camera_in_exif_do_not_come_out(form: str) -> None:
    sent = saved(photo(), form, exif=exif())
    assert CAMERA.encode() in sent

    kept = taken(sent)

    assert CAMERA.encode() not in kept.data
    assert dict(opened(kept.data).getexif()) == {}
    assert (kept.width, kept.height) == (64, 48)


def test_a_photo_taken_sideways_stands_upright() -> None:
    kept = taken(jpeg(exif=exif(orientation=6)))  # the camera was turned by a quarter

    assert (kept.width, kept.height) == (48, 64)
    assert mean_colour(opened(kept.data), (24, 4)) == "red"
    assert mean_colour(opened(kept.data), (24, 60)) == "blue"


def test_profile_comment_and_xmp_of_a_jpeg_do_not_come_out() -> None:
    sent = jpeg(comment=b"kept by Lin", icc_profile=b"profile of Lin", xmp=XMP)
    assert b"kept by Lin" in sent

    kept = opened(taken(sent).data)

    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_texts_of_a_png_do_not_come_out() -> None:
    words = PngInfo()
    words.add_text("Author", "Lin")
    words.add_itxt("Comment", HTML.decode(), zip=True)

    kept = taken(png(pnginfo=words, icc_profile=b"profile of Lin"))

    assert kept.data[12:16] == b"IHDR"
    assert opened(kept.data).info == {}


def test_a_webp_becomes_a_jpeg_and_a_see_through_one_a_png() -> None:
    see_through = photo()
    see_through.putalpha(128)

    solid, glass = taken(webp(), "a.webp"), taken(saved(see_through, "WEBP"), "a.webp")

    assert (solid.kind, solid.media_type, solid.name) == (Kind.JPEG, "image/jpeg", "a.jpg")
    assert (glass.kind, glass.media_type, glass.name) == (Kind.PNG, "image/png", "a.png")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_way_of_storing_pixels_is_read(mode: str) -> None:
    assert taken(saved(Image.new(mode, (9, 7)), "PNG")).kind is Kind.PNG


def test_grey_of_sixteen_bits_stays_grey() -> None:
    kept = opened(taken(saved(Image.new("I;16", (2, 2), 0x8000), "PNG")).data)

    assert kept.getpixel((0, 0)) == 0x80


def test_a_jpeg_of_a_printer_comes_out_in_screen_colours() -> None:
    assert opened(taken(saved(photo(mode="CMYK"), "JPEG")).data).mode == "RGB"


@pytest.mark.parametrize(
    ("sent", "hidden"),
    [
        (jpeg() + zipped("evil.class", b"class"), b"evil.class"),
        (jpeg()[:2] + segment(0xFE, PHP) + jpeg()[2:], PHP),
        (jpeg()[:2] + segment(0xE1, b"%PDF-1.7 " + HTML) + jpeg()[2:], b"%PDF"),
        (png()[: -len(END)] + png_chunk(b"tEXt", b"Comment\0" + HTML) + END, HTML),
        (png() + HTML, HTML),
        (png() + zipped("evil.class", b"class"), b"evil.class"),
    ],
    ids=["jpeg+zip", "jpeg+php", "jpeg+pdf", "png+html in a chunk", "png+html", "png+zip"],
)
def test_a_second_file_inside_a_picture_does_not_come_out(sent: bytes, hidden: bytes) -> None:
    assert hidden in sent

    assert hidden not in taken(sent).data


def test_a_preview_behind_a_photo_does_not_come_out() -> None:
    """MPO: how phones store a second picture in a JPEG."""
    sent = saved(photo(), "MPO", save_all=True, append_images=[photo((32, 24))])
    assert opened(sent).format == "MPO"

    kept = taken(sent, "IMG.jpg", "image/jpeg")

    assert opened(kept.data).format == "JPEG"
    assert (kept.width, kept.height) == (64, 48)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_picture_that_moves_is_refused(form: str) -> None:
    sent = saved(photo(), form, save_all=True, append_images=[Image.new("RGB", (64, 48))])

    refused = refusal(sent)

    assert refused is not None
    assert refused.reason is Reason.ANIMATED


@pytest.mark.parametrize(
    "sent",
    [
        png_header(40_000, 1_001),
        png_header(16_001, 1),
        png_header(2_000_000_000, 2_000_000_000),
        webp()[:12] + b"VP8X\x0a\0\0\0\0\0\0\0\xfe\xff\xff\xfe\xff\xff" + webp()[12:],
        webp()[:26] + b"\xff\x3f\xff\x3f" + webp()[30:],
        saved(photo(), "WEBP", lossless=True)[:21] + b"\xff\xff\xff\x0f" + bytes(64),
    ],
    ids=["wide", "long", "huge", "webp canvas", "webp lossy", "webp lossless"],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_picture_bomb_is_refused_by_its_header(
    sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image.Image, "load", lambda _: pytest.fail("decoded"))
    monkeypatch.setattr(images, "write", lambda _: pytest.fail("decoded"))

    refused = refusal(sent)

    assert refused is not None
    assert refused.reason is Reason.TOO_MANY_PIXELS


@pytest.mark.parametrize("lossless", [True, False])
def test_a_webp_is_measured_before_its_decoder_takes_memory(
    lossless: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = webp(lossless=lossless)
    monkeypatch.setattr(images, "MOST_PIXELS", 64 * 48 - 1)
    monkeypatch.setattr(images, "_opened", lambda *_: pytest.fail("opened"))

    refused = refusal(sent)

    assert refused is not None
    assert refused.reason is Reason.TOO_MANY_PIXELS


def test_a_photo_of_too_many_scans_is_refused() -> None:
    bomb = jpeg(progressive=True)
    start = bomb.index(b"\xff\xda")

    refused = refusal(bomb[:start] + bomb[start:-2] * 50 + bomb[-2:])

    assert refused is not None
    assert refused.reason is Reason.TOO_COMPLEX


def test_the_film_behind_a_photo_that_moves_is_not_taken_for_scans() -> None:
    film = b"\xff\xda\0\x0c" * 100

    kept = taken(jpeg() + film)

    assert film not in kept.data


def test_a_file_that_grows_when_written_anew_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LARGEST_OF_ALL", 100)

    refused = refusal(webp())

    assert refused is not None
    assert refused.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("sent", [jpeg(), png(), webp()], ids=["jpeg", "png", "webp"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.8])
def test_half_a_picture_is_refused(sent: bytes, part: float) -> None:
    refused = refusal(sent[: int(len(sent) * part)])

    assert refused is not None
    assert refused.reason is Reason.BROKEN
    assert refused.mend


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_photo_with_broken_exif_is_taken_as_it_lies() -> None:
    broken = jpeg()[:2] + segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff") + jpeg()[2:]

    assert taken(broken).width == 64
