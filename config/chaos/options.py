"""What somebody asked of the campaign, handed from the command to the process that runs it."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

SEED: Final = 1
#: After so many faults everything is mended and left to settle.
ROUND: Final = 100
#: Faults that one installation goes through before it is checked and another one begins. What is
#: open piles up, because nobody closes it: a round after 800 faults takes twice as long as a first.
PART: Final = 500
#: Far from the seeds that people type, so that no part repeats another campaign.
_NEXT_SEED: Final = 1_000_003


@dataclass(frozen=True, slots=True)
class Options:
    """`json`: absolute path of the result, or "". `logs`: a folder that keeps diaries and logs.

    The rest narrows a campaign for tests.

    kinds: names of faults to draw from; empty means all, in their usual weights.
    pause: seconds between two faults, at least and at most.
    patience: seconds that the product has to come to rest once everything is mended.
    latency: seconds that the gateway takes before it answers.
    calm: seconds of load before the first fault.
    dump: a file of SQL with every table, to be restored in place of the migrations.
    """

    faults: int
    seed: int = SEED
    json: str = ""
    logs: str = ""
    kinds: tuple[str, ...] = ()
    pause: tuple[float, float] = (0.4, 2.0)
    patience: float = 100.0
    latency: float = 0.05
    calm: float = 4.0
    dump: str = ""

    def parts(self) -> Iterator["Options"]:
        """One after the other, each on an installation of its own. Their results are nobody's file:
        the outer process adds them up.
        """
        for number, done in enumerate(range(0, self.faults, PART)):
            yield replace(
                self,
                faults=min(PART, self.faults - done),
                seed=self.seed + number * _NEXT_SEED,
                logs=str(Path(self.logs) / str(number + 1)) if self.logs else "",
            )

    def packed(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def unpacked(cls, packed: str) -> "Options":
        given = json.loads(packed)
        low, high = given["pause"]
        return cls(**{**given, "kinds": tuple(given["kinds"]), "pause": (low, high)})
