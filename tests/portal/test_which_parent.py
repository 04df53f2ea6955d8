"""Which parent said it, on the form of a record: asked in every section, never required."""

import re
from typing import Any

import pytest

from parties import tenancy
from parties.models import GuardianLink, Membership
from parties.roles import Role
from records.models import Statement
from tests.api.papers import FACT, Paper, written
from tests.factories import LONG_AGO, World
from tests.portal.browsers import filled, tap
from tests.portal.test_plan_costs import cost
from tests.portal.test_records import TYPED, stored, writing
from tests.portal.visitors import Phone, by_password

LATE = "孩子晚上十一点以后才回家。"
HOME = {"section": "HOME", "source": "GUARDIAN"}
REFUSED = "写明了是哪位家长说的，来源却不是“家长陈述”"


def told(world: World) -> list[tuple[str, str, str]]:
    """Section, source and whose."""
    with tenancy.scope(world.id):
        rows = Statement.objects.filter(withdrawn_at=None).select_related("said_by")
        return [
            (one.section, one.source, one.said_by.name if one.said_by else "")
            for one in rows.order_by("place")
        ]


def draft(world: World, who: str = "mother", **said: Any) -> tuple[Phone, str]:
    """A draft that holds what the API was told, open on its form."""
    paper = written(world, FACT)
    paper.say(LATE, said_by=str(world[who].pk), **{**HOME, **said})
    return opened(world, paper)


def opened(world: World, paper: Paper) -> tuple[Phone, str]:
    phone, address = by_password(world, "teacher"), f"/records/{paper.id}/edit"
    phone.open(address)
    return phone, address


def test_each_section_asks_and_none_has_to_be_named(world: World) -> None:
    phone, address = writing(world, "STUDY")
    assert "谁说的、哪位家长、是否核实" in phone.text
    [asked] = re.findall(r'<div class="field" id="field-whose_HOME">.*?</div>', phone.html, re.S)
    assert "哪位家长说的（来源是“家长陈述”时选，可不填）" in asked
    assert "mother（母亲）" in asked

    assert tap(phone, address, keep="1", s_HOME=LATE, **TYPED) == 200

    assert told(world) == [("FACT", "TEACHER", ""), ("HOME", "GUARDIAN", "")]


def test_two_parents_say_two_things_in_one_section(world: World) -> None:
    phone, address = writing(world, "STUDY")
    both = {"s_HOME": LATE, "whose_HOME": str(world["mother"].pk),
            "s_HOME_2": "每天九点前在家。", "source_HOME_2": "GUARDIAN",
            "whose_HOME_2": str(world["father"].pk)}  # fmt: skip

    assert phone.send(address, keep="1", **both, **TYPED).status_code == 200

    assert told(world)[1:] == [("HOME", "GUARDIAN", "mother"), ("HOME", "GUARDIAN", "father")]


def test_what_a_program_said_is_shown_and_kept_until_it_is_changed(world: World) -> None:
    phone, address = draft(world)
    assert filled(phone)["whose_HOME"] == [str(world["mother"].pk)]

    assert tap(phone, address, keep="1", place="二楼") == 200
    assert told(world)[1] == ("HOME", "GUARDIAN", "mother")
    phone.open(address)
    assert tap(phone, address, keep="1", whose_HOME=str(world["father"].pk)) == 200
    assert told(world)[1] == ("HOME", "GUARDIAN", "father")
    phone.open(address)
    assert tap(phone, address, keep="1", whose_HOME="") == 200

    assert told(world)[1] == ("HOME", "GUARDIAN", "")


def test_a_page_that_did_not_ask_leaves_it(world: World) -> None:
    phone, address = draft(world)

    sent = {**filled(phone), "s_HOME": "孩子晚上十点以后才回家。"}
    del sent["whose_HOME"]
    assert phone.send(address, keep="1", **sent).status_code == 200

    assert told(world)[1] == ("HOME", "GUARDIAN", "mother")


@pytest.mark.parametrize("who", ["student", "mentor"])
def test_whoever_is_not_listed_stays(world: World, who: str) -> None:
    phone, address = draft(world, who, source="STUDENT")
    assert filled(phone)["whose_HOME"] == [""]

    assert tap(phone, address, keep="1", s_HOME="最近十点到家。") == 200

    assert told(world)[1] == ("HOME", "STUDENT", who)


