"""Decision tables that our own code relies on: its names, its codes, and what no school changes."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Final

from workflow.engine import bundles
from workflow.engine.errors import ProcessInvalid
from workflow.engine.expressions import Expression
from workflow.engine.lint import coverage
from workflow.engine.lint.diagram import Diagram
from workflow.engine.lint.findings import Finding
from workflow.engine.lint.project import Project
from workflow.engine.needs import Floor, TableNeeds
from workflow.engine.tables import Table, children, read_table, text_of
from workflow.engine.values import NAME

_CODE: Final = '写规则的 id，加引号，如 "truancy"；要给人看的话写在说明中。'
_ID: Final = "id 以字母开头，只用字母、数字和下划线。"


def check(diagram: Diagram, decision: Any, found: Any, project: Project) -> Iterator[Finding]:
    """Findings about one decision, if it is one that our code needs."""
    needs = project.needs.get(decision.get("id", ""))
    if needs is None:
        return
    policy = found.get("hitPolicy", "UNIQUE")
    if policy != "UNIQUE":
        wrong = f"命中策略是 {policy}，这张表须只给一个答案。"
        yield diagram.finding(found, "table.hit_policy", wrong, "改为 UNIQUE。")
    yield from _outputs(diagram, found, needs)
    yield from _inputs(diagram, found, needs)
    try:
        table = read_table(decision)
    except ProcessInvalid:
        return  # what cannot be read is reported by the rules for every table
    if set(needs.outputs) <= set(table.outputs):
        yield from _results(diagram, found, table, needs)
        yield from _codes(diagram, found, table, needs)
        yield from _floors(diagram, found, table, needs)


def check_asked(diagram: Diagram, decisions: Sequence[Any], project: Project) -> Iterator[Finding]:
    """A decision whose id nobody asks, while a process asks for one that no table has."""
    asked = {name for root in project.diagrams.values() for name in bundles.called_decisions(root)}
    missing = sorted(asked - project.decisions.keys())
    for decision in decisions if missing else ():
        if decision.get("id", "") not in asked:
            unasked = decision.get("id", "")
            wrong = f"没有流程使用决策 {unasked!r}；流程要用的 {missing[0]!r} 不在任何表中。"
            yield diagram.finding(decision, "table.decision", wrong, f"把 id 改回 {missing[0]}。")


def _outputs(diagram: Diagram, found: Any, needs: TableNeeds) -> Iterator[Finding]:
    columns = {column.get("name", ""): column for column in children(found, "output")}
    unusable = iter(column for name, column in columns.items() if not NAME.match(name))
    for name in needs.outputs:
        if name not in columns:
            place = next(unusable, found)  # one fault: told where the name is wrong, if that is so
            why = "输出列没有可用的名称；" if place is not found else ""
            wrong = f"{why}没有名为 {name} 的输出列。"
            yield diagram.finding(place, "table.output", wrong, f"把该列的 name 改回 {name}。")
    if needs.result in columns:
        column = columns[needs.result]
        if _unlike(column, "outputValues", needs.results):
            wrong = f"输出列 {needs.result} 可取的值须恰好是 {_spoken(needs.results)}。"
            yield diagram.finding(column, "table.values", wrong, "在 outputValues 中这样列出。")


def _inputs(diagram: Diagram, found: Any, needs: TableNeeds) -> Iterator[Finding]:
    columns = coverage.asked(found)
    for name, values in needs.inputs.items():
        if name not in columns:
            wrong = f"没有输入列 {name}。"
            mend = "补上这一列；与它无关的规则在该格写“-”。"
            yield diagram.finding(found, "table.input", wrong, mend)
            continue
        if _unlike(columns[name], "inputValues", values):
            wrong = f"输入列 {name} 可取的值须恰好是 {_spoken(values)}。"
            yield diagram.finding(
                columns[name], "table.values", wrong, "在 inputValues 中这样列出。"
            )
    for name in columns.keys() - needs.inputs.keys():
        wrong = f"输入列 {name!r} 不是可以问的内容。"
        mend = f"删除该列，或改为 {'、'.join(needs.inputs)} 之一。"
        yield diagram.finding(columns[name], "table.input", wrong, mend)


def _results(diagram: Diagram, found: Any, table: Table, needs: TableNeeds) -> Iterator[Finding]:
    of_result, of_code = map(table.outputs.index, needs.outputs)
    for rule, node in zip(table.rules, children(found, "rule"), strict=True):
        cells = list(children(node, "outputEntry"))
        if _fixed(rule.outputs[of_result]) not in needs.results:
            told = text_of(cells[of_result]).strip() or "空"
            wrong = f"结果 {needs.result} 不能是 {told}。"
            mend = f"改为 {_spoken(needs.results)} 之一，带引号。"
            yield diagram.finding(cells[of_result], "table.result", wrong, mend)
        if not _may_be_kept(_fixed(rule.outputs[of_code]), needs):
            told = text_of(cells[of_code]).strip() or "空"
            wrong = f"结果 {needs.code} 不能是 {told}。"
            mend = f"{_CODE}最多 {needs.longest_code} 个字符。"
            yield diagram.finding(cells[of_code], "table.result", wrong, mend)
        if not 0 < len(rule.label) <= needs.longest_label:
            wrong = "规则没有说明。" if not rule.label else f"说明超过 {needs.longest_label} 字。"
            mend = "在 description 中用一句话写明这条规则说的是什么情况，决定的人会看到。"
            yield diagram.finding(node, "table.description", wrong, mend)


def _codes(diagram: Diagram, found: Any, table: Table, needs: TableNeeds) -> Iterator[Finding]:
    """A code that is not its rule's own: people would be told the description of another rule."""
    at, seen = table.outputs.index(needs.code), set[str]()
    for rule, node in zip(table.rules, children(found, "rule"), strict=True):
        told = text_of(list(children(node, "outputEntry"))[at]).strip()
        mend = f"给这条规则一个自己的 id，结果 {needs.code} 写成与它相同。"
        if rule.id and rule.id in seen:
            wrong = f"规则 {rule.id} 出现不止一次，分不清说的是哪一条。"
            yield diagram.finding(node, "table.rule_id", wrong, mend)
        elif rule.id and _may_be_kept(_fixed(rule.outputs[at]), needs) and told != f'"{rule.id}"':
            wrong = f"规则 {rule.id} 的结果 {needs.code} 是 {told}，不是它的 id，"
            wrong += "决定的人看到的不会是这一条的说明。"
            mend = f'改为 "{rule.id}"。' if _may_be_kept(rule.id, needs) else mend + _ID
            yield diagram.finding(node, "table.code", wrong, mend)
        seen.add(rule.id)  # one without an id, or with a code that cannot be kept: told elsewhere


