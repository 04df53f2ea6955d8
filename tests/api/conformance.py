"""What every search for odd requests shares: the description, the checks, one search."""

import os
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from uuid import UUID

import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.callers import Caller

#: For each of three people, so that every operation gets its 25 and more.
EXAMPLES = 300 if os.environ.get("SANFANG_TEST_DEPTH") == "deep" else 9
#: And for the one who must succeed, when none of those did.
SOUND = 60
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@cache
def described() -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/schema", WSGIHandler())


def search(
    operation: str,
    caller: Caller,
    known: Mapping[str, UUID],
    *,
    mend: Callable[[Any], Mapping[str, str]] = lambda _case: {},
    sound: bool = False,
) -> set[int]:
    """Statuses of many odd requests, three of four about things that exist.

    `mend` may complete what a description cannot say, in the case or as headers. A `sound` search
    sends only what the description allows, and more of it: for a caller who must succeed once.
    """
    cookies = {name: morsel.value for name, morsel in caller.client.cookies.items()}
    method, path = operation.split(" ")
    tried = described()[path][method]
    modes = [GenerationMode.POSITIVE] if sound else list(GenerationMode)
    cases = st.one_of(*(tried.as_strategy(generation_mode=mode) for mode in modes))
    seen: set[int] = set()

    @settings(
        max_examples=max(EXAMPLES, SOUND) if sound else EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, real=st.integers(0, 3))
    def run(case: Any, real: int) -> None:
        headers = caller._all({})
        if real:
            for name in set(case.path_parameters or {}) & set(known):
                case.path_parameters[name] = str(known[name])
            headers |= mend(case)
        answer = case.call(headers=headers, cookies=cookies)
        case.validate_response(answer, checks=CHECKS)
        seen.add(answer.status_code)

    run()
    return seen
