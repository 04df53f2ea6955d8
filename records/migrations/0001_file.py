"""The spine of a student's file."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models

from parties.row_security import IsolateBySchool


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('parties', '0005_link_targets'),
    ]

    operations = [
        migrations.CreateModel(
            name='FileEntry',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(max_length=30)),
                ('party', models.CharField(choices=[('SCHOOL', '学校'), ('FAMILY', '家庭'), ('STUDENT', '学生'), ('COMPANY', '企业'), ('SYSTEM', '系统')], max_length=7)),
                ('case_id', models.UUIDField(blank=True, null=True)),
                ('object_id', models.UUIDField()),
                ('readers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=3), default=list, size=None)),
                ('people', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='file_entries', to='parties.student')),
            ],
            options={
                'indexes': [models.Index(fields=['school', 'student', '-at', '-id'], name='file_newest_first')],
                'constraints': [models.UniqueConstraint(fields=('school', 'kind', 'object_id', 'student'), name='one_entry_per_object')],
            },
        ),
        IsolateBySchool("FileEntry"),
    ]
