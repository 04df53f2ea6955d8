"""When an annotation from before 0076 was written. The ledger has known it all along; until now the
day on which its objection was filed stood in its place.
"""

from django.db import migrations, models

#: The last word of before; what was written since has rows of its own, of the same moments.
DATE = """
UPDATE records_objection AS o SET annotated_at = (
  SELECT max(e.at) FROM ledger_event AS e
  WHERE e.school_id = o.school_id AND e.subject_type = 'record' AND e.subject_id = o.record_id
    AND e.kind = 'objection.annotated' AND e.refs @> ARRAY['objection:' || o.id]::varchar[]
    AND e.at < coalesce(
      (SELECT min(a.at) FROM records_annotation AS a WHERE a.objection_id = o.id), 'infinity'
    )
) WHERE octet_length(o.annotation) > 0
"""


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0001_initial'),
        ('records', '0077_earlier_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='objection',
            name='annotated_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(DATE, migrations.RunSQL.noop),
    ]
