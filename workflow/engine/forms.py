"""Forms are JSON Schema. `x-decides` names the properties that steer the process.

Only those enter task data; every other answer stays in the task's own, encrypted row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workflow.engine.errors import ProcessInvalid
from workflow.engine.values import flat

#: What a deciding property may be: a choice, a yes/no, a number; never free text.
_CLOSED_TYPES: Final = frozenset({"boolean", "integer", "number"})


@dataclass(frozen=True, slots=True)
class Form:
    key: str
    schema: Mapping[str, Any]

    @property
    def decides(self) -> tuple[str, ...]:
        return tuple(self.schema.get("x-decides", ()))

    def decisions(self, answer: Mapping[str, Any]) -> dict[str, object]:
        """The part of an answer that the engine is told; an unanswered question is None."""
        return {name: answer.get(name) for name in self.decides}


def read_form(key: str, schema: Mapping[str, Any]) -> Form:
    """Raises ProcessInvalid if a deciding property is missing or open."""
    if wrong := undecidable(schema):
        raise ProcessInvalid(f"表单 {key!r} 的 {wrong} 不是封闭的选择，不能作为决定。", form=key)
    return Form(key, schema)


def undecidable(schema: Mapping[str, Any]) -> list[str]:
    """Names in `x-decides` that are no declared property with a closed set of values."""
    decides = schema.get("x-decides", [])
    properties = schema.get("properties", {})
    if not isinstance(decides, list) or not isinstance(properties, dict):
        return ["x-decides"]
    return [str(name) for name in decides if not _closed(properties.get(str(name)))]


def _closed(rule: Any) -> bool:
    if not isinstance(rule, dict):
        return False
    # A list of lists could be answered, but task data would refuse it: the process would stop.
    return _chooses(rule.get("items") if rule.get("type") == "array" else rule)


def _chooses(rule: Any) -> bool:
    if not isinstance(rule, dict) or rule.get("type") == "array":
        return False
    choices = rule.get("enum", [rule["const"]] if "const" in rule else None)
    if choices is None:
        return rule.get("type") in _CLOSED_TYPES
    return isinstance(choices, list) and all(_is_scalar(choice) for choice in choices)


def _is_scalar(choice: object) -> bool:
    try:
        return not isinstance(flat(choice, name=""), list)
    except ProcessInvalid:
        return False
