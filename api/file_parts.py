"""A file within a form: how large it may be, and that it is looked at where files are looked at."""

from typing import Any, Final

from rest_framework import serializers

from api.problems import Problem, broken
from records.uploads.kinds import LARGEST_OF_ALL

#: Bytes of a form: the file, boundaries, headers of the parts, short fields.
LARGEST_FORM: Final = LARGEST_OF_ALL + 64 * 1024


class FilePart(serializers.FileField):
    """An empty one is a file too: what is wrong with it, and the mend, the domain says."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_empty_file=True, **options)


def too_large() -> Problem:
    """Of a form that nobody reads, because its file cannot be small enough."""
    return Problem("request.too_large", mistakes=[broken("file", "file_size")])
