"""A planned talk may belong to a record alone, without a case."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0060_sealing'),
        ('workflow', '0060_dispatch_hold'),
    ]

    operations = [
        migrations.AlterField(
            model_name='scheduledcontact',
            name='case',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='scheduled_contacts', to='workflow.case'),
        ),
        migrations.AddField(
            model_name='scheduledcontact',
            name='record_id',
            field=models.UUIDField(blank=True, null=True, verbose_name='由哪份记录约定'),
        ),
        migrations.AddConstraint(
            model_name='scheduledcontact',
            constraint=models.CheckConstraint(condition=models.Q(('case__isnull', False), ('record_id__isnull', False), _connector='OR'), name='contact_is_of_a_case_or_record'),
        ),
        migrations.AddConstraint(
            model_name='scheduledcontact',
            constraint=models.UniqueConstraint(condition=models.Q(('case__isnull', True)), fields=('school', 'record_id'), name='one_contact_per_record'),
        ),
    ]
