"""When a case was closed and came back: a wall that was down meanwhile is not up in hindsight.

What came back before is not known any more, and goes on counting as one time.
"""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflow", "0076_talks_about_items")]
    operations = [
        migrations.AddField(
            "case",
            "pauses",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.DateTimeField(), blank=True, default=list, size=None
            ),
        ),
    ]
