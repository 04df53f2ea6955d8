"""What the database itself refuses for people: other schools' rows, and illegal states."""

from django.db import migrations

from parties.clock import SCHOOL_NOW
from parties.row_security import DefinerFunction, GrantTables, GuardStates, IsolateBySchool

_FOUND = "TABLE(school_id bigint, id uuid)"


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0001_initial"),
        ("sessions", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        GrantTables(
            {
                "django_session": "SELECT, INSERT, UPDATE, DELETE",
                "django_content_type": "SELECT",
                "django_migrations": "SELECT",
                "auth_permission": "SELECT",
                "auth_group": "SELECT",
                "auth_group_permissions": "SELECT",
            }
        ),
        IsolateBySchool("School", by="id"),
        IsolateBySchool("SchoolClock", rights="SELECT"),
        IsolateBySchool("SchoolClass"),
        IsolateBySchool("Company"),
        IsolateBySchool("CompanyMember"),
        IsolateBySchool("CalendarDay"),
        IsolateBySchool("Person"),
        IsolateBySchool("Account"),
        IsolateBySchool("Student"),
        IsolateBySchool("ApiKey"),
        IsolateBySchool("SignInLink"),
        IsolateBySchool("SchoolKey"),
        IsolateBySchool("SubjectKey"),
        IsolateBySchool("Membership"),
        IsolateBySchool("DutyShift"),
        IsolateBySchool("Absence"),
        IsolateBySchool("Placement"),
        IsolateBySchool("GuardianLink"),
        IsolateBySchool("Restriction"),
        GuardStates(
            "ApiKey",
            "state",
            initial={"ACTIVE"},
            legal={
                ("ACTIVE", "REVOKED"),
            },
        ),
        GuardStates(
            "GuardianLink",
            "state",
            initial={"LIVE"},
            legal={
                ("ENDED", "LIVE"),
                ("LIVE", "ENDED"),
            },
        ),
        GuardStates(
            "Placement",
            "state",
            initial={"ACTIVE", "APPLIED"},
            legal={
                ("ACTIVE", "ENDED"),
                ("ACTIVE", "SUSPENDED"),
                ("APPLIED", "MATCHED"),
                ("ASSESSED", "ARCHIVED"),
                ("CONSENT_PENDING", "SIGNED"),
                ("ENDED", "ASSESSED"),
                ("INSURED", "TRAINED"),
                ("MATCHED", "VETTED"),
                ("SIGNED", "INSURED"),
                ("SUSPENDED", "ACTIVE"),
                ("SUSPENDED", "ENDED"),
                ("TRAINED", "ACTIVE"),
                ("VETTED", "CONSENT_PENDING"),
            },
        ),
        GuardStates(
            "SignInLink",
            "state",
            initial={"ISSUED"},
            legal={
                ("ISSUED", "REVOKED"),
                ("ISSUED", "SPENT"),
            },
        ),
        SCHOOL_NOW,
        DefinerFunction(
            "school_by_code",
            args="wanted text",
            returns="bigint",
            body="SELECT id FROM parties_school WHERE code = wanted",
        ),
        DefinerFunction(
            "next_school_id",
            args="",
            returns="bigint",
            body="SELECT nextval(pg_get_serial_sequence('parties_school', 'id'))",
            volatility="VOLATILE",
        ),
        DefinerFunction(
            "school_ids",
            args="",
            returns="SETOF bigint",
            body="SELECT id FROM parties_school ORDER BY id",
        ),
        DefinerFunction(
            "login_lookup",
            args="wanted text",
            returns=_FOUND,
            body="SELECT school_id, id FROM parties_account WHERE lower(login) = lower(wanted)",
        ),
        DefinerFunction(
            "key_lookup",
            args="wanted bytea",
            returns=_FOUND,
            body="SELECT school_id, id FROM parties_apikey WHERE key_hash = wanted",
        ),
        DefinerFunction(
            "link_lookup",
            args="wanted bytea",
            returns=_FOUND,
            body="SELECT school_id, id FROM parties_signinlink WHERE token_hash = wanted",
        ),
        DefinerFunction(
            "contact_lookup",
            args="wanted bytea",
            returns=_FOUND,
            body="SELECT school_id, id FROM parties_person"
            " WHERE phone_index = wanted OR email_index = wanted ORDER BY school_id, id",
        ),
    ]
