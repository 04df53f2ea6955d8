"""What the database itself refuses for meetings: another school, an illegal state, and any change
of what was tried or answered.
"""

from django.db import migrations

from parties.row_security import AppendOnly, GuardStates, IsolateBySchool


class Migration(migrations.Migration):
    dependencies = [("records", "0030_meetings")]
    operations = [
        IsolateBySchool("Meeting"),
        IsolateBySchool("MeetingSlot"),
        IsolateBySchool("MeetingInvitee"),
        IsolateBySchool("DossierItem"),
        IsolateBySchool("MeetingAttempt"),
        IsolateBySchool("MeetingReply"),
        AppendOnly("MeetingAttempt"),
        AppendOnly("MeetingReply"),
        GuardStates(
            "Meeting",
            "state",
            initial={"PREPARING"},
            legal={
                ("AGREED", "CANCELLED"),
                ("AGREED", "HELD"),
                ("AGREED", "NO_SHOW"),
                ("AGREED", "PREPARING"),
                ("NO_SHOW", "CANCELLED"),
                ("NO_SHOW", "NOT_MET"),
                ("NO_SHOW", "OFFERED"),
                ("OFFERED", "AGREED"),
                ("OFFERED", "CANCELLED"),
                ("OFFERED", "HELD"),
                ("OFFERED", "NOT_MET"),
                ("OFFERED", "PREPARING"),
                ("PREPARING", "CANCELLED"),
                ("PREPARING", "NOT_MET"),
                ("PREPARING", "OFFERED"),
            },
        ),
    ]
