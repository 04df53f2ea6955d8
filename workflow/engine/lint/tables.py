"""Decision tables: hit policies that mean what they say, and cells of the closed language."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from lxml import etree

from workflow.engine.documents import BPMN, DMN
from workflow.engine.errors import ExpressionRefused
from workflow.engine.expressions import Expression, compile_cell, compile_expression
from workflow.engine.lint import coverage, needs
from workflow.engine.lint.diagram import Diagram
from workflow.engine.lint.expressions import LANGUAGE, undeclared
from workflow.engine.lint.findings import Finding
from workflow.engine.lint.project import Project
from workflow.engine.tables import HIT_POLICIES, children, input_text, text_of
from workflow.engine.values import NAME

_ELEMENTS: Final = frozenset(
    {"definitions", "decision", "decisionTable", "input", "inputExpression", "output", "rule"}
    | {"inputEntry", "outputEntry", "text", "description", "inputValues", "outputValues"}
    | {"DMNDI", "DMNDiagram", "DMNShape", "Bounds", "extensionElements"}
)
_DRAWING: Final = ("https://www.omg.org/spec/DMN/", "http://www.omg.org/spec/DMN/")


def is_table(root: Any) -> bool:
    namespace = str(etree.QName(root).namespace)
    return namespace != BPMN and "/DMN/" in namespace


def check(name: str, root: Any, project: Project) -> Iterator[Finding]:
    table = Diagram(name, root, {}, {}, {})
    if etree.QName(root).namespace not in DMN:
        yield table.finding(root, "namespace.unknown", "不支持这个 DMN 版本。", "导出为 DMN 1.3。")
    for node in root.iter(etree.Element):
        yield from _vocabulary(table, node)
    yield from _ids(table, root)
    decisions = list(children(root, "decision"))
    if not decisions:
        yield table.finding(root, "table.missing", "文件中没有决策表。", "至少画一张决策表。")
    for decision in decisions:
        yield from _decision(table, decision, project)
    yield from needs.check_asked(table, decisions, project)


def _vocabulary(table: Diagram, node: Any) -> Iterator[Finding]:
    name = etree.QName(node)
    if "camunda" in str(name.namespace) or any("camunda" in str(key) for key in node.attrib):
        yield table.finding(
            node, "namespace.camunda", "Camunda 扩展不起作用。", "删除 Camunda 扩展。"
        )
    elif not str(name.namespace).startswith(_DRAWING):
        yield table.finding(
            node, "namespace.unknown", f"未知的命名空间 {name.namespace!r}。", "删除该扩展。"
        )
    elif name.localname not in _ELEMENTS:
        yield table.finding(
            node, "element.unknown", f"决策表中不支持 {name.localname}。", "只用决策表。"
        )


def _ids(table: Diagram, root: Any) -> Iterator[Finding]:
    """A finding names its place by the id: of two elements with one nobody knows which is meant."""
    seen: dict[str, Any] = {}
    for node in root.iter(etree.Element):
        first = seen.setdefault(node.get("id", ""), node)
        if first is node or not node.get("id"):
            continue
        if _is_rule(node) and _is_rule(first) and node.getparent() is first.getparent():
            continue  # told with the rules of its table
        wrong = f"编号 {node.get('id')!r} 重复。"
        yield table.finding(node, "id.duplicate", wrong, "每个元素用不同的编号。")


def _is_rule(node: Any) -> bool:
    return bool(etree.QName(node).localname == "rule")


def _decision(table: Diagram, decision: Any, project: Project) -> Iterator[Finding]:
    """What our code needs of a table and what holds for every table may be broken by one slip:
    then it is told once, with the narrower mend of the two.
    """
    found = list(children(decision, "decisionTable"))
    if len(found) != 1:
        yield table.finding(
            decision, "table.missing", "一个决策须恰好有一张决策表。", "每个决策画一张表。"
        )
        return
    needed = list(needs.check(table, decision, found[0], project))
    told = {(one.rule, one.element, one.line) for one in needed}
    yield from needed
    for one in _every_table(table, decision, found[0], project):
        if (one.rule, one.element, one.line) not in told:
            yield one


def _every_table(table: Diagram, decision: Any, found: Any, project: Project) -> Iterator[Finding]:
    policy = found.get("hitPolicy", "UNIQUE")
    if policy not in HIT_POLICIES or found.get("aggregation"):
        yield table.finding(
            found,
            "table.hit_policy",
            f"命中策略 {found.get('aggregation') or policy} 不会照此执行。",
            "改为 UNIQUE 或 COLLECT（不聚合）。",
        )
    for column in children(found, "output"):
        if not NAME.match(column.get("name", "")):
            yield table.finding(
                column, "table.output", "输出列没有可用的名称。", "用字母、数字、下划线命名。"
            )
    yield from _rule_ids(table, found)
    yield from _cells(table, found, _Names(table, decision, project))
    yield from _values(table, found)
    yield from coverage.check(table, decision, found)


def _rule_ids(table: Diagram, found: Any) -> Iterator[Finding]:
    """A decision that is recorded names the rule: two of one name would both be meant."""
    seen: set[str] = set()
    for rule in children(found, "rule"):
        if rule.get("id", "") in seen | {""}:
            yield table.finding(
                rule, "table.rule_id", "规则的 id 为空或重复。", "给每条规则一个自己的 id。"
            )
        seen.add(rule.get("id", ""))


def _values(table: Diagram, found: Any) -> Iterator[Finding]:
    """Lists of what a column may hold are read by the same language as its cells."""
    for column in (*children(found, "input"), *children(found, "output")):
        for values in (*children(column, "inputValues"), *children(column, "outputValues")):
            try:
                compiled = compile_expression(f"[{text_of(values)}]")
            except ExpressionRefused as refused:
                yield table.finding(column, "table.cell", str(refused), LANGUAGE)
                continue
            if compiled.names or compiled.clocks or not text_of(values).strip():
                yield table.finding(
                    column, "table.cell", "取值须是固定的值。", '写成 "yes", "no" 这样的一列。'
                )


def _cells(table: Diagram, found: Any, names: "_Names") -> Iterator[Finding]:
    inputs = list(children(found, "input"))
    outputs = list(children(found, "output"))
    for column in inputs:
        yield from names.check(column, input_text(column), compile_expression)
    for rule in children(found, "rule"):
        cells, results = list(children(rule, "inputEntry")), list(children(rule, "outputEntry"))
        if len(cells) != len(inputs) or len(results) != len(outputs):
            yield table.finding(rule, "table.shape", "规则的格数与列数不符。", "补齐或删除单元格。")
        for cell in cells:
            yield from names.check(cell, text_of(cell), _operand)
        for result in results:
            if text_of(result).strip():
                yield from names.check(result, text_of(result), compile_expression)


def _operand(text: str) -> Expression | None:
    cell = compile_cell(text)
    return None if cell is None else cell.operand


class _Names:
    """Which names the cells of one decision may use: those of the diagrams that call it."""

    def __init__(self, table: Diagram, decision: Any, project: Project) -> None:
        self._table = table
        self._project = project
        callers = {
            name: root
            for name, root in project.diagrams.items()
            if decision.get("id", "") in _called(root)
        }
        self._known = frozenset(
            name for file, root in callers.items() for name in project.names(file, root)
        )
        self._is_called = bool(callers)

    def check(
        self, node: Any, text: str, compiler: Callable[[str], Expression | None]
    ) -> Iterator[Finding]:
        try:
            compiled = compiler(text)
        except ExpressionRefused as refused:
            rule = "table.cell" if compiler is _operand else "expression.outside"
            yield self._table.finding(node, rule, str(refused), LANGUAGE)
            return
        if compiled is not None:
            # Without a caller in the bundle our own code asks the table and gives the names.
            known = self._known if self._is_called else compiled.names
            yield from undeclared(self._table, node, compiled, known, self._project)


def _called(root: Any) -> set[str]:
    path = "//*[local-name()='calledDecisionId']/text()"
    return {str(text).strip() for text in root.xpath(path)}
