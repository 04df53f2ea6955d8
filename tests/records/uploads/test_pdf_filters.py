"""What lies behind the filters of a PDF is looked at, however many there are, or is refused."""

import base64
import io
import zlib
from collections.abc import Callable
from itertools import pairwise
from typing import Final

import pytest
from pypdf import PdfWriter
from pypdf._codecs._codecs import LzwCodec  # the library hides its encoder
from pypdf.filters import LZWDecode
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    EncodedStreamObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from records.uploads import Reason, UploadRefused, inflating
from records.uploads.kinds import MEGABYTE
from tests.records.uploads.files import EICAR, named, pdf, refusal, taken, written, zipped
from tests.records.uploads.test_documents import in_object_stream

PAGE: Final = b"BT /F1 12 Tf 20 100 Td (hello) Tj ET\n"


def in_runs(data: bytes) -> bytes:
    """Pieces of up to 128 bytes as they are, so that no run is longer than it looks."""
    pieces = (data[at : at + 100] for at in range(0, len(data), 100))
    return b"".join(bytes([len(piece) - 1]) + piece for piece in pieces) + b"\x80"


def in_lzw(data: bytes) -> bytes:
    packed = LzwCodec().encode(data)
    assert LZWDecode.decode(packed) == data
    return packed


PACKED: Final[dict[str, Callable[[bytes], bytes]]] = {
    "/FlateDecode": lambda data: zlib.compress(data, 9),
    "/Fl": lambda data: zlib.compress(data, 9),
    "/ASCIIHexDecode": lambda data: data.hex().encode() + b">",
    "/AHx": lambda data: data.hex().encode() + b">",
    "/ASCII85Decode": lambda data: base64.a85encode(data) + b"~>",
    "/RunLengthDecode": in_runs,
    "/LZWDecode": in_lzw,
}


def encoded(data: bytes, *chain: str, array: bool = True) -> EncodedStreamObject:
    """`data` so that it comes out of the filters of `chain`, in their order."""
    stream = EncodedStreamObject()
    for name in reversed(chain):
        data = PACKED[name](data) if name in PACKED else data
    stream._data = data
    names = ArrayObject([NameObject(name) for name in chain])
    stream[NameObject("/Filter")] = names if array else NameObject(chain[0])
    return stream


def with_page(stream: EncodedStreamObject, **more: PdfObject) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(9, 9)
    stream.update(named(**more))
    page[NameObject("/Contents")] = writer._add_object(stream)
    return written(writer)


CHAINS: Final = (
    ("/ASCIIHexDecode",),
    ("/AHx",),
    ("/ASCII85Decode",),
    ("/RunLengthDecode",),
    ("/LZWDecode",),
    ("/Fl",),
    ("/FlateDecode",),
    ("/ASCIIHexDecode", "/FlateDecode"),
    ("/FlateDecode", "/FlateDecode"),
    ("/FlateDecode", "/ASCIIHexDecode"),
    ("/ASCII85Decode", "/LZWDecode"),
    ("/FlateDecode", "/RunLengthDecode", "/ASCII85Decode"),
    ("/ASCIIHexDecode", "/ASCIIHexDecode", "/FlateDecode", "/DCTDecode"),
)


@pytest.mark.parametrize("chain", CHAINS, ids=" ".join)
def test_the_virus_test_file_is_found_behind_filters(chain: tuple[str, ...]) -> None:
    sent = with_page(encoded(PAGE + EICAR + PAGE, *chain))
    assert EICAR not in sent

    refused = refusal(sent)

    assert refused is not None
    assert refused.reason is Reason.MALWARE


@pytest.mark.parametrize("chain", CHAINS[:-1], ids=" ".join)
def test_an_honest_page_behind_the_same_filters_is_taken(chain: tuple[str, ...]) -> None:
    assert taken(with_page(encoded(PAGE, *chain))).pages == 1
    if len(chain) == 1:
        assert taken(with_page(encoded(PAGE, *chain, array=False))).pages == 1


BOMB: Final = zlib.compress(bytes(20 * MEGABYTE), 9)


@pytest.fixture
def small_allowance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflating, "MOST_BYTES", 10 * MEGABYTE)


@pytest.fixture
def small_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflating, "MOST_HELD", 10 * MEGABYTE)


def test_five_hundred_megabytes_in_two_kilobytes_are_refused() -> None:
    twice = zlib.compress(zlib.compress(bytes(500 * MEGABYTE), 9), 9)
    stream = encoded(twice)
    stream[NameObject("/Filter")] = ArrayObject([NameObject("/FlateDecode")] * 2)
    sent = with_page(stream)
    assert len(sent) < 5_000

    refused = refusal(sent)

    assert refused is not None
    assert refused.reason is Reason.TOO_COMPLEX


