"""The database itself keeps the ledger append-only and numbers its stops."""

from django.db import migrations

from ledger.append_only import append_only, refusing_function

# A correction and the undo of the predecessor's import exclude each other: each takes a lock on the import
# (the correction shared, the undo exclusive) before it looks for the other.
CORRECTION_GUARD = """
CREATE FUNCTION ledger_guard_correction() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before ledger_stop%ROWTYPE;
BEGIN
  SELECT * INTO before FROM ledger_stop WHERE id = NEW.supersedes_id;
  IF before.number <> NEW.number OR before.version <> NEW.version - 1 OR before.agency_id <> NEW.agency_id THEN
    RAISE EXCEPTION 'a correction keeps number and agency of the version before and counts on from it'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF before.import_run_id IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock_shared(7301, before.import_run_id::int);
    IF EXISTS (SELECT 1 FROM ledger_importundo WHERE import_run_id = before.import_run_id) THEN
      RAISE EXCEPTION 'the import of this stop was undone' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_correction BEFORE INSERT ON ledger_stop FOR EACH ROW
  WHEN (NEW.supersedes_id IS NOT NULL) EXECUTE FUNCTION ledger_guard_correction();
ALTER TABLE ledger_stop ENABLE ALWAYS TRIGGER guard_correction;
"""

UNDO_GUARD = """
CREATE FUNCTION ledger_guard_undo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7301, NEW.import_run_id::int);
  IF EXISTS (SELECT 1 FROM ledger_stop n JOIN ledger_stop s ON s.id = n.supersedes_id
             WHERE s.import_run_id = NEW.import_run_id) THEN
    RAISE EXCEPTION 'a stop of this import was corrected' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_undo BEFORE INSERT ON ledger_importundo FOR EACH ROW EXECUTE FUNCTION ledger_guard_undo();
ALTER TABLE ledger_importundo ENABLE ALWAYS TRIGGER guard_undo;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        refusing_function(),
        append_only("ledger_stop"),
        append_only("ledger_person"),
        append_only("ledger_importundo"),
        append_only("ledger_reviewdecision"),
        append_only("ledger_auditevent"),
        migrations.RunSQL("CREATE SEQUENCE ledger_stop_number", "DROP SEQUENCE ledger_stop_number"),
        migrations.RunSQL(
            CORRECTION_GUARD,
            "DROP TRIGGER guard_correction ON ledger_stop; DROP FUNCTION ledger_guard_correction();",
        ),
        migrations.RunSQL(
            UNDO_GUARD, "DROP TRIGGER guard_undo ON ledger_importundo; DROP FUNCTION ledger_guard_undo();"
        ),
    ]
