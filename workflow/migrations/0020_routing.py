"""Routing: what was raised, what was proposed, who decided, and the faces that families keep."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django_fsm
import parties.crypto
import uuid
from django.db import migrations, models

from parties.row_security import AppendOnly, GuardStates, IsolateBySchool

_BEFORE = {
    ("CANCELLED", "REOPENED"),
    ("CLOSED", "REOPENED"),
    ("EVALUATED", "CANCELLED"),
    ("EVALUATED", "CLOSED"),
    ("EVALUATED", "IN_PROGRESS"),
    ("EVALUATED", "REOPENED"),
    ("EVALUATED", "TRANSFERRED"),
    ("FOLLOW_UP", "CANCELLED"),
    ("FOLLOW_UP", "CLOSED"),
    ("FOLLOW_UP", "EVALUATED"),
    ("FOLLOW_UP", "IN_PROGRESS"),
    ("FOLLOW_UP", "REOPENED"),
    ("FOLLOW_UP", "TRANSFERRED"),
    ("FOLLOW_UP", "TRIAGED"),
    ("IN_PROGRESS", "CANCELLED"),
    ("IN_PROGRESS", "FOLLOW_UP"),
    ("IN_PROGRESS", "REOPENED"),
    ("IN_PROGRESS", "TRANSFERRED"),
    ("IN_PROGRESS", "TRIAGED"),
    ("IN_PROGRESS", "WAITING_PARTY"),
    ("OPENED", "CANCELLED"),
    ("OPENED", "REOPENED"),
    ("OPENED", "TRANSFERRED"),
    ("OPENED", "TRIAGED"),
    ("REOPENED", "CANCELLED"),
    ("REOPENED", "TRANSFERRED"),
    ("REOPENED", "TRIAGED"),
    ("TRANSFERRED", "REOPENED"),
    ("TRIAGED", "CANCELLED"),
    ("TRIAGED", "FOLLOW_UP"),
    ("TRIAGED", "IN_PROGRESS"),
    ("TRIAGED", "REOPENED"),
    ("TRIAGED", "TRANSFERRED"),
    ("WAITING_PARTY", "CANCELLED"),
    ("WAITING_PARTY", "FOLLOW_UP"),
    ("WAITING_PARTY", "IN_PROGRESS"),
    ("WAITING_PARTY", "REOPENED"),
    ("WAITING_PARTY", "TRANSFERRED"),
}
_BEFORE |= {("IN_PROGRESS", "CLOSED"), ("TRIAGED", "CLOSED"), ("WAITING_PARTY", "CLOSED")}
#: `route` and `calm`: a matter may change its channel wherever it stands.
_MOVED = {("EVALUATED", "TRIAGED"), ("WAITING_PARTY", "TRIAGED")}


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0005_link_targets'),
        ("workflow", "0010_plans"),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseFace',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('channel', models.CharField(choices=[('NOTICE', '常规通知'), ('MEETING', '面对面会谈'), ('CRISIS', '危机')], max_length=8)),
                ('state', models.CharField(choices=[('OPENED', '已开启'), ('TRIAGED', '已研判'), ('IN_PROGRESS', '处理中'), ('WAITING_PARTY', '等待一方'), ('FOLLOW_UP', '跟进中'), ('EVALUATED', '已评估'), ('CLOSED', '已结案'), ('REOPENED', '已重启'), ('CANCELLED', '已撤销'), ('TRANSFERRED', '已移交')], max_length=13)),
                ('until', models.DateTimeField()),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('channel', 'CRISIS'), _negated=True), name='no_kept_face_is_a_crisis'),
                ],
            },
        ),
        migrations.CreateModel(
            name='DowngradeProposal',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('channel', models.CharField(choices=[('NOTICE', '常规通知'), ('MEETING', '面对面会谈'), ('CRISIS', '危机')], max_length=8)),
                ('reason', parties.crypto.EncryptedTextField()),
                ('alarm_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('state', django_fsm.FSMField(choices=[('PROPOSED', '待另一人确认'), ('CONFIRMED', '已确认'), ('LAPSED', '已失效')], default='PROPOSED', max_length=50, protected=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Matter',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('receipt_no', models.CharField(max_length=32, verbose_name='回执编号')),
                ('raised_role', models.CharField(max_length=3)),
                ('trigger', models.CharField(choices=[('academic', '学业预警'), ('behaviour', '行为异常'), ('career', '职业规划'), ('attendance', '考勤'), ('mental', '心理'), ('health', '健康'), ('aid', '经济资助'), ('conflict', '同伴冲突'), ('placement_fit', '实习适应'), ('placement_safety', '实习安全'), ('praise', '表扬'), ('visit', '家长来访'), ('divergence', '月度反馈分歧'), ('other', '其他')], max_length=20, verbose_name='触发原因')),
                ('words', parties.crypto.EncryptedTextField(verbose_name='事由')),
                ('danger', models.CharField(choices=[('yes', '有危险'), ('no', '没有危险'), ('unclear', '不清楚')], max_length=7, verbose_name='现在有危险吗')),
                ('repeated', models.BooleanField(verbose_name='反复出现')),
                ('needs_family', models.BooleanField(verbose_name='需要家长到场或答复')),
                ('individual', models.BooleanField(verbose_name='含个人信息')),
                ('request_key', models.CharField(max_length=120)),
                ('raised_at', models.DateTimeField()),
                ('level', models.CharField(blank=True, choices=[('red', '红色提示'), ('amber', '黄色提示'), ('none', '没有提示')], max_length=5, verbose_name='用语提示')),
                ('hints', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('proposed', models.CharField(blank=True, choices=[('NOTICE', '常规通知'), ('MEETING', '面对面会谈'), ('CRISIS', '危机')], max_length=8, verbose_name='建议渠道')),
                ('rule', models.CharField(blank=True, max_length=60)),
                ('rule_label', models.CharField(blank=True, max_length=200)),
                ('proposed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='RoutingDecision',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('FIRST', '首次分流'), ('UPGRADE', '升级'), ('DOWNGRADE', '降级')], max_length=9)),
                ('trigger', models.CharField(blank=True, choices=[('academic', '学业预警'), ('behaviour', '行为异常'), ('career', '职业规划'), ('attendance', '考勤'), ('mental', '心理'), ('health', '健康'), ('aid', '经济资助'), ('conflict', '同伴冲突'), ('placement_fit', '实习适应'), ('placement_safety', '实习安全'), ('praise', '表扬'), ('visit', '家长来访'), ('divergence', '月度反馈分歧'), ('other', '其他')], max_length=20)),
                ('answers', models.JSONField(default=dict)),
                ('level', models.CharField(blank=True, choices=[('red', '红色提示'), ('amber', '黄色提示'), ('none', '没有提示')], max_length=5)),
                ('hints', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('proposed', models.CharField(blank=True, choices=[('NOTICE', '常规通知'), ('MEETING', '面对面会谈'), ('CRISIS', '危机')], max_length=8)),
                ('rule', models.CharField(blank=True, max_length=60)),
                ('rule_label', models.CharField(blank=True, max_length=200)),
                ('from_channel', models.CharField(blank=True, choices=[('NOTICE', '常规通知'), ('MEETING', '面对面会谈'), ('CRISIS', '危机')], max_length=8)),
                ('chosen', models.CharField(choices=[('NOTICE', '常规通知'), ('MEETING', '面对面会谈'), ('CRISIS', '危机')], max_length=8)),
                ('channel', models.CharField(choices=[('NOTICE', '常规通知'), ('MEETING', '面对面会谈'), ('CRISIS', '危机')], max_length=8)),
                ('reason', parties.crypto.EncryptedTextField(blank=True, default='')),
                ('second_reason', parties.crypto.EncryptedTextField(blank=True, default='')),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='case',
            name='shown_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(
            "UPDATE workflow_case SET shown_until = alarm_at WHERE shown_state <> ''",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('shown_until__isnull', True), models.Q(('shown_state', ''), _negated=True), _connector='XOR'), name='a_face_stands_still_since_a_moment'),
        ),
        migrations.AddField(
            model_name='caseface',
            name='case',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='faces', to='workflow.case'),
        ),
        migrations.AddField(
            model_name='caseface',
            name='person',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person'),
        ),
        migrations.AddField(
            model_name='caseface',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school'),
        ),
        migrations.AddField(
            model_name='downgradeproposal',
            name='by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person'),
        ),
        migrations.AddField(
            model_name='downgradeproposal',
            name='case',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='workflow.case'),
        ),
        migrations.AddField(
            model_name='downgradeproposal',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school'),
        ),
        migrations.AddField(
            model_name='matter',
            name='case',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='matters', to='workflow.case'),
        ),
        migrations.AddField(
            model_name='matter',
            name='raised_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person'),
        ),
        migrations.AddField(
            model_name='matter',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school'),
        ),
        migrations.AddField(
            model_name='routingdecision',
            name='case',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='routings', to='workflow.case'),
        ),
        migrations.AddField(
            model_name='routingdecision',
            name='decided_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person'),
        ),
        migrations.AddField(
            model_name='routingdecision',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school'),
        ),
        migrations.AddField(
            model_name='routingdecision',
            name='second_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person'),
        ),
        migrations.AddIndex(
            model_name='caseface',
            index=models.Index(fields=['school', 'person'], name='case_face_by_person'),
        ),
        migrations.AddConstraint(
            model_name='caseface',
            constraint=models.UniqueConstraint(fields=('school', 'case', 'person'), name='one_kept_face'),
        ),
        migrations.AddConstraint(
            model_name='downgradeproposal',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'PROPOSED')), fields=('school', 'case'), name='one_standing_downgrade_proposal'),
        ),
        migrations.AddConstraint(
            model_name='matter',
            constraint=models.UniqueConstraint(fields=('school', 'case'), name='one_matter_per_case'),
        ),
        migrations.AddConstraint(
            model_name='matter',
            constraint=models.UniqueConstraint(fields=('school', 'receipt_no'), name='one_matter_receipt'),
        ),
        migrations.AddConstraint(
            model_name='matter',
            constraint=models.UniqueConstraint(fields=('school', 'request_key'), name='one_matter_per_key'),
        ),
        migrations.AddIndex(
            model_name='routingdecision',
            index=models.Index(fields=['school', 'case', 'at'], name='routing_by_case'),
        ),
        migrations.AddConstraint(
            model_name='routingdecision',
            constraint=models.CheckConstraint(condition=models.Q(('second_by', None), models.Q(('second_by', models.F('decided_by')), _negated=True), _connector='OR'), name='two_names_are_two_people'),
        ),
        migrations.AddConstraint(
            model_name='routingdecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('from_channel', 'CRISIS'), ('kind', 'DOWNGRADE'), _negated=True), ('second_by__isnull', False), _connector='OR'), name='nobody_downgrades_a_crisis_alone'),
        ),
        IsolateBySchool("Matter"),
        IsolateBySchool("RoutingDecision", rights="SELECT, INSERT"),
        AppendOnly("RoutingDecision"),
        IsolateBySchool("DowngradeProposal"),
        IsolateBySchool("CaseFace"),
        GuardStates(
            "DowngradeProposal",
            "state",
            initial={"PROPOSED"},
            legal={("PROPOSED", "CONFIRMED"), ("PROPOSED", "LAPSED")},
        ),
        GuardStates(
            "Case",
            "state",
            initial={"OPENED"},
            legal=_BEFORE | _MOVED,
            replaces=GuardStates("Case", "state", initial={"OPENED"}, legal=_BEFORE),
        ),
    ]
