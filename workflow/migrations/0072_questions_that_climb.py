"""Which questions about danger nobody has answered in time."""

from django.db import migrations

from parties.row_security import DefinerFunction


class Migration(migrations.Migration):
    dependencies = [("workflow", "0071_settled_unrouted")]
    operations = [
        DefinerFunction(
            "due_questions",
            args="at timestamptz, n integer",
            returns="TABLE(school_id bigint, id uuid, due timestamptz)",
            body="SELECT school_id, id, due_at FROM workflow_humantask"
            " WHERE state IN ('OPEN', 'CLAIMED') AND name = 'upgrade_decide'"
            " AND due_at <= coalesce(at, school_now()) ORDER BY due_at, id LIMIT n",
        ),
    ]
