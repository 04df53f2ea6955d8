"""Pictures and PDF are decoded by a child that has nothing to give away and ends in time."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from records.uploads import Kind, Reason, UploadRefused, apart
from tests.records.uploads.files import jpeg, pdf, refusal, taken

pytestmark = pytest.mark.usefixtures("with_a_child")


def run_instead(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(apart, "_START", code)


@pytest.mark.parametrize(("kind", "sent"), [(Kind.JPEG, jpeg()), (Kind.PDF, pdf())])
def test_the_child_answers_as_the_decoder_does(kind: Kind, sent: bytes) -> None:
    assert apart.decode(kind, sent) == apart.decode_here(kind, sent)


def test_a_refusal_of_the_child_arrives_whole() -> None:
    sent = jpeg(progressive=True)
    start = sent.index(b"\xff\xda")
    bomb = sent[:start] + sent[start:-2] * 50

    there, here = refusal(bomb), here_refused(bomb)

    assert there is not None
    assert (str(there), there.reason, there.mend, there.context) == here


def here_refused(sent: bytes) -> tuple[str, Reason, str, dict[str, Any]]:
    with pytest.raises(UploadRefused) as refused:
        apart.decode_here(Kind.JPEG, sent)
    return str(refused.value), refused.value.reason, refused.value.mend, refused.value.context


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.abort()",
        "import os; os._exit(1)",
        "raise SystemExit(0)",
        "b = bytearray()\nimport records_that_are_not_there",
    ],
    ids=["crashes", "gives up", "says nothing", "fails"],
)
def test_a_child_that_does_not_answer_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    run_instead(monkeypatch, code)

    refused = refusal(jpeg())

    assert refused is not None
    assert refused.reason is Reason.BROKEN


def test_a_child_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "ANSWER_SECONDS", 0.5)
    run_instead(monkeypatch, "import time; time.sleep(60)")

    refused = refusal(jpeg())

    assert refused is not None
    assert refused.reason is Reason.BROKEN


def bounded(then: str) -> subprocess.CompletedProcess[str]:
    code = f"from records.uploads import apart; apart.CPU_SECONDS = 1; apart._bound(); {then}"
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=apart._ROOT,
    )


def test_a_child_that_eats_memory_fails_alone() -> None:
    assert "MemoryError" in bounded("bytearray(apart.MEMORY_BYTES)").stderr


def test_a_child_that_computes_for_ever_is_ended() -> None:
    assert bounded("any(iter(int, 1))").returncode < 0


def test_a_child_can_write_no_file(tmp_path: Path) -> None:
    said = bounded(f"open({str(tmp_path / 'x')!r}, 'w').write('x' * 9999)").stderr

    assert "File too large" in said
    assert not (tmp_path / "x").read_bytes()


def test_the_child_holds_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANFANG_ROOT_KEY", "secret of this server")
    say = "import os, sys, json; n = len([k for k in os.environ if 'SANFANG' in k]);"
    run_instead(monkeypatch, say + "print(json.dumps({'kind': 'jpeg', 'width': n}))")

    assert taken(jpeg()).width == 0
