"""What somebody asked of the demo, handed from the command to the process that plays it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

SCENARIOS: Final = ("crisis", "mass-notice", "skills", "conflict")
#: How the playing process ends when it told and wrote its result. Python's own 1 is neither.
KEPT: Final = 0
BROKEN: Final = 3
SLOWEST: Final = 1.0
FASTEST: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Options:
    """`leave`: end after the story, on throw-away data. `broker`: False plays the twin."""

    scenario: str = "crisis"
    speed: float = 60.0
    leave: bool = False
    json: str = ""
    fresh: bool = False
    broker: bool = True

    @property
    def driver(self) -> str:
        """What must drive every climb in this run."""
        return "celery" if self.broker else "watch"

    def packed(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def unpacked(cls, packed: str) -> "Options":
        return cls(**json.loads(packed))


def write_json(path: str, result: object) -> None:
    """Whole or not at all: a reader never finds half of it."""
    if not path:
        return
    draft = Path(f"{path}.new")
    draft.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)


def failed(sentence: str) -> dict[str, object]:
    """The result of a demo that never got to its end."""
    return {"ok": False, "broken": [sentence], "events": [], "notifications": []}
