"""Sequence flows and gateways: every element is reached, and every choice has a way out."""

from collections.abc import Iterator
from typing import Any

from workflow.engine.lint.diagram import GATEWAYS, NODES, Diagram, called, find, local
from workflow.engine.lint.findings import Finding
from workflow.engine.lint.project import Project

_CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})


def check(diagram: Diagram, _project: Project) -> Iterator[Finding]:
    for flow in diagram.all("sequenceFlow"):
        yield from _flow(diagram, flow)
    for node in diagram.nodes():
        yield from _degree(diagram, node)
        if local(node) in _CHOOSING:
            yield from _choice(diagram, node)
    for process in diagram.processes():
        yield from _unreachable(diagram, process)


def _flow(diagram: Diagram, flow: Any) -> Iterator[Finding]:
    ends = [diagram.by_id.get(flow.get(side, "")) for side in ("sourceRef", "targetRef")]
    for end in ends:
        if end is None or local(end) not in NODES:
            yield diagram.finding(
                flow, "flow.broken", "顺序流的一端不存在。", "重新连接，或删除该顺序流。"
            )
            return
        if end.getparent() is not flow.getparent():
            yield diagram.finding(
                flow, "flow.crosses", "顺序流穿过了子流程的边界。", "在同一层内连接。"
            )
            return
    source, target = ends
    if find(flow, "bpmn:conditionExpression") and local(source) not in _CHOOSING:
        yield diagram.finding(
            flow, "flow.condition_ignored", "此处的条件会被忽略。", "把条件放到网关的流出顺序流上。"
        )
    if local(target) == "boundaryEvent":
        yield diagram.finding(flow, "flow.broken", "顺序流不能进入边界事件。", "删除该顺序流。")


def _degree(diagram: Diagram, node: Any) -> Iterator[Finding]:
    tag, leaving, arriving = local(node), diagram.leaving(node), diagram.arriving(node)
    if tag not in GATEWAYS and len(leaving) > 1:
        yield diagram.finding(
            node,
            "node.two_outgoing",
            f"{called(node)}有 {len(leaving)} 条流出顺序流。",
            "在它后面加一个网关。",
        )
    if tag == "endEvent" and leaving:
        yield diagram.finding(node, "end.continues", "结束事件之后还有顺序流。", "删除该顺序流。")
    if tag != "endEvent" and not leaving:
        yield diagram.finding(
            node, "node.dead_end", f"{called(node)}没有流出顺序流。", "连接到下一步或结束事件。"
        )
    if tag == "startEvent" and arriving:
        yield diagram.finding(
            node, "start.reentered", "顺序流回到了开始事件。", "改连到其后的节点。"
        )


def _choice(diagram: Diagram, gateway: Any) -> Iterator[Finding]:
    leaving = diagram.leaving(gateway)
    default = gateway.get("default")
    if default is not None and default not in {flow.get("id") for flow in leaving}:
        yield diagram.finding(
            gateway, "gateway.no_default", "默认流不是该网关的流出顺序流。", "重新指定默认流。"
        )
    if len(leaving) > 1 and default is None:
        yield diagram.finding(
            gateway,
            "gateway.no_default",
            f"{called(gateway)}没有默认流：条件都不成立时流程会停住。",
            "把其中一条设为默认流。",
        )
    for flow in leaving:
        yield from _condition(diagram, flow, default, alone=len(leaving) == 1)


def _condition(
    diagram: Diagram, flow: Any, default: str | None, *, alone: bool
) -> Iterator[Finding]:
    has_condition = bool(find(flow, "bpmn:conditionExpression"))
    if flow.get("id") == default and has_condition:
        yield diagram.finding(
            flow, "flow.condition_ignored", "默认流上的条件会被忽略。", "删除该条件。"
        )
    if flow.get("id") != default and not has_condition and not alone:
        yield diagram.finding(
            flow,
            "flow.no_condition",
            "从网关流出的顺序流没有条件。",
            "填写条件，或设为默认流。",
        )


def _unreachable(diagram: Diagram, process: Any) -> Iterator[Finding]:
    own = [node for node in process if local(node) in NODES]
    reached: set[str] = set()
    waiting = [node for node in own if local(node) == "startEvent"]
    while waiting:
        node = waiting.pop()
        id_ = node.get("id", "")
        if id_ in reached:
            continue
        reached.add(id_)
        targets = [diagram.by_id.get(flow.get("targetRef", "")) for flow in diagram.leaving(node)]
        waiting.extend(target for target in targets if target is not None)
        waiting.extend(e for e in own if e.get("attachedToRef") == id_)
    for node in own:
        if node.get("id", "") not in reached:
            yield diagram.finding(
                node, "node.unreachable", f"{called(node)}永远到不了。", "连接它，或删除它。"
            )
