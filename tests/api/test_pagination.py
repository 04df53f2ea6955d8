"""Keyset pages: no gaps, no doubles, and a cursor that is worth nothing to anybody else."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from parties.cursors import Cursors
from parties.errors import CursorInvalid
from tests.api.callers import Caller, code
from tests.api.stories import reported
from tests.factories import World

As = Callable[[str], Caller]


@pytest.fixture
def cases(world: World) -> list[str]:
    return [str(reported(world, key=str(number)).case_id) for number in range(5)]


def walk(caller: Caller, path: str, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = caller.get(f"{path}?limit={limit}&cursor={cursor}").json()
        found += page["results"]
        cursor = page["next"]
    return found


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
def test_pages_of_any_size_give_every_row_once(as_: As, cases: list[str], limit: int) -> None:
    ids = [row["id"] for row in walk(as_("principal"), "/cases", limit)]

    assert sorted(ids) == sorted(cases)
    assert len(ids) == len(set(ids))


def test_a_row_that_arrives_meanwhile_moves_no_page(
    world: World, as_: As, cases: list[str]
) -> None:
    principal = as_("principal")
    first = principal.get("/cases?limit=2").json()
    reported(world, key="new")

    second = principal.get(f"/cases?limit=3&cursor={first['next']}").json()

    seen = [row["id"] for row in first["results"] + second["results"]]
    assert sorted(seen) == sorted(cases)


def test_a_cursor_says_nothing(as_: As, cases: list[str]) -> None:
    principal = as_("principal")
    first, second = (principal.get("/cases?limit=1").json()["next"] for _ in range(2))
    raw = base64.urlsafe_b64decode(first + "==")

    assert b"202" not in raw
    assert cases[-1].encode() not in raw
    assert first != second


def test_an_edited_or_cut_cursor_is_refused(as_: As, cases: list[str]) -> None:
    principal = as_("principal")
    good = principal.get("/cases?limit=1").json()["next"]
    flipped = ("A" if good[20] != "A" else "B").join([good[:20], good[21:]])

    for bad in (flipped, good[:-4], good + "AAAA", "x", "*", "A" * 2000, "0" * 40, "%F0%9F"):
        answer = principal.get(f"/cases?cursor={bad}")
        assert (answer.status_code, code(answer)) == (400, "cursor.invalid"), bad
        assert answer.json()["errors"] == [
            {
                "field": "cursor",
                "wrong": "不是这个列表给出的翻页标记。",
                "mend": "请去掉 cursor，从第一页重新开始。",
            }
        ]


def test_a_borrowed_cursor_is_refused(as_: As, cases: list[str]) -> None:
    cursor = as_("principal").get("/cases?limit=1").json()["next"]

    assert code(as_("counsellor").get(f"/cases?cursor={cursor}")) == "cursor.invalid"


def test_a_cursor_opens_only_its_own_list_and_filter(as_: As, cases: list[str]) -> None:
    principal = as_("principal")
    cursor = principal.get("/cases?limit=1").json()["next"]
    open_tasks = principal.get("/tasks?limit=1&state=OPEN").json()["next"]

    assert code(principal.get(f"/tasks?cursor={cursor}")) == "cursor.invalid"
    assert code(principal.get(f"/tasks?cursor={open_tasks}")) == "cursor.invalid"
    assert principal.get(f"/tasks?state=OPEN&cursor={open_tasks}").status_code == 200


@pytest.mark.parametrize("limit", ["0", "-1", "101", "x", "1.5", "1e3", "99999999999999999", ""])
def test_a_senseless_limit_is_named(world: World, as_: As, limit: str) -> None:
    answer = as_("principal").get(f"/cases?limit={limit}")

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "limit")


@pytest.mark.parametrize(
    "query",
    [
        "ordering=colour",
        "search=x",
        "state=OPENED",
        "student__person__name=x",
        "page=2",
        "format=api",
    ],
)
def test_nobody_sorts_or_filters_by_what_is_not_offered(world: World, as_: As, query: str) -> None:
    answer = as_("principal").get(f"/cases?{query}")

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (
        400,
        query.split("=", maxsplit=1)[0],
    )


def test_cursors_of_two_people_never_open_each_other() -> None:
    mine, theirs = Cursors(b"cases\x1fa"), Cursors(b"cases\x1fb")

    assert mine.open(mine.seal(["x", 7])) == ["x", 7]
    with pytest.raises(CursorInvalid):
        theirs.open(mine.seal(["x", 7]))
