"""Runs hostile bundles past the linter, in a process of its own, under an audit hook and limits.

    python -m tests.hostile.forced FOLDER [--raw] [--stock]

Every sub-folder is a bundle. Prints one JSON object per bundle: its name, how far it came, and each
event that only running code or reaching outside could cause. `--raw` leaves out our own refusals
at load, so that the diagram runs as far as SpiffWorkflow can take it, behind our evaluator alone.
`--stock` uses SpiffWorkflow's evaluator instead: the alarm must then ring.
"""

import json
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

from workflow.engine import definitions, documents, sinks
from workflow.engine.bundles import Bundle
from workflow.engine.definitions import Definition
from workflow.engine.elements import DiagramParser, Instance
from workflow.engine.environment import Engine
from workflow.engine.errors import ExpressionRefused
from workflow.engine.expressions import Expression, compile_expression
from workflow.engine.loop import Settling, open_tasks, settle
from workflow.engine.registry import StepContext, service_task
from workflow.engine.tables import read_tables

_NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
_CPU = 240  # seconds
_MEMORY = 2 * 1024**3  # bytes

#: Events of sys.addaudithook that a running model can never need.
_FORBIDDEN = frozenset(
    {"exec", "compile", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn"}
    | {"os.spawn", "subprocess.Popen", "pty.spawn", "import", "code.__new__", "ctypes.dlopen"}
    | {"os.remove", "os.rename", "os.mkdir", "os.chmod", "os.link", "os.symlink", "os.putenv"}
    | {"socket.__new__", "socket.connect", "socket.getaddrinfo", "socket.bind"}
)

_seen: list[str] = []
_watching = False
_parsing = False


def _alarm(event: str, args: tuple[Any, ...]) -> None:
    if not _watching:
        return
    if event == "open" and _writes(args):
        _seen.append(f"open {args[0]}")
    elif event == "compile" and _parsing and args[1] == "<unknown>":
        pass  # ast.parse: text becomes a tree, nothing runs
    elif event in _FORBIDDEN:
        _seen.append(f"{event} {args[0]!r}"[:120] if args else event)


def _writes(args: tuple[Any, ...]) -> bool:
    """Also reading is forbidden outside the bundle; a model opens no file at all."""
    return not str(args[0]).endswith((".py", ".pyc"))


@contextmanager
def _watched(*, parsing: bool) -> Iterator[None]:
    global _watching, _parsing  # noqa: PLW0603 -- an audit hook has no other memory
    _watching, _parsing = True, parsing
    try:
        yield
    finally:
        _watching = _parsing = False


def _context(at: datetime) -> StepContext:
    def clock(_name: str) -> datetime:
        return at + timedelta(hours=1)

    return StepContext(
        school_id=1, case_id=UUID(int=1), instance_id=UUID(int=2), at=at, by=None, via="test",
        clocks=clock,
    )  # fmt: skip


def _parsed(bundle: Bundle, *, raw: bool) -> Definition:
    return _unguarded(bundle) if raw else definitions.parse(bundle)


def _unguarded(bundle: Bundle) -> Definition:
    """Everything that SpiffWorkflow parses, without our refusals: bad text is not compiled."""
    tables: dict[str, Any] = {}
    parser = DiagramParser(tables)
    for name, data in bundle.files.items():
        if name.endswith(".dmn"):
            tables.update(read_tables(documents.parse_xml(data)))
    for name, data in bundle.files.items():
        if name.endswith(".bpmn"):
            parser.add_bpmn_xml(documents.parse_xml(data), name)
    spec = parser.get_spec(bundle.process_key)
    called = parser.get_subprocess_specs(bundle.process_key)
    texts = {text for each in (spec, *called.values()) for text in sinks.expressions(each)}
    compiled = {text: found for text in texts if (found := _compiled(text)) is not None}
    names = frozenset(name for found in compiled.values() for name in found.names)
    return Definition(bundle.process_key, b"", spec, called, compiled, names, {})


def _compiled(text: str) -> Expression | None:
    try:
        return compile_expression(text)
    except ExpressionRefused:
        return None


def _engine(definition: Definition, at: datetime, *, stock: bool) -> Any:
    engine = definition.engine(_context(at))
    if stock:
        engine.environment = PythonScriptEngine().environment
        engine.__dict__["execute"] = PythonScriptEngine().execute
    return engine


def _run(definition: Definition, engine_at: Callable[[datetime], Engine]) -> str:
    instance = Instance(definition.spec, definition.called, script_engine=engine_at(_NOW))
    settle(instance, Settling(budget=200))
    for hour in range(1, 6):
        instance.script_engine = engine_at(_NOW + timedelta(hours=hour))
        for task in open_tasks(instance):
            task.data.update({f"{task.task_spec.bpmn_id}_x": 3, "a_k": [1]})
            task.run()
        settle(instance, Settling(budget=200))
    return "finished" if instance.completed else "ran"


def _attack(bundle: Bundle, *, raw: bool, stock: bool) -> dict[str, object]:
    _seen.clear()
    try:
        with _watched(parsing=True):
            definition = _parsed(bundle, raw=raw)
        with _watched(parsing=False):
            end = _run(definition, lambda at: _engine(definition, at, stock=stock))
    except Exception as error:  # noqa: BLE001 -- whatever it is, it must not have run code
        end = type(error).__name__
    return {"end": end, "seen": list(_seen)}


def main(folder: Path, flags: list[str]) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU, _CPU))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    service_task("test.note", decides=("said",))(lambda _context, *, who: {"said": str(who)[:20]})
    _warm_up()
    sys.addaudithook(_alarm)
    for place in sorted(folder.iterdir()):
        files = {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()}
        files |= {f"forms/{path.name}": path.read_bytes() for path in place.glob("forms/*")}
        result = _attack(Bundle("p", files), raw="--raw" in flags, stock="--stock" in flags)
        sys.stdout.write(json.dumps({"case": place.name, **result}) + "\n")
        sys.stdout.flush()


def _warm_up() -> None:
    """What Python imports on first use (codecs, XPath) is imported before the watch begins."""
    for word in ("utf-8-sig", "utf-16", "idna"):
        "".encode(word)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
