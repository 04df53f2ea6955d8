"""Headers of every answer, and how the broker's address is spelt."""

import pytest
from django.http import HttpRequest, HttpResponse

from config.broker import broker_address
from config.headers import SafeHeaders


def answer_at(path: str, **given: str) -> HttpResponse:
    request = HttpRequest()
    request.path = path
    return SafeHeaders(lambda _: HttpResponse(headers=given))(request)


@pytest.mark.parametrize("path", ["/", "/cases/x", "/api/v1/cases", "/l/abc", "/healthz"])
def test_nothing_is_cached(path: str) -> None:
    assert answer_at(path)["Cache-Control"] == "no-store"


def test_files_may_be_cached() -> None:
    assert "Cache-Control" not in answer_at("/static/portal/phone.css")


def test_a_views_own_caching_does_not_survive() -> None:
    assert answer_at("/", **{"Cache-Control": "public"})["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/report", "/l/abc", "/api/v1/cases"])
def test_no_page_runs_a_script_or_is_framed(path: str) -> None:
    policy = answer_at(path)["Content-Security-Policy"]

    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_the_documentation_runs_its_own_files_only() -> None:
    policy = answer_at("/api/v1/docs")["Content-Security-Policy"]

    assert "script-src 'self';" in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy


def test_the_address_of_a_link_does_not_travel() -> None:
    assert answer_at("/l/abc")["Referrer-Policy"] == "no-referrer"
    assert "Referrer-Policy" not in answer_at("/cases/x")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("redis://host:6379/0", "redis://host:6379/0"),
        ("rediss://:secret@host/1", "rediss://:secret@host/1"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock?virtual_host=0"),
        ("unix:///run/valkey.sock?db=3", "redis+socket:///run/valkey.sock?virtual_host=3"),
    ],
)
def test_the_broker_is_found_under_both_spellings(url: str, address: str) -> None:
    assert broker_address(url) == address
