"""Action plans: items, days, scores, and the narrow questions of their sweeps."""

import django.contrib.postgres.fields
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
        ('records', '0003_communication_walls'),
    ]

    operations = [
        migrations.CreateModel(
            name='ActionItem',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('case_id', models.UUIDField()),
                ('plan_round', models.PositiveSmallIntegerField(default=1)),
                ('item_no', models.CharField(max_length=20, verbose_name='编号')),
                ('title', parties.crypto.EncryptedTextField(verbose_name='做什么')),
                ('owner_party', models.CharField(choices=[('SCHOOL', '学校'), ('FAMILY', '家庭'), ('COMPANY', '企业'), ('STUDENT', '学生')], max_length=7)),
                ('kind', models.CharField(choices=[('SHORT', '短期措施'), ('LONG', '长期目标')], default='SHORT', max_length=5)),
                ('field_class', models.CharField(choices=[('COM', '行动事项'), ('ECO', '资助事项'), ('HLT', '健康事项')], default='COM', max_length=3)),
                ('measure', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='怎样衡量')),
                ('baseline', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='目前情况')),
                ('target', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='目标')),
                ('starts_on', models.DateField()),
                ('due_at', models.DateTimeField()),
                ('recurrence', models.CharField(blank=True, max_length=120, verbose_name='重复')),
                ('state', django_fsm.FSMField(choices=[('TODO', '未开始'), ('DOING', '进行中'), ('BLOCKED', '遇到困难'), ('DONE', '已完成，待核实'), ('VERIFIED', '已核实'), ('DROPPED', '不再进行')], default='TODO', max_length=50, protected=True)),
                ('blocked_why', parties.crypto.EncryptedTextField(blank=True, default='')),
                ('dropped_why', parties.crypto.EncryptedTextField(blank=True, default='')),
                ('evidence_note', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='完成情况')),
                ('evidence', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('overdue_from', models.DateTimeField()),
                ('escalation_level', models.PositiveSmallIntegerField(default=0)),
                ('next_look_at', models.DateTimeField(blank=True, null=True)),
                ('next_day_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('done_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('owner_person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('placement', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.placement')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='action_items', to='parties.student')),
                ('verified_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('next_look_at__isnull', False), ('state__in', ['TODO', 'DOING', 'BLOCKED', 'DONE'])), fields=['next_look_at'], name='item_look'),
                    models.Index(condition=models.Q(('next_day_at__isnull', False), ('state__in', ['TODO', 'DOING', 'BLOCKED'])), fields=['next_day_at'], name='item_day'),
                    models.Index(fields=['school', 'student', '-created_at', 'id'], name='item_newest'),
                    models.Index(fields=['school', 'case_id'], name='item_by_case'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('school', 'item_no'), name='one_item_per_no'),
                    models.CheckConstraint(condition=models.Q(('verified_by__isnull', True), models.Q(models.Q(models.Q(('verified_by', models.F('owner_person')), _negated=True), ('owner_person__isnull', True), _connector='OR'), models.Q(('verified_by', models.F('done_by')), _negated=True)), _connector='OR'), name='nobody_verifies_their_own_item'),
                    models.CheckConstraint(condition=models.Q(('verified_by__isnull', False), models.Q(('state', 'VERIFIED'), _negated=True), _connector='XOR'), name='verified_item_has_a_person'),
                    models.CheckConstraint(condition=models.Q(models.Q(('owner_party', 'COMPANY'), _negated=True), models.Q(('field_class', 'COM'), ('placement__isnull', False)), _connector='OR'), name='company_item_has_a_placement'),
                ],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Evaluation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('case_id', models.UUIDField()),
                ('plan_round', models.PositiveSmallIntegerField()),
                ('side', models.CharField(choices=[('SCHOOL', '学校'), ('FAMILY', '家庭'), ('STUDENT', '学生')], max_length=7)),
                ('score', models.SmallIntegerField(verbose_name='效果')),
                ('baseline_now', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='现在的情况')),
                ('words', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='想说的话')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('item', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evaluations', to='records.actionitem')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='evaluations', to='parties.student')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('school', 'case_id', 'plan_round', 'item', 'side'), name='one_score_per_side', nulls_distinct=False),
                    models.CheckConstraint(condition=models.Q(('score__gte', -2), ('score__lte', 2)), name='score_within_two'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ItemCheckIn',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('state', django_fsm.FSMField(choices=[('DONE', '已签到'), ('EXCUSED', '已说明'), ('MISSED', '未签到')], default='DONE', max_length=50, protected=True)),
                ('excuse', parties.crypto.EncryptedTextField(blank=True, default='')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('item', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='check_ins', to='records.actionitem')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('school', 'item', 'day'), name='one_check_in_a_day'),
                    models.CheckConstraint(condition=models.Q(('by__isnull', False), ('state', 'MISSED'), _connector='XOR'), name='a_check_in_has_a_person'),
                ],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='PlanRound',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('case_id', models.UUIDField()),
                ('number', models.PositiveSmallIntegerField()),
                ('begun_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, max_length=10)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='plan_rounds', to='parties.student')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('school', 'case_id', 'number'), name='one_plan_round_per_number'),
                    models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('school', 'case_id'), name='one_running_plan_round'),
                ],
            },
        ),
        IsolateBySchool("PlanRound"),
        IsolateBySchool("ActionItem"),
        IsolateBySchool("ItemCheckIn"),
        IsolateBySchool("Evaluation"),
        GuardStates(
            "ActionItem",
            "state",
            initial={"TODO"},
            legal={
                ("BLOCKED", "DOING"),
                ("BLOCKED", "DONE"),
                ("BLOCKED", "DROPPED"),
                ("DOING", "BLOCKED"),
                ("DOING", "DONE"),
                ("DOING", "DROPPED"),
                ("DONE", "DOING"),
                ("DONE", "DROPPED"),
                ("DONE", "VERIFIED"),
                ("TODO", "BLOCKED"),
                ("TODO", "DOING"),
                ("TODO", "DONE"),
                ("TODO", "DROPPED"),
            },
        ),
        GuardStates(
            "ItemCheckIn",
            "state",
            initial={"DONE", "EXCUSED", "MISSED"},
            legal={
                ("EXCUSED", "DONE"),
                ("MISSED", "DONE"),
                ("MISSED", "EXCUSED"),
            },
        ),
        DefinerFunction(
            "due_items",
            args="at timestamptz, n integer",
            returns=_DUE,
            body="SELECT school_id, id, next_look_at FROM records_actionitem"
            " WHERE state IN ('TODO', 'DOING', 'BLOCKED', 'DONE')"
            f" AND next_look_at <= {_AT} ORDER BY next_look_at, id LIMIT n",
        ),
        DefinerFunction(
            "due_item_days",
            args="at timestamptz, n integer",
            returns=_DUE,
            body="SELECT school_id, id, next_day_at FROM records_actionitem"
            " WHERE state IN ('TODO', 'DOING', 'BLOCKED')"
            f" AND next_day_at <= {_AT} ORDER BY next_day_at, id LIMIT n",
        ),
    ]
