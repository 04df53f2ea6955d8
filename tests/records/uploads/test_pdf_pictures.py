"""A picture on a page comes out with its pixels and without what the camera wrote beside them."""

import io
import struct
import zlib
from typing import Any, Final

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    EncodedStreamObject,
    NameObject,
    NumberObject,
    StreamObject,
)

from records.uploads import Reason
from tests.records.uploads.files import (
    CAMERA,
    box,
    exif,
    jpeg,
    named,
    opened,
    photo,
    refusal,
    saved,
    taken,
    written,
)

XMP: Final = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>room 302</x:xmpmeta>"
SECRETS: Final = (CAMERA.encode(), b"2026:11:03", b"room 302", b"Exif", b"Photoshop", b"acsp")


def segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def telling_jpeg(**more: Any) -> bytes:
    """EXIF with a place, a date and a thumbnail; XMP, IPTC, profile, comment; a preview behind."""
    noted = exif()
    sent = jpeg(exif=noted, comment=b"room 302", icc_profile=b"acsp" * 40, **more)
    iptc = segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x08room 302")
    return sent[:2] + segment(0xE1, XMP) + iptc + sent[2:] + jpeg(exif=noted)


def with_picture(data: bytes, *chain: str, **more: Any) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(64, 48)
    picture = EncodedStreamObject()
    picture._data = data
    picture.update(named(Type=NameObject("/XObject"), Subtype=NameObject("/Image"), **more))
    picture.update(named(Width=NumberObject(64), Height=NumberObject(48)))
    picture.update(named(ColorSpace=NameObject("/DeviceRGB"), BitsPerComponent=NumberObject(8)))
    names = ArrayObject([NameObject(name) for name in chain])
    picture[NameObject("/Filter")] = names if len(chain) > 1 else NameObject(chain[0])
    page[NameObject("/Resources")] = named(XObject=named(Im0=writer._add_object(picture)))
    return written(writer)


def picture_in(kept: bytes) -> StreamObject:
    found = PdfReader(io.BytesIO(kept)).pages[0]["/Resources"]["/XObject"]["/Im0"]  # type: ignore[index]
    assert isinstance(found, StreamObject)
    return found


def stored(kept: bytes) -> bytes:
    return StreamObject.get_data(picture_in(kept))


