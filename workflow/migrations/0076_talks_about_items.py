"""A talk says which item of a plan it is about, so that one silences none about another."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflow", "0075_messages_that_stand")]
    operations = [
        migrations.AddField("humantask", "item_id", models.UUIDField(blank=True, null=True)),
        migrations.AddConstraint(
            "humantask",
            models.UniqueConstraint(
                condition=models.Q(("item_id__isnull", False), ("state__in", ["OPEN", "CLAIMED"])),
                fields=("school", "item_id"),
                name="one_open_talk_per_item",
            ),
        ),
    ]
