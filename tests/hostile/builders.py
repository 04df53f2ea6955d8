"""Builds the hostile diagrams of the corpus: each function puts a text into one sink."""

from typing import Final

from tests.engine.diagrams import (
    boundary,
    catch,
    chain,
    document,
    end,
    escape,
    flow,
    gateway,
    instances,
    process,
    rule,
    service,
    simple,
    start,
    table,
    throw,
    timer,
    user,
)
from tests.engine.drawn import drawn

#: Would leave a trace if anything ran it.
CODE: Final = '__import__("os").system("id > /tmp/sanfang_was_here")'

Text = str | bytes


def condition(text: str, kind: str = "exclusive") -> str:
    return drawn(
        simple(
            user("a"),
            gateway("g", kind, default="d"),
            user("b"),
            chain("s", "a", "g"),
            flow("g", "b", text),
            flow("g", "e", id_="d"),
            chain("b", "e"),
        )
    )


def timed(text: str, kind: str = "timeDuration") -> str:
    return drawn(
        simple(
            user("a"), boundary("t", "a", timer(text, kind)), end("x"), chain("s", "a", "e"),
            flow("t", "x"),
        )
    )  # fmt: skip


def caught(text: str) -> str:
    event = f"<bpmn:conditionalEventDefinition><bpmn:condition>{escape(text)}</bpmn:condition>"
    return drawn(
        simple(user("a"), catch("c", event + "</bpmn:conditionalEventDefinition>"),
               chain("s", "a", "c", "e"))
    )  # fmt: skip


def looped(text: str) -> str:
    loop = (
        '<bpmn:standardLoopCharacteristics loopMaximum="3"><bpmn:loopCondition>'
        f"{escape(text)}</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
    )
    return drawn(simple(user("a", loop), chain("s", "a", "e")))


def several(cardinality: str = "3", until: str = "") -> str:
    inner = instances(cardinality=cardinality, condition=until)
    return drawn(simple(user("m", inner), chain("s", "m", "e")))


def parameter(text: str) -> str:
    return drawn(simple(user("a"), service("n", "test.note", who=text), chain("s", "a", "n", "e")))


def ruled(
    column: str = "a_x", cell: str = ">= 2", output: str = '"high"', **more: str
) -> dict[str, Text]:
    xml = drawn(simple(user("a"), rule("br", "tier"), chain("s", "a", "br", "e")))
    return {"p.bpmn": xml, "t.dmn": table("tier", column, {cell: output}, **more)}


def thrown(payload_of: str, where: str) -> str:
    """An event whose payload is an expression."""
    names = {"signal": "signalRef", "escalation": "escalationRef", "error": "errorRef"}
    declared = (
        f'<bpmn:{payload_of} id="ev1" name="ev" {payload_of}Code="E1"><bpmn:extensionElements>'
        f"<spiffworkflow:payloadExpression>{escape(CODE)}</spiffworkflow:payloadExpression>"
        f"</bpmn:extensionElements></bpmn:{payload_of}>"
    ).replace(' signalCode="E1"', "")
    event = f'<bpmn:{payload_of}EventDefinition {names[payload_of]}="ev1"/>'
    if where == "end":
        return drawn(document(process("p", start(), user("a"), end("e", event),
                                      chain("s", "a", "e")), extra=declared))  # fmt: skip
    return drawn(simple(user("a"), throw("t", event), chain("s", "a", "t", "e"), extra=declared))


def messaged(definition: str, extra: str = "") -> str:
    event = (
        f'<bpmn:messageEventDefinition messageRef="m1">{definition}</bpmn:messageEventDefinition>'
    )
    return drawn(
        simple(
            user("a"),
            throw("t", event),
            catch("c", event),
            chain("s", "a", "t", "c", "e"),
            extra=f'<bpmn:message id="m1" name="m"/>{extra}',
        )
    )


def extended(kind: str, text: str) -> str:
    """A user task with one more extension element."""
    inner = f"<spiffworkflow:{kind}>{escape(text)}</spiffworkflow:{kind}>"
    xml = drawn(simple(user("a"), chain("s", "a", "e")))
    return xml.replace("<bpmn:extensionElements>", f"<bpmn:extensionElements>{inner}", 1)


def with_part(part: str, path: tuple[str, ...], extra: str = "") -> str:
    """A process whose path leads over a hand-written element."""
    return drawn(simple(user("a"), part, chain("s", "a", *path, "e"), extra=extra))


CORRELATION: Final = (
    '<bpmn:correlationProperty id="cp" name="cp"><bpmn:correlationPropertyRetrievalExpression '
    f'messageRef="m1"><bpmn:messagePath>{escape(CODE)}</bpmn:messagePath>'
    "</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"
)
PROCESS_CORRELATION: Final = (
    "<bpmn:extensionElements><spiffworkflow:processVariableCorrelation>"
    "<spiffworkflow:propertyId>cp</spiffworkflow:propertyId>"
    f"<spiffworkflow:expression>{escape(CODE)}</spiffworkflow:expression>"
    "</spiffworkflow:processVariableCorrelation></bpmn:extensionElements>"
)
PAYLOAD: Final = (
    "<bpmn:extensionElements>"
    f"<spiffworkflow:messagePayload>{escape(CODE)}</spiffworkflow:messagePayload>"
    "<spiffworkflow:messageVariable>v</spiffworkflow:messageVariable></bpmn:extensionElements>"
)
#: A payload that the language allows: only then is a message correlated.
QUIET_PAYLOAD: Final = PAYLOAD.replace(escape(CODE), "a_x")
AD_HOC: Final = (
    '<bpmn:adHocSubProcess id="h" name="随意"><bpmn:userTask id="ha" name="甲"/>'
    f"<bpmn:completionCondition>{escape(CODE)}</bpmn:completionCondition></bpmn:adHocSubProcess>"
)
SCRIPT: Final = (
    f'<bpmn:scriptTask id="x" name="脚本"><bpmn:script>{escape(CODE)}</bpmn:script>'
    "</bpmn:scriptTask>"
)
UNIT_TEST: Final = (
    '<bpmn:scriptTask id="x" name="脚本"><bpmn:extensionElements><spiffworkflow:unitTests>'
    '<spiffworkflow:unitTest id="u"><spiffworkflow:inputJson>{}</spiffworkflow:inputJson>'
    "<spiffworkflow:expectedOutputJson>{}</spiffworkflow:expectedOutputJson>"
    f"</spiffworkflow:unitTest></spiffworkflow:unitTests></bpmn:extensionElements>"
    f"<bpmn:script>{escape(CODE)}</bpmn:script></bpmn:scriptTask>"
)
