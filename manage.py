#!/usr/bin/env python
"""The command line. Without DATABASE_URL, commands that need services get embedded ones."""

import sys

from config.command_line import run

if __name__ == "__main__":
    sys.exit(run(sys.argv))
