"""One verb on one row: who asks must see it; done once for one key; shown as they see it then."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Model
from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency
from api.schema import F, describe
from api.views import ApiView, Nothing, Strict, read_body, viewing

Verb = Callable[..., object]


class RowAct(ApiView):
    """A subclass says which row, what its services call its id, and how to show it afterwards."""

    body_type: ClassVar[type[Strict]] = Nothing
    row: ClassVar[type[Model]]
    id_name: ClassVar[str]

    def act(self, request: Request, pk: UUID, verb: Verb, **more: Any) -> Response:
        """`more` are the arguments of the verb that no body says. Raises NotFound, and as verb."""
        given = read_body(request, self.body_type)
        with viewing(request) as viewer:
            viewer.get(self.row, pk)  # before anything is done, or answered again
        who = {"school_id": viewer.person.school_id, "by": viewer.person, "at": viewer.at}

        def run() -> Response:
            verb(**who, **{self.id_name: pk}, **given, **more)
            return self.after(request, pk)

        return idempotency.once(request, given, run)

    def after(self, request: Request, pk: UUID) -> Response:
        raise NotImplementedError


def acting(  # noqa: PLR0913 - what describe() takes, and what a file of verbs has in common
    summary: str,
    body: Any = Nothing,
    *,
    answer: Any,
    tag: str,
    always: Sequence[str],
    codes: Sequence[str] = (),
    examples: Sequence[OpenApiExample] = (),
) -> Callable[[F], F]:
    """The description of such a verb; `always` are the problems that its siblings have, too."""
    return describe(
        summary,
        body=body,
        answers={200: answer},
        codes=[*always, *codes],
        tags=[tag],
        post=True,
        examples=examples,
    )
