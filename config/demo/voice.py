"""How the demo speaks: one line at a time, at once, and without a fuss when nobody listens."""

import os
import sys


def say(sentence: str) -> None:
    """Print a line; a reader that went away (`demo | head`) silences the rest."""
    try:
        print(sentence, flush=True)  # noqa: T201 -- this is the demo's voice
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
