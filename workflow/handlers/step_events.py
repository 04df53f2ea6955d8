"""What a service task did to its case, as a line in the ledger."""

from typing import Any

from ledger import events
from workflow.engine import StepContext


def record(
    context: StepContext,
    kind: str,
    *,
    refs: list[events.Subject] | None = None,
    **codes: Any,
) -> None:
    events.append(
        school_id=context.school_id,
        kind=kind,
        actor=context.by,
        subject=("case", context.case_id),
        refs=refs or [],
        at=context.at,
        payload={**codes, "via": context.via},
    )
