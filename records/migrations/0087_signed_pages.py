"""A signed page is a file of its own kind, and nothing else comes to what somebody signed.

Files of before stay plain ones: what was signed then stays what it was.
"""

from django.db import migrations, models

#: Beside records_part_frozen: a file may be taken out or destroyed, its row and its words stay.
_FROZEN = """
CREATE FUNCTION records_attachment_frozen() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  signed boolean;
BEGIN
  IF TG_OP = 'INSERT' AND NEW.kind = 'SIGNED_PAGE' THEN RETURN NEW; END IF;
  IF TG_OP = 'UPDATE' AND (OLD.kind, OLD.record_id, OLD.sha256)
      IS NOT DISTINCT FROM (NEW.kind, NEW.record_id, NEW.sha256) THEN RETURN NEW; END IF;
  SELECT bool_or(signed_at IS NOT NULL) INTO signed FROM public.records_communicationrecord
    WHERE TG_OP <> 'INSERT' AND id = OLD.record_id OR TG_OP <> 'DELETE' AND id = NEW.record_id;
  IF signed THEN
    RAISE EXCEPTION 'a signed record never changes'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER signed_file_is_frozen
    BEFORE INSERT OR DELETE OR UPDATE OF kind, record_id, sha256 ON records_attachment
    FOR EACH ROW EXECUTE FUNCTION records_attachment_frozen();
ALTER TABLE records_attachment ENABLE ALWAYS TRIGGER signed_file_is_frozen;
"""
_THAWED = """
DROP TRIGGER signed_file_is_frozen ON records_attachment;
DROP FUNCTION records_attachment_frozen();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0012_school_of_references'),
        ('records', '0086_school_of_references'),
    ]

    operations = [
        migrations.AddField(
            model_name='attachment',
            name='kind',
            field=models.CharField(choices=[('FILE', '附件'), ('SIGNED_PAGE', '签字页')], db_default='FILE', default='FILE', max_length=11, verbose_name='种类'),
        ),
        migrations.AddField(
            model_name='signature',
            name='shares_sheet',
            field=models.BooleanField(blank=True, null=True, verbose_name='与另一位家长同一张纸'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(condition=models.Q(('kind', 'SIGNED_PAGE')), fields=['school', 'original_sha256'], name='signed_page_by_upload'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'SIGNED_PAGE'), _negated=True), ('record_id__isnull', False), _connector='OR'), name='signed_page_is_of_a_record'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.UniqueConstraint(condition=models.Q(('shares_sheet', False)), fields=('school', 'scan'), name='one_signature_per_sheet'),
        ),
        migrations.RunSQL(_FROZEN, _THAWED),
    ]
