"""What a diagram may refer to: other processes, tables, forms, clocks and handlers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import yaml

from workflow.engine import bundles, documents, registry
from workflow.engine.documents import BPMN
from workflow.engine.errors import ProcessInvalid
from workflow.engine.lint.declared import names_of
from workflow.engine.needs import TableNeeds, needed_tables

#: Sections of clocks.yaml that are no deadline.
_NO_CLOCKS: Final = frozenset({"follow_ups"})


@dataclass(frozen=True)
class Project:
    """The readable files of a bundle. An unreadable one is reported once, by itself."""

    diagrams: Mapping[str, Any]
    tables: Mapping[str, Any]
    forms: Mapping[str, Mapping[str, Any]]
    clocks: frozenset[str]
    handlers: frozenset[str] = field(default_factory=registry.registered_names)
    needs: Mapping[str, TableNeeds] = field(default_factory=needed_tables)

    @classmethod
    def read(cls, files: Mapping[str, bytes], clocks: Iterable[str]) -> "Project":
        parsed: dict[str, Any] = {}
        for name, data in files.items():
            reader = documents.parse_json if name.endswith(".json") else documents.parse_xml
            try:
                parsed[name] = reader(data)
            except ProcessInvalid:
                continue
        return cls(
            diagrams={name: root for name, root in parsed.items() if name.endswith(".bpmn")},
            tables={name: root for name, root in parsed.items() if name.endswith(".dmn")},
            forms={
                name.removeprefix("forms/").removesuffix(".json"): schema
                for name, schema in parsed.items()
                if name.endswith(".json")
            },
            clocks=frozenset(clocks),
        )

    @cached_property
    def process_files(self) -> dict[str, str]:
        """Where each process is drawn."""
        return {
            process.get("id", ""): name
            for name, root in self.diagrams.items()
            for process in root.iterfind(f"{{{BPMN}}}process")
        }

    @cached_property
    def calls(self) -> dict[str, list[str]]:
        """Which processes each process calls."""
        return {
            process.get("id", ""): bundles.called_processes(process)
            for root in self.diagrams.values()
            for process in root.iterfind(f"{{{BPMN}}}process")
        }

    @cached_property
    def decisions(self) -> dict[str, Any]:
        return {
            node.get("id", ""): node
            for root in self.tables.values()
            for node in root
            if str(node.tag).endswith("}decision")
        }

    def related(self, name: str) -> frozenset[str]:
        """The diagrams that share data with `name`: called ones and callers, however far."""
        links: dict[str, set[str]] = {}
        for file, root in self.diagrams.items():
            for process in bundles.called_processes(root):
                home = self.process_files.get(process)
                if home is not None:
                    links.setdefault(file, set()).add(home)
                    links.setdefault(home, set()).add(file)
        seen, waiting = {name}, [name]
        while waiting:
            new = links.get(waiting.pop(), set()) - seen
            seen |= new
            waiting.extend(new)
        return frozenset(seen)

    def names(self, name: str, root: Any) -> frozenset[str]:
        """Every name that an expression of this diagram may use."""
        roots = [root, *(self.diagrams[file] for file in self.related(name) if file != name)]
        return frozenset(
            declared for each in roots for declared in names_of(each, self.forms, self.decisions)
        )


def clock_names(content: bytes) -> frozenset[str]:
    """Names in clocks.yaml: `crisis.ack` as one key, or `ack` below `crisis`."""
    data = yaml.safe_load(content) or {}
    inner = data.get("clocks", data) if isinstance(data, dict) else {}
    return frozenset(_flatten(inner, ""))


def _flatten(section: Any, prefix: str) -> Iterable[str]:
    if not isinstance(section, dict):
        return
    for key, value in section.items():
        name = f"{prefix}{key}"
        if key in _NO_CLOCKS:
            continue
        if isinstance(value, dict) and "value" not in value:
            yield from _flatten(value, f"{name}.")
        else:
            yield name
