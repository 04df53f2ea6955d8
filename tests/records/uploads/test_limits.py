"""A file that is too large costs nothing: it is refused before it is read, or while."""

import io

import pytest

from records.uploads import Reason, UploadRefused, clean, read_limited, refuse_oversize
from records.uploads.kinds import LARGEST_OF_ALL

GIGABYTE = 1024**3


class Endless:
    """A sender that never stops."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int, /) -> bytes:
        self.given += size
        return b"x" * size


def test_a_gigabyte_is_refused_by_what_it_declares() -> None:
    with pytest.raises(UploadRefused, match="50 MB") as refused:
        refuse_oversize(GIGABYTE)

    assert refused.value.reason is Reason.TOO_LARGE
    assert refused.value.mend


@pytest.mark.parametrize("declared", [None, 0, LARGEST_OF_ALL])
def test_what_may_be_small_enough_is_read(declared: int | None) -> None:
    refuse_oversize(declared)


def test_a_sender_without_end_is_cut_off_one_byte_after_the_limit() -> None:
    sender = Endless()

    with pytest.raises(UploadRefused, match="50 MB"):
        clean(source=sender, declared_name="a.jpg", declared_type="image/jpeg")

    assert sender.given == LARGEST_OF_ALL + 1


def test_a_file_of_exactly_the_limit_is_read() -> None:
    assert read_limited(io.BytesIO(b"x" * 100), limit=100) == b"x" * 100

    with pytest.raises(UploadRefused):
        read_limited(io.BytesIO(b"x" * 101), limit=100)


def test_bytes_over_the_limit_are_refused_unseen() -> None:
    with pytest.raises(UploadRefused, match="50 MB"):
        clean(source=bytes(LARGEST_OF_ALL * 2), declared_name="", declared_type="")
