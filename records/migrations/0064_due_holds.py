"""The narrow question of the sweep that ends holds."""

from django.db import migrations, models

from parties.row_security import DefinerFunction


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0063_frozen_from'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='communicationrecord',
            index=models.Index(condition=models.Q(('held_until__isnull', False)), fields=['held_until'], name='record_held'),
        ),
        DefinerFunction(
            "due_holds",
            args="at timestamptz, n integer",
            returns="TABLE(school_id bigint, id uuid, due timestamptz)",
            body="SELECT school_id, id, held_until FROM records_communicationrecord"
            " WHERE held_until <= coalesce(at, school_now()) ORDER BY held_until, id LIMIT n",
        ),
    ]
