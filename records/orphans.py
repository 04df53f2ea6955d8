"""Sealed files that no row names: a process died between the seal and the commit, or after a row
was destroyed and before its file was.
"""

from datetime import datetime, timedelta
from typing import Final

from parties import tenancy
from records import vault
from records.models import Attachment

#: A blob younger than this may belong to a row that is just being committed.
ORPHANED_AFTER: Final = timedelta(days=1)


def sweep(*, now: datetime) -> int:
    """Remove blobs that no row names, in every school; how many went. Not inside a scope.

    now: machine time. A folder that holds none of the files this database knows is left alone: it
    belongs to another database, and a wrong setting must not cost a school its files.
    """
    removed = 0
    for school_id in vault.schools():
        with tenancy.scope(school_id):
            kept = Attachment.objects.exclude(state=Attachment.State.DESTROYED)
            known = set(kept.values_list("blob", flat=True))
        if vault.holds_any(school_id=school_id, refs=known):
            removed += vault.sweep(
                school_id=school_id, known_refs=known, older_than=now - ORPHANED_AFTER
            )
    return removed
