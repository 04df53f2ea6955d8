"""Files on disk: what is checked, in place of what, and that no file hides another."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.engine.diagrams import call, chain, document, end, process, rule, simple, start, table
from tests.engine.diagrams import user as task
from tests.engine.drawn import drawn
from workflow.engine import lint_files

FORM = '{"type": "object", "properties": {"x": {"type": "boolean"}}, "x-decides": ["x"]}'
LINE = drawn(simple(task("a"), chain("s", "a", "e")))
ASKING = drawn(simple(task("a"), rule("br", "tier"), chain("s", "a", "br", "e")))
TABLE = table("tier", "a_x", {"== True": '"high"'})


@pytest.fixture
def shipped(tmp_path: Path, settings: Any) -> Path:
    """A folder that stands for bpmn/, with one form."""
    folder = tmp_path / "bpmn"
    (folder / "forms").mkdir(parents=True)
    (folder / "forms/choice.json").write_text(FORM)
    settings.BPMN_DIR = folder
    return folder


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rules(*paths: Path) -> set[tuple[str, str]]:
    return {(finding.file, finding.rule) for finding in lint_files.check(list(paths))}


def lint(*words: Path | str) -> tuple[int, str]:
    """Exit status and output of the command."""
    out = StringIO()
    try:
        call_command("lint_process", *map(str, words), stdout=out)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


def test_a_form_of_the_house_need_not_be_given(shipped: Path, tmp_path: Path) -> None:
    good = write(tmp_path / "p.bpmn", LINE)

    assert rules(good) == set()
    (shipped / "forms/choice.json").unlink()
    assert rules(good) == {("p.bpmn", "form.unknown")}


def test_a_given_form_stands_in_place_of_the_houses(shipped: Path, tmp_path: Path) -> None:
    steered = write(tmp_path / "p.bpmn", ASKING)
    shipped_table = write(shipped / "t.dmn", TABLE)
    silent = write(tmp_path / "choice.json", FORM.replace('["x"]', "[]"))

    assert rules(steered, shipped_table) == set()
    assert rules(steered, shipped_table, silent) == {("t.dmn", "expression.undeclared")}


def test_a_table_alone_is_checked_against_those_who_ask_it(shipped: Path, tmp_path: Path) -> None:
    alone = write(tmp_path / "t.dmn", TABLE.replace("a_x", "nobody_knows"))
    assert rules(alone) == set()

    write(shipped / "asks.bpmn", ASKING)

    assert rules(alone) == {("t.dmn", "expression.undeclared")}


def test_what_is_wrong_in_the_house_is_not_reported_with_a_given_file(
    shipped: Path, tmp_path: Path
) -> None:
    write(shipped / "broken.bpmn", "<a/>")
    write(shipped / "half.dmn", b"\xff")

    assert rules(write(tmp_path / "p.bpmn", LINE)) == set()
    assert {file for file, _ in lint_all()} == {"broken.bpmn", "half.dmn"}


def lint_all() -> set[tuple[str, str]]:
    return {(finding.file, finding.rule) for finding in lint_files.check_all()}


def test_a_renamed_diagram_replaces_the_one_with_its_process(shipped: Path, tmp_path: Path) -> None:
    write(shipped / "old.bpmn", LINE)

    assert rules(write(tmp_path / "new.bpmn", LINE)) == set()
    both = {tmp_path / "new.bpmn", write(tmp_path / "newer.bpmn", LINE)}
    assert {rule for _, rule in rules(*both)} == {"id.duplicate"}


def test_a_caller_finds_the_process_it_calls_beside_it_or_in_the_house(
    shipped: Path, tmp_path: Path
) -> None:
    outer = drawn(simple(task("a"), call("c", "q"), chain("s", "a", "c", "e")))
    inner = drawn(document(process("q", start(), task("b"), end(), chain("s", "b", "e"))))
    caller, called = write(tmp_path / "p.bpmn", outer), write(tmp_path / "q.bpmn", inner)

    assert rules(caller) == {("p.bpmn", "call.unknown")}
    assert rules(caller, called) == set()
    write(shipped / "q.bpmn", inner)
    assert rules(caller) == set()


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_files_with_one_name_neither_hides_the_other(
    shipped: Path, tmp_path: Path, *, turned: bool
) -> None:
    good, bad = write(tmp_path / "a/p.bpmn", LINE), write(tmp_path / "b/p.bpmn", "<a/>")
    given = [bad, good] if turned else [good, bad]

    status, out = lint(*given, "--json")

    found = {row["file"]: row["rule"] for row in json.loads(out)}
    assert status == 1
    assert found[str(given[1])] == "file.duplicate"
    assert found.get("p.bpmn") == ("xml.not_bpmn" if turned else None)
    assert shipped.exists()


def test_the_same_file_twice_is_checked_once(shipped: Path, tmp_path: Path) -> None:
    good, bad = write(tmp_path / "p.bpmn", LINE), write(shipped / "q.bpmn", "<a/>")

    assert rules(good, good) == set()
    assert len(lint_files.check([bad, bad])) == len(lint_files.check([bad])) > 0


def test_one_file_that_cannot_be_read_does_not_spare_the_next(
    shipped: Path, tmp_path: Path
) -> None:
    folder, missing = shipped / "forms", tmp_path / "gone.bpmn"
    bad = write(tmp_path / "p.bpmn", LINE.replace("userTask", "manualTask"))

    status, out = lint(folder, missing, bad, "--json")

    found = [(row["file"], row["rule"]) for row in json.loads(out)]
    assert status == 1
    assert found[:2] == [(str(folder), "file.unreadable"), (str(missing), "file.unreadable")]
    assert ("p.bpmn", "task.manual") in found


@pytest.mark.parametrize(
    ("content", "rule_name"),
    [
        (b"", "xml.empty"),
        (b" \r\n\t", "xml.empty"),
        (b"\xef\xbb\xbf", "xml.unreadable"),
        (b"\x7fELF\x02\x01\x01\x00", "xml.encoding"),
        (b"PK\x03\x04\x14\x00\x00\x00\x08\x00", "xml.encoding"),
        (LINE.encode("utf-16"), "xml.encoding"),
        (LINE.encode("gb18030"), "xml.encoding"),
        (b'<?xml version="1.0" encoding="GBK"?><a/>', "xml.encoding"),
        (FORM.encode(), "xml.unreadable"),
        (b"<html/>\0", "xml.encoding"),
    ],
)
@pytest.mark.parametrize("name", ["p.bpmn", "t.dmn"])
def test_what_is_no_diagram_is_one_finding(
    shipped: Path, tmp_path: Path, name: str, content: bytes, rule_name: str
) -> None:
    assert rules(write(tmp_path / name, content)) == {(name, rule_name)}
    assert shipped.exists()


@pytest.mark.parametrize("start_of_file", [b"\xef\xbb\xbf", b'<?xml version="1.0"?>', b"\r\n"])
def test_how_windows_begins_a_file_is_no_finding(
    shipped: Path, tmp_path: Path, start_of_file: bytes
) -> None:
    content = start_of_file + LINE.replace("><", ">\r\n<").encode()

    assert rules(write(tmp_path / "p.bpmn", content)) == set()
    assert shipped.exists()


def test_people_read_the_place_the_wrong_the_mend_and_how_many(
    shipped: Path, tmp_path: Path
) -> None:
    good = write(tmp_path / "p.bpmn", LINE)
    assert lint(good) == (0, "未发现问题。\n")

    (shipped / "forms/choice.json").unlink()
    status, out = lint(good)

    first, last = out.splitlines()
    assert status == 1
    assert first.startswith("p.bpmn:")
    assert first.endswith("(form.unknown)")
    assert "[a] 没有表单 'choice'。新建 bpmn/forms/choice.json" in first
    assert last == "共 1 个问题。"


def test_without_a_file_it_is_wrong_usage() -> None:
    with pytest.raises(CommandError):
        call_command("lint_process")
