"""What somebody asked of the bench, handed from the command to the process that measures."""

import json
from dataclasses import asdict, dataclass
from typing import Final

#: Those of `all`; LANGUAGE is measured when it is named.
WORKLOADS: Final = ("step", "sweep", "file", "crisis")
LANGUAGE: Final = "language"
ALL: Final = "all"
SECONDS: Final = 24.0


@dataclass(frozen=True, slots=True)
class Options:
    """`seconds` of measuring per workload; `json`: absolute path of the result, or "".

    `open_cases`: how many lie beside those that are measured; None for what the workload says.
    """

    workloads: tuple[str, ...] = WORKLOADS
    seconds: float = SECONDS
    json: str = ""
    open_cases: int | None = None

    def packed(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def unpacked(cls, packed: str) -> "Options":
        given = json.loads(packed)
        return cls(tuple(given.pop("workloads")), **given)
