"""Compressed streams inside a document, unrolled piece by piece and never held whole."""

import zlib
from typing import Final

from records.uploads.errors import Reason, UploadRefused
from records.uploads.kinds import MEGABYTE
from records.uploads.sniffing import LONGEST_MARK, refuse_malware

#: Bytes that all streams of one document may come to: some scanned pages, no bomb.
MOST_BYTES: Final = 400 * MEGABYTE
_PIECE: Final = MEGABYTE


class Inflater:
    """One document's allowance."""

    def __init__(self) -> None:
        self._left = MOST_BYTES

    def look_through(self, packed: bytes) -> None:
        """Raises UploadRefused for a bomb and for malware; zlib.error for other data."""
        stream, tail = zlib.decompressobj(), b""
        while not stream.eof:
            piece = stream.decompress(packed, _PIECE)
            packed = stream.unconsumed_tail
            if not piece and not packed:
                return  # cut short: readers show what there is
            self._left -= len(piece)
            if self._left < 0:
                raise UploadRefused(
                    "文件解压后大得不正常。",
                    reason=Reason.TOO_COMPLEX,
                    mend="请用“打印为 PDF”重新生成，或只选有关的页。",
                )
            refuse_malware(tail + piece)
            tail = (tail + piece)[-LONGEST_MARK:]
