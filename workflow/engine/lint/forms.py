"""Forms decide with closed choices only; free text never enters the engine."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflow.engine.forms import undecidable
from workflow.engine.lint.findings import Finding


def check(name: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    if schema.get("type") != "object" or not isinstance(schema.get("properties"), dict):
        yield Finding(
            name,
            "",
            "form.shape",
            "表单不是对象类型的 JSON Schema。",
            "写 type: object 和 properties。",
        )
    for wrong in undecidable(schema):
        yield Finding(
            name,
            wrong,
            "form.undecidable",
            f"x-decides 中的 {wrong!r} 不是封闭的选择。",
            "给该属性加 enum，或设为 boolean、integer。",
        )
