"""Migration operations for tables whose rows are never changed."""

from __future__ import annotations

from django.db.migrations import RunSQL

REFUSE = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION 'a ledger row is never changed: % on %', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def refusing_function() -> RunSQL:
    """The function behind every append-only table. It obeys no session variable: there is no switch to set."""
    return RunSQL(REFUSE, "DROP FUNCTION ledger_refuse()")


def append_only(table: str) -> RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on a table, also under `session_replication_role = replica`."""
    return RunSQL(
        f"""
        CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
        CREATE TRIGGER no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER no_change;
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER no_truncate;
        """,
        f"DROP TRIGGER no_change ON {table}; DROP TRIGGER no_truncate ON {table};",
    )
