"""Which point of a consensus an item comes from."""

import django.db.models.deletion
from django.db import migrations, models

from parties.row_security import ReferenceWithinSchool


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0070_item_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='actionitem',
            name='from_consensus',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.statement', verbose_name='来自哪条共识'),
        ),
        ReferenceWithinSchool('ActionItem', 'from_consensus'),
    ]
