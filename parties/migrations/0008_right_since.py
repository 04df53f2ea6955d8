"""Since when a guardian speaks for a student without a break: what they agreed to before counts no
more. Triggers keep it, because links and restrictions are written over by imports and by hand.
"""

from django.db import migrations, models

#: A right that comes back, by an ended link, a flag, or a link that was removed and made again.
_LINKS = """
CREATE FUNCTION parties_guardianlink_right_since() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF TG_OP = 'INSERT' THEN
    IF EXISTS (SELECT 1 FROM public.parties_consent c WHERE c.school_id = NEW.school_id
               AND c.student_id = NEW.student_id AND c.giver_id = NEW.guardian_id) THEN
      NEW.right_since := public.school_now();
    END IF;
  ELSIF (NEW.state = 'LIVE' AND NEW.legal_guardian AND NEW.child_data_access)
    AND NOT (OLD.state = 'LIVE' AND OLD.legal_guardian AND OLD.child_data_access) THEN
    NEW.right_since := public.school_now();
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER right_since BEFORE INSERT OR UPDATE OF state, legal_guardian, child_data_access
  ON parties_guardianlink FOR EACH ROW EXECUTE FUNCTION parties_guardianlink_right_since();
"""
_LINKS_BACK = """
DROP TRIGGER right_since ON parties_guardianlink;
DROP FUNCTION parties_guardianlink_right_since();
"""

#: What stands in a restriction says when it bars; that it did before it was changed or removed, the
#: link remembers. One of a case keeps nobody from consenting (parties/standings.py).
_RESTRICTIONS = """
CREATE FUNCTION parties_restriction_was_there() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE over timestamptz := least(OLD.ends_at, public.school_now());
BEGIN
  IF OLD.case_id IS NULL AND OLD.kind IN ('NO_CONTACT', 'DO_NOT_TELL') AND OLD.starts_at < over THEN
    UPDATE public.parties_guardianlink SET right_since = greatest(right_since, over)
      WHERE school_id = OLD.school_id AND student_id = OLD.student_id
        AND guardian_id = OLD.person_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER was_there AFTER UPDATE OR DELETE ON parties_restriction FOR EACH ROW
  EXECUTE FUNCTION parties_restriction_was_there();
"""
_RESTRICTIONS_BACK = """
DROP TRIGGER was_there ON parties_restriction;
DROP FUNCTION parties_restriction_was_there();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0007_consent_links'),
    ]

    operations = [
        migrations.AddField(
            model_name='guardianlink',
            name='right_since',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunSQL(_LINKS, _LINKS_BACK),
        migrations.RunSQL(_RESTRICTIONS, _RESTRICTIONS_BACK),
    ]
