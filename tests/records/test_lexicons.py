"""A school's own words: brought in whole, checked before, and used wherever words are checked."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from parties import tenancy
from parties.errors import InvalidInput
from records import lexicons, plan_words
from records.language import LexiconInvalid, parse
from records.models import SchoolPhrase
from records.plan_drafts import Draft
from tests.factories import NOW, World
from tests.records.desk import Desk

HEAD = "phrase,severity,category,neutral_wording\n"
OWN = (
    HEAD
    + "机床杀手,forbidden,student_label,〔日期〕操作中损坏〔部件〕，已重新示范\n刺头钻,allowed,,\n"
)


def keep(world: World, text: str) -> None:
    with tenancy.scope(world.id):
        lexicons.replace(school_id=world.id, rows=parse(text))


@pytest.mark.django_db
def test_a_schools_own_word_stops_a_record_like_the_projects(desk: Desk, world: World) -> None:
    keep(world, OWN)
    with pytest.raises(InvalidInput) as refused:
        desk.check(desk.drafted("他是机床杀手。"))

    assert "机床杀手" in str(refused.value)
    assert "已重新示范" in refused.value.mend


@pytest.mark.django_db
def test_a_term_of_its_trades_is_allowed(desk: Desk, world: World) -> None:
    record = desk.drafted("领用刺头钻一支。")
    with pytest.raises(InvalidInput):
        desk.check(record)
    keep(world, OWN)
    desk.check(record)

    assert desk.now(record).state == "CHECKED"


@pytest.mark.django_db
def test_a_word_that_the_project_lists_since_takes_no_other_word_with_it(
    desk: Desk, world: World
) -> None:
    keep(world, OWN)
    with tenancy.scope(world.id):
        for phrase, wording in (("差生", "写结果"), ("机床克星", "不写差生")):
            SchoolPhrase.objects.create(
                school_id=world.id, phrase=phrase, severity="discouraged",
                category="student_label", neutral_wording=wording,
            )  # fmt: skip

        words = lexicons.of(world.id)

    assert {row.phrase for row in words.rows} >= {"机床杀手", "刺头钻"}
    assert [row.kind for row in words.rows if row.phrase == "差生"] == ["forbidden"]
    assert "机床克星" not in {row.phrase for row in words.rows}


@pytest.mark.django_db
def test_one_schools_words_are_no_others(world: World, other_world: World) -> None:
    keep(world, OWN)

    Desk(other_world).check(Desk(other_world).drafted("他是机床杀手。"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "row",
    [
        "机床杀手,forbidden,student_label,他是差生",
        "机床杀手,banned,student_label,写事实",
        "机床杀手,forbidden,nonsense,写事实",
        "问题家庭,allowed,,",
    ],
)
def test_bad_rows_change_nothing(world: World, row: str) -> None:
    keep(world, OWN)
    with pytest.raises(LexiconInvalid):
        keep(world, HEAD + row + "\n")
    with tenancy.scope(world.id):
        assert SchoolPhrase.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_command_brings_in_all_or_nothing(world: World, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(OWN, encoding="utf-8")
    bad.write_text(HEAD + "机床杀手,banned,,\n", encoding="utf-8")
    call_command("import_lexicon", str(good), school=world.school.code)
    for file in (bad, tmp_path / "none.csv"):
        with pytest.raises(CommandError):
            call_command("import_lexicon", str(file), school=world.school.code)

    with tenancy.scope(world.id):
        assert SchoolPhrase.objects.count() == 2


def draft(party: str, title: str) -> Draft:
    return Draft(title=title, owner_party=party, starts_on=NOW.date(), due_at=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("party", "title", "refused"),
    [
        ("COMPANY", "每周二、四 18:30 后不排班", False),
        ("COMPANY", "他是差生，多盯着", True),
        ("COMPANY", "家里穷，少排夜班", True),
        ("FAMILY", "他是差生，多盯着", True),
        ("FAMILY", "家长失联时联系外婆", False),
    ],
)
def test_what_a_company_reads_is_judged_as_sharing(
    world: World, party: str, title: str, refused: bool
) -> None:
    with tenancy.scope(world.id):
        if not refused:
            plan_words.refuse(draft(party, title), student=world.student)
            return
        with pytest.raises(InvalidInput) as held:
            plan_words.refuse(draft(party, title), student=world.student)
    assert held.value.field == "title"
    assert held.value.mend.startswith("可以写：")
