"""Files that no importer can read, each broken in its own way."""

import io
import zipfile


def encrypted_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
    content = bytearray(buffer.getvalue())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def zip_of(name: str, text: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


BROKEN = {
    "empty": b"",
    "blank": b" \r\n ",
    "old xls or encrypted": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "cut zip": b"PK\x03\x04" + b"\x00" * 30,
    "zip of something else": zip_of("readme.txt", b"hello"),
    "encrypted zip": encrypted_zip(),
    "entities": zip_of("xl/workbook.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
    "bomb": zip_of("xl/sheet.xml", b"0" * (101 * 2**20)),
    "binary": bytes(range(256)) * 8,
    "null bytes": b"a,b\x00c\n",
    "open quote": '学号,姓名,班级\nS1,"王伟,A\n'.encode(),
    "no text at all": b"\xff\xff\xff\xff\xff",
}
