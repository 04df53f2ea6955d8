"""Which names a diagram brings into task data: answers, handler results, table outputs, items."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflow.engine import registry
from workflow.engine.documents import BPMN
from workflow.engine.lint.diagram import find
from workflow.engine.tables import children


def names_of(
    root: Any, forms: Mapping[str, Mapping[str, Any]], decisions: Mapping[str, Any]
) -> Iterator[str]:
    for node in root.iter(f"{{{BPMN}}}userTask"):
        for form in find(node, ".//spiff:property[@name='form']/@value"):
            decides = forms.get(form, {}).get("x-decides", [])
            yield from _flat(node, decides if isinstance(decides, list) else [])
    for node in root.iter(f"{{{BPMN}}}serviceTask"):
        for operator in find(node, ".//spiff:serviceTaskOperator/@id"):
            yield from _flat(node, registry.declared_results(operator))
    for node in root.iter(f"{{{BPMN}}}businessRuleTask"):
        for called in find(node, ".//spiff:calledDecisionId"):
            yield from _flat(node, output_names(decisions.get((called.text or "").strip())))
    for item in root.iter(f"{{{BPMN}}}inputDataItem"):
        yield item.get("id", "")


def output_names(decision: Any) -> list[str]:
    if decision is None:
        return []
    return [
        column.get("name", "")
        for table in children(decision, "decisionTable")
        for column in children(table, "output")
    ]


def _flat(node: Any, results: Any) -> Iterator[str]:
    yield from (f"{node.get('id', '')}_{result}" for result in results)
