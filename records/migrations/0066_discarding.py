"""A draft that nobody goes on with is put aside: the row stays, and says by whom and why."""

import django.db.models.deletion
import django_fsm
from django.db import migrations, models

import parties.crypto
from parties.row_security import GuardStates, ReferenceWithinSchool

_BEFORE = {
    ("ARCHIVED", "SEALED"),
    ("ARCHIVED", "SUPERSEDED"),
    ("ARCHIVED", "UNDER_OBJECTION"),
    ("CHECKED", "DRAFT"),
    ("CHECKED", "PENDING_SIGNATURES"),
    ("DRAFT", "CHECKED"),
    ("EFFECTIVE", "ARCHIVED"),
    ("EFFECTIVE", "SUPERSEDED"),
    ("EFFECTIVE", "UNDER_OBJECTION"),
    ("PENDING_SIGNATURES", "DRAFT"),
    ("PENDING_SIGNATURES", "EFFECTIVE"),
    ("PENDING_SIGNATURES", "SUPERSEDED"),
    ("SUPERSEDED", "SEALED"),
    ("UNDER_OBJECTION", "ARCHIVED"),
    ("UNDER_OBJECTION", "EFFECTIVE"),
    ("UNDER_OBJECTION", "SEALED"),
    ("UNDER_OBJECTION", "SUPERSEDED"),
}
_DISCARDED = {(state, "DISCARDED") for state in ("DRAFT", "CHECKED", "PENDING_SIGNATURES")}

_ADD = r"""
ALTER TABLE records_communicationrecord ADD COLUMN discard_reason bytea NOT NULL DEFAULT '\x';
ALTER TABLE records_communicationrecord ALTER COLUMN discard_reason DROP DEFAULT;
"""



class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0005_link_targets'),
        ('records', '0065_unanswered_objections'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='communicationrecord',
            name='effective_record_says_why',
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(_ADD, 'ALTER TABLE records_communicationrecord DROP COLUMN discard_reason'),
            ],
            state_operations=[
                migrations.AddField(
                    model_name='communicationrecord',
                    name='discard_reason',
                    field=parties.crypto.EncryptedTextField(blank=True, default='', verbose_name='放弃的理由'),
                ),
            ],
        ),
        migrations.AddField(
            model_name='communicationrecord',
            name='discarded_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='communicationrecord',
            name='discarded_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person'),
        ),
        ReferenceWithinSchool('CommunicationRecord', 'discarded_by'),
        migrations.AlterField(
            model_name='communicationrecord',
            name='state',
            field=django_fsm.FSMField(choices=[('DRAFT', '草稿'), ('CHECKED', '用语已检查'), ('PENDING_SIGNATURES', '待签字'), ('EFFECTIVE', '已生效'), ('UNDER_OBJECTION', '争议处理中'), ('SUPERSEDED', '已有新版本'), ('ARCHIVED', '已归档'), ('SEALED', '已封存'), ('DISCARDED', '已放弃')], default='DRAFT', max_length=50, protected=True),
        ),
        migrations.AddConstraint(
            model_name='communicationrecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('effective_at__isnull', True), ('state__in', ['DRAFT', 'CHECKED', 'PENDING_SIGNATURES', 'SUPERSEDED', 'SEALED', 'DISCARDED'])), models.Q(('effective_at__isnull', False), models.Q(('standing', ''), _negated=True)), _connector='OR'), name='effective_record_says_why'),
        ),
        migrations.AddConstraint(
            model_name='communicationrecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('discarded_at__isnull', False), ('discarded_by__isnull', False), ('held_until__isnull', True), ('signed_at__isnull', True), ('state', 'DISCARDED')), models.Q(models.Q(('state', 'DISCARDED'), _negated=True), ('discarded_at__isnull', True)), _connector='OR'), name='discarded_draft_says_by_whom'),
        ),
        GuardStates(
            "CommunicationRecord",
            "state",
            initial={"DRAFT"},
            legal=_BEFORE | _DISCARDED,
            replaces=GuardStates(
                "CommunicationRecord", "state", initial={"DRAFT"}, legal=_BEFORE
            ),
        ),
    ]
