"""What came of looking at the words of a crisis report, and which are to be looked at."""

import django.db.models.deletion
import django_fsm
import parties.crypto
import uuid
from django.db import migrations, models

from parties.row_security import DefinerFunction, GuardStates, IsolateBySchool

_DUE = "TABLE(school_id bigint, id uuid, due timestamptz)"
_AT = "coalesce(at, school_now())"
#: A report of long ago is history: nobody is asked to mend that.
_RECENT = "interval '7 days'"


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0005_link_targets'),
        ('workflow', '0020_routing'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReportWording',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', django_fsm.FSMField(choices=[('CLEAN', '无需补充'), ('ASKED', '待补充'), ('GIVEN', '已补充'), ('MISSED', '超过期限未补充')], default='CLEAN', max_length=50, protected=True)),
                ('checked_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('supplement', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='中性的说法')),
                ('given_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case')),
                ('report', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='wordings', to='workflow.crisisreport')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'ASKED')), fields=['due_at'], name='wording_due')],
                'constraints': [models.UniqueConstraint(fields=('school', 'report'), name='one_look_per_report'), models.CheckConstraint(condition=models.Q(('state', 'CLEAN'), models.Q(('author__isnull', False), ('due_at__isnull', False)), _connector='OR'), name='asked_author_has_a_term'), models.CheckConstraint(condition=models.Q(('given_at__isnull', False), models.Q(('state', 'GIVEN'), _negated=True), _connector='XOR'), name='given_words_have_a_moment')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        IsolateBySchool("ReportWording"),
        GuardStates(
            "ReportWording",
            "state",
            initial={"ASKED", "CLEAN"},
            legal={
                ("ASKED", "GIVEN"),
                ("ASKED", "MISSED"),
                ("MISSED", "GIVEN"),
            },
        ),
        DefinerFunction(
            "due_wordings",
            args="at timestamptz, n integer",
            returns=_DUE,
            body="SELECT r.school_id, r.id, r.reported_at FROM workflow_crisisreport r"
            f" WHERE r.reported_at <= {_AT} AND r.reported_at > {_AT} - {_RECENT}"
            " AND NOT EXISTS (SELECT FROM workflow_reportwording w"
            " WHERE w.school_id = r.school_id AND w.report_id = r.id)"
            " UNION ALL SELECT school_id, report_id, due_at FROM workflow_reportwording"
            f" WHERE state = 'ASKED' AND due_at <= {_AT} ORDER BY 3, 2 LIMIT n",
        ),
    ]
