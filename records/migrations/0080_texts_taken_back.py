"""Texts that a family could read of records that were taken from it. Of earlier ones nothing was kept."""

import django.db.models.deletion
import parties.crypto
import uuid
from django.db import migrations, models

from parties.row_security import AppendOnly, IsolateBySchool


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0008_right_since'),
        ('records', '0079_own_words_aside'),
    ]

    operations = [
        migrations.CreateModel(
            name='TakenBack',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('case_id', models.UUIDField(blank=True, null=True)),
                ('place', models.PositiveIntegerField()),
                ('said', parties.crypto.EncryptedJSONField()),
                ('offered_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('record', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='taken_back', to='records.communicationrecord')),
                ('school', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.student')),
            ],
        ),
        migrations.CreateModel(
            name='NotedWord',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('method', models.CharField(choices=[('IN_APP', '登录后签字'), ('LINK', '一次性链接签字'), ('PAPER', '纸质签字扫描'), ('PHONE', '电话复述确认'), ('REFUSED', '拒绝签字')], max_length=7)),
                ('reason', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='不签字的理由')),
                ('note', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='签字时的话')),
                ('at', models.DateTimeField()),
                ('salt', models.BinaryField(max_length=32)),
                ('proof', models.BinaryField(max_length=32)),
                ('as_read', models.BinaryField(max_length=32)),
                ('school', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('signer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.student')),
                ('text', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='words', to='records.takenback')),
            ],
        ),
        migrations.AddConstraint(
            model_name='takenback',
            constraint=models.UniqueConstraint(fields=('school', 'record', 'place'), name='taken_back_in_order'),
        ),
        migrations.AddConstraint(
            model_name='notedword',
            constraint=models.UniqueConstraint(fields=('school', 'text', 'signer'), name='one_noted_word_per_person'),
        ),
        migrations.AddConstraint(
            model_name='notedword',
            constraint=models.CheckConstraint(condition=models.Q(('method__in', ['IN_APP', 'LINK', 'REFUSED'])), name='noted_word_is_ones_own'),
        ),
        IsolateBySchool('TakenBack'),
        IsolateBySchool('NotedWord'),
        AppendOnly('TakenBack'),
        AppendOnly('NotedWord'),
    ]
