"""The clip of the story is a real one: we take it as it is, and its frames can be looked at."""

import pytest

from config.demo.conflict.clip import FRAMES, SIZE, clip, shows_other
from records.uploads import Kind
from tests.records.uploads.files import taken


@pytest.mark.parametrize("hidden", [False, True])
def test_it_is_taken_byte_for_byte_and_shows_who_is_there(hidden: bool) -> None:
    sent = clip(hidden=hidden)

    kept = taken(sent, "监控.mp4", "video/mp4")

    assert (kept.kind, kept.width, kept.height) == (Kind.MP4, *SIZE)
    assert kept.data == sent
    assert shows_other(kept.data) is not hidden
    assert sent.count(b"\xff\xd8\xff") == FRAMES


def test_each_frame_lies_where_the_clip_says() -> None:
    sent = clip(hidden=False)
    table = sent.index(b"stco") + 12

    for number in range(FRAMES):
        start = int.from_bytes(sent[table + 4 * number : table + 4 * number + 4])
        assert sent[start : start + 3] == b"\xff\xd8\xff"


def test_what_has_no_frames_shows_nobody_by_mistake() -> None:
    with pytest.raises(ValueError, match="not the clip"):
        shows_other(b"ftyp")
