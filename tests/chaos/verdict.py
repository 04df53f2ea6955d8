"""Red when a campaign found anything: the command itself exits 0 whatever it found.

python -m tests.chaos.verdict chaos.json
"""

import json
import sys
from pathlib import Path


def main(path: str) -> int:
    result = json.loads(Path(path).read_text(encoding="utf-8"))
    found = [*result["violations"], *([result["not_run"]] if "not_run" in result else [])]
    for one in found:
        sys.stdout.write(f"{one}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
