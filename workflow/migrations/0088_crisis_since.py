"""When a case first was a crisis: whoever reads at home asks that of the case of each row."""

from django.db import migrations, models

KNOWN = """
UPDATE workflow_case c SET crisis_since = coalesce(
    (SELECT min(reported_at) FROM workflow_crisisreport r WHERE r.case_id = c.id), c.opened_at)
  WHERE channel = 'CRISIS' OR EXISTS (SELECT FROM workflow_crisisreport r WHERE r.case_id = c.id)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0087_due_barred_dates'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='crisis_since',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
