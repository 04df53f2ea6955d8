"""Who destroyed a file of a record, and why. Earlier rows hold no reason: no bytes."""

import django.db.models.deletion
import parties.crypto
from django.db import migrations, models

from parties.row_security import ReferenceWithinSchool

_ADD = r"""
ALTER TABLE records_attachment ADD COLUMN destroyed_reason bytea NOT NULL DEFAULT '\x';
ALTER TABLE records_attachment ALTER COLUMN destroyed_reason DROP DEFAULT;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0005_link_targets'),
        ('records', '0061_paper_kept_at'),
    ]

    operations = [
        migrations.AddField(
            model_name='attachment',
            name='destroyed_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person'),
        ),
        ReferenceWithinSchool('Attachment', 'destroyed_by'),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(_ADD, 'ALTER TABLE records_attachment DROP COLUMN destroyed_reason'),
            ],
            state_operations=[
                migrations.AddField(
                    model_name='attachment',
                    name='destroyed_reason',
                    field=parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='销毁的理由'),
                ),
            ],
        ),
    ]
