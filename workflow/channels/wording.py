"""What a sentence that leaves the house is made of, and its languages."""

from dataclasses import dataclass
from typing import Final

CHINESE: Final = "zh"
ENGLISH: Final = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """A subject for mail, one sentence for every channel, and a link if that is what is sent.

    `sender` is the school: nobody should open a link of whom they do not know.
    """

    subject: str
    line: str
    link: str = ""
    sender: str = ""

    @property
    def short(self) -> str:
        """For a text message. With a link it says who writes, what for, and the link comes last."""
        if not self.link:
            return self.line
        return f"【{self.sender}】{self.subject} {self.link}"
