"""What a file is called, for whoever reads of it.

A name often says whom and what a file shows (李小四先动手.jpg), and nobody checks it as a text. So
only who uploaded it reads their own name for it again. To everybody else it has a plain one: what
it is, the day it came, and a sign of its own id. No running number: that would count files which
this reader may not know of. The uploader's name stays sealed in the row.
"""

from copy import copy
from typing import Final

from django.utils import timezone

from parties.access import Viewer
from records.models import Attachment
from records.uploads.kinds import ENDINGS, IMAGES, MEDIA_TYPE, Kind

_KINDS: Final = {media_type: kind for kind, media_type in MEDIA_TYPE.items()}
_LABELS: Final = {
    **dict.fromkeys(IMAGES, "图片"), Kind.PDF: "文档", Kind.TEXT: "文本", Kind.MP4: "视频",
}  # fmt: skip
_SIGNS: Final = 6


def name_for(viewer: Viewer, file: Attachment) -> str:
    """The name that this reader may read. Inside a scope: the uploader's own is sealed."""
    return str(file.name) if file.uploaded_by_id == viewer.person.pk else plain(file)


def plain(file: Attachment) -> str:
    """`图片-20261009-3FA2C1.jpg`; of a type that we no longer take, without an ending."""
    kind = _KINDS.get(file.media_type)
    label, ending = ("文件", "") if kind is None else (_LABELS[kind], f".{ENDINGS[kind][0]}")
    if file.kind == Attachment.Kind.SIGNED_PAGE:
        label = str(Attachment.Kind.SIGNED_PAGE.label)
    day = timezone.localdate(file.uploaded_at)
    return f"{label}-{day:%Y%m%d}-{file.pk.hex[:_SIGNS].upper()}{ending}"


def named(viewer: Viewer, file: Attachment) -> Attachment:
    """The file under the name that this reader may read; a row that nobody saves."""
    if file.uploaded_by_id == viewer.person.pk:
        return file
    shown = copy(file)
    shown.name = plain(file)
    return shown
