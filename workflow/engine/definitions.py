"""A parsed bundle. Parsed once per process, shared by all its instances and never changed.

Everything that SpiffWorkflow would evaluate is compiled here; what it supports only in part, or
what would change the shared specification while it runs, is refused here as well as by lint.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

from lxml.etree import LxmlError
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask, MultiInstanceTask
from SpiffWorkflow.spiff.specs.defaults import UserTask

from workflow.engine import documents, registry, sinks
from workflow.engine.bundles import Bundle, form_file
from workflow.engine.elements import DiagramParser, ServiceCall, TableTask
from workflow.engine.environment import Engine
from workflow.engine.errors import ProcessInvalid
from workflow.engine.expressions import Expression, compile_expression
from workflow.engine.forms import Form, read_form
from workflow.engine.registry import StepContext
from workflow.engine.tables import Table, read_tables

#: Definitions kept by one process; a school publishes a handful, and running cases hold old ones.
_KEPT: Final = 128
#: Properties of user tasks that hold lists: words between commas.
LISTS: Final = ("roles", "instead", "four_eyes")


@dataclass(frozen=True, slots=True)
class Definition:
    process_key: str
    hash: bytes
    spec: Any
    called: Mapping[str, Any]
    expressions: Mapping[str, Expression]
    names: frozenset[str]
    forms: Mapping[str, Form]
    #: Every word that stands in the list properties of any user task.
    listed: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def engine(self, context: StepContext) -> Engine:
        return Engine(self.expressions, self.names, context)

    def decides(self, task_spec: Any) -> tuple[str, ...]:
        """Properties of a user task's form that enter task data."""
        form = self.forms.get(properties(task_spec).get("form", ""))
        return form.decides if form else ()

    def table(self, id_: str) -> Table | None:
        """The decision table `id_`, if an element of this definition asks it."""
        asked = (spec.table for spec in self.specs() if isinstance(spec, TableTask))
        return next((table for table in asked if table.id == id_), None)

    def specs(self) -> Iterator[Any]:
        """Every element of every process."""
        for process in (self.spec, *self.called.values()):
            yield from process.task_specs.values()


def properties(task_spec: Any) -> dict[str, str]:
    """The extension properties of an element: form, clock, roles, ..."""
    return dict(getattr(task_spec, "extensions", {}).get("properties", {}))


def parse(bundle: Bundle) -> Definition:
    """Parse afresh. Raises ProcessInvalid, whatever is wrong with the files."""
    try:
        spec, called = _specs(bundle)
        forms = _forms(bundle, (spec, *called.values()))
    except ProcessInvalid:
        raise
    except (ValidationException, LxmlError, LookupError, ValueError, TypeError) as error:
        raise ProcessInvalid(f"流程 {bundle.process_key!r} 不能解析。") from error
    processes = (spec, *called.values())
    for process in processes:
        sinks.refuse_unsupported(process)
        _wire(process)
    texts = {text for process in processes for text in sinks.expressions(process)}
    return Definition(
        process_key=bundle.process_key,
        hash=bundle.hash,
        spec=spec,
        called=called,
        expressions={text: compile_expression(text) for text in texts},
        names=frozenset(name for process in processes for name in _names(process, forms)),
        forms=forms,
        listed={name: _words(name, processes) for name in LISTS},
    )


def _words(property_: str, processes: tuple[Any, ...]) -> frozenset[str]:
    written = [
        properties(spec).get(property_, "")
        or (spec.lane or "" if property_ == "roles" and isinstance(spec, UserTask) else "")
        for process in processes
        for spec in process.task_specs.values()
    ]
    return frozenset(word.strip() for text in written for word in text.split(",") if word.strip())


_cache: Final[OrderedDict[bytes, Definition]] = OrderedDict()
_cache_lock: Final = Lock()


def cached(hash_: bytes) -> Definition | None:
    """A definition that this process has parsed before: no need to read its bundle."""
    with _cache_lock:
        definition = _cache.get(hash_)
        if definition is not None:
            _cache.move_to_end(hash_)
    return definition


def load(content: bytes) -> Definition:
    """The definition of stored bundle bytes; parsed on first use."""
    return of(Bundle.from_content(content))


def of(bundle: Bundle) -> Definition:
    """The definition that a bundle is; parsed on first use."""
    definition = cached(bundle.hash)
    if definition is None:
        definition = parse(bundle)
        with _cache_lock:
            _cache[bundle.hash] = definition
            while len(_cache) > _KEPT:
                _cache.popitem(last=False)
    return definition


def _specs(bundle: Bundle) -> tuple[Any, dict[str, Any]]:
    tables = {
        id_: table
        for name, data in bundle.files.items()
        if name.endswith(".dmn")
        for id_, table in read_tables(documents.parse_xml(data)).items()
    }
    parser = DiagramParser(tables)
    for name, data in bundle.files.items():
        if name.endswith(".bpmn"):
            root = documents.parse_xml(data)
            sinks.refuse_event_subprocesses(root)
            parser.add_bpmn_xml(root, name)
    return parser.get_spec(bundle.process_key), parser.get_subprocess_specs(bundle.process_key)


def _forms(bundle: Bundle, processes: tuple[Any, ...]) -> dict[str, Form]:
    used = {
        properties(spec).get("form", "")
        for process in processes
        for spec in process.task_specs.values()
    }
    forms = {}
    for key in sorted(used - {""}):
        data = bundle.files.get(form_file(key))
        if data is None:
            raise ProcessInvalid(f"缺少表单 {key!r}。", form=key)
        forms[key] = read_form(key, documents.parse_json(data))
    return forms


def _wire(process: Any) -> None:
    """Loops hear their instances only if wired; Spiff does it when an instance is *created*, so a
    restored one would wait for ever in a new process.
    """
    for spec in process.task_specs.values():
        if isinstance(spec, LoopTask):
            child = process.task_specs[spec.task_spec]
            if not child.completed_event.is_connected(spec.merge_child):
                child.completed_event.connect(spec.merge_child)


def _names(process: Any, forms: Mapping[str, Form]) -> Iterator[str]:
    for spec in process.task_specs.values():
        results: tuple[str, ...] = ()
        if isinstance(spec, UserTask):
            form = forms.get(properties(spec).get("form", ""))
            results = form.decides if form else ()
        elif isinstance(spec, ServiceCall):
            results = tuple(registry.declared_results(spec.operation_name))
        elif isinstance(spec, TableTask):
            results = spec.table.outputs
        elif isinstance(spec, MultiInstanceTask) and spec.input_item is not None:
            yield spec.input_item.bpmn_id
        for result in results:
            yield f"{spec.bpmn_id}_{result}"
