"""One small process per feature that the engine supports. The property test walks all of them."""

from tests.engine.diagrams import (
    boundary,
    call,
    catch,
    chain,
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

SIGNAL = '<bpmn:signal id="sig1" name="go"/>'
ON_SIGNAL = '<bpmn:signalEventDefinition signalRef="sig1"/>'
MESSAGE = '<bpmn:message id="msg1" name="go"/>'
ON_MESSAGE = '<bpmn:messageEventDefinition messageRef="msg1"/>'
ERROR = '<bpmn:error id="er1" name="er" errorCode="E1"/>'
ON_ERROR = '<bpmn:errorEventDefinition errorRef="er1"/>'
ESCALATION = '<bpmn:escalation id="esc1" name="esc" escalationCode="C1"/>'
ON_ESCALATION = '<bpmn:escalationEventDefinition escalationRef="esc1"/>'
ACK = 'clock("crisis.ack")'

TIERS = table("tier", "a_x", {">= 2": '"high"', "< 2": '"low"'})

CHILD = process(
    "child",
    start("cs"),
    user("ca"),
    user("cb"),
    end("ce"),
    chain("cs", "ca", "cb", "ce"),
    boundary("ct", "ca", timer('"PT30M"')),
    end("ce2"),
    flow("ct", "ce2"),
)
NEST = process(
    "nest", start("ns"), call("nc", "child"), user("nu"), end("ne"), chain("ns", "nc", "nu", "ne")
)


def _late(on: str, event: str, *, interrupting: bool = True) -> str:
    """A boundary event that leads to its own user task and end."""
    return (
        boundary("t", on, event, interrupting=interrupting)
        + user("late")
        + end("e2")
        + chain("t", "late", "e2")
    )


def _branches(kind: str, *conditions: str) -> str:
    """Three user tasks between two gateways; the last flow is the default when there are others."""
    flows = [
        flow("sp", target, condition) for target, condition in zip("abc", conditions, strict=False)
    ] or [flow("sp", target) for target in "abc"]
    if conditions:
        flows.append(flow("sp", "c", id_="fallback"))
    return "".join(flows) + "".join(flow(source, "j") for source in "abc")


LINEAR = simple(user("a"), user("b"), user("c"), chain("s", "a", "b", "c", "e"))

XOR_LOOP = simple(
    user("a"),
    gateway("m"),
    gateway("g", default="out"),
    chain("s", "m", "a", "g"),
    flow("g", "m", "a_x < 2"),
    flow("g", "e", id_="out"),
)

PARALLEL = simple(
    gateway("sp", "parallel"),
    *map(user, "abcd"),
    gateway("j", "parallel"),
    flow("s", "sp"),
    _branches("parallel"),
    chain("j", "d", "e"),
)

PARALLEL_LOOP = simple(
    gateway("m"),
    gateway("sp", "parallel"),
    *map(user, "abcd"),
    gateway("j", "parallel"),
    gateway("g", default="out"),
    chain("s", "m", "sp"),
    _branches("parallel"),
    chain("j", "d", "g"),
    flow("g", "m", "d_x < 2"),
    flow("g", "e", id_="out"),
)

INCLUSIVE = simple(
    user("q"),
    gateway("sp", "inclusive", default="fallback"),
    *map(user, "abc"),
    gateway("j", "inclusive"),
    chain("s", "q", "sp"),
    _branches("inclusive", "q_x > 0", "q_x in [1, 3]"),
    flow("j", "e"),
)

INCLUSIVE_LOOP = simple(
    gateway("m"),
    user("q"),
    gateway("sp", "inclusive", default="fallback"),
    *map(user, "abc"),
    gateway("j", "inclusive"),
    user("d"),
    gateway("g", default="out"),
    chain("s", "m", "q", "sp"),
    _branches("inclusive", "q_x > 0", "q_x in [1, 3]"),
    chain("j", "d", "g"),
    flow("g", "m", "d_x < 2"),
    flow("g", "e", id_="out"),
)

SERVICE_AND_TABLE = simple(
    user("a"),
    service("n", "test.note", who='"GL"'),
    rule("br", "tier"),
    gateway("g", default="high"),
    user("hi"),
    user("lo"),
    gateway("m"),
    chain("s", "a", "n", "br", "g"),
    flow("g", "lo", 'br_tier == "low"'),
    flow("g", "hi", id_="high"),
    flow("lo", "m"),
    flow("hi", "m"),
    flow("m", "e"),
)

_FAILING = sub(
    "sub",
    start("ss"),
    user("sa"),
    gateway("sg", default="ok"),
    end("se"),
    end("serr", ON_ERROR),
    chain("ss", "sa", "sg"),
    flow("sg", "serr", "sa_x > 1"),
    flow("sg", "se", id_="ok"),
)
_ESCALATING = sub(
    "sub",
    start("ss"),
    user("sa"),
    throw("up", ON_ESCALATION),
    user("sb"),
    end("se"),
    chain("ss", "sa", "up", "sb", "se"),
)
_TWO_STEPS = sub(
    "sub", start("ss"), user("sa"), user("sb"), end("se"), chain("ss", "sa", "sb", "se")
)

SHAPES: dict[str, str] = {
    "linear": LINEAR,
    "xor_loop": XOR_LOOP,
    "parallel": PARALLEL,
    "parallel_loop": PARALLEL_LOOP,
    "inclusive": INCLUSIVE,
    "inclusive_loop": INCLUSIVE_LOOP,
    "boundary_interrupting": simple(
        user("a"), user("b"), chain("s", "a", "b", "e"), _late("a", timer('"PT1H"'))
    ),
    "boundary_reminding": simple(
        user("a"), chain("s", "a", "e"), _late("a", timer(ACK, "timeDate"), interrupting=False)
    ),
    "boundary_both": simple(
        user("a"),
        boundary("r", "a", timer('"PT30M"'), interrupting=False),
        service("n", "test.note", who="a_x"),
        end("e3"),
        chain("r", "n", "e3"),
        chain("s", "a", "e"),
        _late("a", timer('"PT1H"')),
    ),
    "intermediate": simple(
        user("a"),
        catch("t1", timer('"PT2H"')),
        catch("t2", timer('clock("feedback")', "timeDate")),
        user("b"),
        chain("s", "a", "t1", "t2", "b", "e"),
    ),
    "event_gateway": simple(
        gateway("g", "eventBased"),
        catch("t", timer('"PT2H"')),
        catch("m", ON_SIGNAL),
        user("a"),
        user("b"),
        end("e2"),
        chain("s", "g", "t", "a", "e"),
        chain("g", "m", "b", "e2"),
        extra=SIGNAL,
    ),
    "signal_reminding": simple(
        user("a"), user("b"), chain("s", "a", "b", "e"),
        _late("a", ON_SIGNAL, interrupting=False), extra=SIGNAL,
    ),
    "signal_restarts": simple(
        gateway("m"),
        _TWO_STEPS,
        boundary("again", "sub", ON_SIGNAL),
        service("n", "test.note", who='"ME"'),
        chain("s", "m", "sub", "e"),
        chain("again", "n", "m"),
        extra=SIGNAL,
    ),
    "message": simple(user("a"), catch("m", ON_MESSAGE), user("b"), chain("s", "a", "m", "b", "e"),
        extra=MESSAGE),
    "condition": simple(
        user("a"),
        user("b"),
        chain("s", "a", "b", "e"),
        _late("b", "<bpmn:conditionalEventDefinition><bpmn:condition>a_x &gt; 1</bpmn:condition>"
        "</bpmn:conditionalEventDefinition>", interrupting=False),
    ),
    "call": simple(user("a"), call("c", "child"), user("b"), chain("s", "a", "c", "b", "e"),
        more=(CHILD,)),
    "call_nested": simple(
        call("c", "nest"), user("b"), chain("s", "c", "b", "e"), _late("c", timer('"PT3H"')),
        more=(NEST, CHILD),
    ),
    "instances_parallel": simple(
        user("a"), user("m", instances()), user("b"), chain("s", "a", "m", "b", "e")
    ),
    "instances_until": simple(
        user("a"), user("m", instances(condition="m_x == 2")), user("b"),
        chain("s", "a", "m", "b", "e"),
    ),
    "instances_sequential": simple(
        user("a"), user("m", instances(sequential=True)), user("b"), chain("s", "a", "m", "b", "e")
    ),
    "instances_limited": simple(
        user("m", instances()), user("b"), chain("s", "m", "b", "e"), _late("m", timer('"PT1H"'))
    ),
    "instances_call": simple(
        user("a"), call("c", "child", instances()), user("b"), chain("s", "a", "c", "b", "e"),
        more=(CHILD,),
    ),
    "instances_sequential_call": simple(
        user("a"), call("c", "child", instances(sequential=True)), user("b"),
        chain("s", "a", "c", "b", "e"), more=(CHILD,),
    ),
    "standard_loop": simple(
        user("a", '<bpmn:standardLoopCharacteristics loopMaximum="3"><bpmn:loopCondition>'
        "a_x &lt; 2</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"),
        user("b"), chain("s", "a", "b", "e"),
    ),
    "embedded": simple(
        _TWO_STEPS, user("b"), chain("s", "sub", "b", "e"), _late("sub", timer('"PT1H"'))
    ),
    "service_and_table": SERVICE_AND_TABLE,
    "error": simple(
        _FAILING, user("b"), chain("s", "sub", "b", "e"), _late("sub", ON_ERROR), extra=ERROR
    ),
    "escalation": simple(
        _ESCALATING, user("b"), chain("s", "sub", "b", "e"),
        _late("sub", ON_ESCALATION, interrupting=False), extra=ESCALATION,
    ),
    "terminate": simple(
        gateway("sp", "parallel"), user("a"), user("b"),
        end("stop", "<bpmn:terminateEventDefinition/>"),
        chain("s", "sp", "a", "e"), chain("sp", "b", "stop"),
    ),
}  # fmt: skip


def circling(operator: str, until: str) -> str:
    """A service task in a loop without a wait."""
    return simple(
        gateway("m"),
        service("n", operator),
        gateway("g", default="again"),
        chain("s", "m", "n", "g"),
        flow("g", "e", until),
        flow("g", "m", id_="again"),
    )
