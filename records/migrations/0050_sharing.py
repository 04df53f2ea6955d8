"""Decisions of 德育处 that a record may leave the school as it stands."""

import django.db.models.deletion
import parties.crypto
import uuid
from django.db import migrations, models

from parties.row_security import AppendOnly, IsolateBySchool


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0005_link_targets'),
        ('records', '0041_meeting_set_aside'),
    ]

    operations = [
        migrations.CreateModel(
            name='SharingOverride',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('reason', parties.crypto.EncryptedTextField(verbose_name='按原文提供的理由')),
                ('phrases', parties.crypto.EncryptedJSONField(verbose_name='放行的词')),
                ('counts', models.JSONField(verbose_name='按类别计数')),
                ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('record', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='sharing_overrides', to='records.communicationrecord')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.student')),
            ],
            options={
                'indexes': [models.Index(fields=['school', 'record'], name='override_by_record')],
            },
        ),
        IsolateBySchool('SharingOverride'),
        AppendOnly('SharingOverride'),
    ]
