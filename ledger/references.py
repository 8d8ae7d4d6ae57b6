"""Migration operations for references that are checked a statement at a time.

A foreign key looks its parent up once a row: for the seven references of a stop and its person that was a third of the time
that an import took. Here one look at all rows that a statement added says the same, and locks the parents as a foreign key
does, so that none of them goes before the transaction ends. It serves tables whose rows are never changed. Where many parents
are referred to, as persons do to stops, keep a foreign key or name a parent that is never deleted (`fixed`).
"""

from __future__ import annotations

from django.db.migrations import RunSQL


def check_references(table: str, parents: dict[str, str], fixed: dict[str, str] | None = None) -> RunSQL:
    """Refuse rows whose parent is not there. `parents` and `fixed` name for each column the table whose `id` it holds; rows
    of the `fixed` ones are never deleted and need no lock."""
    made = f"""
        CREATE FUNCTION {table}_references() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE {" ".join(f"its_{column} bigint[];" for column in parents)}
        BEGIN
          {_collect(parents)}
          {"".join(_look(column, parent) for column, parent in parents.items())}
          {"".join(_look_one_by_one(column, parent) for column, parent in (fixed or {}).items())}
          RETURN NULL;
        END $$;
        CREATE TRIGGER references_exist AFTER INSERT ON {table} REFERENCING NEW TABLE AS added
          FOR EACH STATEMENT EXECUTE FUNCTION {table}_references();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER references_exist;
        """
    undone = f"DROP TRIGGER references_exist ON {table}; DROP FUNCTION {table}_references();"
    return RunSQL(made, undone)


def keep_referenced(parent: str, children: dict[str, str]) -> RunSQL:
    """Refuse to delete a parent that a row refers to: `children` names for each table the column that does."""
    looks = "".join(
        f"IF EXISTS (SELECT FROM {child} WHERE {column} = OLD.id) THEN "
        f"RAISE EXCEPTION '% % is referred to by {child}', TG_TABLE_NAME, OLD.id "
        f"USING ERRCODE = 'foreign_key_violation'; END IF; "
        for child, column in children.items()
    )
    made = f"""
        CREATE FUNCTION {parent}_is_referenced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          {looks} RETURN NULL;
        END $$;
        CREATE TRIGGER referenced AFTER DELETE ON {parent} FOR EACH ROW EXECUTE FUNCTION {parent}_is_referenced();
        ALTER TABLE {parent} ENABLE ALWAYS TRIGGER referenced;
        """
    return RunSQL(made, f"DROP TRIGGER referenced ON {parent}; DROP FUNCTION {parent}_is_referenced();")


def _collect(parents: dict[str, str]) -> str:
    """The distinct parents of the added rows, in one pass."""
    if not parents:
        return ""
    arrays = ", ".join(
        f"coalesce(array_agg(DISTINCT {column}) FILTER (WHERE {column} IS NOT NULL), '{{}}')"
        for column in parents
    )
    return f"SELECT {arrays} INTO {', '.join(f'its_{column}' for column in parents)} FROM added;"


def _look(column: str, parent: str) -> str:
    return f"""
          IF (SELECT count(*) FROM (SELECT FROM {parent} WHERE id = ANY (its_{column}) FOR KEY SHARE) p)
             < cardinality(its_{column}) THEN
            RAISE EXCEPTION '{column} of a row of % is not in {parent}', TG_TABLE_NAME
              USING ERRCODE = 'foreign_key_violation';
          END IF;"""


def _look_one_by_one(column: str, parent: str) -> str:
    """The look-up by index is written as a value, so that no plan reads the whole parent table instead."""
    return f"""
          IF EXISTS (
            SELECT FROM added n
            WHERE n.{column} IS NOT NULL AND (SELECT p.id FROM {parent} p WHERE p.id = n.{column}) IS NULL
          ) THEN
            RAISE EXCEPTION '{column} of a row of % is not in {parent}', TG_TABLE_NAME
              USING ERRCODE = 'foreign_key_violation';
          END IF;"""
