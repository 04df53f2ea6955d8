"""An order that a crisis brought is looked at again after it: when."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0012_school_of_references")]
    operations = [
        migrations.AddField(
            "restriction", "review_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddIndex(
            "restriction",
            models.Index(
                condition=models.Q(("case_id__isnull", False), ("ends_at__isnull", True)),
                fields=["school", "case_id"],
                name="order_of_case",
            ),
        ),
    ]
