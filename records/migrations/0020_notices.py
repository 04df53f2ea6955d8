"""Notices, their receipts, and attempts to reach families."""

import django.db.models.deletion
import django_fsm
import parties.crypto
import uuid
from django.db import migrations, models

from parties.row_security import GuardStates, IsolateBySchool


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0005_link_targets'),
        ("records", "0010_plans"),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', parties.crypto.EncryptedTextField(verbose_name='标题')),
                ('body', parties.crypto.EncryptedTextField(verbose_name='正文')),
                ('scope', models.CharField(choices=[('CLASS', '班级'), ('GRADE', '年级'), ('SCHOOL', '全校')], max_length=6, verbose_name='范围')),
                ('grade', models.CharField(blank=True, max_length=20, verbose_name='年级')),
                ('strength', models.CharField(choices=[('READ', '仅阅读'), ('CONFIRM', '点击确认'), ('SIGN', '签字确认')], max_length=7, verbose_name='回执方式')),
                ('needs_answer', models.BooleanField(default=False, verbose_name='需要答复')),
                ('deadline', models.DateTimeField(blank=True, null=True, verbose_name='截止')),
                ('text_hash', models.BinaryField(blank=True, max_length=32, null=True, verbose_name='文本摘要')),
                ('version', models.PositiveIntegerField(default=1)),
                ('case_id', models.UUIDField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('closes_at', models.DateTimeField(blank=True, null=True, verbose_name='最迟结束')),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('state', django_fsm.FSMField(choices=[('DRAFT', '草稿'), ('REFUSED', '含个人信息，待修改'), ('PENDING_APPROVAL', '待审批'), ('APPROVED', '已批准，待发送'), ('SENT', '已发送'), ('CLOSED', '已结束'), ('WITHDRAWN', '已撤回')], default='DRAFT', max_length=50, protected=True)),
                ('approver', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('author', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('school_class', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='parties.schoolclass')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['school', '-created_at', 'id'], name='notice_newest_first'),
                    models.Index(fields=['school', 'case_id'], name='notice_by_case'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('grade', ''), ('school_class__isnull', False), ('scope', 'CLASS')), models.Q(('school_class__isnull', True), ('scope', 'GRADE'), models.Q(('grade', ''), _negated=True)), models.Q(('grade', ''), ('school_class__isnull', True), ('scope', 'SCHOOL')), _connector='OR'), name='notice_scope_names_its_place'),
                    models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['APPROVED', 'SENT', 'CLOSED']), _negated=True), models.Q(('approved_at__isnull', False), ('approver__isnull', False), ('case_id__isnull', False), ('text_hash__isnull', False)), _connector='OR'), name='approved_notice_has_an_approver'),
                    models.CheckConstraint(condition=models.Q(('sent_at__isnull', False), models.Q(('state__in', ['SENT', 'CLOSED']), _negated=True), _connector='XOR'), name='sent_notice_has_a_moment'),
                ],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='NoticeContact',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('channel', models.CharField(choices=[('PHONE', '电话'), ('WECHAT', '微信'), ('VISIT', '上门'), ('AT_SCHOOL', '到校面谈'), ('OTHER', '其他')], max_length=9, verbose_name='方式')),
                ('place', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='地点')),
                ('outcome', models.CharField(choices=[('REACHED', '已联系到'), ('NO_ANSWER', '无人接听或未回'), ('REFUSED', '接通但拒绝沟通'), ('WRONG_NUMBER', '号码有误')], max_length=12, verbose_name='结果')),
                ('note', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='记录')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('recorded_at', models.DateTimeField()),
                ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('guardian', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('notice', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='records.notice')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='notice_contacts', to='parties.student')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['school', 'notice', 'student'], name='contact_by_student'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('at__lte', models.F('recorded_at'))), name='contact_was_tried_before_it_was_written'),
                ],
            },
        ),
        migrations.CreateModel(
            name='NoticeReceipt',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('replied_at', models.DateTimeField(blank=True, null=True)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('how', models.CharField(blank=True, choices=[('APP', '登录后'), ('LINK', '一次性链接'), ('PAPER', '纸质回执'), ('PHONE', '电话复述')], max_length=5, verbose_name='方式')),
                ('scan', models.UUIDField(blank=True, null=True, verbose_name='扫描件')),
                ('reply', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='回复')),
                ('hint', models.CharField(blank=True, choices=[('RED', '危险用语'), ('COMPLAINT', '投诉用语')], max_length=9)),
                ('rung', models.PositiveSmallIntegerField(default=0)),
                ('state', django_fsm.FSMField(choices=[('PENDING', '待送达'), ('DELIVERED', '已送达'), ('OPENED', '已打开'), ('CONFIRMED', '已确认'), ('SIGNED', '已签字'), ('UNREACHED', '未能送达')], default='PENDING', max_length=50, protected=True)),
                ('guardian', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('notice', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='records.notice')),
                ('recorded_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='notice_receipts', to='parties.student')),
                ('witness', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('settled_at__isnull', True)), fields=['notice', 'student'], name='receipt_still_owed'),
                    models.Index(fields=['school', 'guardian', '-created_at'], name='receipt_by_guardian'),
                    models.Index(condition=models.Q(('hint', ''), _negated=True), fields=['school', 'student'], name='receipt_with_a_hint'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('school', 'notice', 'guardian', 'student'), name='one_receipt_per_guardian_and_child'),
                    models.CheckConstraint(condition=models.Q(models.Q(('how__in', ['PAPER', 'PHONE']), _negated=True), ('recorded_by__isnull', False), _connector='OR'), name='receipt_on_paper_has_a_recorder'),
                    models.CheckConstraint(condition=models.Q(models.Q(('how', 'PHONE'), _negated=True), models.Q(('witness__isnull', False), models.Q(('witness', models.F('recorded_by')), _negated=True)), _connector='OR'), name='receipt_by_phone_has_a_witness'),
                ],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        IsolateBySchool("Notice"),
        IsolateBySchool("NoticeReceipt"),
        IsolateBySchool("NoticeContact"),
        GuardStates(
            "Notice",
            "state",
            initial={"DRAFT"},
            legal={
                ("APPROVED", "SENT"),
                ("APPROVED", "WITHDRAWN"),
                ("DRAFT", "PENDING_APPROVAL"),
                ("DRAFT", "REFUSED"),
                ("DRAFT", "WITHDRAWN"),
                ("PENDING_APPROVAL", "APPROVED"),
                ("PENDING_APPROVAL", "DRAFT"),
                ("PENDING_APPROVAL", "REFUSED"),
                ("PENDING_APPROVAL", "WITHDRAWN"),
                ("REFUSED", "DRAFT"),
                ("REFUSED", "PENDING_APPROVAL"),
                ("REFUSED", "WITHDRAWN"),
                ("SENT", "CLOSED"),
            },
        ),
        GuardStates(
            "NoticeReceipt",
            "state",
            initial={"PENDING"},
            legal={
                ("CONFIRMED", "SIGNED"),
                ("DELIVERED", "CONFIRMED"),
                ("DELIVERED", "OPENED"),
                ("DELIVERED", "SIGNED"),
                ("OPENED", "CONFIRMED"),
                ("OPENED", "SIGNED"),
                ("PENDING", "CONFIRMED"),
                ("PENDING", "DELIVERED"),
                ("PENDING", "OPENED"),
                ("PENDING", "SIGNED"),
                ("PENDING", "UNREACHED"),
                ("UNREACHED", "CONFIRMED"),
                ("UNREACHED", "OPENED"),
                ("UNREACHED", "SIGNED"),
            },
        ),
    ]
