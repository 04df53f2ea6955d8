"""The school of a row whose references name it as well."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from parties.models.organisation import School


def school_of_its_references() -> "models.ForeignKey[School, School]":
    """A school that needs no key of its own: the row points at others of that school.

    (school, case) is a reference to a case of this school, which only a school that is there can
    have. A second check of the same at every commit would find nothing, and locks the school's row.
    For models with at least one such reference that is never empty: ledger.guards refuses others.
    """
    return models.ForeignKey(
        "parties.School", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
