"""A PDF comes out with its pages; what acts, hides or names somebody does not."""

import io
import zipfile
import zlib

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from records.uploads import Kind, Reason, UploadRefused, documents
from records.uploads.inflating import MOST_BYTES
from records.uploads.kinds import MEGABYTE
from tests.records.uploads.files import EICAR, named, pdf, refusal, taken, written, zipped

SCRIPT = named(S=NameObject("/JavaScript"), JS=TextStringObject("app.alert(1)"))
LAUNCH = named(S=NameObject("/Launch"), F=TextStringObject("cmd.exe"))
SEND = named(S=NameObject("/SubmitForm"), F=TextStringObject("http://example.net"))
LOCAL = named(S=NameObject("/URI"), URI=TextStringObject("file:///c:/windows/calc.exe"))
WEBSITE = named(S=NameObject("/URI"), URI=TextStringObject("https://example.net"))
FILES = named(EmbeddedFiles=named(Names=ArrayObject()))
FORM = named(XFA=TextStringObject("<xdp/>"), Fields=ArrayObject())
FILM = named(Type=NameObject("/Annot"), Subtype=NameObject("/RichMedia"))


def opened_pdf(data: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(data))


def words_of(data: bytes) -> bytes:
    content = opened_pdf(data).pages[0].get_contents()
    return b"" if content is None else content.get_data()


def with_note(note: PdfObject) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(note)])
    return written(writer)


def in_object_stream(hidden: bytes) -> bytes:
    """Object 4 inside a compressed object stream, as the action on opening: no byte of it shows."""
    packed = zlib.compress(b"4 0 " + hidden)
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        5: b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream"
        % (len(packed), packed),
    }
    data, places = b"%PDF-1.5\n", {}
    for number, body in objects.items():
        places[number] = len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows = [(0, 0, 255), *((1, places[n], 0) if n != 4 else (2, 5, 0) for n in range(1, 6))]
    rows.append((1, len(data), 0))
    table = b"".join(
        bytes([kind]) + at.to_bytes(4) + bytes([generation]) for kind, at, generation in rows
    )
    head = b"<</Type/XRef/Size 7/W[1 4 1]/Root 1 0 R/Length %d>>" % len(table)
    begins = len(data)
    data += b"6 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (head, table)
    return data + b"startxref\n%d\n%%%%EOF\n" % begins


def test_a_page_comes_out_with_its_text() -> None:
    kept = taken(pdf(), "谈话记录.pdf", "application/pdf")

    assert (kept.kind, kept.media_type, kept.pages) == (Kind.PDF, "application/pdf", 1)
    assert b"(hello)" in words_of(kept.data)


@pytest.mark.parametrize(
    "active",
    [
        pdf(catalogue={"/OpenAction": SCRIPT}),
        pdf(catalogue={"/OpenAction": LAUNCH}),
        pdf(catalogue={"/OpenAction": SEND}),
        pdf(catalogue={"/OpenAction": WEBSITE}),
        pdf(catalogue={"/Names": named(JavaScript=named(Names=ArrayObject()))}),
        pdf(catalogue={"/Names": FILES}),
        pdf(catalogue={"/AcroForm": FORM}),
        pdf(catalogue={"/Deeper": ArrayObject([ArrayObject([named(Next=LAUNCH)])])}),
        pdf(add_attachment={"filename": "a.exe", "data": b"MZ"}),
        with_note(named(Subtype=NameObject("/Link"), A=SCRIPT)),
        with_note(named(Subtype=NameObject("/Link"), A=LOCAL)),
        with_note(FILM),
        in_object_stream(b"<</S/JavaScript/JS(app.alert(1))>>"),
    ],
    ids=[
        "script on opening", "program on opening", "form sent on opening", "website on opening",
        "named scripts",
        "embedded files", "xfa", "deep inside", "attachment", "script behind a link",
        "file behind a link", "film", "in an object stream",
    ],
)  # fmt: skip
def test_active_content_is_refused(active: bytes) -> None:
    refused = refusal(active)

    assert refused is not None
    assert refused.reason is Reason.ACTIVE_CONTENT
    assert "打印为 PDF" in refused.mend


