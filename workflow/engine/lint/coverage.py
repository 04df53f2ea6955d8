"""Whether the rules of a decision table fit together: one answer for every question.

A school edits its tables without a developer, so lint asks every combination of the values that
the columns declare (`inputValues`): none without an answer, none with two, no rule that can never
answer, no result that nobody declared (`outputValues`). Columns that declare nothing are tried with
the values that their cells name: enough to find overlapping rules, not to promise that all is said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from math import prod
from typing import Any, Final

from workflow.engine.errors import ExpressionFailed, ProcessInvalid
from workflow.engine.expressions import Reading, compile_expression
from workflow.engine.lint.diagram import Diagram
from workflow.engine.lint.findings import Finding
from workflow.engine.tables import Rule, Table, children, input_text, read_table, text_of

#: Combinations that lint tries in one table.
MOST_COMBINATIONS: Final = 50_000
#: Stands for "any other text" where a column does not say which ones there are.
_OTHER: Final = "\N{REPLACEMENT CHARACTER}"


def _no_clock(name: str) -> datetime:
    raise ExpressionFailed(f"决策表不能用时限 {name!r}。")


NOTHING: Final = Reading({}, _no_clock)


@dataclass(frozen=True, slots=True)
class _Column:
    """An input: its text, the values it declares (None: none), and those to try."""

    node: Any
    text: str
    declared: Sequence[object] | None
    tried: Sequence[object]


def check(diagram: Diagram, decision: Any, found: Any) -> Iterator[Finding]:
    """Findings about one decision table whose cells can be read; others are reported elsewhere."""
    try:
        table = read_table(decision)
        columns = [_column(node, table, at) for at, node in enumerate(children(found, "input"))]
        results = [declared(node, "outputValues") for node in children(found, "output")]
    except ProcessInvalid:
        return
    rules = list(children(found, "rule"))
    yield from _results(diagram, table, rules, results)
    if table.hit_policy != "UNIQUE":
        return
    promises = any(column.declared is not None for column in columns)
    hindrance = _hindrance(decision, table, columns)
    if hindrance is None:
        yield from _combinations(diagram, decision, table, rules, columns, complete=promises)
    elif promises:
        yield diagram.finding(*hindrance)


def _hindrance(
    decision: Any, table: Table, columns: Sequence[_Column]
) -> tuple[Any, str, str, str] | None:
    """Why the combinations of a table cannot all be tried: place, rule, what is wrong, the mend."""
    undeclared = [column for column in columns if column.declared is None]
    if 0 < len(undeclared) < len(columns):
        wrong = f"输入列 {undeclared[0].text!r} 没有列出可取的值，其他列列出了。"
        return undeclared[0].node, "table.values", wrong, "在 inputValues 中列出该列的全部取值。"
    cells = (cell for rule in table.rules for cell in rule.cells if cell is not None)
    if any(cell.operand.names or cell.operand.clocks for cell in cells):
        wrong = "有单元格与变化的值比较，无法逐一核对。"
        return decision, "table.open_cell", wrong, "单元格只写固定的值。"
    if prod(len(column.tried) for column in columns) > MOST_COMBINATIONS:
        wrong = f"取值的组合超过 {MOST_COMBINATIONS} 种，无法逐一核对。"
        return decision, "table.too_wide", wrong, "减少输入列或取值，或拆成两张表。"
    return None


def _combinations(
    diagram: Diagram,
    decision: Any,
    table: Table,
    rules: Sequence[Any],
    columns: Sequence[_Column],
    *,
    complete: bool,
) -> Iterator[Finding]:
    """Each kind of mistake is told once per place, with one example."""
    tried = _Tried.all(table, columns)
    for (one, other), values in tried.overlaps.items():
        yield diagram.finding(
            rules[other],
            "table.overlap",
            f"{_name(table, other)} 与 {_name(table, one)} 都符合：{_spoken(columns, values)}。",
            "让两条规则的条件互相排除，或删除其中一条。",
        )
    if complete and tried.gap is not None:
        wrong = f"没有规则符合：{_spoken(columns, tried.gap)}。"
        yield diagram.finding(decision, "table.gap", wrong, "为这种情况增加一条规则。")
    if complete:
        yield from _dead(diagram, table, rules, tried)


def _dead(
    diagram: Diagram, table: Table, rules: Sequence[Any], tried: "_Tried"
) -> Iterator[Finding]:
    for at in range(len(table.rules)):
        if at not in tried.used:
            yield diagram.finding(
                rules[at],
                "table.dead",
                f"{_name(table, at)} 永远不会符合。",
                "检查各格是否写成了该列没有的值，或删除该规则。",
            )


@dataclass(frozen=True, slots=True)
class _Tried:
    """What trying every combination found: rules are known by their place."""

    gap: Sequence[object] | None
    used: frozenset[int]
    overlaps: Mapping[tuple[int, int], Sequence[object]]

    @classmethod
    def all(cls, table: Table, columns: Sequence[_Column]) -> "_Tried":
        gap: Sequence[object] | None = None
        used: set[int] = set()
        overlaps: dict[tuple[int, int], Sequence[object]] = {}
        for values in product(*(column.tried for column in columns)):
            fit = [at for at, rule in enumerate(table.rules) if hits(rule, values)]
            used.update(fit)
            if len(fit) > 1:
                overlaps.setdefault((fit[0], fit[1]), values)
            if not fit and gap is None:
                gap = values
        return cls(gap, frozenset(used), overlaps)


def _results(
    diagram: Diagram,
    table: Table,
    rules: Sequence[Any],
    results: Sequence[Sequence[object] | None],
) -> Iterator[Finding]:
    for rule, node in zip(table.rules, rules, strict=True):
        cells = list(children(node, "outputEntry"))
        for cell, output, allowed, name in zip(
            cells, rule.outputs, results, table.outputs, strict=True
        ):
            if allowed is None or (output is not None and (output.names or output.clocks)):
                continue
            value = None if output is None else output.run(NOTHING)
            if value not in allowed:
                yield diagram.finding(
                    cell,
                    "table.result",
                    f"结果 {name!r} 不能是 {text_of(cell).strip() or '空'}。",
                    f"改为 {'、'.join(str(each) for each in allowed)} 之一。",
                )


def _column(node: Any, table: Table, at: int) -> _Column:
    listed = declared(node, "inputValues")
    return _Column(
        node=node,
        text=input_text(node),
        declared=listed,
        tried=_named(table, at) if listed is None else listed,
    )


def declared(node: Any, element: str) -> Sequence[object] | None:
    """The values that a column lists: `"yes", "no"`. Raises ProcessInvalid."""
    listed = [text_of(values) for values in children(node, element)]
    if not listed:
        return None
    expression = compile_expression(f"[{listed[0]}]")
    if expression.names or expression.clocks:
        raise ProcessInvalid("取值须是固定的值。")
    values = expression.run(NOTHING)
    return values if isinstance(values, list) else [values]


def asked(found: Any) -> dict[str, Any]:
    """The input columns of a table by what they ask."""
    return {input_text(column).strip(): column for column in children(found, "input")}


def _named(table: Table, at: int) -> Sequence[object]:
    """Values that the cells of a column name, their neighbours, and one that none names."""
    found: dict[object, None] = {_OTHER: None}
    for rule in table.rules:
        cell = rule.cells[at]
        if cell is None or cell.operand.names or cell.operand.clocks:
            continue
        operand = cell.operand.run(NOTHING)
        for value in operand if isinstance(operand, list) else [operand]:
            found[value] = None
            if isinstance(value, int | float) and not isinstance(value, bool):
                found |= {value - 1: None, value + 1: None}
    return list(found)


def hits(rule: Rule, values: Sequence[object]) -> bool:
    try:
        return all(
            cell is None or cell.matches(value, NOTHING)
            for cell, value in zip(rule.cells, values, strict=True)
        )
    except ExpressionFailed:  # text beside a number: no match
        return False


def _name(table: Table, at: int) -> str:
    return f"规则 {table.rules[at].id or at + 1}"


def _spoken(columns: Sequence[_Column], values: Sequence[object]) -> str:
    return "，".join(
        f"{column.text} = {'其他' if value == _OTHER else value}"
        for column, value in zip(columns, values, strict=True)
    )
