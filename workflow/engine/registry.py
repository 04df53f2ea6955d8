"""Which function a BPMN service task calls. A duplicate or unknown name must stop the start-up."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured

from workflow.engine.errors import HandlerInvalid
from workflow.engine.values import NAME, Flat, flat_names

Handler = Callable[..., Mapping[str, object] | None]
H = TypeVar("H", bound=Handler)


def _nothing() -> None:
    """Nothing is remembered, so nothing need be forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepContext:
    """What a step, and a handler in it, may know: the place, the moment and who caused it.

    `by` is the person who completed a task, None when time or another step moved the process.
    `clocks` turns the name of a deadline into a moment; `changed` is called around every handler,
    which may change what was known of the case.
    """

    school_id: int
    case_id: UUID
    instance_id: UUID
    at: datetime
    by: UUID | None
    via: str
    clocks: Callable[[str], datetime]
    changed: Callable[[], None] = _nothing


@dataclass(frozen=True, slots=True)
class _Registered:
    handler: Handler
    decides: frozenset[str]


_handlers: Final[dict[str, _Registered]] = {}


def service_task(name: str, *, decides: Iterable[str] = ()) -> Callable[[H], H]:
    """Register the function that a service task calls; `name` is its operator id in the diagram.

    `decides` declares the results: an expression reads them as `<service task id>_<result>`.
    """

    def register(handler: H) -> H:
        if name in _handlers:
            raise ImproperlyConfigured(f"service task {name!r} is registered twice")
        declared = frozenset(decides)
        if wrong := sorted(result for result in declared if not NAME.match(result)):
            raise ImproperlyConfigured(f"service task {name!r} declares unusable names {wrong}")
        _handlers[name] = _Registered(handler, declared)
        return handler

    return register


def call(
    name: str, context: StepContext, params: Mapping[str, object], *, prefix: str
) -> dict[str, Flat]:
    """Run a handler; its errors pass unchanged. Answers its decisions under flat names.

    A declared result that the handler left out is None, so that expressions can always read it.
    """
    registered = _handlers.get(name)
    if registered is None:
        raise HandlerInvalid(f"没有登记名为 {name!r} 的服务任务。", operator=name)
    context.changed()
    result = dict(registered.handler(context, **params) or {})
    context.changed()
    if surplus := sorted(result.keys() - registered.decides):
        raise HandlerInvalid(f"服务任务 {name!r} 返回了未声明的结果 {surplus}。", operator=name)
    return flat_names(prefix, {key: result.get(key) for key in sorted(registered.decides)})


def registered_names() -> frozenset[str]:
    return frozenset(_handlers)


def handler(name: str) -> Handler:
    """The function behind a registered name."""
    return _handlers[name].handler


def declared_results(name: str) -> frozenset[str]:
    """Result names of one handler; empty for an unknown one, which lint reports by itself."""
    registered = _handlers.get(name)
    return registered.decides if registered else frozenset()
