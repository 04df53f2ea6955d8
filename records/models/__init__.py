"""What a family-school file holds. One file per kind of thing."""

from records.models.action_item import ActionItem
from records.models.annotation import Annotation
from records.models.attachment import Attachment
from records.models.check_in import ItemCheckIn
from records.models.communication import CommunicationRecord
from records.models.earlier_words import EarlierWords
from records.models.evaluation import Evaluation, PlanRound
from records.models.file_entry import FileEntry
from records.models.hold_request import HoldRequest
from records.models.meeting import Meeting
from records.models.meeting_file import DossierItem, MeetingAttempt, MeetingReply
from records.models.meeting_invitee import MeetingInvitee
from records.models.meeting_slot import MeetingSlot
from records.models.notice import Notice
from records.models.notice_contact import NoticeContact
from records.models.notice_receipt import NoticeReceipt
from records.models.objection import Objection
from records.models.prepared import PreparedItem
from records.models.school_phrase import SchoolPhrase
from records.models.sealing import Sealing
from records.models.sharing import SharingOverride
from records.models.signature import Delivery, Signature
from records.models.statement import Participant, Statement
from records.models.taken_back import NotedWord, TakenBack

__all__ = [
    "ActionItem",
    "Annotation",
    "Attachment",
    "CommunicationRecord",
    "Delivery",
    "DossierItem",
    "EarlierWords",
    "Evaluation",
    "FileEntry",
    "HoldRequest",
    "ItemCheckIn",
    "Meeting",
    "MeetingAttempt",
    "MeetingInvitee",
    "MeetingReply",
    "MeetingSlot",
    "NotedWord",
    "Notice",
    "NoticeContact",
    "NoticeReceipt",
    "Objection",
    "Participant",
    "PlanRound",
    "PreparedItem",
    "SchoolPhrase",
    "Sealing",
    "SharingOverride",
    "Signature",
    "Statement",
    "TakenBack",
]
