"""What an author asks before a record is offered, and when to look whether nobody decided."""

import django.db.models.deletion
import django_fsm
import parties.crypto
import uuid
from django.db import migrations, models

from parties.row_security import DefinerFunction, GuardStates, IsolateBySchool


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0006_consents'),
        ('records', '0072_as_read'),
    ]

    operations = [
        migrations.CreateModel(
            name='HoldRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('asked_at', models.DateTimeField()),
                ('reason', parties.crypto.EncryptedTextField(verbose_name='为什么请求暂缓家长查看')),
                ('until', models.DateTimeField(verbose_name='建议暂缓到')),
                ('state', django_fsm.FSMField(choices=[('ASKED', '待决定'), ('GRANTED', '已暂缓'), ('REFUSED', '不暂缓'), ('LAPSED', '逾期未决定，视为不暂缓'), ('WITHDRAWN', '已撤回')], default='ASKED', max_length=50, protected=True)),
                ('next_look_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decision', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='决定的理由')),
                ('asked_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('decided_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('record', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='hold_requests', to='records.communicationrecord')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.student')),
            ],
            options={
                'indexes': [models.Index(fields=['school', 'record'], name='hold_request_by_record'), models.Index(condition=models.Q(('state', 'ASKED')), fields=['next_look_at'], name='hold_request_undecided')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'ASKED')), fields=('school', 'record'), name='one_open_hold_request_per_record'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'ASKED')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', True), ('state', 'LAPSED')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['GRANTED', 'REFUSED', 'WITHDRAWN'])), _connector='OR'), name='decided_hold_request_says_by_whom')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        IsolateBySchool('HoldRequest'),
        GuardStates(
            'HoldRequest',
            'state',
            initial={'ASKED'},
            legal={
                ('ASKED', 'GRANTED'),
                ('ASKED', 'LAPSED'),
                ('ASKED', 'REFUSED'),
                ('ASKED', 'WITHDRAWN'),
            },
        ),
        DefinerFunction(
            "due_hold_requests",
            args="at timestamptz, n integer",
            returns="TABLE(school_id bigint, id uuid, due timestamptz)",
            body="SELECT school_id, id, next_look_at FROM records_holdrequest"
            " WHERE state = 'ASKED' AND next_look_at <= coalesce(at, school_now())"
            " ORDER BY next_look_at, id LIMIT n",
        ),
    ]
