"""When late work on a meeting is told to the next one above."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0079_urgent_messages"),
    ]
    operations = [
        migrations.AddField(
            model_name="humantask",
            name="climbs_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