@pytest.mark.parametrize(
    "chain",
    [
        ("/FlateDecode",),
        ("/ASCIIHexDecode",),
        ("/ASCII85Decode",),
        ("/LZWDecode",),
        ("/RunLengthDecode",),
        ("/FlateDecode", "/FlateDecode"),
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("small_allowance")
def test_a_bomb_behind_a_second_filter_is_refused(chain: tuple[str, ...]) -> None:
    stream = encoded(BOMB, *chain)
    stream[NameObject("/Filter")] = ArrayObject(
        [NameObject(name) for name in (*chain, "/FlateDecode")]
    )
    sent = with_page(stream)
    assert len(sent) < 2 * MEGABYTE

    refused = refusal(sent)

    assert refused is not None
    assert refused.reason is Reason.TOO_COMPLEX
    assert "打印为 PDF" in refused.mend


@pytest.mark.usefixtures("small_hold")
@pytest.mark.parametrize("last", ["/LZWDecode", "/RunLengthDecode", "/ASCII85Decode", "/AHx"])
def test_what_another_filter_would_have_to_hold_whole_is_bounded(last: str) -> None:
    """What lies between two filters is in memory: it has a bound of its own."""
    stream = encoded(BOMB)
    stream[NameObject("/Filter")] = ArrayObject([NameObject("/FlateDecode"), NameObject(last)])

    refused = refusal(with_page(stream))

    assert refused is not None
    assert refused.reason is Reason.TOO_COMPLEX


def test_a_bomb_of_runs_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflating, "MOST_BYTES", MEGABYTE)
    stream = encoded(b"", "/RunLengthDecode")
    stream._data = b"\x81 " * 9000 + b"\x80"

    with pytest.raises(UploadRefused) as refused:
        inflating.Inflater().look_through(stream)

    assert refused.value.reason is Reason.TOO_COMPLEX


@pytest.mark.parametrize(
    "chain",
    [
        ("/Crypt",),
        ("/FlateDecode", "/Crypt"),
        ("/Whatever",),
        ("/BrotliDecode",),
        ("/DCTDecode", "/FlateDecode"),
        ("/JPXDecode", "/ASCIIHexDecode"),
        ("/CCITTFaxDecode", "/JBIG2Decode"),
        ("/ASCIIHexDecode",) * 5,
    ],
    ids=" ".join,
)
def test_a_filter_that_nobody_can_look_behind_is_refused(chain: tuple[str, ...]) -> None:
    refused = refusal(with_page(encoded(PAGE, *chain)))

    assert refused is not None
    assert refused.reason is Reason.TOO_COMPLEX
    assert "打印为 PDF" in refused.mend


@pytest.mark.parametrize("last", ["/CCITTFaxDecode", "/JBIG2Decode"])
def test_a_scanned_picture_at_the_end_of_a_chain_is_taken(last: str) -> None:
    assert refusal(with_page(encoded(b"\0" * 40, "/FlateDecode", last))) is None


def predicted(data: bytes) -> bytes:
    """One row of a PNG of which each byte is the difference to the one before."""
    return b"\1" + bytes((one - before) % 256 for before, one in pairwise(b"\0" + data))


def test_the_virus_test_file_is_found_behind_a_predictor() -> None:
    sent = encoded(predicted(EICAR), "/FlateDecode", array=False)
    wide = named(Predictor=NumberObject(12), Columns=NumberObject(len(EICAR)))

    refused = refusal(with_page(sent, DecodeParms=wide))

    assert refused is not None
    assert refused.reason is Reason.MALWARE


@pytest.mark.parametrize(
    "params",
    [
        named(EarlyChange=NumberObject(0)),
        named(Predictor=NumberObject(12), Columns=NumberObject(4)),
    ],
)
def test_lzw_that_the_library_reads_otherwise_is_refused(params: PdfObject) -> None:
    refused = refusal(with_page(encoded(PAGE, "/LZWDecode"), DecodeParms=params))

    assert refused is not None
    assert refused.reason is Reason.TOO_COMPLEX


def test_a_stream_whose_content_is_in_another_file_is_refused() -> None:
    stream = encoded(PAGE, "/FlateDecode")

    refused = refusal(with_page(stream, F=TextStringObject("c:/windows/calc.exe")))

    assert refused is not None
    assert refused.reason is Reason.ACTIVE_CONTENT


@pytest.mark.parametrize(
    "words", [ByteStringObject(EICAR), TextStringObject(EICAR.decode())], ids=["bytes", "text"]
)
def test_the_virus_test_file_is_found_in_a_string(words: PdfObject) -> None:
    """Brackets and strokes are escaped in a file: its bytes stand nowhere as they are."""
    writer = PdfWriter()
    page = writer.add_blank_page(9, 9)
    note = named(Subtype=NameObject("/Text"), Contents=words)
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(note)])
    sent = written(writer)
    assert EICAR not in sent

    refused = refusal(sent)

    assert refused is not None
    assert refused.reason is Reason.MALWARE


def test_what_no_page_reaches_is_not_kept() -> None:
    """An archive and the test file in objects that nothing names: they stay behind."""
    writer = PdfWriter(io.BytesIO(pdf()))
    for hidden in (EICAR, zipped("evil.class")):
        writer._add_object(encoded(hidden, "/ASCIIHexDecode"))

    kept = taken(written(writer)).data

    assert EICAR.hex().encode() not in kept
    assert zipped("evil.class").hex().encode() not in kept


ESCAPED: Final = EICAR.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


@pytest.mark.parametrize(
    ("hidden", "reason"),
    [
        (b"[(" + ESCAPED + b")]", Reason.MALWARE),
        (b"[<" + EICAR.hex().encode() + b">]", Reason.MALWARE),
        (b"<</S/Launch/F(cmd.exe)>>", Reason.ACTIVE_CONTENT),
        (b"[<</S/URI/URI(file:///c:/calc.exe)>>]", Reason.ACTIVE_CONTENT),
        (b"[<</S/Thread/F(other.pdf)/D 0>>]", Reason.ACTIVE_CONTENT),
    ],
    ids=["virus", "virus in hex", "program", "link to a file", "thread in another file"],
)
def test_what_an_object_stream_hides_is_found(hidden: bytes, reason: Reason) -> None:
    refused = refusal(in_object_stream(hidden))

    assert refused is not None
    assert refused.reason is reason
