"""A talk that was let go of stands in no other's way: its day may be named again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0083_late_follow_ups"),
    ]
    operations = [
        migrations.RemoveConstraint(
            model_name="scheduledcontact", name="one_contact_per_moment"
        ),
        migrations.AddConstraint(
            model_name="scheduledcontact",
            constraint=models.UniqueConstraint(
                fields=["school", "case", "due_at"],
                condition=~models.Q(state="CANCELLED"),
                name="one_contact_per_moment",
            ),
        ),
    ]
