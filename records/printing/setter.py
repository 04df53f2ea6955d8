"""The setter proper, a child: `python -I setter.py TEMPLATE FONTS < inputs > out.pdf`.

A child gives its memory back (typst keeps what it set: 70 MB for a file of 1,000 entries) and can
be stopped when a text takes too long. It knows typst and nothing of Django, the database or keys.

Standard input is one JSON object, name to text: the template's `sys.inputs`. The template may read
its own folder. Exit code 3: the template broke.
"""

import json
import sys
from pathlib import Path
from typing import Final

import typst

TEMPLATES: Final = Path(__file__).parent / "templates"

BROKEN: Final = 3


def main(template: str, fonts: str) -> int:
    """Set one document; says nothing on failure, because the setter's words may quote the text."""
    faces = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[Path(fonts)]
    )
    try:
        pdf = typst.compile(
            TEMPLATES / template,
            root=TEMPLATES,
            font_paths=faces,
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs=json.load(sys.stdin.buffer),
        )
    except typst.TypstError:
        return BROKEN
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
