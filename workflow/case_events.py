"""What happened to a case, as its event: in the caller's transaction, with ids and codes alone."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ledger import events
from workflow.models import Case


def record(
    kind: str,
    case: Case,
    *,
    at: datetime,
    by: UUID | None = None,
    refs: Sequence[events.Subject] = (),
    **codes: int | str,
) -> None:
    events.append(
        school_id=case.school_id,
        kind=kind,
        actor=by,
        subject=("case", case.pk),
        refs=refs,
        at=at,
        payload=codes,
    )
