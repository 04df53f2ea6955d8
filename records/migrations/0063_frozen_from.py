"""What a version was before somebody objected: what was put away is put away again."""

from django.db import migrations, models

from parties.row_security import GuardStates

_BEFORE = {
    ("ARCHIVED", "SEALED"),
    ("ARCHIVED", "SUPERSEDED"),
    ("ARCHIVED", "UNDER_OBJECTION"),
    ("CHECKED", "DRAFT"),
    ("CHECKED", "PENDING_SIGNATURES"),
    ("DRAFT", "CHECKED"),
    ("EFFECTIVE", "ARCHIVED"),
    ("EFFECTIVE", "SUPERSEDED"),
    ("EFFECTIVE", "UNDER_OBJECTION"),
    ("PENDING_SIGNATURES", "DRAFT"),
    ("PENDING_SIGNATURES", "EFFECTIVE"),
    ("PENDING_SIGNATURES", "SUPERSEDED"),
    ("SUPERSEDED", "SEALED"),
    ("UNDER_OBJECTION", "EFFECTIVE"),
    ("UNDER_OBJECTION", "SEALED"),
    ("UNDER_OBJECTION", "SUPERSEDED"),
}


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0062_destroyed_by'),
    ]

    operations = [
        migrations.AddField(
            model_name='communicationrecord',
            name='frozen_from',
            field=models.CharField(blank=True, default='', max_length=9, verbose_name='异议之前的状态'),
        ),
        GuardStates(
            "CommunicationRecord",
            "state",
            initial={"DRAFT"},
            legal=_BEFORE | {("UNDER_OBJECTION", "ARCHIVED")},
            replaces=GuardStates(
                "CommunicationRecord", "state", initial={"DRAFT"}, legal=_BEFORE
            ),
        ),
    ]
