"""PDF: taken apart, judged object by object, and put together anew from its pages.

Only what a page reaches is copied: catalogue, older revisions, attachments, forms and metadata stay
behind, those of photos included, and so is where a link leads: who opens a document of a child
tells no website of it. Active content is refused rather than cut out, because nobody can
say what such a page would have shown. A digital signature does not survive; the hash of the
original does.
"""

import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from records.uploads.embedded import refuse_telling, strip_photo
from records.uploads.errors import Reason, UploadRefused
from records.uploads.filters import filters_of
from records.uploads.inflating import Inflater
from records.uploads.kinds import Cleaned, Kind
from records.uploads.sniffing import refuse_malware, refuse_two_in_one

MOST_PAGES: Final = 300
#: Objects looked at, nested ones included: a scanned page has ten, a drawn one some hundreds.
MOST_OBJECTS: Final = 300_000

_PRINT: Final = "请用“打印为 PDF”重新生成后再上传。"
_AFTER_THE_END: Final = b"\0\t\n\x0c\r \x1a"

#: Keys that run, send, open or carry something. pypdf has resolved `#4a`-escapes by then.
_KEYS: Final = frozenset(
    {"/JS", "/JavaScript", "/XFA", "/EF", "/EmbeddedFiles", "/Collection"}
    | {"/RichMediaContent", "/RichMediaSettings", "/RichMediaInstance"}
)
#: Values of /S (actions), /Subtype (annotations) and /Type that do.
_KINDS: Final = frozenset(
    {"/JavaScript", "/Launch", "/EmbeddedFile", "/RichMedia", "/RichMediaExecute", "/SubmitForm"}
    | {"/ImportData", "/Rendition", "/Movie", "/Sound", "/Screen", "/3D", "/FileAttachment"}
    | {"/GoToR", "/GoToE", "/GoTo3DView"}
)
#: In a stream: its content lies in another file.
_ELSEWHERE: Final = frozenset({"/F", "/FFilter"})
#: As an action it may open another file; as a type it is a thread of this one's articles.
_THREAD: Final = "/Thread"
_KIND_KEYS: Final = ("/S", "/Subtype", "/Type")
#: An action that opens an address, and where in it that stands.
_WEB: Final = "/URI"
#: Where a link may have led; anything else runs or opens something on the reader's device.
_SAFE_LINKS: Final = ("http://", "https://", "mailto:", "tel:")
#: What a document does by itself when it is opened: going to a page is harmless.
_OPENING: Final = "/OpenAction"
#: Left behind, wherever they stand: who, with what and when; private data of the program.
_DROPPED: Final = ("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/AF", "/Thumb")
#: Left behind in annotations: who wrote them, when, and under which name.
_DROPPED_NOTES: Final = ("/T", "/NM", "/M", "/CreationDate")


def clean_pdf(data: bytes) -> Cleaned:
    """The same pages in a file of ours.

    Raises UploadRefused, and whatever the parser raises over broken data.
    """
    _refuse_appendix(data)
    refuse_two_in_one(data)
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        raise UploadRefused(
            "PDF 加了密码。", reason=Reason.ENCRYPTED, mend="请去掉密码，另存后再上传。"
        )
    _judge(reader.trailer, Inflater().look_through)
    pages = _pages(reader)
    writer = PdfWriter()
    for page in pages:
        writer.add_page(page)
    writer.metadata = None
    _strip(writer)
    file = io.BytesIO()
    writer.write(file)
    written = file.getvalue()
    _judge(PdfReader(io.BytesIO(written)).trailer, partial(_look_at_kept, Inflater()))
    refuse_two_in_one(written)
    return Cleaned(Kind.PDF, written, pages=len(pages))


def _refuse_appendix(data: bytes) -> None:
    if data.rstrip(_AFTER_THE_END).endswith(b"%%EOF"):
        return
    if b"%%EOF" in data:
        message, reason = "PDF 后面还附有别的内容。", Reason.TWO_IN_ONE
    else:
        message, reason = "PDF 不完整。", Reason.BROKEN
    raise UploadRefused(message, reason=reason, mend=_PRINT)


