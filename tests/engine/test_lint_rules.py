"""Each rule beside its border: the smallest diagram that breaks it, and a neighbour that passes.

A rule that fires on both would keep schools from drawing; one that fires on neither is decoration.
"""

import re
from dataclasses import dataclass

import orjson
import pytest

from tests.engine.diagrams import (
    FORM,
    boundary,
    call,
    catch,
    chain,
    document,
    end,
    flow,
    gateway,
    instances,
    process,
    rule,
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
from tests.engine.test_lint import findings
from workflow.engine.corrections import MAX_INSTANCES
from workflow.engine.lint.structure import MAX_NODES

LINE = drawn(simple(user("a"), chain("s", "a", "e")))
HALF_HOUR = timer('"PT30M"')
SIGNAL = '<bpmn:signalEventDefinition signalRef="s1"/>'
ERROR = '<bpmn:errorEventDefinition errorRef="e1"/>'
DECLARED = '<bpmn:signal id="s1" name="x"/><bpmn:error id="e1" name="x" errorCode="1"/>'
FORM_FILE = "forms/choice.json"
CHINESE = re.compile(r"[\u4e00-\u9fff].*[。」]\Z")


@dataclass(frozen=True)
class Border:
    """`element`: whose id the finding names; `broken` and `inside` differ in one thing."""

    rule: str
    element: str
    broken: str
    inside: str


def edited(old: str, new: str, xml: str = LINE) -> str:
    assert old in xml
    return xml.replace(old, new, 1)


def after(event: str, kind: str = "catch") -> str:
    """A task, then an event."""
    make = catch if kind == "catch" else throw
    return drawn(simple(user("a"), make("c", event), chain("s", "a", "c", "e"), extra=DECLARED))


def on(host: str, host_id: str, event: str, *, interrupting: bool = True) -> str:
    """A boundary event that leads to an end of its own."""
    return drawn(
        simple(
            user("a"),
            host,
            boundary("b", host_id, event, interrupting=interrupting),
            end("x"),
            chain("s", "a", *([host_id] if host_id != "a" else []), "e"),
            flow("b", "x"),
            extra=DECLARED,
        )
    )


def inner(id_: str = "h") -> str:
    return sub(id_, start("is"), user("ia"), end("ie"), chain("is", "ia", "ie"))


def either(second: str, *, default: str = "d", kind: str = "exclusive") -> str:
    return drawn(
        simple(
            user("a"), gateway("g", kind, default=default), user("b"), chain("s", "a", "g"),
            second, flow("g", "e", id_="d"), chain("b", "e"),
        )
    )  # fmt: skip


def heard(*events: str) -> str:
    """An event gateway and what it listens to."""
    names = [f"c{number}" for number in range(len(events))]
    parts = [catch(name, event) for name, event in zip(names, events, strict=True)]
    ways = [flow("g", name) + flow(name, "e") for name in names]
    whole = simple(
        user("a"), gateway("g", "eventBased"), *parts, chain("s", "a", "g"), *ways, extra=DECLARED
    )
    return drawn(whole)


def repeated(maximum: str) -> str:
    loop = f"<bpmn:standardLoopCharacteristics{maximum}/>"
    return drawn(simple(user("a", loop), chain("s", "a", "e")))


def several(cardinality: str) -> str:
    return drawn(simple(user("a", instances(cardinality=cardinality)), chain("s", "a", "e")))


def sized(element: str, width: str) -> str:
    """The line with one shape as wide as told."""
    shape = f'bpmnElement="{element}"><dc:Bounds x="[0-9]+" y="0" width='
    found = re.search(shape, LINE)
    assert found is not None
    return LINE.replace(f'{found[0]}"40"', f'{found[0]}"{width}"')


NESTED = drawn(simple(user("a"), inner(), chain("s", "a", "h", "e")))
TWO = drawn(simple(user("a"), user("b"), chain("s", "a", "b", "e")))
SERVED = drawn(simple(user("a"), service("n", "test.note", who="a_x"), chain("s", "a", "n", "e")))

BORDERS = [
    Border("attribute.unknown", "a", edited('<bpmn:userTask id="a"',
           '<bpmn:userTask implementation="x" id="a"'),
           edited('<bpmn:userTask id="a"', '<bpmn:userTask completionQuantity="1" id="a"')),
    Border("activity.quantity", "a", edited('<bpmn:userTask id="a"',
           '<bpmn:userTask startQuantity="2" id="a"'),
           edited('<bpmn:userTask id="a"', '<bpmn:userTask startQuantity="1" id="a"')),
    Border("extension.unknown", "a", edited("<spiffworkflow:properties>",
           "<spiffworkflow:parameters/><spiffworkflow:properties>"), LINE),
    Border("instances.output", "a", edited("<bpmn:loopCardinality>",
           "<bpmn:loopDataOutputRef>r</bpmn:loopDataOutputRef><bpmn:loopCardinality>",
           several("3")), several("3")),
    Border("event.cancel", "e", edited('name="测试 e"/>',
           'name="测试 e"><bpmn:cancelEventDefinition/></bpmn:endEvent>'),
           edited('name="测试 e"/>',
                  'name="测试 e"><bpmn:terminateEventDefinition/></bpmn:endEvent>')),
    Border("event.empty", "c", after(""), after(HALF_HOUR)),
    Border("event.multiple", "c", after(HALF_HOUR + SIGNAL), after(SIGNAL)),
    Border("event.unsupported", "c", after(HALF_HOUR, "throw"), after(SIGNAL, "throw")),
    Border("event.unsupported", "b", on("", "a", ERROR), on(inner(), "h", ERROR)),
    Border("event.unsupported", "b", on(inner(), "h", ERROR, interrupting=False),
           on(inner(), "h", SIGNAL, interrupting=False)),
    Border("event.unattached", "b", edited('attachedToRef="a"', 'attachedToRef="e"',
           on("", "a", HALF_HOUR)), on("", "a", HALF_HOUR)),
    Border("event.unattached", "b", edited('attachedToRef="h"', 'attachedToRef="ia"',
           on(inner(), "h", HALF_HOUR)), on(inner(), "h", HALF_HOUR)),
    Border("event.reference", "c", edited('signalRef="s1"', 'signalRef="e1"', after(SIGNAL)),
           after(SIGNAL)),
    Border("event.reference", "s1", edited('id="s1" name="x"', 'id="s1"', after(SIGNAL)),
           after(SIGNAL)),
    Border("gateway.events", "g", heard(HALF_HOUR, ""), heard(HALF_HOUR, SIGNAL)),
    Border("gateway.timers", "g", heard(HALF_HOUR, HALF_HOUR, SIGNAL), heard(HALF_HOUR, SIGNAL)),
    Border("flow.broken", "d", edited('sourceRef="g" targetRef="e"', 'sourceRef="g" targetRef="no"',
           either(flow("g", "b", "a_x == 1"))), either(flow("g", "b", "a_x == 1"))),
    Border("flow.crosses", "over", edited('id="over" sourceRef="a" targetRef="h"',
           'id="over" sourceRef="a" targetRef="ia"',
           drawn(simple(user("a"), inner(), flow("s", "a"), flow("a", "h", id_="over"),
                        flow("h", "e")))), NESTED),
    Border("flow.no_condition", "w", either(flow("g", "b", id_="w")),
           either(flow("g", "b", "a_x == 1", id_="w"))),
    Border("flow.condition_ignored", "d", edited('targetRef="e"/>',
           'targetRef="e"><bpmn:conditionExpression>a_x == 1</bpmn:conditionExpression>'
           "</bpmn:sequenceFlow>", either(flow("g", "b", "a_x == 1"))),
           either(flow("g", "b", "a_x == 1"))),
    Border("gateway.no_default", "g", either(flow("g", "b", "a_x == 1"), default="gone"),
           either(flow("g", "b", "a_x == 1"))),
    Border("node.dead_end", "b", drawn(simple(user("a"), gateway("g", "parallel"), user("b"),
           chain("s", "a", "g", "e"), flow("g", "b"))),
           drawn(simple(user("a"), gateway("g", "parallel"), user("b"),
                 chain("s", "a", "g", "e"), chain("g", "b", "e")))),
    Border("end.continues", "e", drawn(simple(user("a"), user("b"), end("x"),
           chain("s", "a", "e", "b", "x"))), TWO),
    Border("start.reentered", "s", drawn(simple(user("a"), gateway("g", default="d"),
           chain("s", "a", "g"), flow("g", "s", "a_x == 1"), flow("g", "e", id_="d"))),
           drawn(simple(user("a"), gateway("g", default="d"), chain("s", "a", "g"),
                 flow("g", "a", "a_x == 1"), flow("g", "e", id_="d")))),
    Border("start.count", "p", drawn(simple(start("s2"), user("a"), chain("s", "a", "e"),
           flow("s2", "a"))), LINE),
    Border("start.count", "h", drawn(simple(user("a"), sub("h", user("ia"), end("ie"),
           flow("ia", "ie")), chain("s", "a", "h", "e"))), NESTED),
    Border("process.not_executable", "p", edited('isExecutable="true"', 'isExecutable="false"'),
           edited(' isExecutable="true"', "")),
    Border("lane.broken", "lane_p", edited("<bpmn:flowNodeRef>a<",
           "<bpmn:flowNodeRef>gone</bpmn:flowNodeRef><bpmn:flowNodeRef>a<"), LINE),
    Border("lane.missing", "a", edited("</bpmn:laneSet>",
           '<bpmn:lane id="two" name="ME"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane>'
           "</bpmn:laneSet>"), LINE),
    Border("property.unknown", "b", edited('name="form"',
           'name="four_eyes" value="gone"/><spiffworkflow:property name="form"',
           drawn(simple(user("b"), user("a"), chain("s", "b", "a", "e")))),
           edited('name="form"', 'name="four_eyes" value="a"/><spiffworkflow:property name="form"',
                  drawn(simple(user("b"), user("a"), chain("s", "b", "a", "e"))))),
    Border("service.result", "n", edited('id="test.note"', 'id="test.note" resultVariable="r"',
           SERVED), SERVED),
    Border("service.parameters", "n", edited('id="who"', 'id="whom"', SERVED), SERVED),
    Border("instances.bound", "a", repeated(""), repeated(' loopMaximum="1"')),
    Border("instances.bound", "a", repeated(' loopMaximum="0"'), repeated(' loopMaximum="1"')),
    Border("instances.bound", "a", several(str(MAX_INSTANCES + 1)),
           several(str(MAX_INSTANCES))),
    Border("timer.value", "c", after(timer('"P1M"')), after(timer('"P31D"'))),
    Border("timer.value", "c", after(timer('"PT1.5H"')), after(timer('"PT90M"'))),
    Border("clock.unknown", "c", after(timer('clock("crisis.gone")')),
           after(timer('clock("crisis.ack")'))),
    Border("id.invalid", "a" * 61, LINE.replace('"a"', f'"{"a" * 61}"').replace(">a<",
           f">{'a' * 61}<"), LINE.replace('"a"', f'"{"a" * 60}"').replace(">a<", f">{'a' * 60}<")),
    Border("drawing.missing", "a", sized("a", "0"), sized("a", "0.5")),
    Border("drawing.missing", "a", sized("a", "-40"), sized("a", "40")),
    Border("drawing.missing", "a", sized("a", "wide"), sized("a", "4e1")),
]  # fmt: skip


def named(border: Border) -> str:
    return f"{border.rule}-{border.element}"


@pytest.mark.parametrize("border", BORDERS, ids=named)
def test_one_step_over_the_border_is_refused_by_name(border: Border) -> None:
    found = [one for one in findings({"p.bpmn": border.broken}) if one.rule == border.rule]

    assert border.element in {one.element for one in found}
    for one in found:
        assert CHINESE.search(one.wrong)
        assert CHINESE.search(one.mend)
        assert str(one).startswith(f"p.bpmn:{one.line} [{one.element}] ")


@pytest.mark.parametrize("border", BORDERS, ids=named)
def test_its_neighbour_passes(border: Border) -> None:
    assert findings({"p.bpmn": border.inside}) == []


def line_of(tasks: int) -> str:
    names = [f"t{number}" for number in range(tasks)]
    return drawn(simple(*(user(name) for name in names), chain("s", *names, "e")))


def test_as_many_nodes_as_a_person_can_still_approve_and_one_more() -> None:
    most = line_of(MAX_NODES - 2)  # the start and the end are nodes, too

    assert findings({"p.bpmn": most}) == []
    [finding] = findings({"p.bpmn": line_of(MAX_NODES - 1)})
    assert finding.rule == "xml.large"
    assert "501" in finding.wrong
    assert "500" in finding.wrong


def test_a_drawing_without_a_process_is_none() -> None:
    [finding] = findings({"p.bpmn": document()})

    assert finding.rule == "process.missing"


def test_a_message_flow_is_drawn_but_would_never_run() -> None:
    pools = (
        '<bpmn:collaboration id="co"><bpmn:messageFlow id="mf" sourceRef="a" targetRef="b"/>'
        "</bpmn:collaboration>"
    )
    xml = edited("<bpmn:process ", f"{pools}<bpmn:process ", TWO)

    assert {finding.rule for finding in findings({"p.bpmn": xml})} == {"event.message_flow"}


def test_a_lane_in_a_pool_must_be_drawn_and_one_without_a_pool_need_not() -> None:
    pool = (
        '<bpmn:collaboration id="co"><bpmn:participant id="pool" name="学校" processRef="p"/>'
        "</bpmn:collaboration>"
    )
    undrawn = edited('bpmnElement="lane_p"', 'bpmnElement="gone"')
    found = findings({"p.bpmn": edited("<bpmn:process ", f"{pool}<bpmn:process ", undrawn)})

    assert findings({"p.bpmn": undrawn}) == []
    assert {(one.rule, one.element) for one in found} == {
        ("drawing.missing", "pool"),
        ("drawing.missing", "lane_p"),
    }


def test_two_processes_may_not_call_each_other_in_a_ring() -> None:
    def calling(id_: str, other: str) -> str:
        inside = (start(f"{id_}s"), user(f"{id_}a"), call(f"{id_}c", other), end(f"{id_}e"))
        path = chain(f"{id_}s", f"{id_}a", f"{id_}c", f"{id_}e")
        return drawn(document(process(id_, *inside, path)))

    ring = {"p.bpmn": calling("p", "q"), "q.bpmn": calling("q", "r"), "r.bpmn": calling("r", "p")}
    found = findings(ring)

    assert {(one.file, one.rule) for one in found} == {(name, "call.recursive") for name in ring}
    plain = drawn(document(process("r", start(), user("z"), end(), chain("s", "z", "e"))))
    assert findings(ring | {"r.bpmn": plain}) == []


ASKING = drawn(simple(user("a"), rule("br", "tier"), chain("s", "a", "br", "e")))
TABLE = table("tier", "a_x", {">= 2": '"high"'})


@pytest.mark.parametrize(
    ("rule_name", "broken"),
    [
        ("table.output", TABLE.replace('name="tier" typeRef', 'name="高低" typeRef')),
        ("table.output", TABLE.replace('name="tier" typeRef', 'name="" typeRef')),
        ("table.shape", re.sub("<outputEntry.*</outputEntry>", "", TABLE)),
        ("table.shape", TABLE.replace("</rule>", '<inputEntry id="z"><text/></inputEntry></rule>')),
        ("table.hit_policy", TABLE.replace('hitPolicy="UNIQUE"', 'hitPolicy="COLLECT" '
                                           'aggregation="SUM"')),
        ("table.rule_id", re.sub("(<rule.*</rule>)", r"\1\1", TABLE, flags=re.DOTALL)),
        ("table.rule_id", re.sub('<rule id="[^"]*"', "<rule", TABLE)),
        ("table.missing", TABLE.replace("decisionTable", "literalExpression")),
        ("expression.undeclared", TABLE.replace("a_x", "b_x")),
        ("namespace.unknown", TABLE.replace("20191111", "20230324")),
    ],
)  # fmt: skip
def test_a_table_beside_the_border(rule_name: str, broken: str) -> None:
    assert broken != TABLE
    assert findings({"p.bpmn": ASKING, "t.dmn": TABLE}) == []

    found = findings({"p.bpmn": ASKING, "t.dmn": broken}, "t.dmn")

    assert rule_name in {one.rule for one in found}
    assert {one.file for one in found} == {"t.dmn"}


def test_a_rule_task_names_the_table_that_its_bundle_has() -> None:
    [finding] = findings({"p.bpmn": ASKING})

    assert (finding.rule, finding.element) == ("table.unknown", "br")


@pytest.mark.parametrize(
    ("rule_name", "form"),
    [
        ("form.shape", {"type": "object"}),
        ("form.shape", {"type": "array", "properties": {}}),
        ("form.undecidable", FORM | {"x-decides": ["x", "story"]}),
        ("form.undecidable", FORM | {"x-decides": ["x", "gone"]}),
        ("form.undecidable", FORM | {"x-decides": "x"}),
    ],
)
def test_a_form_beside_the_border(rule_name: str, form: dict[str, object]) -> None:
    assert findings({FORM_FILE: orjson.dumps(FORM)}) == []

    assert rule_name in {one.rule for one in findings({FORM_FILE: orjson.dumps(form)})}


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b'"text"', b"\xff{}", b"[" * 5000])
def test_what_is_no_json_object_is_no_form(data: bytes) -> None:
    assert {one.rule for one in findings({FORM_FILE: data})} == {"json.unreadable"}


def test_findings_come_in_the_order_of_the_file_and_never_twice() -> None:
    wrong = LINE.replace('name="测试 a"', 'name="a"').replace('name="测试 e"', 'name="e"')

    found = findings({"p.bpmn": wrong})

    assert sorted(one.element for one in found) == ["a", "e"]
    assert [one.line for one in found] == sorted(one.line for one in found)
    assert findings({"p.bpmn": wrong}, "p.bpmn", "p.bpmn") == found
