"""Records, their parts, signatures, attachments and objections."""

import django.db.models.deletion
import django_fsm
import parties.crypto
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0005_link_targets'),
        ('records', '0001_file'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('record_id', models.UUIDField(blank=True, null=True, verbose_name='所属记录')),
                ('name', parties.crypto.EncryptedTextField()),
                ('media_type', models.CharField(max_length=40)),
                ('size', models.PositiveIntegerField(verbose_name='字节')),
                ('sha256', models.BinaryField(max_length=32)),
                ('original_sha256', models.BinaryField(max_length=32)),
                ('redaction', models.CharField(choices=[('NONE', '无需隐去'), ('REDACTED', '已隐去他人信息'), ('DECLARED', '上传者声明已隐去他人信息'), ('NEEDED', '含他人信息，未隐去')], max_length=8)),
                ('sensitivity', models.CharField(default='COM', max_length=24, verbose_name='字段类别')),
                ('blob', models.CharField(max_length=200, verbose_name='存放位置')),
                ('uploaded_at', models.DateTimeField()),
                ('state', django_fsm.FSMField(choices=[('STORED', '已保存'), ('DESTROYED', '已销毁')], default='STORED', max_length=50, protected=True)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='parties.student')),
                ('uploaded_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['school', 'record_id'], name='attachment_by_record'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('school', 'blob'), name='one_row_per_blob'),
                    models.CheckConstraint(condition=models.Q(models.Q(('redaction', 'NEEDED'), _negated=True), ('sensitivity__contains', 'TPD'), _connector='OR'), name='unredacted_file_shows_others'),
                ],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='CommunicationRecord',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('case_id', models.UUIDField(blank=True, null=True, verbose_name='所属事项')),
                ('record_no', models.CharField(max_length=24, verbose_name='编号')),
                ('version', models.PositiveSmallIntegerField(default=1, verbose_name='版本')),
                ('state', django_fsm.FSMField(choices=[('DRAFT', '草稿'), ('CHECKED', '用语已检查'), ('PENDING_SIGNATURES', '待签字'), ('EFFECTIVE', '已生效'), ('UNDER_OBJECTION', '争议处理中'), ('SUPERSEDED', '已有新版本'), ('ARCHIVED', '已归档'), ('SEALED', '已封存')], default='DRAFT', max_length=50, protected=True)),
                ('standing', models.CharField(blank=True, choices=[('', '—'), ('SIGNED', '双方签字'), ('UNSIGNED', '校方记录，家长未签')], default='', max_length=8)),
                ('trigger', models.CharField(choices=[('STUDY', '学业预警'), ('CONDUCT', '行为异常'), ('CAREER', '职业规划'), ('ATTENDANCE', '考勤'), ('MIND', '心理'), ('HEALTH', '健康'), ('AID', '经济资助'), ('PEERS', '同伴冲突'), ('ADAPTATION', '实习适应'), ('SAFETY', '实习安全'), ('PRAISE', '表扬'), ('VISIT', '家长来访'), ('OTHER', '其他')], max_length=10, verbose_name='触发原因')),
                ('trigger_note', parties.crypto.EncryptedTextField(blank=True, default='')),
                ('started_at', models.DateTimeField(verbose_name='时间')),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('place_kind', models.CharField(choices=[('OFFICE', '办公室'), ('CLASSROOM', '教室走廊'), ('COUNSELLING', '心理室'), ('ONLINE', '线上'), ('PHONE', '电话'), ('HOME', '家访'), ('COMPANY', '企业现场'), ('OTHER', '其他')], max_length=11, verbose_name='地点')),
                ('place', parties.crypto.EncryptedTextField(blank=True, default='')),
                ('next_contact_at', models.DateTimeField(blank=True, null=True, verbose_name='下次沟通时间')),
                ('next_focus', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='下次沟通重点')),
                ('language_check', parties.crypto.EncryptedJSONField(blank=True, null=True)),
                ('author_role', models.CharField(max_length=3)),
                ('edits', models.PositiveIntegerField(default=0, verbose_name='修改次数')),
                ('hold_reason', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='暂缓家长查看的理由')),
                ('held_until', models.DateTimeField(blank=True, null=True)),
                ('content_salt', models.BinaryField(blank=True, max_length=32, null=True)),
                ('content_hash', models.BinaryField(blank=True, max_length=32, null=True)),
                ('created_at', models.DateTimeField()),
                ('offered_at', models.DateTimeField(blank=True, null=True)),
                ('signed_at', models.DateTimeField(blank=True, null=True, verbose_name='首次签字')),
                ('effective_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('held_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('previous', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='next', to='records.communicationrecord')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='communications', to='parties.student')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['school', 'student', '-started_at'], name='record_by_student'),
                    models.Index(fields=['school', 'case_id'], name='record_by_case'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('school', 'record_no', 'version'), name='one_record_per_version'),
                    models.UniqueConstraint(condition=models.Q(('state__in', ['DRAFT', 'CHECKED'])), fields=('school', 'record_no'), name='one_open_draft_per_record'),
                    models.CheckConstraint(condition=models.Q(models.Q(('previous__isnull', True), ('version', 1)), models.Q(('previous__isnull', False), ('version__gt', 1)), _connector='OR'), name='later_version_points_back'),
                    models.CheckConstraint(condition=models.Q(('signed_at__isnull', True), ('content_hash__isnull', False), _connector='OR'), name='signed_record_has_a_hash'),
                    models.CheckConstraint(condition=models.Q(('signed_at__isnull', True), models.Q(('state__in', ['DRAFT', 'CHECKED']), _negated=True), _connector='OR'), name='signed_record_is_no_draft'),
                    models.CheckConstraint(condition=models.Q(models.Q(('effective_at__isnull', True), ('state__in', ['DRAFT', 'CHECKED', 'PENDING_SIGNATURES', 'SUPERSEDED', 'SEALED'])), models.Q(('effective_at__isnull', False), models.Q(('standing', ''), _negated=True)), _connector='OR'), name='effective_record_says_why'),
                    models.CheckConstraint(condition=models.Q(('held_until__isnull', True), ('held_by__isnull', False), _connector='OR'), name='hold_has_a_name'),
                ],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('how', models.CharField(choices=[('PAGE', '网页'), ('PAPER', '纸质'), ('EXPORT', '导出')], max_length=6)),
                ('at', models.DateTimeField()),
                ('record', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='records.communicationrecord')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.student')),
                ('to', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('school', 'record', 'to', 'how'), name='one_delivery_per_way'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Participant',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', parties.crypto.EncryptedTextField(blank=True, default='')),
                ('capacity', models.CharField(choices=[('GUARDIAN', '家长'), ('STUDENT', '学生'), ('HT', '班主任'), ('ST', '科任或实习指导教师'), ('PSY', '心理教师'), ('GL', '年级组长'), ('ME', '德育处'), ('LEADER', '校领导'), ('COMPANY', '企业人员'), ('WITNESS', '见证人'), ('OTHER', '其他')], max_length=8)),
                ('relation', models.CharField(blank=True, choices=[('FATHER', '父亲'), ('MOTHER', '母亲'), ('GRANDPARENT', '祖父母／外祖父母'), ('SIBLING', '兄姐'), ('OTHER', '其他')], max_length=12, verbose_name='与学生关系')),
                ('presence', models.CharField(choices=[('IN_PERSON', '到场'), ('PHONE', '电话'), ('VIDEO', '视频'), ('ABSENT', '未到')], max_length=9)),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('record', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='participants', to='records.communicationrecord')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.student')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('school', 'record', 'person'), name='one_participant_per_person'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PreparedItem',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('TRANSCRIPT', '成绩单'), ('OBSERVATION', '行为观察表'), ('PSY_REPORT', '心理评估报告'), ('ATTENDANCE', '考勤'), ('LAST_PLAN', '上次行动方案'), ('OTHER', '其他')], max_length=11)),
                ('note', parties.crypto.EncryptedTextField(blank=True, default='')),
                ('basis', models.CharField(blank=True, choices=[('', '—'), ('CONSENT', '本人或监护人同意'), ('DUTY', '职责所需')], default='', max_length=7)),
                ('basis_note', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='同意书编号或职责说明')),
                ('attachment', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.attachment')),
                ('record', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='prepared', to='records.communicationrecord')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.student')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('kind', 'PSY_REPORT'), _negated=True), ('basis__in', ['CONSENT', 'DUTY']), _connector='OR'), name='psy_report_needs_a_basis'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('side', models.CharField(choices=[('SCHOOL', '学校'), ('FAMILY', '家庭'), ('STUDENT', '学生'), ('COMPANY', '企业')], max_length=7)),
                ('method', models.CharField(choices=[('IN_APP', '登录后签字'), ('LINK', '一次性链接签字'), ('PAPER', '纸质签字扫描'), ('PHONE', '电话复述确认'), ('REFUSED', '拒绝签字')], max_length=7)),
                ('at', models.DateTimeField()),
                ('reason', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='拒签理由')),
                ('note', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='签字时的话')),
                ('proof', models.BinaryField(max_length=32)),
                ('record', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='records.communicationrecord')),
                ('recorded_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('scan', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.attachment')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('signer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.student')),
                ('witness', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('school', 'record', 'signer'), name='one_signature_per_person'),
                    models.CheckConstraint(condition=models.Q(models.Q(('method__in', ['IN_APP', 'LINK', 'REFUSED']), ('recorded_by', models.F('signer'))), models.Q(('method__in', ['PAPER', 'PHONE', 'REFUSED']), ('witness__isnull', False)), _connector='OR'), name='signature_by_oneself_or_witnessed'),
                    models.CheckConstraint(condition=models.Q(('witness__isnull', True), models.Q(models.Q(('witness', models.F('recorded_by')), _negated=True), models.Q(('witness', models.F('signer')), _negated=True)), _connector='OR'), name='witness_is_another_person'),
                    models.CheckConstraint(condition=models.Q(models.Q(('method', 'PAPER'), _negated=True), ('scan__isnull', False), _connector='OR'), name='paper_signature_has_a_scan'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('section', models.CharField(choices=[('FACT', '问题描述'), ('CAUSE', '原因分析'), ('HOME', '家长反馈的家庭表现'), ('SCHOOL', '在校情况'), ('INTERNSHIP', '实习适应'), ('GUARDIAN_OPINION', '家长意见'), ('STUDENT_OPINION', '学生意见'), ('ADVICE', '班主任建议'), ('CONSENSUS', '双方共识'), ('DISAGREEMENT', '分歧'), ('EMOTION', '家长情绪反应（可观察）')], max_length=16)),
                ('source', models.CharField(choices=[('GUARDIAN', '家长陈述'), ('STUDENT', '学生陈述'), ('TEACHER', '教师观察'), ('COMPANY', '企业陈述'), ('SYSTEM', '系统记录'), ('THIRD', '第三方')], max_length=8)),
                ('status', models.CharField(choices=[('ONE_SIDED', '单方陈述'), ('TO_VERIFY', '待核实'), ('CONFIRMED', '已确认')], max_length=9)),
                ('sensitivity', models.CharField(default='COM', max_length=24, verbose_name='字段类别')),
                ('text', parties.crypto.EncryptedTextField()),
                ('redacted_text', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='隐去他人信息')),
                ('is_quote', models.BooleanField(default=False, verbose_name='原话')),
                ('basis', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='依据（次数、日期、出处、证明）')),
                ('at', models.DateTimeField()),
                ('place', models.PositiveSmallIntegerField(verbose_name='顺序')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('entered_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('record', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='records.communicationrecord')),
                ('said_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.student')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['record', 'place'], name='statement_in_order'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('section', 'EMOTION'), ('sensitivity', 'EMO')), models.Q(models.Q(('section', 'EMOTION'), _negated=True), models.Q(('sensitivity__contains', 'EMO'), _negated=True)), _connector='OR'), name='emotions_are_a_class_of_their_own'),
                    models.CheckConstraint(condition=models.Q(models.Q(('section', 'EMOTION'), _negated=True), ('said_by__isnull', False), _connector='OR'), name='emotion_is_of_somebody'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('receipt_no', models.CharField(max_length=24, verbose_name='回执编号')),
                ('ground', models.CharField(choices=[('WRONG', '事实不符'), ('MISSING', '遗漏'), ('WORDING', '用语不当'), ('CONTEXT', '断章取义'), ('DISCLOSURE', '越权披露'), ('CONSENT', '未经同意'), ('CAUSE', '归因不当'), ('SIGNATURE', '签名异议')], max_length=10)),
                ('wish', models.CharField(choices=[('CORRECT', '更正'), ('SUPPLEMENT', '补充'), ('DELETE', '删除'), ('RESTRICT', '限制使用'), ('ANNOTATE', '附异议')], max_length=10)),
                ('quoted', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='所指原文')),
                ('words', parties.crypto.EncryptedTextField(verbose_name='理由')),
                ('annotation', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='异议附记（至多 500 字）')),
                ('capacity', models.CharField(max_length=3)),
                ('filed_at', models.DateTimeField()),
                ('state', django_fsm.FSMField(choices=[('FILED', '已提出'), ('ANSWERED', '记录人已答复'), ('ROUTED', '已转德育处复核'), ('SETTLED', '已了结'), ('WITHDRAWN', '已撤回')], default='FILED', max_length=50, protected=True)),
                ('reply', models.CharField(blank=True, choices=[('', '—'), ('ACCEPTED', '接受'), ('PARTLY', '部分接受'), ('REFUSED', '不接受')], default='', max_length=8)),
                ('reply_words', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='答复')),
                ('replied_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('correction', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrects', to='records.communicationrecord')),
                ('filed_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('record', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='records.communicationrecord')),
                ('replied_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='parties.student')),
                ('about', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.statement')),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('state__in', ['FILED', 'ANSWERED', 'ROUTED'])), fields=['school', 'record'], name='objection_open'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('school', 'receipt_no'), name='one_objection_receipt'),
                    models.UniqueConstraint(condition=models.Q(('state__in', ['FILED', 'ANSWERED', 'ROUTED'])), fields=('school', 'record', 'filed_by'), name='one_open_objection_per_person'),
                    models.CheckConstraint(condition=models.Q(('state', 'FILED'), ('state', 'WITHDRAWN'), ('state', 'ROUTED'), models.Q(('reply', ''), _negated=True), _connector='OR'), name='settled_objection_has_a_reply'),
                ],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
    ]
