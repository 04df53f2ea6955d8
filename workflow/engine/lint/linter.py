"""Applies every rule to every file. Never raises: a file that cannot be read is a finding."""

from collections.abc import Iterable, Iterator, Mapping

from workflow.engine import documents
from workflow.engine.documents import DocumentRefused
from workflow.engine.lint import (
    activities,
    drawing,
    events,
    expressions,
    flows,
    forms,
    structure,
    tables,
    vocabulary,
)
from workflow.engine.lint.diagram import Diagram
from workflow.engine.lint.findings import Finding
from workflow.engine.lint.project import Project

_RULES = (
    vocabulary.check,
    structure.check,
    flows.check,
    events.check,
    activities.check,
    expressions.check,
    drawing.check,
)


def lint(files: Mapping[str, bytes], project: Project, *, only: Iterable[str]) -> list[Finding]:
    """Findings for the files named in `only`; the others are what they may refer to."""
    findings: list[Finding] = []
    for name in only:
        findings.extend(_lint_file(name, files[name], project))
    return sorted(set(findings), key=lambda finding: (finding.file, finding.line, finding.rule))


def _lint_file(name: str, data: bytes, project: Project) -> Iterator[Finding]:
    try:
        if name.endswith(".json"):
            yield from forms.check(name, documents.parse_json(data))
            return
        root = documents.parse_xml(data)
    except DocumentRefused as refused:
        yield Finding(name, "", refused.rule, str(refused), refused.mend)
        return
    if tables.is_table(root):
        yield from tables.check(name, root, project)
        return
    diagram = Diagram.read(name, root)
    for rule in _RULES:
        yield from rule(diagram, project)
