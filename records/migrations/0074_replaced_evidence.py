"""Evidence of an item that another file stands in for: kept, and no evidence any more."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0007_consent_links'),
        ('records', '0073_hold_requests'),
    ]

    operations = [
        migrations.AddField(
            model_name='attachment',
            name='superseded_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='替换时间'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='superseded_by',
            field=models.UUIDField(blank=True, null=True, verbose_name='由哪个文件替换'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('superseded_at__isnull', True), ('superseded_by__isnull', True)), models.Q(('item_id__isnull', False), ('superseded_at__isnull', False), ('superseded_by__isnull', False), models.Q(('superseded_by', models.F('id')), _negated=True)), _connector='OR'), name='only_evidence_is_replaced_by_another'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.UniqueConstraint(fields=('school', 'superseded_by'), name='one_file_replaces_one'),
        ),
    ]
