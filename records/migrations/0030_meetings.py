"""Face-to-face meetings: whom to invite, times on offer, tries, answers and papers."""

import django.db.models.deletion
import django_fsm
import parties.crypto
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0005_link_targets'),
        ('records', '0020_notices'),
    ]

    operations = [
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('case_id', models.UUIDField(verbose_name='所属事项')),
                ('kind', models.CharField(choices=[('IN_PERSON', '到校面谈'), ('HOME_VISIT', '家访'), ('REMOTE', '线上会谈'), ('AT_COMPANY', '企业现场会谈')], max_length=10, verbose_name='形式')),
                ('trigger', models.CharField(choices=[('STUDY', '学业预警'), ('CONDUCT', '行为异常'), ('CAREER', '职业规划'), ('ATTENDANCE', '考勤'), ('MIND', '心理'), ('HEALTH', '健康'), ('AID', '经济资助'), ('PEERS', '同伴冲突'), ('ADAPTATION', '实习适应'), ('SAFETY', '实习安全'), ('PRAISE', '表扬'), ('VISIT', '家长来访'), ('OTHER', '其他')], max_length=10, verbose_name='触发原因')),
                ('purpose', parties.crypto.EncryptedTextField(verbose_name='会谈目的')),
                ('student_wish', models.CharField(choices=[('YES', '愿意参加'), ('NO', '不参加')], max_length=3, verbose_name='学生的答复')),
                ('student_words', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='学生的话')),
                ('student_present', models.BooleanField(verbose_name='学生参加')),
                ('state', django_fsm.FSMField(choices=[('PREPARING', '准备中'), ('OFFERED', '待家长选择时间'), ('AGREED', '已约定'), ('NO_SHOW', '未到场'), ('HELD', '已会谈'), ('NOT_MET', '未能会面'), ('CANCELLED', '已取消')], default='PREPARING', max_length=50, protected=True)),
                ('round', models.PositiveSmallIntegerField(default=0, verbose_name='第几次提供时间')),
                ('changes', models.PositiveSmallIntegerField(default=0, verbose_name='改期次数')),
                ('no_shows', models.PositiveSmallIntegerField(default=0, verbose_name='未到场次数')),
                ('sequence', models.PositiveIntegerField(default=0, verbose_name='日历版本')),
                ('prepared_at', models.DateTimeField()),
                ('offered_at', models.DateTimeField(blank=True, null=True)),
                ('held_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('prepared_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='parties.student')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['school', 'case_id'], name='meeting_by_case'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('state__in', ['PREPARING', 'OFFERED', 'AGREED', 'NO_SHOW'])), fields=('school', 'case_id'), name='one_open_meeting_per_case'),
                    models.CheckConstraint(condition=models.Q(('changes__lte', 2)), name='meeting_changes_twice'),
                    models.CheckConstraint(condition=models.Q(('no_shows__lte', 3)), name='meeting_misses_thrice'),
                    models.CheckConstraint(condition=models.Q(('student_present', False), ('student_wish', 'YES'), _connector='OR'), name='student_there_by_own_wish'),
                    models.CheckConstraint(condition=models.Q(models.Q(('state', 'HELD'), _negated=True), ('held_at__isnull', False), _connector='OR'), name='held_meeting_has_a_moment'),
                    models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ['HELD', 'NOT_MET', 'CANCELLED'])), models.Q(('ended_at__isnull', True), models.Q(('state__in', ['HELD', 'NOT_MET', 'CANCELLED']), _negated=True)), _connector='OR'), name='only_ended_meetings_have_an_end'),
                ],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='DossierItem',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('TRANSCRIPT', '成绩单'), ('OBSERVATION', '行为观察表'), ('PSY_REPORT', '心理评估报告'), ('ATTENDANCE', '考勤'), ('LAST_PLAN', '上次行动方案'), ('OTHER', '其他')], max_length=11)),
                ('note', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='日期、出处、要点')),
                ('basis', models.CharField(blank=True, choices=[('', '—'), ('CONSENT', '本人或监护人同意'), ('DUTY', '职责所需')], default='', max_length=7)),
                ('basis_note', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='同意书编号或职责说明')),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.student')),
                ('meeting', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='dossier', to='records.meeting')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('school', 'meeting', 'kind'), name='one_paper_per_kind'),
                    models.CheckConstraint(condition=models.Q(models.Q(('kind', 'PSY_REPORT'), _negated=True), ('basis__in', ['CONSENT', 'DUTY']), _connector='OR'), name='psy_paper_needs_a_basis'),
                ],
            },
        ),
        migrations.CreateModel(
            name='MeetingAttempt',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('round', models.PositiveSmallIntegerField()),
                ('channel', models.CharField(choices=[('PHONE', '电话'), ('MESSAGE', '短信或微信'), ('LETTER', '书面函'), ('HOME_VISIT', '家访'), ('OTHER', '其他')], max_length=10)),
                ('outcome', models.CharField(choices=[('AGREED', '已约定时间'), ('MET', '当场会谈'), ('OTHER_TIME', '希望另约时间'), ('REFUSED', '联系到，不愿会谈'), ('NO_ANSWER', '未联系到')], max_length=10)),
                ('tried_at', models.DateTimeField(verbose_name='时间')),
                ('place', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='地点或号码')),
                ('note', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='记录')),
                ('recorded_at', models.DateTimeField()),
                ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('companion', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('meeting', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='records.meeting')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.student')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['meeting', 'recorded_at'], name='attempt_in_order'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('channel', 'HOME_VISIT'), _negated=True), models.Q(('companion__isnull', False), models.Q(('companion', models.F('by')), _negated=True)), _connector='OR'), name='home_visit_by_two'),
                    models.CheckConstraint(condition=models.Q(('tried_at__lte', models.F('recorded_at'))), name='attempt_was_before_its_record'),
                ],
            },
        ),
        migrations.CreateModel(
            name='MeetingInvitee',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('capacity', models.CharField(choices=[('GUARDIAN', '监护人'), ('STUDENT', '学生'), ('STAFF', '教职工'), ('COMPANY', '企业人员')], max_length=8)),
                ('part', models.CharField(choices=[('MUST', '应到'), ('MUST_NOT', '不得到场')], max_length=8)),
                ('reason', models.CharField(blank=True, choices=[('', '—'), ('NO_MEETING', '不见面的限制'), ('NO_CONTACT', '禁止联系的限制'), ('DO_NOT_TELL', '不告知的限制'), ('NO_ACCESS', '不可查看子女信息'), ('NAMED', '应当回避')], default='', max_length=11)),
                ('turn', models.PositiveSmallIntegerField(default=0, verbose_name='联系顺序')),
                ('answer', models.CharField(blank=True, choices=[('', '未答复'), ('YES', '参加'), ('NO', '不参加')], default='', max_length=3)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('meeting', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='invitees', to='records.meeting')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='meeting_parts', to='parties.person')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('school', 'meeting', 'person'), name='one_invitation_per_person'),
                    models.CheckConstraint(condition=models.Q(models.Q(('part', 'MUST'), ('reason', '')), models.Q(('part', 'MUST_NOT'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='who_must_not_come_has_a_reason'),
                    models.CheckConstraint(condition=models.Q(('part', 'MUST'), models.Q(('answer', ''), ('told_at__isnull', True)), _connector='OR'), name='who_must_not_come_is_never_told'),
                ],
            },
        ),
        migrations.CreateModel(
            name='MeetingSlot',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('round', models.PositiveSmallIntegerField()),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('place_kind', models.CharField(choices=[('OFFICE', '学校办公室'), ('COUNSELLING', '学校会谈室'), ('HOME', '家中'), ('COMPANY', '企业'), ('ONLINE', '线上')], max_length=11)),
                ('place', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='地点或会议号')),
                ('is_evening', models.BooleanField(verbose_name='晚间')),
                ('is_remote', models.BooleanField(verbose_name='线上')),
                ('chosen_at', models.DateTimeField(blank=True, null=True)),
                ('called_off_at', models.DateTimeField(blank=True, null=True)),
                ('chosen_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('meeting', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='slots', to='records.meeting')),
                ('offered_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.student')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['meeting', 'round', 'starts_at'], name='slot_in_order'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('called_off_at__isnull', True), ('chosen_at__isnull', False)), fields=('school', 'meeting'), name='one_agreed_time_per_meeting'),
                    models.UniqueConstraint(fields=('school', 'meeting', 'round', 'starts_at'), name='one_slot_per_time'),
                    models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='slot_ends_after_it_starts'),
                    models.CheckConstraint(condition=models.Q(models.Q(('chosen_at__isnull', True), ('chosen_by__isnull', True)), models.Q(('chosen_at__isnull', False), ('chosen_by__isnull', False)), _connector='OR'), name='chosen_slot_has_a_name'),
                    models.CheckConstraint(condition=models.Q(('called_off_at__isnull', True), ('chosen_at__isnull', False), _connector='OR'), name='only_chosen_times_are_called_off'),
                    models.CheckConstraint(condition=models.Q(models.Q(('is_remote', True), ('place_kind', 'ONLINE')), models.Q(('is_remote', False), models.Q(('place_kind', 'ONLINE'), _negated=True)), _connector='OR'), name='remote_slot_is_online'),
                ],
            },
        ),
        migrations.CreateModel(
            name='MeetingReply',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('round', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('CHOSE', '选定时间'), ('CHANGE', '请求改期'), ('DECLINED', '不参加')], max_length=8)),
                ('words', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='说明')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('entered_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('meeting', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='records.meeting')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.student')),
                ('slot', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.meetingslot')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['meeting', 'at'], name='reply_in_order'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('kind', 'CHOSE'), ('slot__isnull', False)), models.Q(models.Q(('kind', 'CHOSE'), _negated=True), ('slot__isnull', True)), _connector='OR'), name='choice_names_its_slot'),
                ],
            },
        ),
    ]
