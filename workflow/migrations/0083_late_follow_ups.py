"""Late work on a follow-up climbs as that on a meeting does; 研判 of a danger has its own ladder."""

from django.db import migrations

from parties.row_security import DefinerFunction

_LATE = (
    "SELECT school_id, id, due_at FROM workflow_humantask"
    " WHERE state IN ('OPEN', 'CLAIMED') AND due_at IS NOT NULL"
    " AND due_at <= coalesce(at, school_now()) AND "
)
_MEETING = "clock LIKE 'meeting.%'"
_AND_FOLLOW_UP = (
    "(clock LIKE 'meeting.%' OR clock LIKE 'follow\\_up.%' AND clock <> 'follow_up.upgrade')"
)
_LONG_AGO = (
    " AND (climbs_at IS NULL OR climbs_at <= coalesce(at, school_now()))"
    " ORDER BY due_at, id LIMIT n"
)


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0082_complaint_level"),
    ]
    operations = [
        DefinerFunction(
            "due_meeting_tasks",
            args="at timestamptz, n integer",
            returns="TABLE(school_id bigint, id uuid, due timestamptz)",
            body=_LATE + _AND_FOLLOW_UP + _LONG_AGO,
            replaces=_LATE + _MEETING + _LONG_AGO,
        ),
    ]
