"""The lexicon of one school: the project's phrases and its own, as the checks use it.

A school adds; it cannot take away what the project forbids. Rows are checked when they are brought
in, so that a record is never held up by a slip of the pen in a list of words.
"""

import logging
from collections.abc import Sequence
from functools import lru_cache

from django.db import transaction

from records.language import Lexicon, LexiconInvalid, Row, default
from records.language.rows import Kind
from records.models import SchoolPhrase

logger = logging.getLogger(__name__)


def of(school_id: int) -> Lexicon:
    """The words that count at this school. Inside its scope; one query."""
    rows = SchoolPhrase.objects.filter(school_id=school_id).order_by("phrase")
    own = tuple(
        Row(row.phrase, Kind(row.severity), row.category, row.neutral_wording) for row in rows
    )
    return _with(own) if own else default()


@lru_cache(maxsize=64)
def _with(own: tuple[Row, ...]) -> Lexicon:
    """The project's words and these, less those that its list has grown past since."""
    try:
        return default().extended(own)
    except LexiconInvalid as grown:
        past = {fault.row for fault in grown.faults}
        logger.warning("lexicon.own_rows_left_out rows=%s", len(past))
    return default().extended(tuple(row for line, row in enumerate(own, 2) if line not in past))


def replace(*, school_id: int, rows: Sequence[Row]) -> int:
    """Put a school's own rows in place of those it had; how many. Inside its scope.

    Raises LexiconInvalid: names every row that cannot be used, and nothing is changed.
    """
    default().extended(tuple(rows))
    with transaction.atomic():
        SchoolPhrase.objects.filter(school_id=school_id).delete()
        SchoolPhrase.objects.bulk_create(
            SchoolPhrase(
                school_id=school_id,
                phrase=row.phrase,
                severity=row.kind.value,
                category=row.category,
                neutral_wording=row.suggestion,
            )
            for row in rows
        )
    return len(rows)
