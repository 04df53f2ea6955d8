"""An objection that nobody answers goes to 德育处 by itself: when to look, and when it was handed on."""

from django.db import migrations, models
from django.db.models.functions import Coalesce

from parties.row_security import DefinerFunction


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0064_due_holds'),
    ]

    operations = [
        migrations.AddField(
            model_name='objection',
            name='next_look_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='objection',
            name='routed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name='objection',
            index=models.Index(Coalesce('next_look_at', 'filed_at'), condition=models.Q(('state', 'FILED')), name='objection_unanswered'),
        ),
        DefinerFunction(
            "due_objections",
            args="at timestamptz, n integer",
            returns="TABLE(school_id bigint, id uuid, due timestamptz)",
            body="SELECT school_id, id, coalesce(next_look_at, filed_at) FROM records_objection"
            " WHERE state = 'FILED' AND coalesce(next_look_at, filed_at)"
            " <= coalesce(at, school_now()) ORDER BY 3, id LIMIT n",
        ),
    ]
