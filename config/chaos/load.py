"""Everybody at the schools, each in a thread: reports, matters, notices, tasks.

    python -m config.chaos.load BASE FOLDER SEED

FOLDER holds casts.json and gets the diaries. SIGTERM: nobody begins anything new, and the process
ends when every request that was sent has its answer.
"""

import json
import logging
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Final

from config.chaos import diary, people
from config.chaos.diary import Diary
from config.chaos.stage import Stage

logger = logging.getLogger(__name__)

#: Seconds after which somebody who gave up begins anew.
_BREATH: Final = 5.0


def main(base: str, folder: str, seed: str) -> int:
    """0 when everybody got an answer to everything."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    here = Path(folder)
    requests, answers = Diary(here / diary.REQUESTS), Diary(here / diary.ANSWERS)
    failed: list[str] = []
    threads = []
    for cast in json.loads((here / "casts.json").read_text(encoding="utf-8")):
        stage = Stage(base, cast, requests, answers, stop)
        for number, life in enumerate(people.LIVES):
            run = _guarded(life, stage, f"{seed}:{cast['code']}:{number}", failed)
            threads.append(threading.Thread(target=run, name=life.__name__, daemon=True))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 1 if failed else 0


def _guarded(
    life: Callable[[Stage, str], None], stage: Stage, seed: str, failed: list[str]
) -> Callable[[], None]:
    def run() -> None:
        while not stage.stop.is_set():
            try:
                life(stage, seed)
            except Exception as failure:
                failed.append(type(failure).__name__)
                logger.exception("load.failed life=%s", life.__name__)
                stage.stop.wait(_BREATH)

    return run


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
