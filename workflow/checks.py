"""What must be right before anything starts: a renamed handler fails here, not in a crisis."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004
from django.db import DEFAULT_DB_ALIAS

from workflow import clocks, dispatch, rungs
from workflow.engine import lint_files
from workflow.engine.errors import ProcessInvalid


@register()
def every_shipped_process_can_run(**_: Any) -> list[CheckMessage]:
    """Unknown handlers, clocks and forms, and everything else that lint refuses."""
    try:
        findings = lint_files.check_all()
    except ProcessInvalid as error:
        return [Error(str(error), id="workflow.E001")]
    return [
        Error(
            f"bpmn/{finding.file} [{finding.element}] {finding.wrong}",
            hint=f"{finding.mend} ({finding.rule})",
            id="workflow.E001",
        )
        for finding in findings
    ]


@register()
def deadlines_and_ladders_can_be_read(**_: Any) -> list[CheckMessage]:
    """A ladder that cannot be read wakes nobody."""
    return [
        Error(f"bpmn/: {wrong}", hint="请按该文件开头的说明改正。", id="workflow.E002")
        for wrong in (*clocks.checked(), *rungs.checked())
    ]


@register(Tags.database)
def messages_may_leave(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """W003 after a restore; servers start all the same, for a crisis must be reported and seen."""
    if DEFAULT_DB_ALIAS not in (databases or []):
        return []
    return [
        Warning(
            f"{lane} 通道已暂停派发，没有消息会发出：来自 {backup_at:%Y-%m-%d %H:%M %Z} 的备份。",
            hint="manage.py release_dispatch",
            id="workflow.W003",
        )
        for lane, backup_at in dispatch.held().items()
    ]
