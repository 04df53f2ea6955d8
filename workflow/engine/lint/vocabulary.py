"""Which elements and attributes a diagram may use at all. Everything else is refused by name."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from lxml import etree

from workflow.engine.documents import BPMN, BPMNDI, DC, SPIFF
from workflow.engine.lint.diagram import Diagram, local
from workflow.engine.lint.findings import Finding
from workflow.engine.lint.project import Project
from workflow.engine.lint.words import ATTRIBUTES, ELEMENTS, EXTENSIONS, REFUSED

_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_DI: Final = "http://www.omg.org/spec/DD/20100524/DI"
_COLOURS: Final = frozenset(
    {
        "http://bpmn.io/schema/bpmn/biocolor/1.0",
        "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
    }
)
_DRAWING: Final = frozenset({BPMNDI, DC, _DI})
_FREE_ATTRIBUTES: Final = _COLOURS | {_XSI}
_FALSE: Final = frozenset({"", "false", "0"})


def check(diagram: Diagram, _project: Project) -> Iterator[Finding]:
    if diagram.root.tag != f"{{{BPMN}}}definitions":
        yield diagram.finding(
            diagram.root, "xml.not_bpmn", "这不是 BPMN 2.0 流程图。", "请导出为 BPMN 2.0 XML。"
        )
        return
    for node in diagram.root.iter(etree.Element):
        namespace = etree.QName(node).namespace
        if namespace in _DRAWING:
            continue
        if namespace == BPMN:
            yield from _bpmn(diagram, node)
        elif namespace == SPIFF:
            yield from _extension(diagram, node)
        else:
            yield _foreign(diagram, node, str(namespace))


def _bpmn(diagram: Diagram, node: Any) -> Iterator[Finding]:
    tag = local(node)
    if tag in REFUSED:
        rule, wrong, mend = REFUSED[tag]
        yield diagram.finding(node, rule, wrong, mend)
    elif tag not in ELEMENTS:
        yield diagram.finding(
            node, "element.unknown", f"不支持 BPMN 元素 {tag}。", "换成支持的元素或删除它。"
        )
    else:
        yield from _attributes(diagram, node, tag)


def _attributes(diagram: Diagram, node: Any, tag: str) -> Iterator[Finding]:
    for key, value in node.attrib.items():
        namespace, _, name = str(key).rpartition("}")
        if namespace:
            if namespace.removeprefix("{") not in _FREE_ATTRIBUTES:
                yield _foreign(diagram, node, namespace.removeprefix("{"))
        elif (found := _special(name, str(value))) is not None:
            yield diagram.finding(node, *found)
        elif name not in ATTRIBUTES["*"] | ATTRIBUTES.get(tag, frozenset()):
            yield diagram.finding(
                node, "attribute.unknown", f"{tag} 的属性 {name} 不起作用。", "删除该属性。"
            )


def _special(name: str, value: str) -> tuple[str, str, str] | None:
    """Attributes that SpiffWorkflow ignores, or that change what an element means."""
    if name in {"startQuantity", "completionQuantity"} and value != "1":
        return "activity.quantity", f"{name} 会被忽略。", "删除该属性，改用并行网关或多实例。"
    if name == "triggeredByEvent" and value not in _FALSE:
        return (
            "subprocess.event",
            "不支持事件子流程：它会改动共用的流程定义。",
            "改用外层子流程上的信号边界事件。",
        )
    if name == "isForCompensation" and value not in _FALSE:
        return "event.compensation", "补偿不会执行。", "改为普通任务，用网关连接。"
    if name == "behavior" and value != "All":
        return "instances.behavior", "多实例的 behavior 会被忽略。", "删除 behavior 及其事件。"
    return None


def _extension(diagram: Diagram, node: Any) -> Iterator[Finding]:
    tag = str(etree.QName(node).localname)
    if tag in _SPIFF_REFUSED:
        yield diagram.finding(node, *_SPIFF_REFUSED[tag])
        return
    allowed = EXTENSIONS.get(tag)
    parent = str(etree.QName(node.getparent()).localname)
    if allowed is None or parent not in allowed:
        yield diagram.finding(
            node, "extension.unknown", f"扩展元素 {tag} 在此处不起作用。", "删除该扩展元素。"
        )


_SCRIPT: Final = ("script.hidden", "前后置脚本会执行代码。", "删除脚本，改用已登记的服务任务。")
_PAYLOAD: Final = ("event.payload", "事件不能携带数据表达式。", "删除它；数据由任务的表单给出。")
_CORRELATION: Final = ("event.correlation", "不支持消息关联表达式。", "删除它；系统按个案投递。")
_SPIFF_REFUSED: Final[Mapping[str, tuple[str, str, str]]] = {
    "preScript": _SCRIPT,
    "postScript": _SCRIPT,
    "unitTests": _SCRIPT,
    "unitTest": _SCRIPT,
    "messagePayload": _PAYLOAD,
    "messageVariable": _PAYLOAD,
    "payloadExpression": _PAYLOAD,
    "variableName": _PAYLOAD,
    "processVariableCorrelation": _CORRELATION,
    "propertyId": _CORRELATION,
    "expression": _CORRELATION,
}


def _foreign(diagram: Diagram, node: Any, namespace: str) -> Finding:
    if "camunda" in namespace.lower() or "zeebe" in namespace.lower():
        return diagram.finding(
            node,
            "namespace.camunda",
            "Camunda 扩展在这里不起作用，或会执行代码。",
            "在建模工具中选择通用 BPMN，删除 Camunda 扩展。",
        )
    return diagram.finding(
        node, "namespace.unknown", f"未知的命名空间 {namespace!r}。", "删除该扩展。"
    )
