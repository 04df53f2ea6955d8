"""Why a deadline was moved or an item handed over, beside what it was before. Of changes from before
nobody knows it.
"""

from django.db import migrations

import parties.crypto

_ADD = r"""
ALTER TABLE records_earlierwords ADD COLUMN why bytea NOT NULL DEFAULT '\x';
ALTER TABLE records_earlierwords ALTER COLUMN why DROP DEFAULT;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0091_audience_and_calls'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(_ADD, 'ALTER TABLE records_earlierwords DROP COLUMN why'),
            ],
            state_operations=[
                migrations.AddField(
                    model_name='earlierwords',
                    name='why',
                    field=parties.crypto.EncryptedTextField(blank=True, default=''),
                ),
            ],
        ),
    ]
