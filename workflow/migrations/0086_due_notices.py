"""Which notices still have somebody to look after when their own steps are over.

A child changed class after its family was to be called; or it ended less than thirty days ago, and
a guardian may be told only since, or a family that was told late owes its answer.
"""

from django.db import migrations

from parties.row_security import DefinerFunction

_MOVED = (
    "SELECT FROM records_noticereceipt r"
    " JOIN parties_student s ON s.school_id = r.school_id AND s.id = r.student_id"
    " JOIN workflow_humantask t ON t.school_id = r.school_id AND t.id = r.asked_task"
    " WHERE r.school_id = n.school_id AND r.notice_id = n.id AND r.settled_at IS NULL"
    " AND r.rung IN (3, 4) AND t.about <> s.school_class_id"
)
_MAY_READ = (
    "SELECT FROM parties_guardianlink g"
    " WHERE g.school_id = n.school_id AND g.state = 'LIVE' AND g.child_data_access"
    " AND (g.student_id = ANY (n.untold) OR EXISTS (SELECT FROM records_noticereceipt r"
    " WHERE r.school_id = n.school_id AND r.notice_id = n.id AND r.student_id = g.student_id))"
    " AND NOT EXISTS (SELECT FROM records_noticereceipt r WHERE r.school_id = n.school_id"
    " AND r.notice_id = n.id AND r.student_id = g.student_id AND r.guardian_id = g.guardian_id)"
    " AND NOT EXISTS (SELECT FROM parties_restriction o WHERE o.school_id = n.school_id"
    " AND o.student_id = g.student_id AND o.person_id = g.guardian_id AND o.case_id IS NULL"
    " AND o.kind IN ('NO_CONTACT', 'DO_NOT_TELL') AND o.starts_at <= coalesce(at, school_now())"
    " AND (o.ends_at IS NULL OR o.ends_at > coalesce(at, school_now())))"
)
_OWES = (
    "SELECT FROM records_noticereceipt r WHERE r.school_id = n.school_id AND r.notice_id = n.id"
    " AND r.settled_at IS NULL AND r.created_at <= n.ended_at"
    " AND NOT EXISTS (SELECT FROM records_noticereceipt k WHERE k.school_id = n.school_id"
    " AND k.notice_id = n.id AND k.student_id = r.student_id"
    " AND (k.settled_at IS NOT NULL OR k.replied_at IS NOT NULL OR k.rung >= 5))"
)


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0014_repeated_no"),
        ("records", "0091_audience_and_calls"),
        ("workflow", "0085_nothing_is_compiled"),
    ]
    operations = [
        DefinerFunction(
            "due_notices",
            args="at timestamptz, most integer",
            returns="TABLE(school_id bigint, id uuid, due timestamptz)",
            body="SELECT n.school_id, n.id, n.sent_at FROM records_notice n"
            f" WHERE n.state = 'SENT' AND EXISTS ({_MOVED})"
            " OR n.state = 'CLOSED'"
            " AND n.ended_at > coalesce(at, school_now()) - interval '30 days'"
            f" AND (EXISTS ({_MAY_READ}) OR n.needs_answer AND EXISTS ({_OWES}))"
            " ORDER BY n.sent_at, n.id LIMIT most",
        ),
    ]
