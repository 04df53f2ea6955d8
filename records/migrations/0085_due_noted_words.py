"""The narrow question of the sweep that lets noted words count."""

from django.db import migrations

from parties.row_security import DefinerFunction


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0084_let_in_at'),
    ]

    operations = [
        DefinerFunction(
            "due_noted_words",
            args="n integer",
            returns="TABLE(school_id bigint, id uuid, due timestamptz)",
            body="SELECT w.school_id, w.id, w.at FROM records_notedword w"
            " JOIN records_takenback t ON t.school_id = w.school_id AND t.id = w.text_id"
            " JOIN records_communicationrecord r ON r.school_id = t.school_id"
            " AND r.id = t.record_id AND r.state IN ('PENDING_SIGNATURES', 'EFFECTIVE')"
            " WHERE NOT EXISTS (SELECT FROM records_signature s WHERE s.school_id = r.school_id"
            " AND s.record_id = r.id AND s.signer_id = w.signer_id)"
            " ORDER BY w.at DESC, w.id LIMIT n",
        ),
    ]