def test_a_reaction_of_who_is_no_guardian_any_more_stays(world: World) -> None:
    said = {"section": "EMOTION", "source": "TEACHER", "observed": "SILENT"}
    phone, address = draft(world, "father", **said)
    with tenancy.scope(world.id):
        links = GuardianLink.objects.filter(guardian=world["father"])
        links.update(state=GuardianLink.State.ENDED)
    phone.open(address)
    assert filled(phone)["whose"] == [""]

    assert tap(phone, address, keep="1", observed="CALM") == 200

    assert told(world)[1] == ("EMOTION", "TEACHER", "father")


def test_a_parent_beside_another_source_is_refused_in_its_row(world: World) -> None:
    phone, address = writing(world, "STUDY")
    mother = str(world["mother"].pk)

    answer = phone.send(address, keep="1", whose_FACT=mother, source_FACT="TEACHER", **TYPED)

    assert answer.status_code == 400
    [wrong] = re.findall(
        r'<div class="field wrong" id="field-whose_FACT">.*?</div>', phone.html, re.S
    )
    assert (
        f"{REFUSED}。请把来源改为“家长陈述”，或不写是哪位家长。以老师或企业人员身份参加的" in wrong
    )
    assert filled(phone)["whose_FACT"] == [mother]
    assert tap(phone, address, keep="1", source_FACT="GUARDIAN") == 200
    assert told(world) == [("FACT", "GUARDIAN", "mother")]


def test_a_parent_who_came_as_a_teacher_is_named_beside_what_a_teacher_saw(world: World) -> None:
    father, mother = str(world["father"].pk), str(world["mother"].pk)
    with tenancy.scope(world.id):
        Membership.objects.create(
            school=world.school, person=world["father"], role=Role.GL, starts_at=LONG_AGO
        )
    phone, address = writing(world)
    came = {"people": [mother], "staff": [father], "staff_presence": "IN_PERSON"}

    assert phone.send(address, keep="1", whose_FACT=father, **came, **TYPED).status_code == 200

    assert told(world) == [("FACT", "TEACHER", "father")]
    address = f"/records/{stored(world).pk}/edit"
    phone.open(address)
    assert [filled(phone)[name] for name in ("people", "staff")] == [[mother], [father]]
    assert tap(phone, address, offer="1", place="二楼") == 200
    assert "陈述人：father" in phone.text


def test_another_source_for_what_a_parent_said_is_refused(world: World) -> None:
    phone, address = draft(world)

    assert tap(phone, address, keep="1", source_HOME="STUDENT") == 400
    assert REFUSED in phone.text
    assert tap(phone, address, keep="1", whose_HOME="") == 200

    assert told(world)[1] == ("HOME", "STUDENT", "")


def test_a_parent_who_is_not_ticked_is_asked_for_before_it_is_handed_over(world: World) -> None:
    phone, address = writing(world)
    mother, father = str(world["mother"].pk), str(world["father"].pk)
    said = {"source_FACT": "GUARDIAN", "whose_FACT": father, **TYPED}

    answer = phone.send(address, offer="1", people=[mother], **said)

    assert answer.status_code == 400
    [wrong] = re.findall(r'class="field wrong" id="field-people">.*?</fieldset>', phone.html, re.S)
    assert "“问题描述”写明了是谁，参加的人中却没有father" in wrong
    assert filled(phone)["whose_FACT"] == [father]
    assert tap(phone, address, offer="1", people=[mother, father]) == 200
    assert "陈述人：father" in phone.text
    assert "待签字" in phone.text


def test_who_is_a_guardian_of_nobody_here_cannot_be_chosen(world: World) -> None:
    phone, address = writing(world, "STUDY")
    stranger = str(world["teacher"].pk)

    answer = phone.send(address, keep="1", s_HOME=LATE, whose_HOME=stranger, **TYPED)

    assert answer.status_code == 400
    assert "请从给出的选项中选择" in phone.text


def test_a_parent_chosen_elsewhere_meanwhile_is_named(world: World) -> None:
    mine, address = draft(world)
    theirs = by_password(world, "teacher")
    theirs.open(address)
    assert tap(theirs, address, keep="1", whose_HOME=str(world["father"].pk)) == 200

    assert tap(mine, address, keep="1", s_HOME="孩子晚上十点以后才回家。") == 409
    assert "哪位家长说的（来源是“家长陈述”时选，可不填），现在是： father（父亲）" in mine.text


@pytest.mark.django_db(transaction=True)
def test_many_statements_cost_no_more_queries(world: World) -> None:
    paper = written(world, FACT)
    phone, address = opened(world, paper)
    few = cost(phone, address)
    for who in ("mother", "father") * 3:
        paper.say(LATE, said_by=str(world[who].pk), **HOME)

    assert cost(phone, address) == few
