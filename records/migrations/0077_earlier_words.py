"""What an item said before it was changed. Of changes from before, nothing was kept."""

import django.db.models.deletion
import parties.crypto
import uuid
from django.db import migrations, models

from parties.row_security import AppendOnly, IsolateBySchool


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0007_consent_links'),
        ('records', '0076_annotations'),
    ]

    operations = [
        migrations.CreateModel(
            name='EarlierWords',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('case_id', models.UUIDField()),
                ('place', models.PositiveIntegerField()),
                ('said', parties.crypto.EncryptedJSONField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('item', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='earlier_words', to='records.actionitem')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('school', 'item', 'place'), name='earlier_words_have_their_place')],
            },
        ),
        IsolateBySchool('EarlierWords'),
        AppendOnly('EarlierWords'),
    ]
