"""A clip keeps picture and sound; place, device and time of taking are gone."""

import struct

import pytest

from records.uploads import Kind, Reason, videos
from tests.records.uploads.files import box, handler, mp4, refusal, taken, track, zipped

PLACE = b"+31.2304+121.4737/"
GPS_OF_A_PHONE = box(b"udta", box(b"\xa9xyz", b"\0\x12\x15\xc7" + PLACE))
GPS_OF_AN_APPLE = box(b"meta", handler(b"mdta"), box(b"ilst", PLACE))
GPS_OF_A_DRONE = box(b"uuid", b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8", PLACE)
NEXT_YEARS_BOX = box(b"loc2", PLACE)


@pytest.mark.parametrize(
    "holder",
    [GPS_OF_A_PHONE, GPS_OF_AN_APPLE, GPS_OF_A_DRONE, NEXT_YEARS_BOX, box(b"free", PLACE)],
    ids=["udta", "meta", "uuid", "unknown", "free"],
)
@pytest.mark.parametrize("where", ["clip", "track", "end"])
def test_a_place_becomes_empty_space_of_equal_size(holder: bytes, where: str) -> None:
    sent = {
        "clip": mp4(holder),
        "track": mp4(tracks=(track(b"vide", holder),)),
        "end": mp4() + holder,
    }[where]

    kept = taken(sent, "监控.mp4", "video/mp4")

    assert PLACE not in kept.data
    assert len(kept.data) == len(sent)
    assert box(b"free", bytes(len(holder) - 8)) in kept.data


def test_picture_and_size_stay() -> None:
    sent = mp4(GPS_OF_A_PHONE, samples=b"picture" * 9)

    kept = taken(sent)

    assert (kept.kind, kept.media_type) == (Kind.MP4, "video/mp4")
    assert (kept.width, kept.height) == (640, 360)
    assert kept.data.endswith(box(b"mdat", b"picture" * 9))


def test_time_of_taking_and_name_of_the_device_go() -> None:
    sent = mp4(tracks=(track(),))
    assert sent.count(b"\xe0" * 8) == 2
    assert b"Core Media" in sent

    kept = taken(sent)

    assert b"\xe0" not in kept.data
    assert b"Core Media" not in kept.data


def test_times_of_eight_bytes_go_too() -> None:
    head = box(b"mvhd", b"\1\0\0\0", b"\xe0" * 16, bytes(88))

    assert b"\xe0" not in taken(mp4(tracks=(track(), head))).data


def test_a_clean_clip_comes_out_byte_for_byte() -> None:
    once = taken(mp4(GPS_OF_A_PHONE)).data

    assert taken(once).data == once


@pytest.mark.parametrize("kind", [b"meta", b"camm", b"text", b"data"])
def test_a_track_that_notes_where_the_camera_was_is_refused(kind: bytes) -> None:
    refused = refusal(mp4(tracks=(track(), track(kind))))

    assert refused is not None
    assert refused.reason is Reason.HIDDEN_TRACK


def test_sound_alone_is_refused_and_sound_with_a_picture_is_taken() -> None:
    assert refusal(mp4(tracks=(track(b"soun"),))) is not None
    assert refusal(mp4(tracks=(track(b"soun"), track(b"vide")))) is None


@pytest.mark.parametrize(
    "sent",
    [
        mp4() + b"<html><script>alert(1)</script></html>",
        mp4() + b"\0" * 7,
        mp4() + b"\0" * 8,
        mp4() + b"Rar!\x1a\x07\x01\0",
        mp4() + mp4()[:40],
        mp4()[:-1],
        mp4()[:40],
        mp4().replace(struct.pack(">I", 72) + b"mdat", bytes(4) + b"mdat"),
        mp4(box(b"trak", b"\xff\xff\xff\xffmdia")),
        mp4(box(b"trak", b"\0\0\0\7mdia")),
        mp4(box(b"trak", b"\0\0\0\1mdia" + b"\xff" * 8)),
        box(b"ftyp", b"isom\0\0\2\0") + box(b"mdat", bytes(8)),
        mp4(tracks=(track(url=b"\0\0\0\0http://10.0.0.1/film\0"),)),
    ],
    ids=[
        "html behind", "zeros behind", "zeros as a box", "archive behind",
        "half another clip behind", "cut", "cut early", "open end", "box too long",
        "box too short", "box of exabytes", "no moov", "samples elsewhere",
    ],
)  # fmt: skip
def test_a_clip_with_a_fault_in_its_boxes_is_refused(sent: bytes) -> None:
    refused = refusal(sent)

    assert refused is not None
    assert refused.reason is Reason.BROKEN
    assert "MP4" in refused.mend


#: The end of the second of two volumes, which zipfile itself does not open.
SPLIT = b"PK\6\7" + struct.pack("<LQL", 1, 0, 2) + b"PK\5\6" + bytes(18)


@pytest.mark.parametrize("hidden", [mp4() + zipped(), mp4(samples=zipped()), mp4(samples=SPLIT)])
def test_a_clip_that_is_an_archive_as_well_is_refused(hidden: bytes) -> None:
    refused = refusal(hidden)

    assert refused is not None
    assert refused.reason is Reason.TWO_IN_ONE


def test_what_is_written_between_the_samples_stays_and_leaves_as_a_video_alone() -> None:
    """What the module says of itself: nothing is decoded, so nobody knows what a sample is."""
    page = b"<html><script>alert(1)</script></html>"

    kept = taken(mp4(samples=page), "课堂.html.mp4", "video/mp4")

    assert page in kept.data
    assert kept.media_type == "video/mp4"
    assert kept.name.endswith(".mp4")


def test_countless_boxes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(videos, "MOST_BOXES", 500)

    assert refusal(mp4(*[box(b"free")] * 400)) is None
    assert refusal(mp4(*[box(b"free")] * 500)) is not None


def test_a_box_with_a_long_header_is_emptied_as_well() -> None:
    long = struct.pack(">I", 1) + b"udta" + struct.pack(">Q", 16 + len(PLACE)) + PLACE

    kept = taken(mp4(long))

    assert PLACE not in kept.data
    assert struct.pack(">I", 1) + b"free" in kept.data
