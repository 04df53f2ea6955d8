"""Lint of files on disk, next to the files in bpmn/ that they may refer to."""

from pathlib import Path
from typing import Final

from django.conf import settings

from workflow.engine import bundles
from workflow.engine.documents import BPMN, parse_xml
from workflow.engine.errors import ProcessInvalid
from workflow.engine.lint import Finding, Project, lint
from workflow.engine.lint.project import clock_names

_CLOCKS: Final = "clocks.yaml"


def folder() -> Path:
    return Path(settings.BPMN_DIR)


def files() -> dict[str, bytes]:
    """Diagrams, tables and forms by bundle name."""
    return bundles.read_folder(folder())


def check(paths: list[Path]) -> list[Finding]:
    """Lint `paths` as if they lay in bpmn/, in place of what they replace there."""
    given, unreadable = _read(paths)
    shipped = {name: data for name, data in files().items() if not _replaced(name, data, given)}
    everything = {**shipped, **given}
    clocks = folder() / _CLOCKS
    names = clock_names(clocks.read_bytes()) if clocks.exists() else frozenset[str]()
    project = Project.read(everything, names)
    return [*unreadable, *lint(everything, project, only=given)]


def check_all() -> list[Finding]:
    return check([folder() / name for name in files()])


def _read(paths: list[Path]) -> tuple[dict[str, bytes], list[Finding]]:
    given: dict[str, bytes] = {}
    unreadable: list[Finding] = []
    homes: dict[str, Path] = {}
    for path in paths:
        name = _name(path)
        if homes.setdefault(name, path) != path:  # one would hide what is wrong with the other
            wrong, mend = f"与 {homes[name]} 同名，没有检查。", "改名，或分开检查。"
            unreadable.append(Finding(str(path), "", "file.duplicate", wrong, mend))
            continue
        try:
            given[name] = path.read_bytes()
        except OSError:
            wrong, mend = "文件读不到。", "检查路径和权限。"
            unreadable.append(Finding(str(path), "", "file.unreadable", wrong, mend))
    return given, unreadable


def _name(path: Path) -> str:
    """The name inside the bundle: forms keep their folder."""
    return f"forms/{path.name}" if path.suffix == ".json" else path.name


def _replaced(name: str, data: bytes, given: dict[str, bytes]) -> bool:
    """A given file stands for the shipped one of its name, and for the one with its process."""
    if name in given:
        return True
    return name.endswith(".bpmn") and bool(_processes(data) & _all_processes(given))


def _all_processes(given: dict[str, bytes]) -> set[str]:
    found = (_processes(data) for name, data in given.items() if name.endswith(".bpmn"))
    return set().union(*found)


def _processes(data: bytes) -> set[str]:
    try:
        return {node.get("id", "") for node in parse_xml(data).iterfind(f"{{{BPMN}}}process")}
    except ProcessInvalid:
        return set()
