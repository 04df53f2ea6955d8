"""Writes small diagrams for tests: one function per element, ids are names.

Shapes and Chinese names are left out; lint has tests of its own for those.
"""

from itertools import count, pairwise
from typing import Any

import orjson

from workflow.engine.bundles import Bundle
from workflow.engine.definitions import Definition, parse

NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
)
_flows = count(1)

#: Every user task below asks this form: two decisions and one text that stays outside.
FORM = {
    "type": "object",
    "properties": {
        "x": {"type": "integer", "enum": [0, 1, 2, 3]},
        "k": {"type": "array", "items": {"type": "integer", "enum": list(range(10))}},
        "story": {"type": "string"},
    },
    "x-decides": ["x", "k"],
}


def document(*processes: str, extra: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions {NAMESPACES} '
        f'targetNamespace="t">{extra}{"".join(processes)}</bpmn:definitions>'
    )


def process(id_: str, *parts: str) -> str:
    return f'<bpmn:process id="{id_}" isExecutable="true">{"".join(parts)}</bpmn:process>'


def simple(*parts: str, more: tuple[str, ...] = (), extra: str = "") -> str:
    """One process `p` from `s` to `e`, and the processes it calls."""
    return document(process("p", start(), *parts, end()), *more, extra=extra)


def start(id_: str = "s") -> str:
    return f'<bpmn:startEvent id="{id_}"/>'


def end(id_: str = "e", event: str = "") -> str:
    return f'<bpmn:endEvent id="{id_}">{event}</bpmn:endEvent>'


def user(id_: str, inner: str = "", *, clock: str = "", form: str = "choice") -> str:
    written = {"form": form, "clock": clock}
    rows = "".join(
        f'<spiffworkflow:property name="{name}" value="{value}"/>'
        for name, value in written.items()
        if value
    )
    return (
        f'<bpmn:userTask id="{id_}" name="{id_}"><bpmn:extensionElements>'
        f"<spiffworkflow:properties>{rows}</spiffworkflow:properties>"
        f"</bpmn:extensionElements>{inner}</bpmn:userTask>"
    )


def gateway(id_: str, kind: str = "exclusive", default: str = "") -> str:
    chosen = f' default="{default}"' if default else ""
    return f'<bpmn:{kind}Gateway id="{id_}"{chosen}/>'


def flow(source: str, target: str, condition: str = "", *, id_: str = "") -> str:
    text = (
        '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
        f"{escape(condition)}</bpmn:conditionExpression>"
        if condition
        else ""
    )
    name = id_ or f"flow_{next(_flows)}"
    return (
        f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">'
        f"{text}</bpmn:sequenceFlow>"
    )


def chain(*ids: str) -> str:
    return "".join(flow(source, target) for source, target in pairwise(ids))


def timer(expression: str, kind: str = "timeDuration") -> str:
    return (
        f'<bpmn:timerEventDefinition><bpmn:{kind} xsi:type="bpmn:tFormalExpression">'
        f"{escape(expression)}</bpmn:{kind}></bpmn:timerEventDefinition>"
    )


def boundary(id_: str, on: str, event: str, *, interrupting: bool = True) -> str:
    return (
        f'<bpmn:boundaryEvent id="{id_}" name="{id_}" attachedToRef="{on}" '
        f'cancelActivity="{str(interrupting).lower()}">{event}</bpmn:boundaryEvent>'
    )


def catch(id_: str, event: str) -> str:
    return f'<bpmn:intermediateCatchEvent id="{id_}">{event}</bpmn:intermediateCatchEvent>'


def throw(id_: str, event: str) -> str:
    return f'<bpmn:intermediateThrowEvent id="{id_}">{event}</bpmn:intermediateThrowEvent>'


def service(id_: str, operator: str, **params: str) -> str:
    rows = "".join(
        f'<spiffworkflow:parameter id="{name}" type="str" value="{escape(value)}"/>'
        for name, value in params.items()
    )
    return (
        f'<bpmn:serviceTask id="{id_}" name="{id_}"><bpmn:extensionElements>'
        f'<spiffworkflow:serviceTaskOperator id="{operator}"><spiffworkflow:parameters>{rows}'
        "</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
        "</bpmn:extensionElements></bpmn:serviceTask>"
    )


def rule(id_: str, decision: str) -> str:
    return (
        f'<bpmn:businessRuleTask id="{id_}" name="{id_}"><bpmn:extensionElements>'
        f"<spiffworkflow:calledDecisionId>{decision}</spiffworkflow:calledDecisionId>"
        "</bpmn:extensionElements></bpmn:businessRuleTask>"
    )


def call(id_: str, called: str, inner: str = "") -> str:
    return (
        f'<bpmn:callActivity id="{id_}" name="{id_}" calledElement="{called}">{inner}'
        "</bpmn:callActivity>"
    )


def sub(id_: str, *parts: str) -> str:
    return f'<bpmn:subProcess id="{id_}" name="{id_}">{"".join(parts)}</bpmn:subProcess>'


def instances(*, cardinality: str = "3", condition: str = "", sequential: bool = False) -> str:
    until = (
        f"<bpmn:completionCondition>{escape(condition)}</bpmn:completionCondition>"
        if condition
        else ""
    )
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"<bpmn:loopCardinality>{escape(cardinality)}</bpmn:loopCardinality>{until}"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def table(
    decision: str,
    column: str,
    rows: dict[str, str],
    *,
    policy: str = "UNIQUE",
    output: str = "tier",
) -> str:
    rules = "".join(
        f'<rule id="r{number}"><inputEntry id="i{number}"><text>{escape(cell)}</text></inputEntry>'
        f'<outputEntry id="o{number}"><text>{escape(result)}</text></outputEntry></rule>'
        for number, (cell, result) in enumerate(rows.items())
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" '
        f'namespace="n"><decision id="{decision}" name="{decision}">'
        f'<decisionTable id="dt" hitPolicy="{policy}"><input id="in1" label="in">'
        f'<inputExpression id="ie" typeRef="number"><text>{escape(column)}</text>'
        f'</inputExpression></input><output id="out1" name="{output}" typeRef="string"/>{rules}'
        "</decisionTable></decision></definitions>"
    )


def escape(text: str) -> str:
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )


def bundle(xml: str, *tables: str, key: str = "p", form: dict[str, Any] | None = None) -> Bundle:
    files = {"p.bpmn": xml.encode(), "forms/choice.json": orjson.dumps(form or FORM)}
    files |= {f"t{number}.dmn": text.encode() for number, text in enumerate(tables)}
    return Bundle(key, files)


def definition(xml: str, *tables: str, key: str = "p") -> Definition:
    return parse(bundle(xml, *tables, key=key))
