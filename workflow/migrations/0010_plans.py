"""Talks to come, and the narrow question of their sweep."""

import django.db.models.deletion
import django_fsm
import parties.crypto
import uuid
from django.db import migrations, models

from parties.row_security import DefinerFunction, GuardStates, IsolateBySchool

_DUE = "TABLE(school_id bigint, id uuid, due timestamptz)"
_AT = "coalesce(at, school_now())"


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0005_link_targets'),
        ('workflow', '0003_channels'),
    ]

    operations = [
        migrations.CreateModel(
            name='ScheduledContact',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('due_at', models.DateTimeField()),
                ('focus', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='沟通重点')),
                ('state', django_fsm.FSMField(choices=[('PLANNED', '已安排'), ('HELD', '已进行'), ('MISSED', '已错过'), ('CANCELLED', '已取消')], default='PLANNED', max_length=50, protected=True)),
                ('next_look_at', models.DateTimeField(blank=True, null=True)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='scheduled_contacts', to='workflow.case')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='scheduled_contacts', to='parties.student')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('next_look_at__isnull', False), ('state', 'PLANNED')), fields=['next_look_at'], name='contact_look')],
                'constraints': [models.UniqueConstraint(fields=('school', 'case', 'due_at'), name='one_contact_per_moment')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        IsolateBySchool("ScheduledContact"),
        GuardStates(
            "ScheduledContact",
            "state",
            initial={"PLANNED"},
            legal={
                ("MISSED", "CANCELLED"),
                ("MISSED", "HELD"),
                ("PLANNED", "CANCELLED"),
                ("PLANNED", "HELD"),
                ("PLANNED", "MISSED"),
            },
        ),
        DefinerFunction(
            "due_contacts",
            args="at timestamptz, n integer",
            returns=_DUE,
            body="SELECT school_id, id, next_look_at FROM workflow_scheduledcontact"
            " WHERE state = 'PLANNED'"
            f" AND next_look_at <= {_AT} ORDER BY next_look_at, id LIMIT n",
        ),
    ]
