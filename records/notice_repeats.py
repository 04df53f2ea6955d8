"""The same words to a notice, said twice: whether they stand there already."""

from datetime import datetime, timedelta
from typing import Final

from records.models import NoticeReceipt

#: So long a phone may send again what it got no answer to.
_ONE_TAP: Final = timedelta(minutes=5)


def just_said(receipt: NoticeReceipt, text: str, *, at: datetime) -> bool:
    """Days later the same words are said anew, and somebody should hear them again."""
    last = receipt.replied_at
    return last is not None and at - last < _ONE_TAP and ends_with(receipt, text)


def ends_with(receipt: NoticeReceipt, text: str) -> bool:
    words = text.strip().splitlines()
    said: str = receipt.reply
    return said.splitlines()[-len(words) :] == words
