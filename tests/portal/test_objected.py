"""What an objection is about stands beside it, for whoever answers and for whoever filed it."""

import re

from tests.api.callers import member
from tests.api.papers import FACT, MONEY, effective
from tests.factories import World
from tests.portal.visitors import by_password

SECOND = "10月12日实训课迟到 20 分钟。"


def shown(world: World, who: str, address: str) -> dict[str, str]:
    """The lines of the objection on the page of the record."""
    phone = by_password(world, who)
    phone.open(address)
    part = phone.html.split("异议 YY")[1].split("</dl>")[0]
    return dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]*)</dd>", part))


def test_who_answers_reads_which_statement_it_is_about(world: World) -> None:
    paper = effective(world, FACT, SECOND)
    address, mother = f"/records/{paper.id}", by_password(world, "mother")
    mother.open(f"{address}/object")
    [second] = re.findall(rf'<option value="([^"]+)"[^>]*>{SECOND}', mother.html)
    given = {"ground": "WRONG", "wish": "CORRECT", "words": "那天他没有迟到。"}
    mother.send(f"{address}/object", about=second, **given)

    for who in ("teacher", "mother"):
        assert shown(world, who, address)["针对这一条"] == SECOND, who


def test_words_that_were_quoted_stand_there_and_nothing_where_it_is_the_whole(
    world: World,
) -> None:
    paper = effective(world)
    filed = {"ground": "WRONG", "wish": "CORRECT", "words": "只有一次。", "quoted": "两次"}
    member(world, "mother").post(f"/records/{paper.id}/objections", filed)

    found = shown(world, "teacher", f"/records/{paper.id}")
    assert found["针对这句话"] == "两次"
    assert "针对这一条" not in found


def test_a_statement_of_which_a_reader_knows_the_class_alone_is_not_told(world: World) -> None:
    paper = effective(world, FACT, MONEY)
    mother = member(world, "mother")
    said = mother.get(f"/records/{paper.id}").json()["statements"]
    [money] = [one["id"] for one in said if one["text"] == MONEY]
    filed = {"ground": "DISCLOSURE", "wish": "DELETE", "words": "请不要写这个。", "about": money}
    mother.post(f"/records/{paper.id}/objections", filed)

    about = shown(world, "head_of_office", f"/records/{paper.id}")["针对这一条"]
    assert "见受限栏" in about
    assert MONEY not in about