@pytest.mark.parametrize("hidden", [b"/J#61vaScript", b"/#4aavaScript", b"/JavaScrip#74"])
def test_active_content_with_its_name_in_disguise_is_refused(hidden: bytes) -> None:
    plain = pdf(catalogue={"/OpenAction": named(S=NameObject("/JavaScript"))})
    disguised = plain.replace(b"/JavaScript", hidden)
    assert b"/JavaScript" not in disguised

    refused = refusal(disguised)

    assert refused is not None
    assert refused.reason is Reason.ACTIVE_CONTENT


def test_an_object_stream_with_nothing_in_it_that_acts_is_taken() -> None:
    """The twin of the refused one, so that the refusal means something."""
    assert refusal(in_object_stream(b"[3 0 R/Fit]")) is None


def test_opening_on_a_page_and_links_to_the_web_are_harmless() -> None:
    place = ArrayObject([NumberObject(0), NameObject("/Fit")])

    assert refusal(pdf(catalogue={"/OpenAction": place})) is None
    assert refusal(pdf(catalogue={"/OpenAction": named(S=NameObject("/GoTo"), D=place)})) is None
    assert refusal(with_note(named(Subtype=NameObject("/Link"), A=WEBSITE))) is None


def behind_another() -> PdfObject:
    """A leap within the document, and then the website."""
    place = ArrayObject([NumberObject(0), NameObject("/Fit")])
    return named(S=NameObject("/GoTo"), D=place, Next=ArrayObject([WEBSITE]))


@pytest.mark.parametrize(
    "link",
    [
        named(A=WEBSITE),
        named(PA=WEBSITE),
        named(A=behind_another()),
        named(A=named(S=NameObject("/URI"), URI=TextStringObject("mailto:a@example.net"))),
        named(A=named(S=NameObject("/URI"), URI=TextStringObject(" HTTPS://example.net/?who=7"))),
    ],
    ids=["link", "earlier link", "behind another", "mail", "spelled otherwise"],
)
def test_where_a_link_leads_does_not_come_out(link: DictionaryObject) -> None:
    link.update(named(Subtype=NameObject("/Link"), Rect=ArrayObject([NumberObject(9)] * 4)))
    sent = with_note(link)
    assert b"example" in sent

    kept = taken(sent).data

    assert b"example" not in kept
    assert b"/URI" not in kept
    [note] = opened_pdf(kept).pages[0].annotations or []
    assert note.get_object()["/Rect"] == [9, 9, 9, 9]


def test_a_link_within_the_document_stays() -> None:
    place = ArrayObject([NumberObject(0), NameObject("/Fit")])
    kept = taken(
        with_note(named(Subtype=NameObject("/Link"), A=named(S=NameObject("/GoTo"), D=place)))
    )

    [note] = opened_pdf(kept.data).pages[0].annotations or []
    assert note.get_object()["/A"]["/S"] == "/GoTo"


def test_author_program_and_xmp_do_not_come_out() -> None:
    xmp = DecodedStreamObject()
    xmp.set_data(b"<dc:creator>Lin of room 302</dc:creator>")
    sent = pdf(catalogue={"/Metadata": xmp}, add_metadata={"infos": {"/Author": "Teacher Wang"}})
    assert b"room 302" in sent
    assert b"Teacher Wang" in sent

    kept = taken(sent).data

    assert b"room 302" not in kept
    assert b"Teacher Wang" not in kept
    assert opened_pdf(kept).metadata is None


def test_the_author_of_a_note_does_not_come_out() -> None:
    corner = ArrayObject([NumberObject(0)] * 4)
    note = named(Subtype=NameObject("/Text"), T=TextStringObject("Wang"), Rect=corner)

    assert b"Wang" not in taken(with_note(note)).data


