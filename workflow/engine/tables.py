"""Decision tables (DMN) answered by ourselves.

SpiffWorkflow takes every hit policy but COLLECT for "first match" and does not notice when a
UNIQUE table matches twice. Here UNIQUE means unique, and other policies are refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from workflow.engine.errors import ProcessInvalid, TableAmbiguous
from workflow.engine.expressions import (
    Cell,
    Expression,
    Reading,
    compile_cell,
    compile_expression,
)
from workflow.engine.values import Flat, flat

HIT_POLICIES: Final = frozenset({"UNIQUE", "COLLECT"})


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    cells: tuple[Cell | None, ...]
    outputs: tuple[Expression | None, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One decision; `outputs` are the names of its results."""

    id: str
    hit_policy: str
    inputs: tuple[Expression, ...]
    outputs: tuple[str, ...]
    rules: tuple[Rule, ...]

    def decide(self, reading: Reading) -> dict[str, Flat]:
        """The results by name: None where no rule matches, lists if the policy is COLLECT."""
        inputs = [expression.run(reading) for expression in self.inputs]
        rows = [_row(rule, reading) for rule in self.rules if _matches(rule, inputs, reading)]
        if self.hit_policy == "COLLECT":
            return {
                name: flat([row[index] for row in rows], name=name)
                for index, name in enumerate(self.outputs)
            }
        if len(rows) > 1:
            raise TableAmbiguous(f"决策表 {self.id!r} 有多条规则同时符合。", table=self.id)
        row = rows[0] if rows else [None] * len(self.outputs)
        return {name: flat(value, name=name) for name, value in zip(self.outputs, row, strict=True)}

    def label(self, output: str, text: str) -> str:
        """The description of the first rule whose result `output` is the fixed `text`."""
        at = self.outputs.index(output)
        for rule in self.rules:
            result = rule.outputs[at]
            if result is not None and result.text.strip() == f'"{text}"':
                return rule.label
        return ""

    def names(self) -> frozenset[str]:
        return frozenset(name for expression in self.expressions() for name in expression.names)

    def expressions(self) -> Iterator[Expression]:
        yield from self.inputs
        for rule in self.rules:
            yield from (cell.operand for cell in rule.cells if cell is not None)
            yield from (output for output in rule.outputs if output is not None)


def read_tables(root: Any) -> Mapping[str, Table]:
    """The decisions of one DMN document. Raises ProcessInvalid."""
    tables = [read_table(decision) for decision in children(root, "decision")]
    return {table.id: table for table in tables}


def read_table(decision: Any) -> Table:
    found = list(children(decision, "decisionTable"))
    if len(found) != 1:
        raise ProcessInvalid("一个决策须恰好有一张决策表。", element=decision.get("id", ""))
    table = found[0]
    policy = table.get("hitPolicy", "UNIQUE")
    if policy not in HIT_POLICIES or table.get("aggregation"):
        raise ProcessInvalid(f"决策表不支持命中策略 {policy!r}。", element=decision.get("id", ""))
    inputs = tuple(compile_expression(input_text(column)) for column in children(table, "input"))
    outputs = tuple(column.get("name", "") for column in children(table, "output"))
    rules = tuple(_rule(rule, len(inputs), len(outputs)) for rule in children(table, "rule"))
    return Table(decision.get("id", ""), policy, inputs, outputs, rules)


def children(node: Any, name: str) -> Iterator[Any]:
    for child in node:
        if etree.QName(child).localname == name:
            yield child


def text_of(node: Any) -> str:
    return "".join(text.text or "" for text in children(node, "text"))


def input_text(column: Any) -> str:
    return "".join(text_of(expression) for expression in children(column, "inputExpression"))


def _rule(rule: Any, inputs: int, outputs: int) -> Rule:
    cells = tuple(compile_cell(text_of(entry)) for entry in children(rule, "inputEntry"))
    results = tuple(_output(text_of(entry)) for entry in children(rule, "outputEntry"))
    if len(cells) != inputs or len(results) != outputs:
        raise ProcessInvalid("规则的格数与列数不符。", element=rule.get("id", ""))
    label = "".join(node.text or "" for node in children(rule, "description")).strip()
    return Rule(rule.get("id", ""), cells, results, label)


def _output(text: str) -> Expression | None:
    return compile_expression(text) if text.strip() else None


def _matches(rule: Rule, inputs: list[object], reading: Reading) -> bool:
    return all(
        cell is None or cell.matches(value, reading)
        for cell, value in zip(rule.cells, inputs, strict=True)
    )


def _row(rule: Rule, reading: Reading) -> list[object]:
    return [output.run(reading) if output else None for output in rule.outputs]
