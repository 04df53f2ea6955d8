"""The measuring process. Started by config.bench.front alone, with services of its own.

Exit status 0 means measured and written, whatever the figures; anything else, that this process
failed, and then the traceback is in the log, not on the screen.
"""

import os
import sys
import traceback
from pathlib import Path

import django

if __name__ == "__main__":
    try:
        django.setup()
        from config.bench import telling

        telling.perform(sys.argv[1])
    except Exception:  # noqa: BLE001 -- the outer process says that this one failed, and where
        Path(os.environ["BENCH_LOG"]).write_text(traceback.format_exc(), encoding="utf-8")
        sys.exit(os.EX_SOFTWARE)
