"""Which work on a meeting is late, and not told above yet or long ago."""

from django.db import migrations

from parties.row_security import DefinerFunction


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0080_climbs_at"),
    ]
    operations = [
        DefinerFunction(
            "due_meeting_tasks",
            args="at timestamptz, n integer",
            returns="TABLE(school_id bigint, id uuid, due timestamptz)",
            body="SELECT school_id, id, due_at FROM workflow_humantask"
            " WHERE state IN ('OPEN', 'CLAIMED') AND due_at IS NOT NULL"
            " AND due_at <= coalesce(at, school_now()) AND clock LIKE 'meeting.%'"
            " AND (climbs_at IS NULL OR climbs_at <= coalesce(at, school_now()))"
            " ORDER BY due_at, id LIMIT n",
        ),
    ]
