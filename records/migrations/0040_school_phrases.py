"""What a school adds to the lexicon."""

import django.db.models.deletion
import uuid
from django.db import migrations, models

from parties.row_security import IsolateBySchool


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0005_link_targets'),
        ('records', '0031_meetings_walls'),
    ]

    operations = [
        migrations.CreateModel(
            name='SchoolPhrase',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('phrase', models.CharField(max_length=40)),
                ('severity', models.CharField(choices=[('forbidden', '禁用'), ('discouraged', '不建议'), ('allowed', '允许')], max_length=11)),
                ('category', models.CharField(blank=True, max_length=20)),
                ('neutral_wording', models.CharField(blank=True, max_length=200)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('school', 'phrase'), name='one_row_per_phrase')],
            },
        ),
        IsolateBySchool('SchoolPhrase'),
    ]
