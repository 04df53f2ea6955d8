"""A matter from which the homeroom teacher is kept away at the wish of whoever raised it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0088_crisis_since'),
    ]

    operations = [
        migrations.AddField(
            model_name='matter',
            name='recused',
            field=models.BooleanField(db_default=False, default=False, verbose_name='班主任回避'),
        ),
    ]
