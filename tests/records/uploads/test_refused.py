"""Each bad upload gets one sentence that says what is wrong and one that says what to do."""

import io
import tarfile

import pytest

from records.uploads import LARGEST, Kind, Reason, clean
from tests.records.uploads.files import (
    EICAR,
    box,
    jpeg,
    mp4,
    pdf,
    photo,
    png,
    refusal,
    saved,
    taken,
    zipped,
)

SVG = (
    b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
)


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"), io.BytesIO())
    return file.getvalue()


@pytest.mark.parametrize(
    ("sent", "name", "mend"),
    [
        (SVG, "a.svg", "PNG"),
        (SVG, "a.png", "PNG"),
        (b"\xef\xbb\xbf  <!-- x --><svg onload='alert(1)'/>", "a.txt", "PNG"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "a.html", "PDF"),
        (b"hello <ScRiPt>alert(1)</script>", "a.txt", "PDF"),
        (b"<?php system('id'); ?>", "a.txt", "PDF"),
        (zipped(), "a.zip", "解压"),
        (zipped("word/document.xml"), "a.docx", "另存为 PDF"),
        (zipped("xl/workbook.xml"), "a.xlsx", "另存为 PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "a.doc", "另存为 PDF"),
        (b"{\\rtf1 hello}", "a.rtf", "另存为 PDF"),
        (b"Rar!\x1a\x07\x01\x00", "a.rar", "解压"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "a.7z", "解压"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "a.gz", "解压"),
        (tarred(), "a.tar", "解压"),
        (b"MZ\x90\0\3\0\0\0", "a.exe", "截屏"),
        (b"MZ\x90\0\3\0\0\0", "a.jpg", "截屏"),
        (b"\x7fELF\2\1\1\0", "a.bin", "截屏"),
        (b"#!/bin/sh\nrm -rf /\n", "a.txt", "截屏"),
        (saved(photo(), "GIF"), "a.gif", "JPEG"),
        (saved(photo(), "GIF") + zipped("A.class"), "gifar.gif", "JPEG"),
        (saved(photo(), "BMP"), "a.bmp", "JPEG"),
        (saved(photo(), "TIFF"), "a.tif", "JPEG"),
        (box(b"ftyp", b"heic\0\0\0\0mif1heic"), "IMG.HEIC", "JPEG"),
        (box(b"ftyp", b"qt  \0\0\0\0qt  "), "IMG.MOV", "MP4"),
        (b"RIFF\x24\0\0\0AVI LIST", "a.avi", "MP4"),
        (b"\x1a\x45\xdf\xa3\x01\0\0\0", "a.webm", "MP4"),
        (b"IMKH\1\1\0\0\2\0\0\1", "监控.mp4", "MP4"),
        (b"ID3\4\0\0\0\0\0\0", "a.mp3", "文字"),
        (b"#!AMR\n\x0c\0", "a.amr", "文字"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "a.wav", "文字"),
        (box(b"ftyp", b"M4A \0\0\0\0M4A "), "a.m4a", "文字"),
        (b"\0\1\2\3\0\1\2\3", "a.dat", "JPEG"),
    ],
)
def test_a_type_we_do_not_take_says_what_to_do_instead(sent: bytes, name: str, mend: str) -> None:
    refused = refusal(sent, name)

    assert refused is not None
    assert (refused.code, refused.status, refused.field) == ("upload.refused", 422, "file")
    assert refused.reason is Reason.WRONG_TYPE
    assert mend in refused.mend


def test_a_picture_that_is_not_taken_is_told_that_others_are() -> None:
    refused = refusal(saved(photo(), "BMP"), "a.bmp")

    assert refused is not None
    assert str(refused) == "不接收这种图片格式。"


def test_an_empty_file_is_refused() -> None:
    refused = refusal(b"", "a.jpg", "image/jpeg")

    assert refused is not None
    assert refused.reason is Reason.EMPTY
    assert "0 字节" in str(refused)


@pytest.mark.parametrize(
    "blank",
    [
        " ",
        "\r\n\t \n",
        "\ufeff",
        "\u3000\u00a0\n",
        "\u200b\u200d\u2060",
        "\u202e \u202c",
        "\u2800\u3164",
    ],
)
def test_a_text_in_which_nothing_can_be_read_is_refused_as_empty(blank: str) -> None:
    refused = refusal(blank.encode(), "来信.txt", "text/plain")

    assert refused is not None
    assert (refused.code, refused.status, refused.field) == ("upload.refused", 422, "file")
    assert refused.reason is Reason.EMPTY
    assert "空" in str(refused)
    assert refused.mend
    assert refusal(f"{blank}好{blank}".encode(), "来信.txt", "text/plain") is None


def test_a_blank_file_is_told_to_be_empty_whatever_it_is_called() -> None:
    refused = refusal(b"   \r\n ", "回执.jpg", "image/jpeg")

    assert refused is not None
    assert refused.reason is Reason.EMPTY
    mistaken = refusal("签好了".encode(), "回执.jpg", "image/jpeg")
    assert mistaken is not None
    assert mistaken.reason is Reason.MISMATCH


@pytest.mark.parametrize(
    "sent",
    [
        EICAR,
        b"hello\n" + EICAR + b"\n",
        jpeg() + EICAR,
        jpeg(comment=EICAR),
        png() + EICAR,
        mp4(samples=EICAR),
        pdf().replace(b"%%EOF", b"% " + EICAR + b"\n%%EOF"),
        b"X5O\xe2\x80\xae" + EICAR[3:],
    ],
    ids=["alone", "in text", "jpeg+", "jpeg comment", "png+", "mp4", "pdf", "put together by us"],
)
def test_the_virus_test_file_is_refused_wherever_it_is(sent: bytes) -> None:
    refused = refusal(sent)

    assert refused is not None
    assert refused.reason is Reason.MALWARE


@pytest.mark.parametrize(
    ("sent", "name", "declared"),
    [
        (jpeg(), "a.png", "image/jpeg"),
        (jpeg(), "a.jpg", "image/png"),
        (png(), "a.pdf", "application/pdf"),
        (pdf(), "a.jpg", ""),
        (b"hello", "a.mp4", "video/mp4"),
        (b"hello", "a.svg", "image/svg+xml"),
        (b"a,b\n1,2\n", "a.csv", "text/csv"),
        (jpeg(), "a.jpg", "text/html; charset=utf-8"),
        (mp4(), "photo.jpg.exe", ""),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(sent: bytes, name: str, declared: str) -> None:
    refused = refusal(sent, name, declared)

    assert refused is not None
    assert refused.reason is Reason.MISMATCH
    assert "不符" in str(refused)


def test_the_mend_is_of_what_is_wrong() -> None:
    by_name, by_type = refusal(png(), "a.jpg", "image/png"), refusal(png(), "a.png", "image/jpeg")

    assert by_name is not None
    assert by_name.mend == "请把扩展名改为 .png，或重新选择文件。"
    assert by_type is not None
    assert by_type.mend == "请声明为 image/png，或重新选择文件。"


@pytest.mark.parametrize(
    ("sent", "name", "declared"),
    [
        (jpeg(), "IMG_1.JPEG", "image/jpeg"),
        (jpeg(), "mmexport1760000000", "application/octet-stream"),
        (jpeg(), "2026.11.3谈话", ""),
        (png(), "截屏.png", "IMAGE/PNG"),
        (b"hello", "a.txt", "text/plain; charset=utf-8"),
    ],
)
def test_what_phones_declare_is_taken(sent: bytes, name: str, declared: str) -> None:
    assert refusal(sent, name, declared) is None


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        (Kind.JPEG, jpeg()),
        (Kind.PDF, pdf()),
        (Kind.TEXT, b"hello "),
        (Kind.PNG, png()),
    ],
)
def test_each_kind_has_its_own_limit(kind: Kind, sent: bytes) -> None:
    large = sent + b" " * (LARGEST[kind] + 1 - len(sent))

    refused = refusal(large)

    assert refused is not None
    assert refused.reason is Reason.TOO_LARGE
    assert refused.context["limit"] == LARGEST[kind]


def test_text_comes_out_plain() -> None:
    kept = taken("\ufeff第一行\r\n第二行\u202e\r".encode(), "记录.txt", "text/plain")

    assert kept.data == "第一行\n第二行\n".encode()
    assert kept.media_type == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("sent", "mend"),
    [
        ("谈话记录".encode("gb18030"), "UTF-8"),
        ("谈话记录".encode("utf-16"), "UTF-8"),
        (b"\x1b[2Jhello", "PDF"),
        (b"hello" * 1000 + b"\0", "PDF"),
    ],
    ids=["gbk", "utf-16", "steers a terminal", "zero late"],
)
def test_text_that_is_no_plain_utf8_is_refused(sent: bytes, mend: str) -> None:
    refused = refusal(sent, "a.txt")

    assert refused is not None
    assert refused.reason is Reason.WRONG_TYPE
    assert mend in refused.mend


def test_what_is_kept_is_named_and_hashed() -> None:
    kept = taken(jpeg(), "../../etc/监控 截图.jpeg", "image/jpeg")

    assert kept.name == "监控 截图.jpg"
    assert kept.sha256 != kept.sha256_of_original
    assert {len(kept.sha256), len(kept.sha256_of_original)} == {64}
    assert "监控" not in repr(kept)


def test_a_stream_is_read_like_bytes() -> None:
    kept = clean(source=io.BytesIO(jpeg()), declared_name="a.jpg", declared_type="")

    assert kept == taken(jpeg(), "a.jpg")
