"""manage.py check_language: a line in, an object out, whatever stands in the line."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from config.folders import BASE_DIR
from records.language import Author, Level, Moment, check
from tests.management import manage

#: Nothing that a database or a broker could be reached by, and a locale that knows ASCII only.
BARE = {"PATH": os.environ["PATH"], "SANFANG_ENV": "production", "LC_ALL": "C"}
#: What contracts.md names, in its order.
PROMISED = ["phrase", "severity", "category", "start", "end", "suggestion"]
EVERY_VERDICT = "10月9日按时到岗。\n该生上课走神。\n他是差生，家长不配合。\n他不是差生。"
SIGN = ("--moment", "sign", "--author", "staff")


def answers(stdin: bytes, *words: str) -> list[Any]:
    done = manage("check_language", *(words or SIGN), stdin=stdin)
    return read(done)


def read(done: subprocess.CompletedProcess[bytes]) -> list[Any]:
    assert (done.returncode, done.stderr) == (0, b"")
    return [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]


def test_each_line_gets_the_verdict_of_the_one_function() -> None:
    """In a process of its own, where nothing else can be reached; the others ask here."""
    texts = ["他是差生", "", "上课走神", "10月9日按时到岗。", "  "]

    done = subprocess.run(
        [sys.executable, "manage.py", "check_language", *SIGN], cwd=BASE_DIR, env=BARE,
        input="\n".join(texts).encode(), capture_output=True, timeout=60, check=False,
    )  # fmt: skip

    assert read(done) == [
        check(text, moment=Moment.SIGN, author=Author.STAFF).as_json() for text in texts
    ]


@pytest.fixture(scope="module")
def said() -> list[Any]:
    return answers(EVERY_VERDICT.encode())


def test_a_finding_has_the_keys_of_the_contract_and_two_more(said: list[Any]) -> None:
    """The first six are promised to whoever reads the output; the others are described in docs/."""
    found = [one for answer in said for one in answer["findings"]]

    assert len(found) >= 4
    for one in found:
        assert list(one) == [*PROMISED, "effect", "note"]
        assert [type(one[key]) for key in PROMISED] == [str, str, str, int, int, str]


def test_a_verdict_is_one_of_three(said: list[Any]) -> None:
    assert [answer["verdict"] for answer in said] == ["ok", "hint", "block", "hint"]
    assert {key for answer in said for key in answer} == {"verdict", "findings"}
    assert [level.value for level in Level] == ["ok", "hint", "block"]
    assert {one["severity"] for one in said[1]["findings"] + said[2]["findings"]} == {
        "discouraged", "forbidden",
    }  # fmt: skip


def test_the_offsets_are_those_of_what_was_written() -> None:
    """`phrase` is the row of the list, whatever its spelling in the text."""
    text = "老师说家长素质很低。"

    [answer] = answers(text.encode())

    [found] = answer["findings"]
    assert (found["phrase"], text[found["start"] : found["end"]]) == ("父母素质低", "家长素质很低")


def test_only_newlines_end_a_line() -> None:
    text = "按时\r到岗\x85，\u2028然后\x0b\x0c\x1c\u2029差生\r"

    [answer] = answers(f"{text}\n".encode())

    assert [(found["start"], found["end"]) for found in answer["findings"]] == [
        (text.index("差"), text.index("差") + 2)
    ]


def test_offsets_count_code_points_of_the_line() -> None:
    [answer] = answers("😀𠀀 差·生".encode())

    [found] = answer["findings"]
    assert (found["phrase"], found["start"], found["end"]) == ("差生", 3, 6)


def test_what_is_not_utf8_is_answered_like_any_line_and_said() -> None:
    """差生 in the code page of an old Windows is not read, and nobody takes that for clean."""
    stdin = b"\xff\xfe\x00\n\xe5\xb7\n" + "差生\n".encode("gbk") + "差生".encode()

    done = manage("check_language", *SIGN, stdin=stdin)

    latin, half, page, plain = (json.loads(line) for line in done.stdout.splitlines())
    assert latin == half == page == {"verdict": "ok", "findings": []}
    assert plain["verdict"] == "block"
    assert done.returncode == 0
    assert done.stderr.startswith(b"3 line(s) were not UTF-8")


def test_no_stdin_at_all_is_told_in_one_line() -> None:
    command = f"{sys.executable} manage.py check_language {' '.join(SIGN)} <&-"
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=BASE_DIR, env=BARE, capture_output=True, timeout=60,
        check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr == b"CommandError: Give the texts on stdin, one a line.\n"


def test_no_line_no_answer_and_an_empty_line_one() -> None:
    assert answers(b"") == []
    assert answers(b"\n") == [{"verdict": "ok", "findings": []}]
    assert len(answers(b"\n\n\n")) == 3


@pytest.mark.parametrize(
    ("moment", "author", "verdict"),
    [("draft", "staff", "hint"), ("share", "company", "block"), ("share", "parent", "hint")],
)
def test_moment_and_author_decide(moment: str, author: str, verdict: str) -> None:
    [answer] = answers("差生".encode(), "--moment", moment, "--author", author)

    assert answer["verdict"] == verdict


def test_a_quote_field_can_be_asked_for() -> None:
    [answer] = answers("她说“差生”".encode(), *SIGN, "--quote")

    assert (answer["verdict"], answer["findings"][0]["effect"]) == ("ok", "quote")


@pytest.mark.parametrize(
    "words",
    [("--author", "staff"), ("--moment", "now", "--author", "staff"), (*SIGN, "file.txt")],
)
def test_wrong_usage_is_two(words: tuple[str, ...]) -> None:
    done = manage("check_language", *words)

    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr


def test_a_reader_that_leaves_early_is_no_fault() -> None:
    command = [sys.executable, "manage.py", "check_language", *SIGN]
    with subprocess.Popen(
        command,
        cwd=BASE_DIR,
        env=BARE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as asked:
        assert asked.stdin
        assert asked.stdout
        assert asked.stderr
        asked.stdin.write("差生\n".encode())
        asked.stdin.flush()
        assert json.loads(asked.stdout.readline())["verdict"] == "block"  # answered at once
        asked.stdout.close()
        asked.stdin.write("差生\n".encode())
        asked.stdin.close()

        assert asked.stderr.read() == b""
        assert asked.wait(timeout=60) == 0


def test_a_full_disk_is_told_in_one_line() -> None:
    command = [sys.executable, "manage.py", "check_language", *SIGN]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            command, cwd=BASE_DIR, env=BARE, input="差生\n".encode(), stdout=full,
            stderr=subprocess.PIPE, timeout=60, check=False,
        )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr == b"CommandError: Stopped before the end: No space left on device.\n"
