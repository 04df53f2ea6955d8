"""Turns a bare test diagram into one that lint accepts: lanes, Chinese names, drawn shapes."""

from typing import Any

from lxml import etree

from workflow.engine.documents import BPMN, BPMNDI, DC
from workflow.engine.lint.diagram import NODES, local

_DI = "http://www.omg.org/spec/DD/20100524/DI"


def drawn(xml: str) -> str:
    root = etree.fromstring(xml.encode())
    nodes = [node for node in root.iter(f"{{{BPMN}}}*") if local(node) in NODES | {"process"}]
    for node in nodes:
        node.set("name", f"测试 {node.get('name') or node.get('id')}")
    for process in root.iterfind(f"{{{BPMN}}}process"):
        _add_lane(process)
    _draw(root)
    return etree.tostring(root, encoding="unicode")


def _add_lane(process: Any) -> None:
    tasks = [task.get("id") for task in process.iter(f"{{{BPMN}}}userTask")]
    if not tasks:
        return
    lanes = etree.Element(f"{{{BPMN}}}laneSet", id=f"lanes_{process.get('id')}")
    lane = etree.SubElement(lanes, f"{{{BPMN}}}lane", id=f"lane_{process.get('id')}", name="ME")
    for task in tasks:
        etree.SubElement(lane, f"{{{BPMN}}}flowNodeRef").text = task
    process.insert(0, lanes)


def _draw(root: Any) -> None:
    drawing = etree.SubElement(root, f"{{{BPMNDI}}}BPMNDiagram", id="drawing")
    plane = etree.SubElement(drawing, f"{{{BPMNDI}}}BPMNPlane", id="plane")
    for number, node in enumerate(list(root.iter(f"{{{BPMN}}}*"))):
        if local(node) in NODES | {"lane", "participant"}:
            shape = etree.SubElement(
                plane, f"{{{BPMNDI}}}BPMNShape", id=f"shape_{number}", bpmnElement=node.get("id")
            )
            etree.SubElement(
                shape, f"{{{DC}}}Bounds", x=str(number * 50), y="0", width="40", height="40"
            )
        if local(node) == "sequenceFlow":
            edge = etree.SubElement(
                plane, f"{{{BPMNDI}}}BPMNEdge", id=f"edge_{number}", bpmnElement=node.get("id")
            )
            for x in ("0", "10"):
                etree.SubElement(edge, f"{{{_DI}}}waypoint", x=x, y="0")
