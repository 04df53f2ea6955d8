"""The campaign's own process: the direct parent of every service and process that it kills.

Started by config.chaos.front alone. Exit status 0 means that the campaign ran and its result was
written, whatever it found; anything else, that this process failed, and then the traceback is in
the log, not on the screen.
"""

import os
import sys
import traceback
from contextlib import ExitStack
from pathlib import Path

import django

from config.chaos import services
from config.chaos.options import Options

if __name__ == "__main__":
    services.end_on_signal()
    options = Options.unpacked(sys.argv[1])
    try:
        with ExitStack() as undo:
            stack = services.start(options, undo)
            django.setup()
            from config.chaos import campaign

            status = campaign.main(options, stack)
    except Exception:  # noqa: BLE001 -- the outer process says that this one failed, and where
        Path(os.environ["CHAOS_LOG"]).write_text(traceback.format_exc(), encoding="utf-8")
        sys.exit(os.EX_SOFTWARE)
    sys.exit(status)
