"""Tasks: who does them, with which form and clock; which handler, table or process they call."""

import inspect
from collections.abc import Iterator
from typing import Any, Final

from parties.roles import Role
from workflow.engine import registry
from workflow.engine.corrections import MAX_INSTANCES
from workflow.engine.documents import BPMN
from workflow.engine.lint.diagram import ACTIVITIES, Diagram, called, find, local, text
from workflow.engine.lint.findings import Finding
from workflow.engine.lint.project import Project

_PROPERTIES: Final = frozenset({"form", "clock", "roles", "instead", "four_eyes", "exclude"})


def check(diagram: Diagram, project: Project) -> Iterator[Finding]:
    yield from _lanes(diagram)
    for task in diagram.all("userTask"):
        yield from _user_task(diagram, task, project)
    for task in diagram.all("serviceTask"):
        yield from _service_task(diagram, task, project)
    for task in diagram.all("businessRuleTask"):
        decisions = [text(node) for node in find(task, ".//spiff:calledDecisionId")]
        if len(decisions) != 1 or decisions[0] not in project.decisions:
            yield diagram.finding(
                task, "table.unknown", f"{called(task)}没有指向已有的决策表。", "填写决策表的编号。"
            )
    for task in diagram.all("callActivity"):
        yield from _call(diagram, task, project)
    for task in diagram.all(*ACTIVITIES):
        yield from _loop(diagram, task)


def _lanes(diagram: Diagram) -> Iterator[Finding]:
    for lane in diagram.all("lane"):
        if lane.get("name", "") not in Role.values:
            yield diagram.finding(
                lane,
                "lane.unknown",
                f"泳道 {lane.get('name', '')!r} 不是角色代码。",
                f"改为 {'、'.join(Role.values)} 之一。",
            )
        for reference in find(lane, "bpmn:flowNodeRef"):
            if text(reference) not in diagram.by_id:
                yield diagram.finding(
                    lane, "lane.broken", "泳道里登记了不存在的节点。", "重新导出，或删除该登记。"
                )


def _user_task(diagram: Diagram, task: Any, project: Project) -> Iterator[Finding]:
    references = find(diagram.root, f"//bpmn:flowNodeRef[text()='{task.get('id', '')}']")
    if len({reference.getparent() for reference in references}) != 1:
        yield diagram.finding(
            task, "lane.missing", f"{called(task)}不在唯一的泳道里。", "放进一个角色的泳道。"
        )
    for node in find(task, ".//spiff:property"):
        name, value = node.get("name", ""), node.get("value", "")
        if name not in _PROPERTIES:
            yield diagram.finding(
                task, "property.unknown", f"属性 {name!r} 不起作用。", "改正拼写，或删除它。"
            )
        elif (found := _property(name, value, diagram, project)) is not None:
            yield diagram.finding(task, *found)


def _property(
    name: str, value: str, diagram: Diagram, project: Project
) -> tuple[str, str, str] | None:
    words = [word.strip() for word in value.split(",")]
    if name == "form" and value not in project.forms:
        return (
            "form.unknown",
            f"没有表单 {value!r}。",
            f"新建 bpmn/forms/{value}.json，或改正名称。",
        )
    if name == "clock" and value not in project.clocks:
        return "clock.unknown", f"没有时限 {value!r}。", "在 bpmn/clocks.yaml 中添加，或改正名称。"
    if name in {"roles", "instead"} and not set(words) <= set(Role.values):
        return "lane.unknown", f"{name} 中有未知角色。", f"只用 {'、'.join(Role.values)}。"
    if name == "four_eyes":
        tasks = {node.get("id", "") for node in diagram.all("userTask")}
        if not set(words) <= tasks:
            return "property.unknown", "four_eyes 指向不存在的任务。", "填写用户任务的编号。"
    return None


def _service_task(diagram: Diagram, task: Any, project: Project) -> Iterator[Finding]:
    operators = find(task, "./bpmn:extensionElements/spiff:serviceTaskOperator")
    if len(operators) != 1 or operators[0].get("id", "") not in project.handlers:
        yield diagram.finding(
            task,
            "service.unknown",
            f"{called(task)}没有指向已登记的处理程序。",
            "填写 workflow/handlers 中登记的名称。",
        )
        return
    if operators[0].get("resultVariable"):
        yield diagram.finding(
            task, "service.result", "resultVariable 不起作用。", "删除它：结果名为 编号_结果。"
        )
    given = [node.get("id", "") for node in find(operators[0], ".//spiff:parameter")]
    needed, known = _parameters(operators[0].get("id", ""))
    if len(given) != len(set(given)) or not needed <= set(given) <= known:
        expected = "、".join(sorted(known)) or "无"
        yield diagram.finding(
            task, "service.parameters", "参数与处理程序不符。", f"应为：{expected}。"
        )


def _parameters(operator: str) -> tuple[set[str], set[str]]:
    """The keyword arguments of a handler: those without a default, and all."""
    signature = inspect.signature(registry.handler(operator))
    named = [p for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY]
    return {p.name for p in named if p.default is p.empty}, {p.name for p in named}


def _call(diagram: Diagram, task: Any, project: Project) -> Iterator[Finding]:
    target = task.get("calledElement", "")
    if target not in project.process_files:
        yield diagram.finding(
            task, "call.unknown", f"没有流程 {target!r}。", "把被调用的流程放进同一个包。"
        )
        return
    outer = {node.get("id", "") for node in task.iterancestors(f"{{{BPMN}}}process")}
    seen, waiting = set[str](), [target]
    while waiting:
        process = waiting.pop()
        if process not in seen:
            seen.add(process)
            waiting.extend(project.calls.get(process, []))
    if outer & seen:
        yield diagram.finding(
            task, "call.recursive", "流程直接或间接调用了自己。", "改用网关回路。"
        )


def _loop(diagram: Diagram, task: Any) -> Iterator[Finding]:
    for loop in find(task, "bpmn:multiInstanceLoopCharacteristics"):
        bounds = find(loop, "bpmn:loopCardinality | bpmn:loopDataInputRef")
        if len(bounds) != 1:
            yield diagram.finding(
                task, "instances.bound", f"{called(task)}没有说明有几个实例。", "填写个数或列表。"
            )
        elif text(bounds[0]).isdigit() and int(text(bounds[0])[:9]) > MAX_INSTANCES:
            yield diagram.finding(
                task, "instances.bound", f"实例超过 {MAX_INSTANCES} 个。", "减少个数。"
            )
    for loop in find(task, "bpmn:standardLoopCharacteristics"):
        if not (loop.get("loopMaximum", "").isdigit() and int(loop.get("loopMaximum")) > 0):
            yield diagram.finding(
                task, "instances.bound", f"{called(task)}的循环没有次数上限。", "填写 loopMaximum。"
            )
    if local(task) == "businessRuleTask" and find(task, "bpmn:multiInstanceLoopCharacteristics"):
        yield diagram.finding(task, "instances.bound", "规则任务不能多实例。", "改用一个规则任务。")
