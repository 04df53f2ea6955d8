"""A bundle is everything one process needs: diagrams, called processes, tables and forms.

Its canonical bytes are stored, and their hash is the definition's identity: a changed form is a
new definition, and a running case stays on the old one.
"""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import orjson

from workflow.engine import documents
from workflow.engine.documents import BPMN, NSMAP, SPIFF
from workflow.engine.errors import ProcessInvalid

_FORMAT: Final = 1


@dataclass(frozen=True)
class Bundle:
    """`files` by name: `crisis.bpmn`, `channel.dmn`, `forms/triage.json`."""

    process_key: str
    files: Mapping[str, bytes]

    @cached_property
    def content(self) -> bytes:
        """The same for the same files, whatever their order or line ends."""
        files = {
            name: base64.b64encode(data.replace(b"\r\n", b"\n")).decode()
            for name, data in sorted(self.files.items())
        }
        return orjson.dumps([_FORMAT, self.process_key, files])

    @cached_property
    def hash(self) -> bytes:
        return sha256(self.content).digest()

    @classmethod
    def from_content(cls, content: bytes) -> "Bundle":
        version, process_key, files = orjson.loads(content)
        if version != _FORMAT:
            raise ProcessInvalid(f"流程包的格式 {version!r} 不能识别。")
        return cls(process_key, {name: base64.b64decode(text) for name, text in files.items()})


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every diagram, table and form of a folder such as `bpmn/`, by bundle name."""
    paths = [*folder.glob("*.bpmn"), *folder.glob("*.dmn"), *folder.glob("forms/*.json")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(paths)}


def collect(process_key: str, files: Mapping[str, bytes]) -> Bundle:
    """The part of `files` that `process_key` needs. Raises ProcessInvalid if a part is missing."""
    diagrams = {
        name: documents.parse_xml(data) for name, data in files.items() if name.endswith(".bpmn")
    }
    homes = {
        process.get("id"): name
        for name, root in diagrams.items()
        for process in root.iterfind(f"{{{BPMN}}}process")
    }
    needed, waiting = set[str](), [process_key]
    while waiting:
        home = homes.get(waiting.pop())
        if home is None:
            raise ProcessInvalid("找不到被调用的流程。", process=process_key)
        if home not in needed:
            needed.add(home)
            waiting.extend(called_processes(diagrams[home]))
    roots = [diagrams[name] for name in sorted(needed)]
    needed |= set(_tables(roots, files)) | set(_forms(roots, files))
    return Bundle(process_key, {name: files[name] for name in sorted(needed)})


def process_keys(files: Mapping[str, bytes]) -> list[str]:
    """Ids of the processes that a folder holds."""
    return sorted(
        process.get("id", "")
        for name, data in files.items()
        if name.endswith(".bpmn")
        for process in documents.parse_xml(data).iterfind(f"{{{BPMN}}}process")
    )


def called_processes(root: Any) -> list[str]:
    return [node.get("calledElement", "") for node in root.iter(f"{{{BPMN}}}callActivity")]


def called_decisions(root: Any) -> list[str]:
    return [(node.text or "").strip() for node in root.iter(f"{{{SPIFF}}}calledDecisionId")]


def named_forms(root: Any) -> list[str]:
    path = ".//bpmn:userTask//spiff:property[@name='form']"
    return [node.get("value", "") for node in root.xpath(path, namespaces=NSMAP)]


def form_file(form: str) -> str:
    return f"forms/{form}.json"


def decision_ids(root: Any) -> list[str]:
    return [node.get("id", "") for node in root if str(node.tag).endswith("}decision")]


def _tables(roots: Iterable[Any], files: Mapping[str, bytes]) -> list[str]:
    wanted = {decision for root in roots for decision in called_decisions(root)}
    return [
        name
        for name, data in files.items()
        if name.endswith(".dmn") and wanted & set(decision_ids(documents.parse_xml(data)))
    ]


def _forms(roots: Iterable[Any], files: Mapping[str, bytes]) -> list[str]:
    wanted = {form_file(form) for root in roots for form in named_forms(root) if form}
    return sorted(wanted & files.keys())
