"""Which closed cases go on keeping somebody from being told, and nobody has looked at it."""

from django.db import migrations

from parties.row_security import DefinerFunction


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0077_case_pauses"),
        ("parties", "0013_orders_are_reviewed"),
    ]
    operations = [
        DefinerFunction(
            "due_orders",
            args="at timestamptz, n integer",
            returns="TABLE(school_id bigint, id uuid, due timestamptz)",
            body="SELECT c.school_id, c.id, min(coalesce(r.review_at, c.closed_at)) AS due"
            " FROM parties_restriction r JOIN workflow_case c"
            " ON c.school_id = r.school_id AND c.id = r.case_id"
            " WHERE r.kind = 'DO_NOT_TELL' AND r.case_id IS NOT NULL AND r.ends_at IS NULL"
            " AND c.closed_at IS NOT NULL"
            " AND coalesce(r.review_at, c.closed_at) <= coalesce(at, school_now())"
            " GROUP BY c.school_id, c.id ORDER BY due, c.id LIMIT n",
        ),
    ]
