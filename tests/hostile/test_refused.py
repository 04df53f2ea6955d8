"""The linter refuses every hostile file, by the right rule, in Chinese, without a traceback."""

import re

import pytest

from tests.engine.test_lint import findings
from tests.hostile.corpus import CORPUS, SINKS, Case


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_lint_refuses_it_and_says_why(case: Case) -> None:
    found = [finding for finding in findings(dict(case.files)) if finding.rule == case.rule]

    assert found, [str(finding) for finding in findings(dict(case.files))]
    for finding in found:
        assert re.search(r"[\u4e00-\u9fff]", finding.wrong)
        assert re.search(r"[\u4e00-\u9fff]", finding.mend)


def test_the_corpus_is_large_and_has_every_sink() -> None:
    assert len(CORPUS) >= 60
    assert len({case.name for case in CORPUS}) == len(CORPUS)
    assert len(SINKS) >= 25
