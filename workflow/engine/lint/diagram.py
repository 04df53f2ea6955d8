"""A diagram as lint sees it: elements by id, and what leads where."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from workflow.engine.documents import BPMN, NSMAP
from workflow.engine.lint.findings import Finding

EVENTS: Final = frozenset(
    {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
)
GATEWAYS: Final = frozenset(
    {"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"}
)
SUBPROCESSES: Final = frozenset({"subProcess", "callActivity"})
ACTIVITIES: Final = frozenset({"userTask", "serviceTask", "businessRuleTask"}) | SUBPROCESSES
NODES: Final = EVENTS | GATEWAYS | ACTIVITIES


def local(node: Any) -> str:
    """The tag without its namespace; an empty text for elements of another namespace."""
    name = etree.QName(node)
    return str(name.localname) if name.namespace == BPMN else ""


@dataclass(frozen=True, slots=True)
class Diagram:
    name: str
    root: Any
    by_id: dict[str, Any]
    outgoing: dict[str, list[Any]]
    incoming: dict[str, list[Any]]

    @classmethod
    def read(cls, name: str, root: Any) -> "Diagram":
        by_id: dict[str, Any] = {}
        outgoing: dict[str, list[Any]] = {}
        incoming: dict[str, list[Any]] = {}
        for node in root.iter(f"{{{BPMN}}}*"):
            by_id.setdefault(node.get("id", ""), node)
            if local(node) == "sequenceFlow":
                outgoing.setdefault(node.get("sourceRef", ""), []).append(node)
                incoming.setdefault(node.get("targetRef", ""), []).append(node)
        return cls(name, root, by_id, outgoing, incoming)

    def all(self, *tags: str) -> Iterator[Any]:
        for node in self.root.iter(f"{{{BPMN}}}*"):
            if local(node) in tags:
                yield node

    def nodes(self) -> Iterator[Any]:
        """Tasks, gateways, events and sub-processes."""
        return self.all(*NODES)

    def processes(self) -> Iterator[Any]:
        """Whatever holds a flow of its own: processes and embedded sub-processes."""
        return self.all("process", "subProcess")

    def leaving(self, node: Any) -> list[Any]:
        return self.outgoing.get(node.get("id", ""), [])

    def arriving(self, node: Any) -> list[Any]:
        return self.incoming.get(node.get("id", ""), [])

    def finding(self, node: Any, rule: str, wrong: str, mend: str) -> Finding:
        element = ""
        for place in (node, *node.iterancestors()):
            element = element or place.get("id", "")
        return Finding(self.name, element, rule, wrong, mend, node.sourceline or 0)


def find(node: Any, path: str) -> list[Any]:
    """XPath with the prefixes bpmn, bpmndi, dc and spiff."""
    return list(node.xpath(path, namespaces=NSMAP))


def text(node: Any) -> str:
    return (node.text or "").strip()


def called(node: Any) -> str:
    """How messages call an element: its name, else its id."""
    return f"“{node.get('name') or node.get('id') or local(node)}”"
