"""One finding: where, which rule, what is wrong, what to do. Read by developers and schools."""

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """`element` is the id of an element of the diagram, empty when the whole file is meant."""

    file: str
    element: str
    rule: str
    wrong: str
    mend: str
    line: int = field(default=0, compare=False)

    def as_json(self) -> dict[str, str]:
        return {key: value for key, value in asdict(self).items() if key != "line"}

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        element = f" [{self.element}]" if self.element else ""
        return f"{place}{element} {self.wrong}{self.mend} ({self.rule})"
