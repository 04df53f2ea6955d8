"""What a family-school file holds. One file per kind of thing."""

from records.models.action_item import ActionItem, Evaluation, ItemCheckIn, PlanRound
from records.models.file_entry import FileEntry

__all__ = ["ActionItem", "Evaluation", "FileEntry", "ItemCheckIn", "PlanRound"]
