"""Limits on sign-in and on asking for links: one row per key, and no school."""

from django.db import migrations, models

from parties.row_security import GrantTables


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_walls")]
    operations = [
        migrations.CreateModel(
            name="Throttle",
            fields=[
                ("key", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("tries", models.PositiveIntegerField()),
                ("since", models.DateTimeField()),
            ],
            options={
                'indexes': [
                    models.Index(fields=["since"], name="throttle_oldest_first"),
                ],
            },
        ),
        GrantTables({"parties_throttle": "SELECT, INSERT, UPDATE, DELETE"}),
    ]
