"""Events and their salts, walled from the first row on."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from ledger.guards import AppendOnly, IsolateBySchool


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("school_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=64)),
                ("actor", models.UUIDField(blank=True, null=True)),
                ("subject_type", models.CharField(max_length=32)),
                ("subject_id", models.UUIDField()),
                (
                    "refs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("body", models.BinaryField()),
                ("leaf", models.BinaryField(max_length=32)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["school_id", "subject_type", "subject_id", "id"],
                        name="event_by_subject",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EventSalt",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="salt",
                        serialize=False,
                        to="ledger.event",
                    ),
                ),
                ("school_id", models.BigIntegerField()),
                ("salt", models.BinaryField(max_length=32)),
            ],
        ),
        IsolateBySchool("Event", rights="SELECT, INSERT"),
        AppendOnly("Event"),
        IsolateBySchool("EventSalt", rights="SELECT, INSERT, DELETE"),
        # Erasure deletes a salt; nobody may swap one for another.
        AppendOnly("EventSalt", but=("DELETE",)),
    ]
