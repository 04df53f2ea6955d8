"""Every text that SpiffWorkflow would evaluate is in the closed language and uses known names."""

from collections.abc import Iterator
from typing import Any, Final

from workflow.engine.errors import ExpressionRefused
from workflow.engine.expressions import Expression, Reading, compile_expression
from workflow.engine.lint.diagram import Diagram, find, text
from workflow.engine.lint.findings import Finding
from workflow.engine.lint.project import Project
from workflow.engine.timers import duration

_TEXTS: Final = (
    "bpmn:conditionExpression",
    "bpmn:timeDate",
    "bpmn:timeDuration",
    "bpmn:timeCycle",
    "bpmn:condition",
    "bpmn:loopCardinality",
    "bpmn:completionCondition",
    "bpmn:loopCondition",
    "spiff:messagePayload",
    "spiff:payloadExpression",
    "spiff:expression",
    "bpmn:messagePath",
    "bpmn:formalExpression",
)
_TIMERS: Final = "//bpmn:timeDate | //bpmn:timeDuration"


def check(diagram: Diagram, project: Project) -> Iterator[Finding]:
    names = project.names(diagram.name, diagram.root)
    for node, written in _written(diagram):
        yield from _expression(diagram, node, written, names, project)
    for node in find(diagram.root, _TIMERS):
        yield from _timer(diagram, node)
    for node in find(diagram.root, "//bpmn:loopDataInputRef"):
        if text(node) not in names:
            yield diagram.finding(
                node, "expression.undeclared", f"没有声明 {text(node)!r}。", "由前面的任务给出它。"
            )


def _written(diagram: Diagram) -> Iterator[tuple[Any, str]]:
    for node in find(diagram.root, " | ".join(f"//{path}" for path in _TEXTS)):
        yield node, node.text or ""
    for node in find(diagram.root, "//spiff:parameter"):
        yield node, node.get("value", "")


def _expression(
    diagram: Diagram, node: Any, written: str, names: frozenset[str], project: Project
) -> Iterator[Finding]:
    if len(node):
        yield diagram.finding(node, "expression.outside", "表达式里有 XML 元素。", "只写文字。")
    try:
        compiled = compile_expression(written)
    except ExpressionRefused as refused:
        yield diagram.finding(node, "expression.outside", str(refused), LANGUAGE)
        return
    yield from undeclared(diagram, node, compiled, names, project)


#: What to do about any expression outside the language.
LANGUAGE: Final = '只用字面值、已声明的名称、比较、and or not、in 和 clock("名称")。'


def undeclared(
    diagram: Diagram, node: Any, compiled: Expression, names: frozenset[str], project: Project
) -> Iterator[Finding]:
    for name in sorted(compiled.names - names):
        yield diagram.finding(
            node,
            "expression.undeclared",
            f"没有声明名称 {name!r}。",
            "名称为 任务编号_属性：在表单的 x-decides 或处理程序的 decides 中声明它。",
        )
    for clock in sorted(compiled.clocks - project.clocks):
        yield diagram.finding(
            node,
            "clock.unknown",
            f"没有时限 {clock!r}。",
            "在 bpmn/clocks.yaml 中添加，或改正名称。",
        )


def _timer(diagram: Diagram, node: Any) -> Iterator[Finding]:
    try:
        compiled = compile_expression(node.text or "")
    except ExpressionRefused:
        return  # reported already
    if not compiled.clocks and not _is_duration(compiled):
        yield diagram.finding(
            node,
            "timer.value",
            "定时器既不是时限名称也不是时长。",
            '写 clock("名称")，或带引号的时长如 "PT30M"（不用月和年）。',
        )


def _is_duration(compiled: Expression) -> bool:
    if compiled.names:
        return False
    value = compiled.closure(Reading({}, _no_clock))
    try:
        duration(value if isinstance(value, str) else "")
    except ValueError:
        return False
    return True


def _no_clock(name: str) -> Any:
    raise ValueError(name)
