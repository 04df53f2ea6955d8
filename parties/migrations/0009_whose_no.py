"""Whose word it was that took a consent back, where staff wrote it down."""

import django.db.models.deletion
from django.db import migrations, models

from parties.row_security import ReferenceWithinSchool


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0008_right_since'),
    ]

    operations = [
        migrations.AddField(
            model_name='consent',
            name='withdrawn_for',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person'),
        ),
        ReferenceWithinSchool('Consent', 'withdrawn_for'),
    ]
