"""A matter that was opened for one question alone is closed as it stands, without a channel."""

from django.db import migrations

from parties.row_security import GuardStates

_BEFORE = {
    ("CANCELLED", "REOPENED"),
    ("CLOSED", "REOPENED"),
    ("EVALUATED", "CANCELLED"),
    ("EVALUATED", "CLOSED"),
    ("EVALUATED", "IN_PROGRESS"),
    ("EVALUATED", "REOPENED"),
    ("EVALUATED", "TRANSFERRED"),
    ("EVALUATED", "TRIAGED"),
    ("FOLLOW_UP", "CANCELLED"),
    ("FOLLOW_UP", "CLOSED"),
    ("FOLLOW_UP", "EVALUATED"),
    ("FOLLOW_UP", "IN_PROGRESS"),
    ("FOLLOW_UP", "REOPENED"),
    ("FOLLOW_UP", "TRANSFERRED"),
    ("FOLLOW_UP", "TRIAGED"),
    ("IN_PROGRESS", "CANCELLED"),
    ("IN_PROGRESS", "CLOSED"),
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
    ("TRIAGED", "CLOSED"),
    ("TRIAGED", "FOLLOW_UP"),
    ("TRIAGED", "IN_PROGRESS"),
    ("TRIAGED", "REOPENED"),
    ("TRIAGED", "TRANSFERRED"),
    ("WAITING_PARTY", "CANCELLED"),
    ("WAITING_PARTY", "CLOSED"),
    ("WAITING_PARTY", "FOLLOW_UP"),
    ("WAITING_PARTY", "IN_PROGRESS"),
    ("WAITING_PARTY", "REOPENED"),
    ("WAITING_PARTY", "TRANSFERRED"),
    ("WAITING_PARTY", "TRIAGED"),
}


class Migration(migrations.Migration):
    dependencies = [("workflow", "0070_contact_of_record")]
    operations = [
        GuardStates(
            "Case",
            "state",
            initial={"OPENED"},
            legal=_BEFORE | {("OPENED", "CLOSED")},
            replaces=GuardStates("Case", "state", initial={"OPENED"}, legal=_BEFORE),
        ),
    ]
