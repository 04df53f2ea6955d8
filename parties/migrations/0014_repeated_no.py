"""A no about a yes that somebody else had taken back without its speaker's knowledge: which yes."""

import django.db.models.deletion
from django.db import migrations, models

from parties.row_security import ReferenceWithinSchool


class Migration(migrations.Migration):
    dependencies = [("parties", "0013_orders_are_reviewed")]
    operations = [
        migrations.AddField(
            "consent",
            "said_about",
            models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.consent",
            ),
        ),
        ReferenceWithinSchool("Consent", "said_about"),
        migrations.AddConstraint(
            "consent",
            models.CheckConstraint(
                condition=models.Q(("said_about__isnull", True), ("state", "REFUSED"), _connector="OR"),
                name="only_a_no_is_said_about_a_yes",
            ),
        ),
    ]
