"""Ids, names, size, and where a flow begins and ends."""

import re
from collections.abc import Iterator
from typing import Any, Final

from workflow.engine.lint.diagram import ACTIVITIES, EVENTS, Diagram, called, find, local
from workflow.engine.lint.findings import Finding
from workflow.engine.lint.project import Project

MAX_NODES: Final = 500
_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}\Z")
#: Names that SpiffWorkflow gives to elements of its own.
_RESERVED: Final = frozenset({"Start", "End", "Root", "StartEventSplit", "StartEventJoin"})
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")


def check(diagram: Diagram, project: Project) -> Iterator[Finding]:
    yield from _ids(diagram)
    yield from _size(diagram)
    yield from _names(diagram)
    if not find(diagram.root, "bpmn:process"):
        yield diagram.finding(
            diagram.root, "process.missing", "文件中没有流程。", "至少画一个可执行流程。"
        )
    for process in diagram.processes():
        yield from _process(diagram, process, project)


def _ids(diagram: Diagram) -> Iterator[Finding]:
    seen: set[str] = set()
    for node in (*diagram.processes(), *diagram.nodes(), *diagram.all("sequenceFlow")):
        id_ = node.get("id", "")
        if diagram.by_id.get(id_) is not node and id_ in seen:
            yield diagram.finding(
                node, "id.duplicate", f"编号 {id_!r} 重复。", "每个元素用不同的编号。"
            )
        seen.add(id_)
        if not _ID.match(id_):
            yield diagram.finding(
                node, "id.invalid", f"编号 {id_!r} 不合规。", "以字母开头，只用字母、数字、下划线。"
            )
        elif id_ in _RESERVED:
            yield diagram.finding(node, "id.reserved", f"编号 {id_!r} 由引擎占用。", "换一个编号。")


def _size(diagram: Diagram) -> Iterator[Finding]:
    count = sum(1 for _ in diagram.nodes())
    if count > MAX_NODES:
        yield diagram.finding(
            diagram.root,
            "xml.large",
            f"流程有 {count} 个节点，超过 {MAX_NODES} 个。",
            "拆成多个流程，用调用活动连接。",
        )


def _names(diagram: Diagram) -> Iterator[Finding]:
    for node in (*find(diagram.root, "bpmn:process"), *diagram.nodes()):
        splits = len(diagram.leaving(node)) > 1 and local(node) != "parallelGateway"
        named = local(node) in ACTIVITIES | EVENTS | {"process"} or splits
        if named and not _CHINESE.search(node.get("name", "")):
            yield diagram.finding(
                node, "name.chinese", f"{called(node)}没有中文名称。", "填写中文名称。"
            )


def _process(diagram: Diagram, process: Any, project: Project) -> Iterator[Finding]:
    if process.get("isExecutable", "true") != "true":
        yield diagram.finding(
            process, "process.not_executable", "流程未设为可执行。", "设 isExecutable 为 true。"
        )
    home = project.process_files.get(process.get("id", ""), diagram.name)
    if local(process) == "process" and home != diagram.name:
        yield diagram.finding(
            process, "id.duplicate", f"流程编号已在 {home} 中使用。", "换一个流程编号。"
        )
    starts = find(process, "bpmn:startEvent")
    if len(starts) != 1:
        yield diagram.finding(
            process,
            "start.count",
            f"{called(process)}有 {len(starts)} 个开始事件。",
            "恰好画一个开始事件。",
        )
    if not find(process, "bpmn:endEvent"):
        yield diagram.finding(
            process, "end.missing", f"{called(process)}没有结束事件。", "至少画一个结束事件。"
        )
