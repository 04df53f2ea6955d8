"""Which event may stand where. SpiffWorkflow reads others as "no event at all", without a word."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from workflow.engine.lint.diagram import (
    ACTIVITIES,
    EVENTS,
    SUBPROCESSES,
    Diagram,
    called,
    find,
    local,
)
from workflow.engine.lint.findings import Finding
from workflow.engine.lint.project import Project

_ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    "startEvent": frozenset(),
    "endEvent": frozenset({"terminate", "error", "escalation", "message"}),
    "intermediateCatchEvent": frozenset({"timer", "signal", "message", "conditional"}),
    "intermediateThrowEvent": frozenset({"signal", "escalation", "message"}),
    "boundaryEvent": frozenset(
        {"timer", "signal", "message", "conditional", "error", "escalation"}
    ),
}
#: An event gateway hears these; it never looks at a condition.
_AT_GATEWAY: Final = frozenset({"timer", "signal", "message"})
#: What an event definition refers to, and the element that declares it.
_REFERENCES: Final = ("signal", "message", "error", "escalation")


def check(diagram: Diagram, _project: Project) -> Iterator[Finding]:
    for node in diagram.all(*EVENTS):
        yield from _event(diagram, node)
        if local(node) == "boundaryEvent":
            yield from _boundary(diagram, node)
    for gateway in diagram.all("eventBasedGateway"):
        yield from _gateway(diagram, gateway)


def kinds(node: Any) -> list[str]:
    """`timer`, `signal`, ...: the event definitions of an event."""
    tags = [local(child) for child in node]
    return [tag.removesuffix("EventDefinition") for tag in tags if tag.endswith("EventDefinition")]


def _event(diagram: Diagram, node: Any) -> Iterator[Finding]:
    tag, found = local(node), kinds(node)
    for kind in found:
        if kind not in _ALLOWED[tag]:
            yield diagram.finding(
                node,
                "event.unsupported",
                f"{called(node)}不能是 {kind} 事件：引擎会忽略它。",
                "换成支持的事件类型。",
            )
    if len(found) > 1:
        yield diagram.finding(
            node, "event.multiple", f"{called(node)}有多个事件定义。", "只保留一个。"
        )
    if not found and tag not in {"startEvent", "endEvent"}:
        yield diagram.finding(
            node, "event.empty", f"{called(node)}没有事件定义。", "选择定时、信号或消息。"
        )
    yield from _references(diagram, node)
    yield from _timer(diagram, node)


def _references(diagram: Diagram, node: Any) -> Iterator[Finding]:
    for kind in _REFERENCES:
        for definition in find(node, f"bpmn:{kind}EventDefinition"):
            target = diagram.by_id.get(definition.get(f"{kind}Ref", ""))
            if target is None or local(target) != kind:
                yield diagram.finding(
                    node,
                    "event.reference",
                    f"{called(node)}没有指向已声明的 {kind}。",
                    f"在文件中声明 {kind}，并在事件上选择它。",
                )
            elif kind in {"signal", "message"} and not target.get("name"):
                yield diagram.finding(target, "event.reference", f"{kind} 没有名称。", "填写名称。")


def _timer(diagram: Diagram, node: Any) -> Iterator[Finding]:
    for definition in find(node, "bpmn:timerEventDefinition"):
        if len(find(definition, "bpmn:timeDate | bpmn:timeDuration | bpmn:timeCycle")) != 1:
            yield diagram.finding(
                node, "timer.value", f"{called(node)}没有时间。", '填写 clock("名称") 或时长。'
            )


def _boundary(diagram: Diagram, node: Any) -> Iterator[Finding]:
    host = diagram.by_id.get(node.get("attachedToRef", ""))
    if host is None or local(host) not in ACTIVITIES or host.getparent() is not node.getparent():
        yield diagram.finding(
            node, "event.unattached", "边界事件没有附在任务上。", "拖到任务或子流程的边上。"
        )
        return
    interrupting = node.get("cancelActivity", "true") == "true"
    found = set(kinds(node))
    if found & {"error", "escalation"} and local(host) not in SUBPROCESSES:
        yield diagram.finding(
            node, "event.unsupported", "错误和升级事件只能附在子流程上。", "改附到子流程上。"
        )
    if "error" in found and not interrupting:
        yield diagram.finding(
            node, "event.unsupported", "错误边界事件总是中断的。", "设 cancelActivity 为 true。"
        )


def _gateway(diagram: Diagram, gateway: Any) -> Iterator[Finding]:
    targets = [diagram.by_id.get(flow.get("targetRef", "")) for flow in diagram.leaving(gateway)]
    found = [kind for target in targets if target is not None for kind in kinds(target)]
    wrong = any(
        target is None or local(target) != "intermediateCatchEvent" or len(kinds(target)) != 1
        for target in targets
    )
    if wrong or set(found) - _AT_GATEWAY:
        yield diagram.finding(
            gateway,
            "gateway.events",
            "事件网关之后只能是定时、信号或消息捕获事件。",
            "换成这些事件。",
        )
    if found.count("timer") > 1:
        yield diagram.finding(
            gateway, "gateway.timers", "事件网关之后有两个定时器，会共用同一时刻。", "只留一个。"
        )
