"""What is wrong with a file, said so that a school clerk can mend it without asking."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file: a sheet or csv as the user names it, and the row number Excel shows."""

    sheet: str
    row: int = 0

    def __str__(self) -> str:
        return f"{self.sheet}第 {self.row} 行" if self.row else self.sheet


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence: where, which column, what is wrong, what to do."""

    place: Place
    column: str
    wrong: str
    mend: str

    def __str__(self) -> str:
        column = f"“{self.column}”" if self.column else ""
        return "".join(
            [f"{self.place}{column}：{self.wrong}。", f"{self.mend}。" if self.mend else ""]
        )


class UnreadableFile(Exception):
    """The file as a whole cannot be read; the message says why and what to do."""
