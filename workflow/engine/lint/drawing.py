"""Every element is drawn: people approve the picture, so nothing may run that is not in it."""

from collections.abc import Iterator
from typing import Any

from workflow.engine.lint.diagram import Diagram, called, find
from workflow.engine.lint.findings import Finding
from workflow.engine.lint.project import Project


def check(diagram: Diagram, _project: Project) -> Iterator[Finding]:
    shapes = {shape.get("bpmnElement"): shape for shape in find(diagram.root, "//bpmndi:BPMNShape")}
    edges = {edge.get("bpmnElement"): edge for edge in find(diagram.root, "//bpmndi:BPMNEdge")}
    for node in (*diagram.nodes(), *_bands(diagram)):
        shape = shapes.get(node.get("id"))
        if shape is None or not _has_area(shape):
            yield diagram.finding(
                node, "drawing.missing", f"{called(node)}没有画出来。", "在建模工具中摆放并保存。"
            )
    for flow in diagram.all("sequenceFlow"):
        edge = edges.get(flow.get("id"))
        if edge is None or len([child for child in edge if _tag(child) == "waypoint"]) < 2:  # noqa: PLR2004 -- a line has two ends
            yield diagram.finding(
                flow, "drawing.missing", "顺序流没有画出来。", "在建模工具中画出并保存。"
            )


def _bands(diagram: Diagram) -> list[Any]:
    """Pools and their lanes. Modelling tools draw no lane outside a pool, least of all in a
    sub-process; there it only says who does what.
    """
    pools = list(diagram.all("participant"))
    return [*pools, *diagram.all("lane")] if pools else []


def _has_area(shape: Any) -> bool:
    bounds = find(shape, "dc:Bounds")
    try:
        return bool(bounds) and all(float(bounds[0].get(side, "0")) > 0 for side in _SIDES)
    except ValueError:
        return False


def _tag(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]


_SIDES = ("width", "height")
