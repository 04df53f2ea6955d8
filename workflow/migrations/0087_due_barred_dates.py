"""Which agreed dates ahead somebody was told of who may not be met about the student any more.

By an order of the school alone: what a crisis forbids must change nothing that a family can see.
"""

from django.db import migrations

from parties.row_security import DefinerFunction


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0014_repeated_no"),
        ("records", "0091_audience_and_calls"),
        ("workflow", "0086_due_notices"),
    ]
    operations = [
        DefinerFunction(
            "due_barred_dates",
            args="at timestamptz, most integer",
            returns="TABLE(school_id bigint, id uuid, due timestamptz)",
            body="SELECT m.school_id, m.id, min(o.starts_at) FROM parties_restriction o"
            " JOIN records_meeting m ON m.school_id = o.school_id AND m.student_id = o.student_id"
            " AND m.state = 'AGREED' AND m.set_aside_at IS NULL"
            " JOIN records_meetinginvitee i ON i.school_id = m.school_id AND i.meeting_id = m.id"
            " AND i.person_id = o.person_id AND i.part = 'MUST' AND i.told_at IS NOT NULL"
            " WHERE o.case_id IS NULL AND o.starts_at <= coalesce(at, school_now())"
            " AND (o.ends_at IS NULL OR o.ends_at > coalesce(at, school_now()))"
            " AND EXISTS (SELECT FROM records_meetingslot s WHERE s.school_id = m.school_id"
            " AND s.meeting_id = m.id AND s.chosen_at IS NOT NULL AND s.called_off_at IS NULL"
            " AND s.starts_at > coalesce(at, school_now()))"
            " AND (i.capacity IN ('STAFF', 'COMPANY') OR i.capacity = 'GUARDIAN'"
            " AND EXISTS (SELECT FROM parties_guardianlink g WHERE g.school_id = m.school_id"
            " AND g.student_id = m.student_id AND g.guardian_id = i.person_id"
            " AND g.state = 'LIVE'))"
            " GROUP BY m.school_id, m.id ORDER BY min(o.starts_at), m.id LIMIT most",
        ),
    ]
