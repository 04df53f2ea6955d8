"""Consents of families, walled from the first row on; what is taken back stays so."""

import django.db.models.deletion
import django_fsm
import parties.crypto
import uuid
from django.db import migrations, models

from parties.row_security import GuardStates, IsolateBySchool


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0005_link_targets'),
    ]

    operations = [
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('consent_no', models.CharField(max_length=24, verbose_name='编号')),
                ('purpose', models.CharField(choices=[('PSY_REPORT', '沟通准备中使用心理评估报告')], max_length=10, verbose_name='用途')),
                ('capacity', models.CharField(choices=[('STUDENT', '学生本人'), ('GUARDIAN', '监护人')], max_length=8)),
                ('proof', models.CharField(choices=[('IN_APP', '本人在系统内同意'), ('PAPER', '纸质同意书'), ('PHONE', '电话同意并复述')], max_length=6, verbose_name='取得方式')),
                ('proof_note', parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='凭据')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('state', django_fsm.FSMField(choices=[('GIVEN', '已同意'), ('WITHDRAWN', '已撤回')], default='GIVEN', max_length=50, protected=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('giver', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('recorded_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='parties.student')),
                ('withdrawn_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
            ],
            options={
                'indexes': [models.Index(fields=['school', 'student'], name='consent_by_student')],
                'constraints': [models.UniqueConstraint(fields=('school', 'consent_no'), name='one_consent_per_no'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='consent_has_a_period'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'GIVEN'), ('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('state', 'WITHDRAWN'), ('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='withdrawn_consent_says_by_whom')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        IsolateBySchool('Consent'),
        GuardStates(
            "Consent",
            "state",
            initial={"GIVEN"},
            legal={("GIVEN", "WITHDRAWN")},
        ),
    ]
