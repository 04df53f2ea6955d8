"""A process that is told to end unwinds, even when Python swallows the exception once."""

import subprocess
import sys

SWALLOWED = """
import os, signal, time, weakref
from config import endings

class Held: pass

def last_words(_reference):
    os.kill(os.getpid(), signal.SIGTERM)
    for _ in range(1000): pass

endings.unwind(SystemExit(75), on=(signal.SIGTERM,))
held = Held()
reference = weakref.ref(held, last_words)
try:
    del held
    print("swallowed", flush=True)
    time.sleep(20)
finally:
    print("undone", flush=True)
"""


def run(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )


def test_an_ending_that_is_swallowed_is_taken_up_again() -> None:
    done = run(SWALLOWED)

    assert (done.returncode, done.stdout) == (75, "swallowed\nundone\n")
    assert "Traceback" not in done.stderr


def test_another_exception_in_a_finalizer_is_still_told() -> None:
    code = SWALLOWED.replace("os.kill(os.getpid(), signal.SIGTERM)", "1 / 0")

    done = run(code.replace("time.sleep(20)", "pass"))

    assert done.returncode == 0
    assert "ZeroDivisionError" in done.stderr
