"""What a family-school file holds. One file per kind of thing."""

from records.models.file_entry import FileEntry
from records.models.notice import Notice
from records.models.notice_receipt import NoticeContact, NoticeReceipt

__all__ = ["FileEntry", "Notice", "NoticeContact", "NoticeReceipt"]
