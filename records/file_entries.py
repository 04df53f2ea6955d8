"""Put something into a student's file, and let more people know of it later.

Whoever stores a record, receipt, plan or answer enters it here in the same transaction. Reading the
file is records/file.py.
"""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from ledger import together
from parties import round_trips
from parties.models import Person, Student
from parties.privacy import FieldClass, Level, parse, readable
from parties.roles import Role
from records.models import FileEntry

#: Who works with the whole file of a student by their post.
SCHOOL: Final = frozenset({Role.HT, Role.GL, Role.ME, Role.VP, Role.PR})
FAMILY: Final = frozenset({Role.G})
STUDENT: Final = frozenset({Role.STU})
#: Whose task a class is: they find what is of it without being a party to it.
_BY_TASK: Final = frozenset({Role.FA, Role.DOC, Role.PSY})
#: What a family answered on its receipt of a notice.
NOTICE_REPLY: Final = "notice_reply"


#: What was read was read: nobody is ever taken off.
_ENTER: Final = b"""
INSERT INTO records_fileentry AS e
    (id, school_id, student_id, at, kind, party, by_id, case_id, object_id, readers, people)
VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, %s, %s, %s, %s::varchar[], %s::uuid[])
ON CONFLICT (school_id, kind, object_id, student_id) DO UPDATE SET
    readers = ARRAY(SELECT unnest(e.readers || excluded.readers) AS one GROUP BY one ORDER BY one),
    people = ARRAY(SELECT unnest(e.people || excluded.people) AS one GROUP BY one ORDER BY one)
"""


def readers_of(classes: str) -> frozenset[Role]:
    """Of those who read a whole file: whoever may read what has these classes, as a party to it;
    and whoever has the task of reading them.
    """
    given = {Level.PARTY}
    everybody = SCHOOL | FAMILY | STUDENT
    found = {role for role in everybody if readable(classes, [role], given=given)}
    return frozenset(found | {role for role in _BY_TASK if _reads_by_task(classes, role)})


def _reads_by_task(classes: str, role: Role) -> bool:
    """As policies.reads_file() has it for who took no part: others in it are for the team."""
    given = {FieldClass.TPD: [Level.TEAM]}
    return all(readable(code, [role], given=given.get(code, ())) for code in parse(classes))


def enter(  # noqa: PLR0913 - one argument per column
    *,
    student: Student,
    kind: str,
    object_id: UUID,
    party: str,
    at: datetime,
    readers: Collection[Role],
    by: Person | None = None,
    case_id: UUID | None = None,
    people: Collection[UUID] = (),
) -> None:
    """Enter `object_id` once; entering it again only widens who may know of it. Inside a scope.

    `readers` are roles towards this student, `people` are named ones beside them.
    """
    given = (
        *(student.school_id, student.pk, at, kind, party, None if by is None else by.pk),
        *(case_id, object_id, sorted(role.value for role in readers), sorted(people, key=str)),
    )
    if not together.put(_ENTER, given):
        round_trips.execute(_ENTER, given)


def enter_many(  # noqa: PLR0913 - one argument per column
    *,
    school_id: int,
    students: Collection[UUID],
    kind: str,
    object_id: UUID,
    party: str,
    at: datetime,
    readers: Collection[Role],
    by: UUID | None = None,
    case_id: UUID | None = None,
) -> None:
    """Enter one thing into many files, in one statement; again changes nothing. Inside a scope."""
    entry = partial(
        FileEntry, school_id=school_id, kind=kind, object_id=object_id, case_id=case_id, at=at
    )
    read_by = sorted(role.value for role in readers)
    FileEntry.objects.bulk_create(
        [
            entry(student_id=student, party=party, by_id=by, readers=read_by)
            for student in sorted(students, key=str)
        ],
        ignore_conflicts=True,
    )


def move(*, kind: str, object_id: UUID, at: datetime) -> None:
    """Let an entry stand at another moment: what it is about happened then, as is known by now."""
    entries = FileEntry.objects.select_for_update().filter(kind=kind, object_id=object_id)
    for entry in entries.exclude(at=at):
        entry.at = at
        entry.save(update_fields=["at"])


def open_to(
    *, kind: str, object_id: UUID, readers: Collection[Role] = (), people: Collection[UUID] = ()
) -> None:
    """Let more people know of an entry. Nobody is ever taken off: what was read was read."""
    for entry in FileEntry.objects.select_for_update().filter(kind=kind, object_id=object_id):
        entry.readers = sorted({*entry.readers, *(role.value for role in readers)})
        entry.people = sorted({*entry.people, *people}, key=str)
        entry.save(update_fields=["readers", "people"])
