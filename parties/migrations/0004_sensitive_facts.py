"""Sensitive columns that a school mapped on purpose, walled from the first row on."""

import django.db.models.deletion
import parties.crypto
import uuid
from django.db import migrations, models

from parties.row_security import IsolateBySchool


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0003_throttle'),
    ]

    operations = [
        migrations.CreateModel(
            name='SensitiveFact',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('class_code', models.CharField(max_length=3)),
                ('purpose', models.CharField(max_length=100)),
                ('value', parties.crypto.EncryptedTextField()),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='sensitive_facts', to='parties.student')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('school', 'student', 'name'), name='one_sensitive_fact_per_name'), models.CheckConstraint(condition=models.Q(('purpose', ''), _negated=True), name='sensitive_fact_has_a_purpose')],
            },
        ),
        IsolateBySchool('SensitiveFact'),
    ]
