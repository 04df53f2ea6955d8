"""How else somebody's own words could be said: an offer, to whoever asks for it (domain.md 5, 11).

Nothing is stored, decided or refused here; the words of a family stay as they were written.
"""

from collections.abc import Sequence

from parties import privacy
from parties.access import Viewer
from parties.models import Student
from records import language, language_gate, lexicons
from records.language import Author, Finding, Moment, People


def author_of(viewer: Viewer) -> Author:
    """Who this person writes as; whoever works for nobody speaks for the family."""
    if viewer.is_staff:
        return Author.STAFF
    return Author.COMPANY if viewer.company_roles else Author.PARENT


def known_to(viewer: Viewer, student: Student | None = None) -> People:
    """Names that a check may use for this reader: none that they do not know already.

    Staff know the students of the school by name, and the family of those they work with. At home
    and at a company one's own student is all: a finding must not tell who else is at the school.
    """
    own = frozenset() if student is None else frozenset({student.person.name})
    if not privacy.readable("IDN", {post.role for post in viewer.posts}):
        return People(own)
    if student is None:
        return People(distant=language_gate.students_of(viewer.person.school_id))
    if student.pk in viewer.kin or student.pk == viewer.student_id:
        return People(own)
    if privacy.readable("FAM", viewer.roles_towards(student)):
        return language_gate.names_near(student)
    return People(own, distant=language_gate.students_of(student.school_id))


def offered(viewer: Viewer, text: str) -> Sequence[Finding]:
    """What could be said differently, in the order of the text. Inside a scope.

    Names are looked at as far as the viewer knows them anyway: an offer tells of no other student.
    """
    verdict = language.check(
        text,
        moment=Moment.DRAFT,
        author=author_of(viewer),
        people=known_to(viewer),
        lexicon=lexicons.of(viewer.person.school_id),
    )
    return verdict.findings
