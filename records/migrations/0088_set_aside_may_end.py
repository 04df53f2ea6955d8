"""A meeting that was set aside ends for whom it stands, when the last of them has said no."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0087_signed_pages")]
    operations = [
        migrations.RemoveConstraint("meeting", "meeting_set_aside_never_ends"),
        migrations.AddConstraint(
            "meeting",
            models.CheckConstraint(
                condition=models.Q(
                    ("set_aside_at__isnull", True),
                    ("ended_at__isnull", True),
                    ("state", "NOT_MET"),
                    _connector="OR",
                ),
                name="meeting_set_aside_is_not_held",
            ),
        ),
    ]
