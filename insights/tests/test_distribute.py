"""`manage.py distribute`: without Citus it says so; with it, here a catalogue that stands in for it, it spreads once."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from insights import scaling

pytestmark = pytest.mark.django_db
CUBES = ("who", "whoagencyyear", "clock", "whoplaceyear", "ageplaceyear")
SQL = [
    "SELECT create_distributed_table('insights_stopfact', 'agency')",
    *(
        f"SELECT create_distributed_table('insights_{cube}', 'agency', colocate_with => 'insights_stopfact')"
        for cube in CUBES
    ),
]
# What the command asks of Citus, by the same names and kinds of arguments. Facts go first, or nothing can lie beside them.
STAND_IN = """
CREATE TABLE spread (place serial, relation regclass UNIQUE, shard_key text, beside text);
CREATE VIEW citus_tables AS SELECT relation AS table_name, shard_key AS distribution_column FROM spread;
CREATE FUNCTION create_distributed_table(relation regclass, shard_key text, colocate_with text DEFAULT 'default')
RETURNS void LANGUAGE plpgsql AS $$ BEGIN
  IF colocate_with <> 'default' AND NOT EXISTS (SELECT 1 FROM spread s WHERE s.relation = colocate_with::regclass) THEN
    RAISE EXCEPTION 'relation % is not distributed', colocate_with;
  END IF;
  INSERT INTO spread (relation, shard_key, beside) VALUES (relation, shard_key, colocate_with);
END $$;
CREATE FUNCTION citus_get_active_worker_nodes(OUT node_name text, OUT node_port bigint) RETURNS SETOF record
LANGUAGE sql AS $$ VALUES ('one', 5432::bigint), ('two', 5432::bigint) $$;
"""


@pytest.fixture
def citus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaling, "extension", lambda: (True, True))
    with connection.cursor() as cursor:
        cursor.execute(STAND_IN)


def said(**options: bool) -> str:
    out = StringIO()
    call_command("distribute", stdout=out, **options)
    return out.getvalue()


def spread() -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relation::text, shard_key, beside FROM spread ORDER BY place")
        return cursor.fetchall()


def test_a_server_without_citus_is_left_as_it_is() -> None:
    assert scaling.extension() == (False, False), "the tests' server has no Citus"
    assert said() == (
        "This server has no Citus, so everything stays on one machine, which is as it should be until docs/scaling.md "
        "says otherwise. Nothing was changed.\n"
    )


def test_without_citus_a_dry_run_shows_what_would_be_run() -> None:
    lines = said(dry_run=True).splitlines()
    assert lines[-6:] == [f"{line};" for line in SQL]
    assert "Nothing was changed." in lines[0]


def test_citus_that_is_there_and_not_in_use_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaling, "extension", lambda: (False, True))
    assert "CREATE EXTENSION citus" in said()


def test_facts_and_agency_cubes_are_spread_together_by_agency(citus: None) -> None:
    text = said()
    assert "6 tables were spread by agency over 2 workers." in text
    assert spread() == [
        ("insights_stopfact", "agency", "default"),
        *((f"insights_{cube}", "agency", "insights_stopfact") for cube in CUBES),
    ]


def test_a_dry_run_changes_nothing(citus: None) -> None:
    assert said(dry_run=True).splitlines() == [f"{line};" for line in SQL]
    assert spread() == []


def test_a_second_run_changes_nothing(citus: None) -> None:
    said()
    before = spread()
    assert said() == "Facts and agency cubes are spread already. Nothing was changed.\n"
    assert said(dry_run=True) == "-- everything is spread already\n"
    assert spread() == before


def test_what_an_interrupted_run_left_is_finished(citus: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SQL[0])
    assert "5 tables were spread" in said()
    assert len(spread()) == 6


def test_a_table_spread_by_another_column_is_not_touched(citus: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT create_distributed_table('insights_stopfact', 'id')")
    assert "not by agency: insights_stopfact by id" in said()
    assert len(spread()) == 1


def test_what_the_database_says_is_passed_on(citus: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION citus_get_active_worker_nodes(OUT node_name text, OUT node_port bigint) "
            "RETURNS SETOF record LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no coordinator'; END $$"
        )
    with pytest.raises(CommandError, match=r"Nothing was changed\. The database said: no coordinator"):
        said()
