"""Compressed streams inside a document, unrolled filter by filter within one allowance.

What comes last in a chain is looked at piece by piece and never held whole; what lies between two
filters is held, up to a bound.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from pypdf.errors import LimitReachedError
from pypdf.generic import StreamObject

from records.uploads.errors import Reason, UploadRefused
from records.uploads.filters import DECODERS, QUICK, Filter, filters_of, unpredicted
from records.uploads.kinds import MEGABYTE
from records.uploads.sniffing import LONGEST_MARK, refuse_malware

#: Bytes that all streams of one document may come to: some scanned pages, no bomb.
MOST_BYTES: Final = 400 * MEGABYTE
#: Bytes between two filters: the largest file that we take and a half.
MOST_HELD: Final = 32 * MEGABYTE
#: What a byte costs in a decoder written in Python, in bytes of Flate.
_SLOW: Final = 25


class Inflater:
    """One document's allowance."""

    def __init__(self) -> None:
        self._left = MOST_BYTES

    def look_through(self, stream: StreamObject) -> None:
        """Raises UploadRefused for a bomb, malware or a filter we cannot look behind.

        For broken data it raises whatever the decoder does.
        """
        for _ in self.unrolled(stream):
            pass

    def unrolled(self, stream: StreamObject) -> Iterator[bytes]:
        """`stream` up to its end or to the filter that makes it a picture; raises likewise."""
        filters = filters_of(stream)
        chain = [found for found in filters if not found.is_picture]
        pixels = stream.get("/Subtype") == "/Image" and chain == filters
        data = StreamObject.get_data(stream)  # as it is stored
        for number, found in enumerate(chain, start=1):
            last = number == len(chain)
            pieces = self._decoded(data, found, as_pixels=last and pixels)
            if last:
                yield from pieces
            else:
                data = held(pieces)
        if not chain:
            yield data

    def _decoded(self, data: bytes, found: Filter, *, as_pixels: bool) -> Iterator[bytes]:
        """Differences between pixels stay as they are: to add up those of a scan takes minutes."""
        if found.name not in QUICK:
            self._spend(len(data) * _SLOW)
        pieces = self._looked_at(_bounded(DECODERS[found.name](data)))
        if not found.predicts or as_pixels:
            yield from pieces
            return
        self._spend(len(held(pieces)) * _SLOW)
        yield from self._looked_at(_bounded(unpredicted(data, found) for _ in range(1)))

    def _looked_at(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        tail = b""
        for piece in pieces:
            self._spend(len(piece))
            refuse_malware(tail + piece)
            tail = (tail + piece)[-LONGEST_MARK:]
            yield piece

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise _bomb()


def held(pieces: Iterable[bytes]) -> bytes:
    """`pieces` together; raises UploadRefused where they are more than is held at a time."""
    whole = bytearray()
    for piece in pieces:
        whole += piece
        if len(whole) > MOST_HELD:
            raise _bomb()
    return bytes(whole)


def _bounded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from pieces
    except LimitReachedError:
        raise _bomb() from None


def _bomb() -> UploadRefused:
    return UploadRefused(
        "文件解压后大得不正常。",
        reason=Reason.TOO_COMPLEX,
        mend="请用“打印为 PDF”重新生成，或只选有关的页。",
    )
