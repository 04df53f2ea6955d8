"""Two worlds that differ in one sentence of a record, or in a draft that nobody offered, look the
same to whoever may not read it: every address, every byte.

The worlds are one school before and after, so that every id is the same.
"""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from parties import tenancy
from parties.models import Restriction
from tests.api.callers import member
from tests.api.papers import FACT, MONEY, Paper, effective, offered, upload, written
from tests.factories import LONG_AGO, World
from tests.privacy.observers import Answer, Ids, Observer, differences
from tests.records.uploads.files import jpeg

pytestmark = pytest.mark.django_db(transaction=True)

OTHER = "和classmate一起离开操场。"
#: Of another child, of another class, of the company, of the school's upper floors.
OUTSIDE = ("mentor", "classmate", "other_mother", "stranger", "principal", "data_admin")


@pytest.fixture
def world(world: World) -> World:
    """One more family: the classmate's mother."""
    with tenancy.scope(world.id):
        mother = world.add("other_mother", email="other@family.test")
        classmate = world["classmate"].student
        classmate.guardian_links.create(
            school=world.school, guardian=mother, relation="MOTHER", contact_priority=1
        )
    return world


def draft(world: World) -> Paper:
    paper = written(world, FACT, MONEY, next_focus="补考准备")
    upload(paper.writer, paper.id, jpeg())
    return paper


def money(world: World) -> Paper:
    return effective(world, FACT, MONEY)


def third(world: World) -> Paper:
    paper = written(world, FACT, OTHER)
    paper.do("check", {"confirmed": ["classmate"]})
    paper.do("offer")
    upload(paper.writer, paper.id, jpeg(), redaction="NEEDED")
    return paper


STORIES: dict[str, Callable[[World], Paper]] = {"draft": draft, "money": money, "third": third}


def ids(paper: Paper) -> Ids:
    """Of what stands in the record, as its writer sees it."""
    shown = paper.writer.get(f"/records/{paper.id}").json()
    files = [one["id"] for one in shown["attachments"]]
    found = {
        "record": paper.id,
        "target": paper.id,
        "statement": shown["statements"][0]["id"],
        **({"attachment": files[0], "file": files[0]} if files else {}),
    }
    return replace(Ids.absent(), **{name: UUID(text) for name, text in found.items()})


def asks(world: World, who: str) -> tuple[Observer, dict[str, Answer]]:
    seen = Observer(member(world, who))
    return seen, seen.asks(Ids.absent())


@pytest.mark.parametrize("story", sorted(STORIES))
def test_who_has_no_part_in_it_sees_not_one_byte(world: World, story: str) -> None:
    before = {who: asks(world, who) for who in OUTSIDE}

    real = ids(STORIES[story](world))

    leaks: list[str] = []
    for who, (seen, calm) in before.items():
        leaks += [f"{who}: {line}" for line in differences(calm, seen.asks(real))]
    assert not leaks, "\n".join(leaks)


def test_a_draft_is_nowhere_for_family_office_and_grade(world: World) -> None:
    whose = ("mother", "student", "head_of_office", "grade_leader", "auditor", "deputy")
    before = {who: asks(world, who) for who in whose}

    real = ids(draft(world))

    for who, (seen, calm) in before.items():
        assert differences(calm, seen.asks(real)) == [], who


def test_a_barred_guardian_notices_nothing_at_all(world: World) -> None:
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school,
            student=world.student,
            person=world["father"],
            kind=Restriction.Kind.NO_CONTACT,
            starts_at=LONG_AGO,
        )
    seen, calm = asks(world, "father")

    real = ids(money(world))

    assert differences(calm, seen.asks(real)) == []


def test_the_student_learns_the_name_of_the_class_and_nothing_else(world: World) -> None:
    """What stands in the place of the sentence is a label, whatever the sentence said."""
    short, long = effective(world, FACT, "交不起房租。"), effective(world, FACT, MONEY * 5)
    student = member(world, "student")

    def said(paper: Paper) -> list[dict[str, object]]:
        body = student.get(f"/records/{paper.id}").json()["statements"]
        return [{name: one[name] for name in one if name not in ("id", "at")} for one in body]

    assert said(short) == said(long)
    assert said(short)[1]["masked"] == "家庭经济与资助"
    assert "交不起房租。".encode() not in Observer(student).text(ids(short))


def test_a_hidden_file_changes_nothing_for_the_family(world: World) -> None:
    paper = offered(world)
    mother = Observer(member(world, "mother"))
    real = ids(paper)
    mother.asks(real)  # her own copies are on the list of copies from now on
    calm = {name: it for name, it in mother.asks(real).items() if name.startswith(_READS)}

    upload(paper.writer, paper.id, jpeg(), redaction="NEEDED")

    now = {name: it for name, it in mother.asks(real).items() if name.startswith(_READS)}
    assert len(calm) > 10
    assert "record_id" in " ".join(calm)
    assert differences(_untimed(calm), _untimed(now)) == []


#: The answers of her own acts are hers; what she reads must not change.
_READS = ("GET /records/{record_id}", "GET /objections", "page get /records/{target_id}")


def _untimed(answers: dict[str, Answer]) -> dict[str, Answer]:
    """A copy carries the moment it was taken."""
    return {name: it for name, it in answers.items() if "export" not in name and "pdf" not in name}


def test_the_same_eyes_do_notice_what_they_may_read(world: World) -> None:
    seen, calm = asks(world, "mother")

    found = differences(calm, seen.asks(ids(money(world))))

    assert len(found) > 10
