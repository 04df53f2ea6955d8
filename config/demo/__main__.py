"""The inner process: school, processes, story, review. Started by config.demo.front alone.

Its environment names the services, so Django is set up as on a server. Exit status KEPT or BROKEN
means that the result was told and written; anything else, that this process itself failed, and
then the traceback is in the log, not on the screen.
"""

import os
import sys
import traceback
from pathlib import Path

import django

if __name__ == "__main__":
    try:
        django.setup()
        from config.demo import player

        status = player.main(sys.argv[1:])
    except Exception:  # noqa: BLE001 -- the outer process says that this one failed, and where
        log = Path(os.environ["DEMO_LOGS"]) / "stage.log"
        log.write_text(traceback.format_exc(), encoding="utf-8")
        sys.exit(os.EX_SOFTWARE)
    sys.exit(status)
