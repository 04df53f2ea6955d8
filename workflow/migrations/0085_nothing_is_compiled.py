"""What looks for due rows is asked all the time: no server must think of compiling it."""

from django.db import migrations

#: Of the app's functions; those made since have it from DefinerFunction.
_OFF = """
DO $$
DECLARE found regprocedure;
BEGIN
    FOR found IN
        SELECT oid FROM pg_proc
        WHERE prosecdef AND pronamespace = 'public'::regnamespace
            AND proowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET jit = off', found);
    END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_initial"),
        ("parties", "0014_repeated_no"),
        ("records", "0090_copies_and_purposes"),
        ("workflow", "0084_contacts_named_again"),
    ]
    operations = [migrations.RunSQL(_OFF, migrations.RunSQL.noop)]
