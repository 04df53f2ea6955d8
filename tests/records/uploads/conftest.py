"""Decoders run in this process, except where the child itself is tested: a child takes a second."""

import pytest

from records.uploads import apart, cleaning


@pytest.fixture(autouse=True)
def without_a_child(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "with_a_child" not in request.fixturenames:
        monkeypatch.setattr(cleaning, "decode", apart.decode_here)


@pytest.fixture
def with_a_child() -> None:
    """Asks for the child process, as in production."""
