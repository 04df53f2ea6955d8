"""Rows whose references name their school need no key of their own for it.

A reference is to a row of the same school, and that one's school is there. A second check at every
commit found nothing, and locked the school's row.
"""

import django.db.models.deletion
from django.db import migrations, models

_MODELS = (
    "actionitem",
    "annotation",
    "attachment",
    "communicationrecord",
    "delivery",
    "dossieritem",
    "earlierwords",
    "evaluation",
    "fileentry",
    "holdrequest",
    "itemcheckin",
    "meeting",
    "meetingattempt",
    "meetinginvitee",
    "meetingreply",
    "meetingslot",
    "notedword",
    "notice",
    "noticecontact",
    "noticereceipt",
    "objection",
    "participant",
    "planround",
    "prepareditem",
    "sealing",
    "sharingoverride",
    "signature",
    "statement",
    "takenback",
)


def _school() -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="parties.school",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0012_school_of_references"),
        ("records", "0085_due_noted_words"),
    ]

    operations = [migrations.AlterField(name, "school", _school()) for name in _MODELS]
