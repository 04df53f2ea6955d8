"""Rows whose references name their school need no key of their own for it.

A reference is to a row of the same school, and that one's school is there. A second check at every
commit found nothing, and locked the school's row.
"""

import django.db.models.deletion
from django.db import migrations, models

_MODELS = (
    "absence",
    "account",
    "apikey",
    "companymember",
    "consent",
    "dutyshift",
    "guardianlink",
    "membership",
    "placement",
    "restriction",
    "sensitivefact",
    "signinlink",
    "student",
    "subjectkey",
)


def _school() -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="parties.school",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0011_refusals"),
    ]

    operations = [migrations.AlterField(name, "school", _school()) for name in _MODELS]
