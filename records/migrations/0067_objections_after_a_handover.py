"""Lines of objections in a file: for whoever has the class later, or judges in the office's place.

The objection's own policy still says to whom of these it is shown.
"""

from django.db import migrations

_OPEN = """
UPDATE records_fileentry SET readers = ARRAY(
    SELECT DISTINCT one FROM unnest(readers || ARRAY['HT', 'VP']::varchar[]) AS one ORDER BY one
) WHERE kind = 'objection'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0066_discarding'),
    ]

    operations = [
        migrations.RunSQL(_OPEN, migrations.RunSQL.noop),
    ]