@pytest.mark.parametrize("more", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
def test_a_photo_says_no_longer_where_and_when_it_was_taken(more: dict[str, Any]) -> None:
    sent = telling_jpeg(**more)
    assert all(secret in sent for secret in SECRETS)

    picture = stored(taken(with_picture(sent, "/DCTDecode")).data)

    assert not [secret for secret in SECRETS if secret in picture]
    assert not opened(picture).getexif()
    assert picture.endswith(b"\xff\xd9")
    assert picture.count(b"\xff\xd8\xff") == 1
    assert opened(picture).tobytes() == opened(sent).tobytes()


def test_a_photo_for_print_keeps_its_colours() -> None:
    """Without the program's own mark, readers would show the negative."""
    ink = saved(photo(mode="CMYK"), "JPEG", exif=exif())
    assert b"Adobe" in ink

    picture = stored(taken(with_picture(ink, "/DCTDecode")).data)

    assert CAMERA.encode() not in picture
    assert opened(picture).info["adobe"] == opened(ink).info["adobe"]
    assert opened(picture).tobytes() == opened(ink).tobytes()


@pytest.mark.parametrize("first", ["/FlateDecode", "/ASCIIHexDecode", "/Fl"])
def test_a_photo_behind_another_filter_is_cleaned_as_well(first: str) -> None:
    sent = telling_jpeg()
    packed = sent.hex().encode() + b">" if "Hex" in first else zlib.compress(sent)
    gray = named(ColorTransform=NumberObject(1))
    params = ArrayObject([named(), gray])

    kept = taken(with_picture(packed, first, "/DCTDecode", DecodeParms=params)).data

    assert picture_in(kept)["/Filter"] == NameObject("/DCTDecode")
    assert picture_in(kept)["/DecodeParms"] == gray
    assert not [secret for secret in SECRETS if secret in stored(kept)]
    assert opened(stored(kept)).tobytes() == opened(sent).tobytes()


def test_a_short_name_of_the_filter_hides_nothing() -> None:
    picture = stored(taken(with_picture(telling_jpeg(), "/DCT")).data)

    assert not [secret for secret in SECRETS if secret in picture]


@pytest.mark.parametrize(
    "broken", [b"no picture", b"\xff\xd8\xff\xe1\xff\xff", b"\xff\xd8\xff\xd9", jpeg()[:60]]
)
def test_a_photo_that_cannot_be_read_is_refused(broken: bytes) -> None:
    refused = refusal(with_picture(broken, "/DCTDecode"))

    assert refused is not None
    assert refused.reason is Reason.BROKEN
    assert "打印为 PDF" in refused.mend


def test_a_photo_drawn_within_the_page_itself_is_refused_with_its_place() -> None:
    writer = PdfWriter()
    page = writer.add_blank_page(64, 48)
    content = DecodedStreamObject()
    content.set_data(b"BI /W 64 /H 48 /BPC 8 /CS /RGB /F /DCT ID " + telling_jpeg() + b" EI")
    page[NameObject("/Contents")] = writer._add_object(content.flate_encode())

    refused = refusal(written(writer))

    assert refused is not None
    assert refused.reason is Reason.HIDDEN_TRACK
    assert "打印为 PDF" in refused.mend


def jp2(**more: Any) -> bytes:
    return saved(photo(), "JPEG2000", **more)


@pytest.mark.parametrize("tiles", [None, (32, 32)])
def test_a_jpeg_2000_says_no_longer_where_it_was_taken(tiles: tuple[int, int] | None) -> None:
    plain = jp2(comment=b"room 302", tile_size=tiles)
    at = plain.index(b"jp2c") - 4
    told = box(b"uuid", b"JpgTiffExif->JP2", b"Exif", CAMERA.encode()) + box(b"xml ", XMP)
    end = plain[:at] + told + plain[at:]
    assert b"room 302" in end

    picture = stored(taken(with_picture(end, "/JPXDecode")).data)

    assert not [secret for secret in (*SECRETS, b"xmpmeta") if secret in picture]
    assert opened(picture).tobytes() == opened(plain).tobytes()


def test_a_bare_jpeg_2000_loses_its_comment() -> None:
    plain = jp2(no_jp2=True, comment=b"room 302")
    assert plain.startswith(b"\xff\x4f")

    picture = stored(taken(with_picture(plain, "/JPXDecode")).data)

    assert b"room 302" not in picture
    assert opened(picture).tobytes() == opened(plain).tobytes()


def test_a_comment_in_a_tile_of_a_jpeg_2000_goes_as_well() -> None:
    plain = jp2(no_jp2=True)
    tile = plain.index(b"\xff\x90")
    comment = segment(0x64, b"\0\1room 302")
    size = int.from_bytes(plain[tile + 6 : tile + 10]) + len(comment)
    header = plain[tile : tile + 6] + struct.pack(">I", size) + plain[tile + 10 : tile + 12]
    sent = plain[:tile] + header + comment + plain[tile + 12 :] + b"room 302"
    assert opened(sent).tobytes() == opened(plain).tobytes()

    picture = stored(taken(with_picture(sent, "/JPXDecode")).data)

    assert b"room 302" not in picture
    assert opened(picture).tobytes() == opened(plain).tobytes()


@pytest.mark.parametrize(
    "broken", [b"no picture", b"\xff\x4f\xff\x51\0", box(b"jP  ", b"\r\n\x87\n") + b"\0\0\0\1"]
)
def test_a_jpeg_2000_that_cannot_be_read_is_refused(broken: bytes) -> None:
    refused = refusal(with_picture(broken, "/JPXDecode"))

    assert refused is not None
    assert refused.reason is Reason.BROKEN


def test_pixels_that_are_no_photo_come_out_as_they_are() -> None:
    pixels = Image.new("RGB", (64, 48), "green").tobytes()

    kept = taken(with_picture(zlib.compress(pixels), "/FlateDecode")).data

    assert zlib.decompress(stored(kept)) == pixels
