"""Hostile diagrams and tables: one row per trick, with the lint rule that must refuse it.

Every sink of reliability.md 3.3 appears with code that would leave a trace if anything ran it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.engine.diagrams import (
    NAMESPACES,
    call,
    catch,
    chain,
    document,
    end,
    escape,
    flow,
    gateway,
    instances,
    process,
    service,
    simple,
    start,
    sub,
    table,
    throw,
    timer,
    user,
)
from tests.engine.drawn import drawn
from tests.hostile.builders import (
    AD_HOC,
    CODE,
    CORRELATION,
    PAYLOAD,
    PROCESS_CORRELATION,
    QUIET_PAYLOAD,
    SCRIPT,
    UNIT_TEST,
    Text,
    caught,
    condition,
    extended,
    looped,
    messaged,
    parameter,
    ruled,
    several,
    thrown,
    timed,
    with_part,
)

ESCAPE: Final = "().__class__.__base__.__subclasses__()"


@dataclass(frozen=True)
class Case:
    """`files` are a bundle around `p.bpmn`; `rule` is what lint must say about one of them."""

    name: str
    rule: str
    files: Mapping[str, Text]


def diagram(name: str, rule: str, xml: Text) -> Case:
    return Case(name, rule, {"p.bpmn": xml})


# --- every place where SpiffWorkflow evaluates text ----------------------------------------------
SINKS: Final = [
    diagram("exclusive condition", "expression.outside", condition(CODE)),
    diagram("inclusive condition", "expression.outside", condition(CODE, "inclusive")),
    diagram("timer duration", "expression.outside", timed(CODE)),
    diagram("timer date", "expression.outside", timed(CODE, "timeDate")),
    diagram("timer cycle", "timer.cycle", timed(CODE, "timeCycle")),
    diagram("timer cycle text", "timer.cycle", timed('"R3/2024-01-31/P1M"', "timeCycle")),
    diagram("conditional event", "expression.outside", caught(CODE)),
    diagram("loop condition", "expression.outside", looped(CODE)),
    diagram("instances cardinality", "expression.outside", several(cardinality=CODE)),
    diagram("instances completion", "expression.outside", several(until=CODE)),
    diagram("service parameter", "expression.outside", parameter(CODE)),
    diagram("script task", "script.task", with_part(SCRIPT, ("x",))),
    diagram("script with unit tests", "script.hidden", with_part(UNIT_TEST, ("x",))),
    diagram("script before a task", "script.hidden", extended("preScript", CODE)),
    diagram("script after a task", "script.hidden", extended("postScript", CODE)),
    diagram("ad-hoc completion", "subprocess.adhoc", with_part(AD_HOC, ("h",))),
    diagram("signal payload", "event.payload", thrown("signal", "throw")),
    diagram("escalation payload", "event.payload", thrown("escalation", "throw")),
    diagram("error payload", "event.payload", thrown("error", "end")),
    diagram("message payload", "event.payload", messaged(PAYLOAD)),
    diagram("message correlation", "event.correlation", messaged(QUIET_PAYLOAD, CORRELATION)),
    diagram("process correlation", "event.correlation", messaged(PROCESS_CORRELATION)),
    Case("table input", "expression.outside", ruled(column=CODE)),
    Case("table cell", "table.cell", ruled(cell=CODE)),
    Case("table cell after an operator", "table.cell", ruled(cell=f"== {CODE}")),
    Case("table cell with a question mark", "table.cell", ruled(cell=f"? == {CODE}")),
    Case("table output", "expression.outside", ruled(output=CODE)),
]

# --- ways out of a sandbox, each through a gateway -----------------------------------------------
ESCAPES: Final = [
    diagram(f"escape {number}", "expression.outside", condition(text))
    for number, text in enumerate(
        [
            ESCAPE,
            f"{ESCAPE}[0]",
            "a_x.__class__",
            '"a" * 10**9',
            '"a" * 999999999 == "b"',
            "9**9**9 > 1",
            '"{0.__class__}".format(a_x)',
            'f"{a_x}"',
            "[i for i in a_k]",
            "(lambda: 1)()",
            "open('/tmp/sanfang_was_here', 'w')",
            'getattr(a_x, "real")',
            "a_k[0]",
            "(a_y := 1)",
            "a_x if a_x else 1",
            "clock('crisis.ack').year",
            "{'a': 1}",
            "not " * 40 + "a_x",
            "a_x == " + "1" * 600,
        ]
    )
]

# --- files that attack the reader ----------------------------------------------------------------
_PLAIN: Final = drawn(simple(user("a"), chain("s", "a", "e")))
_BODY: Final = _PLAIN[_PLAIN.index("<bpmn:definitions") :]


def entity(declaration: str, use: str = "&x;") -> str:
    return f'<?xml version="1.0"?><!DOCTYPE d [{declaration}]>{_BODY.replace("测试 a", use)}'


_LAUGHS: Final = '<!ENTITY l0 "ha">' + "".join(
    f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10)
)

FILES: Final = [
    diagram("external entity", "xml.doctype", entity('<!ENTITY x SYSTEM "file:///etc/passwd">')),
    diagram("entity over the network", "xml.doctype",
            entity('<!ENTITY x SYSTEM "http://127.0.0.1:1/x">')),
    diagram("parameter entity", "xml.doctype",
            entity('<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;', "a")),
    diagram("billion laughs", "xml.doctype", entity(_LAUGHS, "&l9;")),
    diagram("quadratic entity", "xml.doctype",
            entity(f'<!ENTITY x "{"a" * 50_000}">', "&x;" * 2_000)),
    diagram("bare doctype", "xml.doctype", f"<!DOCTYPE bpmn>{_BODY}"),
    diagram("external subset", "xml.doctype", f'<!DOCTYPE d SYSTEM "http://127.0.0.1:1/d">{_BODY}'),
    diagram("utf-16", "xml.encoding", _PLAIN.encode("utf-16")),
    diagram("utf-7", "xml.encoding", f'<?xml version="1.0" encoding="UTF-7"?>{_BODY}'),
    diagram("gbk", "xml.encoding", f'<?xml version="1.0" encoding="GBK"?>{_BODY}'.encode("gbk")),
    diagram("too many bytes", "xml.large", _PLAIN + " " * 1_000_001),
    diagram("too many elements", "xml.large",
            document("<bpmn:documentation/>" * 20_001)),
    diagram("too deep", "xml.deep", document("<bpmn:extensionElements>" * 70
                                            + "</bpmn:extensionElements>" * 70)),
    diagram("too many nodes", "xml.large", document(process("p", *(
        f'<bpmn:userTask id="u{number}"/>' for number in range(501))))),
    diagram("empty", "xml.empty", b""),
    diagram("white space", "xml.empty", b" \n\t"),
    diagram("not xml", "xml.unreadable", "flow: [start, end]"),
    diagram("cut off", "xml.unreadable", _PLAIN[:400]),
    diagram("a picture", "xml.encoding", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    diagram("a web page", "xml.not_bpmn", "<html><body>BPMN</body></html>"),
    diagram("another namespace", "xml.not_bpmn", '<definitions xmlns="urn:x"/>'),
    diagram("xinclude", "namespace.unknown", _PLAIN.replace(
        "<bpmn:process", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" '
        'href="/etc/passwd" parse="text"/><bpmn:process', 1)),
    diagram("element inside an expression", "expression.outside",
            condition("MARK").replace("MARK", "a_x<bpmn:text>1</bpmn:text>")),
    diagram("xpath in an id", "id.invalid", simple(user("a"), chain("s", "a", "e")).replace(
        'id="a"', 'id="a&quot;] | //*[&quot;1"')),
    diagram("imported file", "xml.import", _PLAIN.replace(
        "<bpmn:process", '<bpmn:import namespace="x" location="file:///etc/passwd" '
        'importType="x"/><bpmn:process', 1)),
]  # fmt: skip

# --- Camunda, which runs Java and scripts elsewhere ----------------------------------------------
_CAMUNDA: Final = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'


def _with_camunda(xml: str) -> str:
    return xml.replace(NAMESPACES, f"{NAMESPACES} {_CAMUNDA}")


def camunda_task(attributes: str = "", inner: str = "") -> str:
    task = (
        f'<bpmn:serviceTask id="n" name="服务" {attributes}>'
        f"<bpmn:extensionElements>{inner}</bpmn:extensionElements></bpmn:serviceTask>"
    )
    return drawn(_with_camunda(simple(user("a"), task, chain("s", "a", "n", "e"))))


CAMUNDA: Final = [
    diagram("camunda class", "namespace.camunda", camunda_task('camunda:class="Evil"')),
    diagram("camunda expression", "namespace.camunda",
            camunda_task('camunda:expression="${Runtime.exec(1)}"')),
    diagram("camunda result", "namespace.camunda", camunda_task('camunda:resultVariable="x"')),
    diagram("camunda listener", "namespace.camunda", camunda_task(inner=(
        '<camunda:executionListener event="start"><camunda:script scriptFormat="python">'
        f"{escape(CODE)}</camunda:script></camunda:executionListener>"))),
    diagram("camunda input", "namespace.camunda", camunda_task(inner=(
        '<camunda:inputOutput><camunda:inputParameter name="x"><camunda:script>1</camunda:script>'
        "</camunda:inputParameter></camunda:inputOutput>"))),
    Case("camunda table", "namespace.camunda", {**ruled(), "t.dmn": table(
        "tier", "a_x", {">= 2": '"high"'}).replace(
            "<decision ", '<decision xmlns:camunda="http://camunda.org/schema/1.0/dmn" '
            'camunda:historyTimeToLive="1" ')}),
    diagram("zeebe", "namespace.camunda", camunda_task(inner=(
        '<z:taskDefinition xmlns:z="http://camunda.org/schema/zeebe/1.0" type="x"/>'))),
]  # fmt: skip


# --- what SpiffWorkflow does silently wrong, or not at all ---------------------------------------
def replaced(old: str, new: str, xml: str = "") -> str:
    base = xml or _PLAIN
    assert old in base, old
    return base.replace(old, new, 1)


_TWO_TIMERS: Final = simple(
    gateway("g", "eventBased"), catch("t1", timer('"PT1H"')), catch("t2", timer('"PT2H"')),
    chain("s", "g", "t1", "e"), end("e2"), chain("g", "t2", "e2"),
)  # fmt: skip
_EVENT_SUB: Final = simple(
    user("a"), chain("s", "a", "e"),
    '<bpmn:subProcess id="ev" name="ev" triggeredByEvent="true">'
    '<bpmn:startEvent id="es"><bpmn:signalEventDefinition signalRef="sig1"/></bpmn:startEvent>'
    f'{user("ea")}{end("ee")}{chain("es", "ea", "ee")}</bpmn:subProcess>',
    extra='<bpmn:signal id="sig1" name="go"/>',
)  # fmt: skip
_UNDECIDED: Final = simple(
    user("a"), gateway("g"), chain("s", "a", "g"), flow("g", "e", "a_x == 1"), end("e2"),
    flow("g", "e2", "a_x == 2"),
)  # fmt: skip
_MANY: Final = instances().replace('isSequential="false"', 'isSequential="false" behavior="One"')

STRUCTURES: Final = [
    diagram("link event", "event.link", with_part(
        throw("l", '<bpmn:linkEventDefinition name="x"/>'), ("l",))),
    diagram("compensation", "event.compensation", with_part(
        throw("l", "<bpmn:compensateEventDefinition/>"), ("l",))),
    diagram("compensation handler", "event.compensation", replaced(
        '<bpmn:userTask id="a"', '<bpmn:userTask id="a" isForCompensation="true"')),
    diagram("complex gateway", "gateway.complex", with_part(
        '<bpmn:complexGateway id="g"/>', ("g",))),
    diagram("event sub-process", "subprocess.event", drawn(_EVENT_SUB)),
    diagram("transaction", "subprocess.transaction", with_part(
        sub("x", start("xs"), end("xe"), flow("xs", "xe")).replace("subProcess", "transaction"),
        ("x",))),
    diagram("two outgoing", "node.two_outgoing", drawn(simple(
        user("a"), end("e2"), chain("s", "a", "e"), flow("a", "e2")))),
    diagram("no default", "gateway.no_default", drawn(_UNDECIDED)),
    diagram("event reference", "element.unknown", with_part(
        catch("c", "<bpmn:eventDefinitionRefs>x</bpmn:eventDefinitionRefs>"), ("c",))),
    diagram("inline event reference", "event.reference", with_part(
        catch("c", "<bpmn:eventDefinitionRef>x</bpmn:eventDefinitionRef>"), ("c",))),
    diagram("two timers at one gateway", "gateway.timers", drawn(_TWO_TIMERS)),
    diagram("instances behaviour", "instances.behavior", drawn(simple(
        user("m", _MANY), chain("s", "m", "e")))),
    diagram("start quantity", "activity.quantity", replaced(
        '<bpmn:userTask id="a"', '<bpmn:userTask id="a" startQuantity="2"')),
    diagram("too many instances", "instances.bound", several(cardinality="1000000000")),
    diagram("call outside the bundle", "call.unknown", with_part(call("c", "elsewhere"), ("c",))),
    diagram("call of itself", "call.recursive", with_part(call("c", "p"), ("c",))),
    diagram("unknown handler", "service.unknown", with_part(service("n", "os.system"), ("n",))),
    diagram("unknown parameter", "service.parameters", with_part(
        service("n", "test.note", who="1", more="1"), ("n",))),
    diagram("untyped task", "task.untyped", with_part(
        '<bpmn:task id="x" name="任务"/>', ("x",))),
    diagram("manual task", "task.manual", with_part(
        '<bpmn:manualTask id="x" name="任务"/>', ("x",))),
    diagram("send task", "task.message", with_part(
        '<bpmn:sendTask id="x" name="任务"/>', ("x",))),
    diagram("data object", "data.object", replaced(
        "<bpmn:startEvent", '<bpmn:dataObject id="d"/><bpmn:startEvent')),
    diagram("reserved id", "id.reserved", drawn(simple(user("End"), chain("s", "End", "e")))),
    diagram("unreachable task", "node.unreachable", drawn(simple(
        user("a"), user("b"), chain("s", "a", "e"), flow("b", "e")))),
    diagram("no end", "end.missing", drawn(document(process("p", start(), user("a"),
                                                            flow("s", "a"))))),
    diagram("role that does not exist", "lane.unknown", replaced('name="ME"', 'name="ROOT"')),
    diagram("task outside of lanes", "lane.missing", replaced(
        "<bpmn:flowNodeRef>a</bpmn:flowNodeRef>", "")),
    diagram("not drawn", "drawing.missing", replaced('bpmnElement="a"', 'bpmnElement="b"')),
    diagram("no chinese name", "name.chinese", replaced('name="测试 a"', 'name="do it"')),
    diagram("undeclared name", "expression.undeclared", condition("password == 1")),
    diagram("undeclared clock", "clock.unknown", condition('clock("no.such") == 1')),
    diagram("month as duration", "timer.value", timed('"P1M"')),
    diagram("duration without quotes", "timer.value", timed("PT1H")),
    diagram("unknown property", "property.unknown", replaced('name="form"', 'name="forms"')),
    diagram("unknown form", "form.unknown", replaced('value="choice"', 'value="../../etc/passwd"')),
    *(Case(f"hit policy {policy}", "table.hit_policy", ruled(policy=policy))
      for policy in ("FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER")),
    *(Case(f"feel {cell}", "table.cell", ruled(cell=cell))
      for cell in ('"a","b"', "not(3)", "[4..7]", "date(1)")),
    Case("aggregation", "table.hit_policy", {**ruled(), "t.dmn": table(
        "tier", "a_x", {">= 2": "1"}, policy="COLLECT").replace(
            "<decisionTable ", '<decisionTable aggregation="SUM" ')}),
    Case("free text that decides", "form.undecidable",
         {"p.bpmn": _PLAIN, "forms/choice.json": '{"type": "object", "properties": '
          '{"story": {"type": "string"}}, "x-decides": ["story"]}'}),
]  # fmt: skip

CORPUS: Final = [*SINKS, *ESCAPES, *FILES, *CAMUNDA, *STRUCTURES]
