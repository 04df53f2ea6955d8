"""A clip without others' faces takes the place of the original, which is kept apart for the team.

In the transaction in which it is stored, so that no reader ever has both. Inside a scope.
"""

from uuid import UUID

from parties import privacy
from parties.access import Viewer
from parties.errors import WrongState
from parties.privacy import FieldClass
from records import originals, prepared_files
from records.models import Attachment, CommunicationRecord
from records.record_rows import saved


def take_place(viewer: Viewer, record: CommunicationRecord, made: Attachment, *, of: UUID) -> None:
    """`made` is stored with the locked record. What was prepared for the talk names it from now on.

    Raises WrongState: the original is gone or replaced, or another record rests on it.
    """
    old = Attachment.objects.select_for_update().get(pk=of, record_id=record.pk)
    if old.state != Attachment.State.STORED or _is_replaced(old, made):
        raise WrongState("这个视频已不在，或已由隐去他人信息的一版代替。", state=str(old.state))
    prepared_files.refuse_offered(viewer, old, but=record.pk)
    record.prepared.filter(attachment=old).update(attachment_id=made.pk)
    classes = privacy.parse(old.sensitivity) | {FieldClass.TPD}
    old.redaction = Attachment.Redaction.NEEDED
    old.sensitivity = " ".join(sorted(code.value for code in classes))
    old.save(update_fields=["redaction", "sensitivity"])
    hashes = {"sha256": bytes(made.sha256).hex(), "original_sha256": bytes(old.sha256).hex()}
    refs = [("attachment", made.pk), ("original", old.pk)]
    saved(record, viewer, "attachment.redacted", refs=refs, **hashes)


def _is_replaced(old: Attachment, made: Attachment) -> bool:
    return originals.shown_for(old).exclude(pk=made.pk).exists()
