"""What somebody asked of the bench, handed from the command to the process that measures."""

import json
from dataclasses import asdict, dataclass
from typing import Final

WORKLOADS: Final = ("step", "file")
#: contracts: named already, so that nobody takes them for a slip of the pen.
LATER: Final = ("crisis", "sweep")
ALL: Final = "all"
SECONDS: Final = 24.0


@dataclass(frozen=True, slots=True)
class Options:
    """`seconds` of measuring per workload; `json`: absolute path of the result, or ""."""

    workloads: tuple[str, ...] = WORKLOADS
    seconds: float = SECONDS
    json: str = ""

    def packed(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def unpacked(cls, packed: str) -> "Options":
        given = json.loads(packed)
        return cls(tuple(given["workloads"]), float(given["seconds"]), str(given["json"]))
