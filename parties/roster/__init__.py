"""Import of a school's people from the files it already has: xlsx or csv, all or nothing."""

from parties.roster.findings import Finding
from parties.roster.importing import NoSchool, Outcome, import_file

__all__ = ["Finding", "NoSchool", "Outcome", "import_file"]