def test_an_older_revision_does_not_come_out() -> None:
    """What somebody blackened by a later revision is still in the file they send."""
    revised = PdfWriter(io.BytesIO(pdf().replace(b"(hello)", b"(Lin Xiaoyu)")), incremental=True)
    blackened = DecodedStreamObject()
    blackened.set_data(b"BT /F1 12 Tf (nobody) Tj ET")
    revised.pages[0][NameObject("/Contents")] = revised._add_object(blackened)
    sent = written(revised)
    assert b"Lin Xiaoyu" in sent

    kept = taken(sent).data

    assert b"Lin Xiaoyu" not in kept
    assert b"(nobody)" in words_of(kept)


def test_a_pdf_with_a_password_is_refused() -> None:
    refused = refusal(pdf(encrypt={"user_password": "", "owner_password": "x"}))

    assert refused is not None
    assert refused.reason is Reason.ENCRYPTED
    assert "密码" in refused.mend


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"GIF89a;" + pdf(), Reason.WRONG_TYPE),
        (b"\n" * 10 + pdf(), Reason.TWO_IN_ONE),
        (b"<html><script>1</script>" + pdf(), Reason.TWO_IN_ONE),
        (pdf() + zipped(), Reason.TWO_IN_ONE),
        (pdf() + b"<html><script>1</script></html>", Reason.TWO_IN_ONE),
        (pdf()[:-6] + zipped() + b"%%EOF", Reason.TWO_IN_ONE),
        (pdf()[:-10], Reason.BROKEN),
        (b"%PDF-1.7\n%%EOF", Reason.BROKEN),
    ],
    ids=["gif", "shifted", "html", "+zip", "+html", "zip before EOF", "cut", "nothing"],
)
def test_a_pdf_that_is_something_else_too_is_refused(sent: bytes, reason: Reason) -> None:
    refused = refusal(sent)

    assert refused is not None
    assert refused.reason is reason


def test_an_archive_inside_a_stream_is_refused_where_it_would_still_open() -> None:
    writer = PdfWriter()
    page = writer.add_blank_page(9, 9)
    stream = DecodedStreamObject()
    stream.set_data(zipped("evil.class", b"class"))
    page[NameObject("/Contents")] = writer._add_object(stream)

    refused = refusal(written(writer))

    assert refused is not None
    assert refused.reason is Reason.TWO_IN_ONE


def test_an_archive_that_comes_to_light_when_the_rest_is_dropped_is_refused() -> None:
    """Tools look for the end of an archive in the last 64 KB: an unused object hides it here."""
    writer = PdfWriter()
    page = writer.add_blank_page(9, 9)
    stream, unused = DecodedStreamObject(), DecodedStreamObject()
    stream.set_data(zipped("evil.class", b"class"))
    unused.set_data(bytes(70_000))
    page[NameObject("/Contents")] = writer._add_object(stream)
    writer._add_object(unused)
    sent = written(writer)
    assert not zipfile.is_zipfile(io.BytesIO(sent))

    refused = refusal(sent)

    assert refused is not None
    assert refused.reason is Reason.TWO_IN_ONE


def with_stream(data: bytes) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(9, 9)
    stream = DecodedStreamObject()
    stream.set_data(data)
    page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    return written(writer)


@pytest.mark.parametrize("before", [0, 2 * MEGABYTE - 10])
def test_the_virus_test_file_in_a_compressed_stream_is_found(before: int) -> None:
    sent = with_stream(bytes(before) + EICAR + bytes(100))
    assert EICAR not in sent

    refused = refusal(sent)

    assert refused is not None
    assert refused.reason is Reason.MALWARE


def test_a_bomb_in_a_compressed_stream_is_refused() -> None:
    """500 KB that come to 500 MB in whatever opens the file."""
    sent = with_stream(bytes(MOST_BYTES + MEGABYTE))
    assert len(sent) < MEGABYTE

    refused = refusal(sent)

    assert refused is not None
    assert refused.reason is Reason.TOO_COMPLEX


def test_too_many_pages_or_objects_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_PAGES", 0)
    pages = refusal(pdf())
    monkeypatch.undo()
    monkeypatch.setattr(documents, "MOST_OBJECTS", 10)
    with pytest.raises(UploadRefused) as objects:
        documents.clean_pdf(pdf())

    assert pages is not None
    assert {pages.reason, objects.value.reason} == {Reason.TOO_COMPLEX}
