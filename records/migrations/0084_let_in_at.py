"""When a held record comes to its family: what waited is not as old to it as its offer."""

from django.db import migrations, models

_HELD = "UPDATE records_communicationrecord SET let_in_at = held_until WHERE held_until IS NOT NULL"


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0083_files_taken_out'),
    ]

    operations = [
        migrations.AddField(
            model_name='communicationrecord',
            name='let_in_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='最近一次暂缓何时结束'),
        ),
        migrations.RunSQL(_HELD, migrations.RunSQL.noop),
    ]
