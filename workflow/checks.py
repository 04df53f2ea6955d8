"""What must be right before anything starts: a renamed handler fails here, not in a crisis."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

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
