"""Texts are content-free: whoever reads a phone over a shoulder learns nothing."""

import ast
import logging
import re
from pathlib import Path

import pytest

from workflow import calendar_entries
from workflow.channels import texts
from workflow.channels.texts import TEXTS
from workflow.channels.wording import CHINESE, ENGLISH, Text

ROOT = Path(__file__).resolve().parents[2]
ALL = [(name, language) for name, by in TEXTS.items() for language in by]

#: Whatever a crisis may be about. None of it may be hinted at.
TELLING = re.compile(
    "危机|紧急|事故|事件|受伤|伤害|自杀|自残|自伤|轻生|欺凌|霸凌|暴力|家暴|虐待|性侵|骚扰|猥亵|失踪|离家|走失"
    "|生病|疾病|心理|抑郁|死亡|生命|危险|报警|警察|公安|斗殴|打架|威胁"
    "|孩子|学生|家长|父亲|母亲|老师|同学"
    r"|\b(crisis|emergency|accident|incident|injur|hurt|harm|suicid|abus|bull|violen|assault|missing)"
    r"|\b(ill|sick|mental|depress|death|dead|danger|police|threat)"
    r"|\b(child|student|parent|father|mother|teacher)"
)


def spoken(text: Text) -> str:
    return f"{text.subject} {text.line}"


@pytest.mark.parametrize(("template", "language"), ALL)
def test_no_text_has_room_for_a_name(template: str, language: str) -> None:
    assert not set(spoken(TEXTS[template][language])) & set("{}%$<>")


@pytest.mark.parametrize(("template", "language"), ALL)
def test_no_text_says_what_happened(template: str, language: str) -> None:
    said = spoken(TEXTS[template][language]).casefold()

    assert TELLING.search(said) is None


@pytest.mark.parametrize("template", TEXTS)
def test_every_text_exists_in_chinese_and_in_english(template: str) -> None:
    assert set(TEXTS[template]) == {CHINESE, ENGLISH}
    assert spoken(TEXTS[template][ENGLISH]).isascii()


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("zh-hans", "请登录查看。"),
        ("", "请登录查看。"),
        ("fr", "请登录查看。"),
        ("en", "Please sign in to read."),
        ("en-GB", "Please sign in to read."),
    ],
)
def test_the_reader_decides_the_language(language: str, line: str) -> None:
    assert texts.of("case.news", language).line == line


def test_a_text_with_a_link_says_who_writes() -> None:
    text = Text("登录链接", "10 分钟内有效。", link="https://sanfang.test/l/abc", sender="示范职校")

    assert text.short == "【示范职校】登录链接 https://sanfang.test/l/abc"


def test_no_text_sounds_like_a_summons() -> None:
    said = [spoken(by[CHINESE]) for by in TEXTS.values()]
    pages = (ROOT / "portal" / "templates").rglob("*.html")
    told = (ROOT / "config" / "demo").rglob("*.py")  # what a demo tells of it

    assert not any("约谈" in one for one in said)
    assert not [one.name for one in (*pages, *told) if "约谈" in one.read_text()]
    assert "约谈" not in calendar_entries.SUMMARY


@pytest.mark.parametrize(
    ("template", "line"), [("crisis.brand_new", "crisis.alert"), ("brand.new", "case.news")]
)
def test_an_unknown_template_still_calls_its_reader(
    template: str, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        assert texts.of(template, "zh-hans") == TEXTS[line][CHINESE]

    assert f"template.unknown code={template}" in caplog.text


def test_every_template_that_the_product_uses_has_a_text() -> None:
    used = {word for path in sources() for word in templates_in(path)}

    assert {"crisis.alert", "crisis.numbers", "task.new", "link.sign_in"} <= used
    assert used <= set(TEXTS)


def sources() -> list[Path]:
    return [path for top in ("workflow", "api", "portal") for path in (ROOT / top).rglob("*.py")]


def templates_in(path: Path) -> set[str]:
    """Codes passed as `template=` or to a helper named _tell, as a word or as a constant."""
    tree = ast.parse(path.read_text())
    constants = {
        node.target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    passed: list[ast.expr | None] = []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        passed += [keyword.value for keyword in call.keywords if keyword.arg == "template"]
        if isinstance(call.func, ast.Name) and call.func.id == "_tell":
            passed += call.args
    meant = [constants.get(word.id) if isinstance(word, ast.Name) else word for word in passed]
    return {str(word.value) for word in meant if isinstance(word, ast.Constant)}
