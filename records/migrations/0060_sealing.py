"""封存 of a version, with the reason of whoever did it."""

import django.db.models.deletion
import parties.crypto
import uuid
from django.db import migrations, models

from parties.row_security import AppendOnly, IsolateBySchool


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0005_link_targets'),
        ('records', '0053_attachment_destroyed_at'),
    ]

    operations = [
        migrations.CreateModel(
            name='Sealing',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('reason', parties.crypto.EncryptedTextField(verbose_name='封存的理由')),
                ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('record', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='sealings', to='records.communicationrecord')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.student')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('school', 'record'), name='one_sealing_per_version')],
            },
        ),
        IsolateBySchool('Sealing'),
        AppendOnly('Sealing'),
    ]
