"""The filters of a PDF stream: which there are, in which order, and one decoder for each.

Flate and runs are unrolled piece by piece. The rest is pypdf's, bounded by its own limits, and used
only where it reads as others do.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from pypdf.filters import ASCII85Decode, ASCIIHexDecode, FlateDecode, LZWDecode
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NullObject,
    PdfObject,
    StreamObject,
)

from records.uploads.errors import Reason, UploadRefused
from records.uploads.kinds import MEGABYTE

#: Programs write two, three at most: text on top of compression on top of a picture.
MOST_FILTERS: Final = 4
PIECE: Final = MEGABYTE

_FLATE: Final = "/FlateDecode"
_LZW: Final = "/LZWDecode"
#: Short names belong to pictures within a page, yet readers take them anywhere.
_SHORT: Final = {
    "/Fl": _FLATE,
    "/LZW": _LZW,
    "/AHx": "/ASCIIHexDecode",
    "/A85": "/ASCII85Decode",
    "/RL": "/RunLengthDecode",
    "/DCT": "/DCTDecode",
    "/CCF": "/CCITTFaxDecode",
}
#: Their result is pixels and nothing that anybody opens: they may only come last.
_PICTURES: Final = frozenset({"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode"})
_END_OF_RUNS: Final = 128


@dataclass(frozen=True, slots=True)
class Filter:
    """One of a chain, under its full name."""

    name: str
    params: DictionaryObject

    @property
    def predicts(self) -> bool:
        """Bytes are stored as differences to those before."""
        return self.name in {_FLATE, _LZW} and self._number("/Predictor", 1) != 1

    @property
    def is_picture(self) -> bool:
        return self.name in _PICTURES

    @property
    def is_strange(self) -> bool:
        """Nobody of us can look behind it, or pypdf reads it otherwise than other readers."""
        if self.name == _LZW:
            return self.predicts or self._number("/EarlyChange", 1) != 1
        return self.name not in DECODERS and not self.is_picture

    def _number(self, key: str, usual: int) -> PdfObject | int:
        value = _resolved(self.params.get(key))
        return usual if value is None else value


def filters_of(stream: StreamObject) -> list[Filter]:
    """The chain of `stream`; raises UploadRefused where one cannot look to its end."""
    names = _listed(stream.get("/Filter"))
    params = _listed(stream.get("/DecodeParms", stream.get("/DP")))
    params += [None] * (len(names) - len(params))
    chain = [
        Filter(
            _SHORT.get(name, name) if isinstance(name, NameObject) else "",
            param if isinstance(param, DictionaryObject) else DictionaryObject(),
        )
        for name, param in zip(names, params, strict=False)
    ]
    early = any(found.is_picture for found in chain[:-1])
    if len(chain) > MOST_FILTERS or early or any(found.is_strange for found in chain):
        raise UploadRefused(
            "PDF 里有用少见方式压缩的内容，无法检查。",
            reason=Reason.TOO_COMPLEX,
            mend="请用“打印为 PDF”重新生成后再上传。",
        )
    return chain


def _listed(value: PdfObject | None) -> list[PdfObject | None]:
    value = _resolved(value)
    if isinstance(value, ArrayObject):
        return [_resolved(one) for one in value]
    return [] if value is None or isinstance(value, NullObject) else [value]


def _resolved(value: PdfObject | None) -> PdfObject | None:
    return None if value is None else value.get_object()


def _inflated(packed: bytes) -> Iterator[bytes]:
    stream = zlib.decompressobj()
    while not stream.eof:
        piece = stream.decompress(packed, PIECE)
        packed = stream.unconsumed_tail
        if not piece and not packed:
            return  # cut short: readers show what there is
        yield piece


def _runs(packed: bytes) -> Iterator[bytes]:
    piece, at = bytearray(), 0
    while at < len(packed) and (length := packed[at]) != _END_OF_RUNS:
        if length < _END_OF_RUNS:
            piece += packed[at + 1 : at + length + 2]
            at += length + 2
        else:
            piece += packed[at + 1 : at + 2] * (257 - length)
            at += 2
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


def _at_once(decode: Callable[[bytes], bytes]) -> Callable[[bytes], Iterator[bytes]]:
    def run(packed: bytes) -> Iterator[bytes]:
        yield decode(packed)

    return run


DECODERS: Final[dict[str, Callable[[bytes], Iterator[bytes]]]] = {
    _FLATE: _inflated,
    "/RunLengthDecode": _runs,
    _LZW: _at_once(LZWDecode.decode),
    "/ASCIIHexDecode": _at_once(ASCIIHexDecode.decode),
    "/ASCII85Decode": _at_once(ASCII85Decode.decode),
}
#: The others are written in Python.
QUICK: Final = frozenset({_FLATE, "/ASCIIHexDecode"})


def unpredicted(packed: bytes, found: Filter) -> bytes:
    """What a Flate filter with a predictor says; look at `packed` inflated before you call this."""
    return FlateDecode.decode(packed, found.params)
