"""Who was in the audience of a notice without being told, and which call a family was last asked for.

Of notices from before, neither is known: their children stand where their class is today.
"""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0090_copies_and_purposes'),
    ]

    operations = [
        migrations.AddField(
            model_name='notice',
            name='untold',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='noticereceipt',
            name='asked_task',
            field=models.UUIDField(blank=True, null=True),
        ),
    ]
