"""Annotations in rows of their own, which nobody changes or removes. One from before stays where it
was sealed, because its ciphertext opens in its own row alone; it cannot be replaced any more.
"""

import django.db.models.deletion
import parties.crypto
import uuid
from django.db import migrations, models

from parties.row_security import AppendOnly, IsolateBySchool

_STAYS = """
CREATE FUNCTION records_objection_annotation_stays() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  RAISE EXCEPTION 'append-only: an annotation is never replaced'
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER annotation_stays BEFORE UPDATE ON records_objection FOR EACH ROW
  WHEN (octet_length(OLD.annotation) > 0 AND OLD.annotation IS DISTINCT FROM NEW.annotation)
  EXECUTE FUNCTION records_objection_annotation_stays();
ALTER TABLE records_objection ENABLE ALWAYS TRIGGER annotation_stays;
"""
_MAY_GO = """
DROP TRIGGER annotation_stays ON records_objection;
DROP FUNCTION records_objection_annotation_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0007_consent_links'),
        ('records', '0075_no_shows_are_attempts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Annotation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('place', models.PositiveIntegerField()),
                ('words', parties.crypto.EncryptedTextField(verbose_name='异议附记（至多 500 字）')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.person')),
                ('objection', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='annotations', to='records.objection')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.school')),
                ('student', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.student')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('school', 'objection', 'place'), name='annotations_have_their_place')],
            },
        ),
        IsolateBySchool('Annotation'),
        AppendOnly('Annotation'),
        migrations.RunSQL(_STAYS, _MAY_GO),
    ]
