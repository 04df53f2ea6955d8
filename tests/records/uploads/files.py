"""Files as people and attackers send them, made on the spot."""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, PdfObject

from records.uploads import CleanFile, UploadRefused, clean

#: In two pieces, so that no scanner trips over this file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
#: 31.2304 north, 121.4737 east: what a phone notes when it takes a picture.
GPS = {1: "N", 2: (31.0, 13.0, 49.44), 3: "E", 4: (121.0, 28.0, 25.32), 29: "2026:11:03"}
CAMERA = "SecretCam 9"
ORIENTATION, MAKE, GPS_BLOCK = 0x0112, 0x010F, 0x8825


def taken(data: bytes, name: str = "", declared_type: str = "") -> CleanFile:
    return clean(source=data, declared_name=name, declared_type=declared_type)


def refusal(data: bytes, name: str = "", declared_type: str = "") -> UploadRefused | None:
    """The refusal, or None where the file was taken."""
    try:
        taken(data, name, declared_type)
    except UploadRefused as refused:
        return refused
    return None


def photo(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    """Two halves: red on the left, blue on the right."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    return picture.convert(mode)


def saved(picture: Image.Image, form: str, **more: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **more)
    return file.getvalue()


def jpeg(**more: Any) -> bytes:
    return saved(photo(), "JPEG", **more)


def png(**more: Any) -> bytes:
    return saved(photo(), "PNG", **more)


def webp(**more: Any) -> bytes:
    return saved(photo(), "WEBP", **more)


def exif(orientation: int = 1) -> Image.Exif:
    noted = Image.Exif()
    noted[ORIENTATION], noted[MAKE] = orientation, CAMERA
    noted[GPS_BLOCK] = GPS
    return noted


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_header(width: int, height: int) -> bytes:
    """A PNG that declares a size and has next to no pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", zlib.compress(b"")) + END


END = png_chunk(b"IEND", b"")


def zipped(name: str = "a.txt", content: bytes = b"hello") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def pdf(*, catalogue: dict[str, PdfObject] | None = None, **options: Any) -> bytes:
    """One page that says hello, with further entries in the catalogue."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    content = DecodedStreamObject()
    content.set_data(b"BT /F1 12 Tf 20 100 Td (hello) Tj ET")
    page[NameObject("/Contents")] = writer._add_object(content)
    for key, value in (catalogue or {}).items():
        writer.root_object[NameObject(key)] = value
    for name, words in options.items():
        getattr(writer, name)(**words)
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def named(**entries: PdfObject) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})


def box(name: bytes, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack(">I", 8 + len(body)) + name + body


def handler(kind: bytes, name: bytes = b"Core Media\0") -> bytes:
    return box(b"hdlr", bytes(8), kind, bytes(12), name)


def track(kind: bytes = b"vide", *more: bytes, url: bytes = b"\0\0\0\1") -> bytes:
    head = bytes(4) + b"\xe0" * 8 + bytes(64) + struct.pack(">II", 640 << 16, 360 << 16)
    reference = box(b"dinf", box(b"dref", bytes(4), struct.pack(">I", 1), box(b"url ", url)))
    tables = box(b"stbl", box(b"stsd", bytes(8)), box(b"stco", bytes(8)))
    media = box(b"mdia", handler(kind), box(b"minf", reference, tables))
    return box(b"trak", box(b"tkhd", head), media, *more)


def mp4(*more: bytes, tracks: tuple[bytes, ...] = (), samples: bytes = b"\x17" * 64) -> bytes:
    """A clip of 640 by 360; `more` are boxes inside moov."""
    head = box(b"mvhd", bytes(4), b"\xe0" * 8, bytes(88))
    moov = box(b"moov", head, *(tracks or (track(),)), *more)
    return box(b"ftyp", b"isom\0\0\2\0isommp42") + moov + box(b"mdat", samples)
