"""Where the paper of a signature lies in the locked cabinet. Earlier rows hold nothing: no bytes."""

import parties.crypto
from django.db import migrations

_ADD = r"""
ALTER TABLE records_signature ADD COLUMN kept_at bytea NOT NULL DEFAULT '\x';
ALTER TABLE records_signature ALTER COLUMN kept_at DROP DEFAULT;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0060_sealing'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(_ADD, 'ALTER TABLE records_signature DROP COLUMN kept_at'),
            ],
            state_operations=[
                migrations.AddField(
                    model_name='signature',
                    name='kept_at',
                    field=parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='原件存放处（柜号／册号）'),
                ),
            ],
        ),
    ]