def _may_be_kept(code: object, needs: TableNeeds) -> bool:
    return isinstance(code, str) and bool(NAME.match(code)) and len(code) <= needs.longest_code


def _floors(diagram: Diagram, found: Any, table: Table, needs: TableNeeds) -> Iterator[Finding]:
    """Each broken promise once, at the first rule that breaks it."""
    if set(coverage.asked(found)) != set(needs.inputs) or len(table.inputs) != len(needs.inputs):
        return
    names = [expression.text for expression in table.inputs]
    nodes = list(children(found, "rule"))
    for floor in needs.floors:
        lists = [[floor.value] if name == floor.asked else needs.inputs[name] for name in names]
        if (at := _breaking(table, floor, list(product(*map(sorted, lists))), needs)) is not None:
            wrong = f"{floor.because}，规则 {table.rules[at].id or at + 1} 给出了别的渠道。"
            mend = f"改为 {_spoken(floor.allowed)}，或让这条规则不涉及这种情况。"
            yield diagram.finding(nodes[at], "table.floor", wrong, mend)


def _breaking(
    table: Table, floor: Floor, told: Sequence[Sequence[object]], needs: TableNeeds
) -> int | None:
    of_result = table.outputs.index(needs.result)
    for at, rule in enumerate(table.rules):
        result = _fixed(rule.outputs[of_result])
        known = result in needs.results  # another one is reported by itself
        if known and result not in floor.allowed and any(coverage.hits(rule, one) for one in told):
            return at
    return None


def _fixed(output: Expression | None) -> object:
    """What a cell says whatever is asked; None if it says nothing, or something that varies."""
    if output is None or output.names or output.clocks:
        return None
    return output.run(coverage.NOTHING)


def _unlike(column: Any, element: str, values: frozenset[str]) -> bool:
    """Whether a column lists others, or none; a list that nobody can read is reported by itself."""
    try:
        listed = coverage.declared(column, element)
    except ProcessInvalid:
        return False
    return listed is None or unlike(listed, values)


def unlike(listed: Sequence[object], values: frozenset[str]) -> bool:
    return set(map(repr, listed)) != set(map(repr, values))


def _spoken(values: frozenset[str]) -> str:
    return "、".join(f'"{value}"' for value in sorted(values))
