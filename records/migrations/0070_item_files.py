"""Evidence of an item of a plan: a file belongs to a record, to an item, or to a receipt."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0006_consents'),
        ('records', '0069_basis_of_a_report'),
    ]

    operations = [
        migrations.AddField(
            model_name='attachment',
            name='item_id',
            field=models.UUIDField(blank=True, null=True, verbose_name='所属行动事项'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(condition=models.Q(('item_id__isnull', False)), fields=['school', 'item_id'], name='attachment_by_item'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('record_id__isnull', True), ('item_id__isnull', True), _connector='OR'), name='file_belongs_to_one_thing'),
        ),
    ]
