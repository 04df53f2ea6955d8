"""What a family-school file holds. One file per kind of thing."""

from records.models.file_entry import FileEntry

__all__ = ["FileEntry"]
