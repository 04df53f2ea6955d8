"""What a file is, by its first bytes, and for what we do not take: what to do instead.

Only files that begin as one of ours get past this; names and declared types are not asked.
"""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from records.uploads.errors import Reason, UploadRefused
from records.uploads.kinds import Kind

#: Bytes from the beginning within which browsers and viewers look for a format.
_HEAD: Final = 4096
_ARCHIVE: Final = "请先解压，把里面的图片、PDF 或视频逐个上传。"
_OFFICE: Final = "请在 Word、Excel 或 WPS 中“另存为 PDF”后再上传。"
_IMAGE: Final = "请转为 JPEG：用手机相册另存，或截屏后上传。"
_HEIC: Final = "请转为 JPEG：苹果手机可在“设置－相机－格式”选“兼容性最佳”。"
_PROGRAM: Final = "程序文件不能作为附件；需要说明时请截屏。"
_SOUND: Final = "暂不接收录音：请写成文字，或保留原件待当面核对。"
_VIDEO: Final = "请转为 MP4（手机相册或剪辑软件导出时选 MP4）后再上传。"
_RECORDER: Final = "请在监控客户端或播放器里导出（转封装）为标准 MP4 后再上传。"
_PRINT: Final = "请打印为 PDF 或截屏后再上传。"

#: In two pieces, so that no scanner takes this file for the thing itself.
_EICAR: Final = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

#: Bytes of the longest mark of malware: pieces must overlap by as many.
LONGEST_MARK: Final = len(_EICAR)

_MARKUP: Final = re.compile(
    rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|meta|xml|\?xml|\?php|\?=)"
    rb"|javascript\s*:",
    re.IGNORECASE,
)
_SVG: Final = re.compile(rb"<\s*(?:\w+:)?svg\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Foreign:
    """A format we know and do not take."""

    name: str
    mend: str
    matches: Callable[[bytes], bool]


def _begins(*magics: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(magics)


def _binary(*magics: bytes) -> Callable[[bytes], bool]:
    """For magics of plain letters, which a text could begin with as well."""
    return lambda data: data.startswith(magics) and b"\0" in data[:_HEAD]


def _riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda data: data[:4] == b"RIFF" and data[8:12] == form


def _brand(*brands: bytes) -> Callable[[bytes], bool]:
    return lambda data: data[4:8] == b"ftyp" and data[8:12] in brands


def _office(data: bytes) -> bool:
    return data.startswith(b"PK") and any(
        part in data for part in (b"[Content_Types].xml", b"word/", b"xl/", b"ppt/")
    )


_EXECUTABLES: Final = (b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"#!")
_ARCHIVES: Final = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x07\x08",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh9",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"MSCF\0\0\0\0",
)
_HEIF: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif")

#: In order: the first that fits is named in the refusal.
_FOREIGN: Final = (
    _Foreign("Office 文件", _OFFICE, _office),
    _Foreign("旧版 Office 文件", _OFFICE, _begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf")),
    _Foreign("压缩包", _ARCHIVE, _begins(*_ARCHIVES)),
    _Foreign("压缩包", _ARCHIVE, lambda data: data[257:262] == b"ustar"),
    _Foreign("录音", _SOUND, _begins(b"#!AMR")),  # of a phone; begins like a script
    _Foreign("程序或脚本", _PROGRAM, _begins(*_EXECUTABLES)),
    _Foreign("程序", _PROGRAM, _binary(b"MZ")),
    _Foreign("HEIC 照片", _HEIC, _brand(*_HEIF)),
    _Foreign("GIF 图片", "请截取其中一帧保存为 JPEG，或转为 MP4 视频。", _begins(b"GIF8")),
    _Foreign("这种图片格式", _IMAGE, _begins(b"II*\0", b"MM\0*", b"\0\0\x01\0", b"8BPS")),
    _Foreign("这种图片格式", _IMAGE, _binary(b"BM")),
    _Foreign("苹果 MOV 视频", _VIDEO, _brand(b"qt  ")),
    _Foreign("录音", _SOUND, _brand(b"M4A ", b"M4B ")),
    _Foreign("录音", _SOUND, _begins(b"ID3", b"fLaC")),
    _Foreign("录音", _SOUND, _begins(b"OggS")),
    _Foreign("录音", _SOUND, _riff(b"WAVE")),
    _Foreign("这种视频", _VIDEO, _riff(b"AVI ")),
    _Foreign("这种视频", _VIDEO, _begins(b"\x1a\x45\xdf\xa3", b"FLV\x01", b"\x30\x26\xb2\x75")),
    _Foreign("录像机的原始视频", _RECORDER, _begins(b"IMKH", b"DHAV", b"\0\0\1\xba")),
)


def kind_of(data: bytes) -> Kind:
    """The kind that `data` begins as; raises UploadRefused for everything we do not take."""
    if not data:
        raise UploadRefused(
            "文件是空的（0 字节）。",
            reason=Reason.EMPTY,
            mend="请确认文件已保存完整，再重新选择。",
        )
    for foreign in _FOREIGN:
        if foreign.matches(data):
            raise _wrong_type(foreign.name, foreign.mend)
    kind = _ours(data)
    if kind is not None:
        return kind
    return _text_or_nothing(data)


def refuse_malware(data: bytes) -> None:
    """Raises UploadRefused for the EICAR test file, wherever it stands in `data`."""
    if _EICAR in data:
        raise UploadRefused(
            "文件带有病毒特征（EICAR）。",
            reason=Reason.MALWARE,
            mend="请不要转发这个文件；用杀毒软件检查设备后，另选文件上传。",
        )


def refuse_two_in_one(data: bytes) -> None:
    """Raises UploadRefused where an archive hangs behind what is not decoded and written anew."""
    try:
        hidden = zipfile.is_zipfile(io.BytesIO(data))
    except zipfile.BadZipFile:  # one of several volumes: an archive all the same
        hidden = True
    if hidden:
        raise UploadRefused(
            "文件后面还藏着一个压缩包。",
            reason=Reason.TWO_IN_ONE,
            mend="请从原来的软件重新导出后再上传。",
        )


def _ours(data: bytes) -> Kind | None:
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if _riff(b"WEBP")(data):
        return Kind.WEBP
    if data.startswith(b"%PDF-"):
        return Kind.PDF
    return Kind.MP4 if data[4:8] == b"ftyp" else None


def _text_or_nothing(data: bytes) -> Kind:
    head = data[:_HEAD]
    if b"%PDF-" in head:
        raise UploadRefused(
            "PDF 前面还有别的内容。",
            reason=Reason.TWO_IN_ONE,
            mend="请用“打印为 PDF”重新生成后再上传。",
        )
    if _SVG.search(head):
        raise _wrong_type("SVG 图片", "请截屏，或导出为 PNG 后再上传。")
    if _MARKUP.search(data):
        raise _wrong_type("网页或脚本", _PRINT)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" not in head:
        return Kind.TEXT  # its cleaner says what is wrong with another encoding
    raise _wrong_type("这种文件", "请上传 JPEG、PNG、WebP、PDF、MP4 或 UTF-8 文本（txt）。")


def _wrong_type(name: str, mend: str) -> UploadRefused:
    gap = " " if name[0].isascii() else ""
    return UploadRefused(f"不接收{gap}{name}。", reason=Reason.WRONG_TYPE, mend=mend)
