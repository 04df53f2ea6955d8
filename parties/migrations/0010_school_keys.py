"""Indexes on the school alone go: each costs every write, and tempts the planner.

Whoever asks by school asks for a case, a person or a moment too, and those have indexes of their
own. Where the tables are young and nothing is known of them, a plan would walk a whole school.
"""

import django.db.models.deletion
from django.db import migrations, models

_MODELS = (
    "absence",
    "account",
    "apikey",
    "calendarday",
    "company",
    "companymember",
    "consent",
    "dutyshift",
    "guardianlink",
    "membership",
    "person",
    "placement",
    "restriction",
    "schoolclass",
    "schoolkey",
    "sensitivefact",
    "signinlink",
    "student",
    "subjectkey",
)

_DROP = """
DO $$
DECLARE lone regclass;
BEGIN
    FOR lone IN
        SELECT i.indexrelid::regclass FROM pg_index i
        JOIN pg_class t ON t.oid = i.indrelid
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
        WHERE t.relnamespace = current_schema()::regnamespace AND starts_with(t.relname, 'parties_')
            AND a.attname = 'school_id' AND i.indnatts = 1 AND i.indpred IS NULL
            AND NOT i.indisunique
    LOOP
        EXECUTE format('DROP INDEX %s', lone);
    END LOOP;
END $$
"""


def _school() -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="parties.school",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0009_whose_no"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(_DROP, migrations.RunSQL.noop)],
            state_operations=[migrations.AlterField(name, "school", _school()) for name in _MODELS],
        )
    ]
