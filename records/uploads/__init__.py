"""Files from outside: recognised by content, cleaned or refused. Pure: no database, no disk.

`clean` is the door. What comes out was written by us, never copied from the sender, except text and
the picture and sound of a video.
"""

from records.uploads.cleaning import clean
from records.uploads.errors import Reason, UploadRefused
from records.uploads.kinds import LARGEST, CleanFile, Kind
from records.uploads.limits import read_limited, refuse_oversize
from records.uploads.names import safe_name

__all__ = [
    "LARGEST",
    "CleanFile",
    "Kind",
    "Reason",
    "UploadRefused",
    "clean",
    "read_limited",
    "refuse_oversize",
    "safe_name",
]
