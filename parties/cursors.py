"""Places in a list, sealed: nobody reads, edits or borrows the cursor of a page.

A cursor is bound to its viewer, the list and its filters, so it opens nothing for anybody else, and
pages of every interface use the same ones.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from parties.access import Viewer
from parties.errors import CursorInvalid

LONGEST: Final = 1000
_NONCE: Final = 12

#: A place as the values it is sorted by.
Written = list[str | int]


@dataclass(frozen=True, slots=True)
class Cursors:
    """Seals and opens the cursors of one list for one viewer."""

    bound_to: bytes

    @classmethod
    def of(cls, viewer: Viewer, name: str, filters: Sequence[str] = ()) -> "Cursors":
        return cls("\x1f".join([name, str(viewer.person.pk), *filters]).encode())

    def seal(self, place: Written) -> str:
        nonce = secrets.token_bytes(_NONCE)
        sealed = _box().encrypt(nonce, json.dumps(place).encode(), self.bound_to)
        return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")

    def open(self, cursor: str) -> Written | None:
        """None for the empty cursor of a first page.

        Raises:
            CursorInvalid: cut, edited, borrowed, or made for another list.
        """
        if not cursor:
            return None
        if len(cursor) > LONGEST:
            raise CursorInvalid("请从第一页重新开始。")
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            place: Written = json.loads(_box().decrypt(raw[:_NONCE], raw[_NONCE:], self.bound_to))
        except (ValueError, InvalidTag) as error:
            raise CursorInvalid("请从第一页重新开始。") from error
        return place


def _box() -> AESGCM:
    return AESGCM(hashlib.sha256(b"sanfang.api.cursor|" + settings.SECRET_KEY.encode()).digest())
