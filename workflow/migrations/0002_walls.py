"""What the database itself refuses for cases, and the narrow questions of the sweeps."""

from django.db import migrations

from parties.row_security import DefinerFunction, GrantTables, GuardStates, IsolateBySchool

_DUE = "TABLE(school_id bigint, id uuid, due timestamptz)"
_AT = "coalesce(at, school_now())"


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0001_initial"),
        ("parties", "0002_walls"),
        ("ledger", "0001_initial"),
    ]
    operations = [
        GrantTables({"workflow_heartbeat": "SELECT, INSERT, UPDATE"}),
        IsolateBySchool("Case"),
        IsolateBySchool("CaseParty"),
        IsolateBySchool("CrisisReport"),
        IsolateBySchool("ZeroReport"),
        IsolateBySchool("Escalation"),
        IsolateBySchool("ProcessDefinition"),
        IsolateBySchool("ProcessInstance"),
        IsolateBySchool("Incident"),
        IsolateBySchool("HumanTask"),
        IsolateBySchool("Notification"),
        IsolateBySchool("IdempotencyKey"),
        IsolateBySchool("ClockSetting"),
        IsolateBySchool("LadderSetting"),
        GuardStates(
            "Case",
            "state",
            initial={"OPENED"},
            legal={
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
            },
        ),
        GuardStates(
            "Escalation",
            "state",
            initial={"WAITING"},
            legal={
                ("WAITING", "ACKNOWLEDGED"),
                ("WAITING", "WITHDRAWN"),
            },
        ),
        GuardStates(
            "HumanTask",
            "state",
            initial={"OPEN"},
            legal={
                ("CLAIMED", "CANCELLED"),
                ("CLAIMED", "COMPLETED"),
                ("CLAIMED", "OPEN"),
                ("OPEN", "CANCELLED"),
                ("OPEN", "CLAIMED"),
                ("OPEN", "COMPLETED"),
            },
        ),
        GuardStates(
            "Incident",
            "state",
            initial={"OPEN"},
            legal={
                ("OPEN", "RESOLVED"),
            },
        ),
        GuardStates(
            "Notification",
            "state",
            initial={"PENDING"},
            legal={
                ("PENDING", "SENT"),
                ("PENDING", "UNDELIVERABLE"),
            },
        ),
        GuardStates(
            "ProcessInstance",
            "status",
            initial={"PENDING"},
            legal={
                ("FROZEN", "CANCELLED"),
                ("FROZEN", "RUNNING"),
                ("PENDING", "CANCELLED"),
                ("PENDING", "COMPLETED"),
                ("PENDING", "RUNNING"),
                ("RUNNING", "CANCELLED"),
                ("RUNNING", "COMPLETED"),
                ("RUNNING", "FROZEN"),
            },
        ),
        GuardStates(
            "ZeroReport",
            "state",
            initial={"DUE"},
            legal={
                ("DUE", "GIVEN"),
                ("DUE", "MISSED"),
                ("DUE", "WITHDRAWN"),
                ("MISSED", "GIVEN"),
                ("MISSED", "WITHDRAWN"),
            },
        ),
        DefinerFunction(
            "due_escalations",
            args="at timestamptz, n integer",
            returns=_DUE,
            body="SELECT school_id, id, due_at FROM workflow_escalation"
            f" WHERE state = 'WAITING' AND due_at <= {_AT} ORDER BY due_at, id LIMIT n",
        ),
        DefinerFunction(
            "due_instances",
            args="at timestamptz, n integer",
            returns=_DUE,
            body="SELECT school_id, id, next_due_at FROM workflow_processinstance"
            f" WHERE status = 'RUNNING' AND next_due_at <= {_AT} ORDER BY next_due_at, id LIMIT n",
        ),
        DefinerFunction(
            "pending_instances",
            args="n integer",
            returns=_DUE,
            body="SELECT school_id, id, created_at FROM workflow_processinstance"
            " WHERE status = 'PENDING' ORDER BY created_at, id LIMIT n",
        ),
        DefinerFunction(
            "due_notifications",
            args="wanted text, n integer",
            returns=_DUE,
            body="SELECT school_id, id, due_at FROM workflow_notification"
            " WHERE state = 'PENDING' AND lane = wanted AND due_at <= now()"
            " AND (leased_until IS NULL OR leased_until <= now()) ORDER BY due_at, id LIMIT n",
        ),
        DefinerFunction(
            "due_zero_reports",
            args="at timestamptz, n integer",
            returns=_DUE,
            body="SELECT school_id, id, due_at FROM workflow_zeroreport"
            f" WHERE state = 'DUE' AND due_at <= {_AT} ORDER BY due_at, id LIMIT n",
        ),
        DefinerFunction(
            "due_tasks",
            args="at timestamptz, n integer",
            returns=_DUE,
            body="SELECT school_id, id, due_at FROM workflow_humantask"
            " WHERE state IN ('OPEN', 'CLAIMED')"
            " AND (reminded_at IS NULL OR reminded_at < due_at)"
            f" AND due_at <= {_AT} ORDER BY due_at, id LIMIT n",
        ),
        DefinerFunction(
            "due_incidents",
            args="at timestamptz, n integer",
            returns=_DUE,
            body="SELECT school_id, id, retry_at FROM workflow_incident"
            f" WHERE state = 'OPEN' AND retry_at <= {_AT} ORDER BY retry_at, id LIMIT n",
        ),
        DefinerFunction(
            "readiness",
            args="grace interval",
            returns="bigint",
            body="SELECT (SELECT count(*) FROM workflow_escalation"
            " WHERE state = 'WAITING' AND due_at < school_now() - grace)"
            " + (SELECT count(*) FROM workflow_notification WHERE state = 'PENDING'"
            " AND lane = 'crisis' AND due_at < now() - grace"
            " AND (leased_until IS NULL OR leased_until < now() - grace))"
            " + (SELECT count(*) FROM workflow_processinstance"
            " WHERE status = 'RUNNING' AND next_due_at < school_now() - grace)",
        ),
    ]
