"""Notice and meeting beside crisis: what a family is shown of a case, and one lane for each."""

from django.db import migrations, models

from parties.row_security import DefinerFunction, GuardStates

_DUE = "TABLE(school_id bigint, id uuid, due timestamptz)"
_AT = "coalesce(at, school_now())"
#: A crisis has workers of its own; whatever else is due never stands in its way.
_LANE = "(process_key = 'crisis') = (wanted = 'crisis')"

_CHANNELS = [("NOTICE", "常规通知"), ("MEETING", "面对面会谈"), ("CRISIS", "危机")]
_STATES = [
    ("OPENED", "已开启"),
    ("TRIAGED", "已研判"),
    ("IN_PROGRESS", "处理中"),
    ("WAITING_PARTY", "等待一方"),
    ("FOLLOW_UP", "跟进中"),
    ("EVALUATED", "已评估"),
    ("CLOSED", "已结案"),
    ("REOPENED", "已重启"),
    ("CANCELLED", "已撤销"),
    ("TRANSFERRED", "已移交"),
]

_BEFORE = {
    ("CANCELLED", "REOPENED"),
    ("CLOSED", "REOPENED"),
    ("EVALUATED", "CANCELLED"),
    ("EVALUATED", "CLOSED"),
    ("EVALUATED", "IN_PROGRESS"),
    ("EVALUATED", "REOPENED"),
    ("EVALUATED", "TRANSFERRED"),
    ("FOLLOW_UP", "CANCELLED"),
    ("FOLLOW_UP", "CLOSED"),
    ("FOLLOW_UP", "EVALUATED"),
    ("FOLLOW_UP", "IN_PROGRESS"),
    ("FOLLOW_UP", "REOPENED"),
    ("FOLLOW_UP", "TRANSFERRED"),
    ("FOLLOW_UP", "TRIAGED"),
    ("IN_PROGRESS", "CANCELLED"),
    ("IN_PROGRESS", "FOLLOW_UP"),
    ("IN_PROGRESS", "REOPENED"),
    ("IN_PROGRESS", "TRANSFERRED"),
    ("IN_PROGRESS", "TRIAGED"),
    ("IN_PROGRESS", "WAITING_PARTY"),
    ("OPENED", "CANCELLED"),
    ("OPENED", "REOPENED"),
    ("OPENED", "TRANSFERRED"),
    ("OPENED", "TRIAGED"),
    ("REOPENED", "CANCELLED"),
    ("REOPENED", "TRANSFERRED"),
    ("REOPENED", "TRIAGED"),
    ("TRANSFERRED", "REOPENED"),
    ("TRIAGED", "CANCELLED"),
    ("TRIAGED", "FOLLOW_UP"),
    ("TRIAGED", "IN_PROGRESS"),
    ("TRIAGED", "REOPENED"),
    ("TRIAGED", "TRANSFERRED"),
    ("WAITING_PARTY", "CANCELLED"),
    ("WAITING_PARTY", "FOLLOW_UP"),
    ("WAITING_PARTY", "IN_PROGRESS"),
    ("WAITING_PARTY", "REOPENED"),
    ("WAITING_PARTY", "TRANSFERRED"),
}
#: `settle`, for matters that never were a crisis.
_SETTLED = {("IN_PROGRESS", "CLOSED"), ("TRIAGED", "CLOSED"), ("WAITING_PARTY", "CLOSED")}


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0004_sensitive_facts"),
        ("workflow", "0002_walls"),
    ]

    operations = [
        migrations.AddField(
            "case",
            "shown_channel",
            models.CharField(blank=True, choices=_CHANNELS, default="", max_length=8),
            preserve_default=False,
        ),
        migrations.AddField(
            "case",
            "shown_state",
            models.CharField(blank=True, choices=_STATES, default="", max_length=13),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                condition=~models.Q(shown_channel="CRISIS"), name="family_is_never_shown_a_crisis"
            ),
        ),
        GuardStates(
            "Case",
            "state",
            initial={"OPENED"},
            legal=_BEFORE | _SETTLED,
            replaces=GuardStates("Case", "state", initial={"OPENED"}, legal=_BEFORE),
        ),
        DefinerFunction(
            "due_steps",
            args="wanted text, at timestamptz, n integer",
            returns=_DUE,
            body="SELECT school_id, id, next_due_at FROM workflow_processinstance"
            f" WHERE status = 'RUNNING' AND next_due_at <= {_AT} AND {_LANE}"
            " ORDER BY next_due_at, id LIMIT n",
        ),
        DefinerFunction(
            "due_starts",
            args="wanted text, n integer",
            returns=_DUE,
            body="SELECT school_id, id, created_at FROM workflow_processinstance"
            f" WHERE status = 'PENDING' AND {_LANE} ORDER BY created_at, id LIMIT n",
        ),
        migrations.RunSQL(
            "DROP FUNCTION public.due_instances(timestamptz, integer);"
            "DROP FUNCTION public.pending_instances(integer)",
            migrations.RunSQL.noop,
        ),
    ]
