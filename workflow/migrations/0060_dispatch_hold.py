"""After a restore nothing is sent until a person says so: one question, asked where rows come due."""

import uuid

from django.db import migrations, models

from parties.row_security import DefinerFunction, GrantTables

_DUE = (
    "SELECT school_id, id, due_at FROM workflow_notification"
    " WHERE state = 'PENDING' AND lane = wanted AND due_at <= now()"
    " AND (leased_until IS NULL OR leased_until <= now())"
)
_ORDER = " ORDER BY due_at, id LIMIT n"


class Migration(migrations.Migration):
    dependencies = [("workflow", "0050_report_wording")]
    operations = [
        migrations.CreateModel(
            name='DispatchHold',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('lane', models.CharField(max_length=7)),
                ('backup_at', models.DateTimeField(verbose_name='备份时刻')),
                ('held_at', models.DateTimeField()),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('sent_before', models.DateTimeField(blank=True, null=True, verbose_name='此刻之前到期的不再发送')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('released_at__isnull', True)), fields=('lane',), name='one_hold_per_lane')],
            },
        ),
        # Read, and nothing else: only the owner can hold, and only the owner can release.
        GrantTables({"workflow_dispatchhold": "SELECT"}),
        DefinerFunction(
            "due_notifications",
            args="wanted text, n integer",
            returns="TABLE(school_id bigint, id uuid, due timestamptz)",
            body=f"{_DUE} AND NOT EXISTS (SELECT FROM workflow_dispatchhold AS hold"
            f" WHERE hold.lane = wanted AND hold.released_at IS NULL){_ORDER}",
            replaces=_DUE + _ORDER,
        ),
    ]
