"""I12: no recorded answer showed its reader more than they may see.

The readers are people who must learn nothing of a crisis: a guardian who was not told, a mentor, a
teacher of another class. Each report and matter carries a word that nobody else ever writes.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from uuid import UUID

from config.chaos.checker.books import Books
from config.chaos.checker.findings import BROKEN, Found, Violation
from config.chaos.diary import Line


def check(books: Books) -> Found:
    forbidden = _forbidden(books)
    return len(books.answers), [
        violation for line in books.answers for violation in _leaks(line, forbidden)
    ]


def _leaks(line: Line, forbidden: Mapping[str, Mapping[str, str]]) -> Iterator[Violation]:
    text = line["text"]
    for word, what in forbidden[line["person"]].items():
        if word in text:
            where = f"{line['person']} {line['path']} {word}"
            yield Violation("I12", BROKEN, f"secret.seen.{what}", where)


def _forbidden(books: Books) -> Mapping[str, Mapping[str, str]]:
    """For each reader: what may not stand in an answer to them, and what it would give away."""
    schools = {str(row["id"]): row["school_id"] for row in books.table("parties_person")}
    words = [line for line in books.asked.values() if "canary" in line]
    readers = {line["person"] for line in books.answers}
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for reader in readers:
        for line in words:
            if line["person"] != reader:
                found[reader][line["canary"]] = line["kind"]
        for case, school in _hidden(books, reader).items():
            found[reader][str(case)] = "case" if school == schools[reader] else "other_school"
    return found


def _hidden(books: Books, reader: str) -> Mapping[UUID, int]:
    """Cases that came in as a crisis and that nobody told this reader of; and other schools'."""
    rows = books.rows(
        """
        SELECT c.id, c.school_id FROM workflow_case c, parties_person p
        WHERE p.id = %s AND (c.school_id <> p.school_id
            OR EXISTS (SELECT 1 FROM workflow_crisisreport r WHERE r.case_id = c.id)
            AND c.safe_to_tell <> 'YES'
            AND NOT EXISTS (SELECT 1 FROM workflow_caseparty t
                WHERE t.case_id = c.id AND t.person_id = p.id
                AND t.part IN ('TOLD', 'MEMBER', 'REPORTER')))
        """,
        reader,
    )
    return {row["id"]: row["school_id"] for row in rows}