def _pages(reader: PdfReader) -> list[Any]:
    count = len(reader.pages)
    if not 0 < count <= MOST_PAGES:
        raise UploadRefused(
            f"PDF 有 {count} 页，应为 1 至 {MOST_PAGES} 页。",
            reason=Reason.TOO_COMPLEX,
            mend="请只选有关的页，另存后再上传。",
            limit=MOST_PAGES,
        )
    return list(reader.pages)


def _look_at_kept(inflater: Inflater, stream: StreamObject) -> None:
    """A photo was stripped; what else is kept may not hold one that tells where it was taken."""
    if any(found.is_picture for found in filters_of(stream)):
        inflater.look_through(stream)
    else:
        refuse_telling(stream, inflater)


def _judge(trailer: DictionaryObject, look_at: Callable[[StreamObject], None]) -> None:
    for found in _objects(trailer):
        if isinstance(found, TextStringObject | ByteStringObject):
            refuse_malware(found.original_bytes)
        if not isinstance(found, DictionaryObject):
            continue
        if _acts(found):
            raise UploadRefused(
                "PDF 里有会自动执行或夹带文件的内容。",
                reason=Reason.ACTIVE_CONTENT,
                mend=_PRINT,
            )
        if isinstance(found, StreamObject):
            look_at(found)


def _acts(found: DictionaryObject) -> bool:
    return (
        not _KEYS.isdisjoint(found)
        or any(_kind(found, key) in _KINDS for key in _KIND_KEYS)
        or (isinstance(found, StreamObject) and not _ELSEWHERE.isdisjoint(found))
        or _kind(found, "/S") == _THREAD
        or not _opens_quietly(found)
        or not _leads_somewhere_safe(found)
    )


def _objects(root: PdfObject) -> Iterator[PdfObject]:
    """Everything that can be reached from `root`, once each, without recursion."""
    waiting: list[Any] = [root]
    seen: set[tuple[int, int]] = set()
    count = 0
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            key = (found.idnum, found.generation)
            if key in seen:
                continue
            seen.add(key)
            found = found.get_object()
        count += 1
        if count > MOST_OBJECTS:
            raise UploadRefused(
                "PDF 的结构过于复杂。",
                reason=Reason.TOO_COMPLEX,
                mend="请打印为图片型 PDF 后再上传。",
            )
        yield found
        if isinstance(found, DictionaryObject):
            waiting.extend(found.values())
        elif isinstance(found, ArrayObject):
            waiting.extend(found)


def _kind(found: DictionaryObject, key: str) -> str:
    value = found.get(key)
    value = value.get_object() if isinstance(value, IndirectObject) else value
    return str(value) if isinstance(value, NameObject) else ""


def _opens_quietly(found: DictionaryObject) -> bool:
    action = found.get(_OPENING)
    action = action.get_object() if isinstance(action, IndirectObject) else action
    if isinstance(action, DictionaryObject):
        return _kind(action, "/S") == "/GoTo"
    return True  # absent, or a place in the document


def _leads_somewhere_safe(found: DictionaryObject) -> bool:
    if _kind(found, "/S") != _WEB:
        return True
    address = found.get(_WEB)
    address = address.get_object() if isinstance(address, IndirectObject) else address
    text = str(address) if isinstance(address, TextStringObject) else ""
    return text.strip().lower().startswith(_SAFE_LINKS)


def _strip(writer: PdfWriter) -> None:
    for found in _objects(writer.root_object):
        if isinstance(found, DictionaryObject):
            for key in _DROPPED + (_DROPPED_NOTES if "/Rect" in found else ()):
                found.pop(key, None)
            if _kind(found, "/S") == _WEB:
                found.clear()  # what points to it, from wherever, now does nothing
        if isinstance(found, StreamObject):
            strip_photo(found)
