"""What the database itself refuses for records: another school, an illegal state, and any change of
what somebody has signed.
"""

from django.db import migrations

from parties.row_security import AppendOnly, GuardStates, IsolateBySchool

#: What a record says. The columns beside these (state, dates, hold) may go on changing.
_CONTENT = (
    "student_id", "case_id", "record_no", "version", "previous_id", "trigger", "trigger_note",
    "started_at", "ended_at", "place_kind", "place", "next_contact_at", "next_focus",
    "author_id", "author_role", "content_salt", "content_hash",
)  # fmt: skip
_OLD = ", ".join(f"OLD.{name}" for name in _CONTENT)
_NEW = ", ".join(f"NEW.{name}" for name in _CONTENT)

_FROZEN = f"""
CREATE FUNCTION records_record_frozen() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'records are never deleted' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.signed_at IS NOT NULL AND
     (({_OLD}, OLD.signed_at) IS DISTINCT FROM ({_NEW}, NEW.signed_at)) THEN
    RAISE EXCEPTION 'a signed record never changes'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER signed_record_is_frozen BEFORE UPDATE OR DELETE ON records_communicationrecord
    FOR EACH ROW EXECUTE FUNCTION records_record_frozen();
ALTER TABLE records_communicationrecord ENABLE ALWAYS TRIGGER signed_record_is_frozen;

CREATE FUNCTION records_part_frozen() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE signed timestamptz;
BEGIN
  SELECT signed_at INTO signed FROM public.records_communicationrecord
    WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.record_id ELSE OLD.record_id END;
  IF signed IS NOT NULL THEN
    RAISE EXCEPTION 'a signed record never changes'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
"""
_PARTS = ("records_statement", "records_participant", "records_prepareditem")
_TRIGGERS = "".join(
    f"CREATE TRIGGER signed_part_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table}"
    f" FOR EACH ROW EXECUTE FUNCTION records_part_frozen();"
    f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER signed_part_is_frozen;"
    for table in _PARTS
)
_THAWED = (
    "DROP TRIGGER signed_record_is_frozen ON records_communicationrecord;"
    + "".join(f"DROP TRIGGER signed_part_is_frozen ON {table};" for table in _PARTS)
    + "DROP FUNCTION records_record_frozen(); DROP FUNCTION records_part_frozen();"
)
#: No statement is lost: whoever entered it may withdraw it, and the row stays.
_NO_DELETE = (
    "CREATE FUNCTION records_statement_kept() RETURNS trigger LANGUAGE plpgsql"
    " SET search_path = pg_catalog, pg_temp AS $$ BEGIN"
    " RAISE EXCEPTION 'statements are withdrawn, never deleted'"
    " USING ERRCODE = 'integrity_constraint_violation'; END $$;"
    "CREATE TRIGGER statement_is_kept BEFORE DELETE ON records_statement"
    " FOR EACH ROW EXECUTE FUNCTION records_statement_kept();"
    "ALTER TABLE records_statement ENABLE ALWAYS TRIGGER statement_is_kept;"
)
_MAY_DELETE = (
    "DROP TRIGGER statement_is_kept ON records_statement; DROP FUNCTION records_statement_kept();"
)


class Migration(migrations.Migration):
    dependencies = [("records", "0002_communication")]
    operations = [
        IsolateBySchool("Attachment"),
        IsolateBySchool("CommunicationRecord"),
        IsolateBySchool("Statement"),
        IsolateBySchool("Participant"),
        IsolateBySchool("PreparedItem"),
        IsolateBySchool("Signature"),
        IsolateBySchool("Delivery"),
        IsolateBySchool("Objection"),
        AppendOnly("Signature"),
        AppendOnly("Delivery"),
        GuardStates(
            "Attachment",
            "state",
            initial={"STORED"},
            legal={
                ("STORED", "DESTROYED"),
            },
        ),
        GuardStates(
            "CommunicationRecord",
            "state",
            initial={"DRAFT"},
            legal={
                ("ARCHIVED", "SEALED"),
                ("ARCHIVED", "SUPERSEDED"),
                ("ARCHIVED", "UNDER_OBJECTION"),
                ("CHECKED", "DRAFT"),
                ("CHECKED", "PENDING_SIGNATURES"),
                ("DRAFT", "CHECKED"),
                ("EFFECTIVE", "ARCHIVED"),
                ("EFFECTIVE", "SUPERSEDED"),
                ("EFFECTIVE", "UNDER_OBJECTION"),
                ("PENDING_SIGNATURES", "DRAFT"),
                ("PENDING_SIGNATURES", "EFFECTIVE"),
                ("PENDING_SIGNATURES", "SUPERSEDED"),
                ("SUPERSEDED", "SEALED"),
                ("UNDER_OBJECTION", "EFFECTIVE"),
                ("UNDER_OBJECTION", "SEALED"),
                ("UNDER_OBJECTION", "SUPERSEDED"),
            },
        ),
        GuardStates(
            "Objection",
            "state",
            initial={"FILED"},
            legal={
                ("ANSWERED", "ROUTED"),
                ("ANSWERED", "SETTLED"),
                ("ANSWERED", "WITHDRAWN"),
                ("FILED", "ANSWERED"),
                ("FILED", "ROUTED"),
                ("FILED", "WITHDRAWN"),
                ("ROUTED", "SETTLED"),
                ("ROUTED", "WITHDRAWN"),
            },
        ),
        migrations.RunSQL(_FROZEN + _TRIGGERS + _NO_DELETE, _MAY_DELETE + _THAWED),
    ]
