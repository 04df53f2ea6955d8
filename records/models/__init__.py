"""What a family-school file holds. One file per kind of thing."""

from records.models.attachment import Attachment
from records.models.communication import CommunicationRecord
from records.models.file_entry import FileEntry
from records.models.meeting import Meeting, MeetingSlot
from records.models.meeting_file import (
    DossierItem,
    MeetingAttempt,
    MeetingInvitee,
    MeetingReply,
)
from records.models.objection import Objection
from records.models.signature import Delivery, Signature
from records.models.statement import Participant, PreparedItem, Statement

__all__ = [
    "Attachment",
    "CommunicationRecord",
    "Delivery",
    "DossierItem",
    "FileEntry",
    "Meeting",
    "MeetingAttempt",
    "MeetingInvitee",
    "MeetingReply",
    "MeetingSlot",
    "Objection",
    "Participant",
    "PreparedItem",
    "Signature",
    "Statement",
]
