"""A file that its author takes out of what a family could read is kept, for who knows of no end."""

import django.db.models.deletion
import django_fsm
from django.db import migrations, models

from parties.row_security import GuardStates, ReferenceWithinSchool

_BEFORE = {("STORED", "DESTROYED")}
_TAKEN_OUT = {("STORED", "TAKEN_OUT"), ("TAKEN_OUT", "DESTROYED")}


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0010_school_keys'),
        ('records', '0082_school_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='attachment',
            name='taken_out_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='取下时间'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='taken_out_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person'),
        ),
        ReferenceWithinSchool('Attachment', 'taken_out_by'),
        migrations.AlterField(
            model_name='attachment',
            name='state',
            field=django_fsm.FSMField(choices=[('STORED', '已保存'), ('TAKEN_OUT', '已取下'), ('DESTROYED', '已销毁')], default='STORED', max_length=50, protected=True),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('taken_out_at__isnull', True), ('taken_out_by__isnull', True), models.Q(('state', 'TAKEN_OUT'), _negated=True)), models.Q(('taken_out_at__isnull', False), ('taken_out_by__isnull', False), models.Q(('state', 'STORED'), _negated=True)), _connector='OR'), name='file_taken_out_says_by_whom'),
        ),
        GuardStates(
            'Attachment',
            'state',
            initial={'STORED'},
            legal=_BEFORE | _TAKEN_OUT,
            replaces=GuardStates('Attachment', 'state', initial={'STORED'}, legal=_BEFORE),
        ),
    ]
