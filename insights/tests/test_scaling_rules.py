"""What lets facts and agency cubes be spread over machines (docs/scaling.md): held by models, by the database, by the SQL.

Each rule is one that Citus refuses a table or a statement by. They hold for the spread tables only.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from insights import facts, prepared
from insights.catalogue import CATALOGUE
from insights.codes import Codes
from insights.filters import Filters
from insights.scaling import DISTRIBUTED, SHARD_KEY
from insights.tests.securecheck_file import random_filters, write_file
from insights.tests.writers import Ledger, Writer
from insights.viewer import Viewer
from ledger.imports.undo import undo
from ledger.models import ImportRun
from ledger.tests.import_files import loaded

TABLES = [model._meta.db_table for model in DISTRIBUTED]
NAMED = re.compile(rf"\b({'|'.join(TABLES)})\b")
REFUSED = {
    "several groupings at once": re.compile(r"\b(GROUPING SETS|ROLLUP\s*\(|CUBE\s*\()", re.I),
    "MERGE": re.compile(r"\bMERGE\s+INTO\b", re.I),
    "recursion": re.compile(r"\bWITH\s+RECURSIVE\b", re.I),
    "row locks": re.compile(r"\bFOR\s+(NO KEY )?(UPDATE|SHARE)\b", re.I),
    "a changed shard key": re.compile(rf"\bUPDATE\b.*\bSET\b[^;]*\b\"?{SHARD_KEY}\"?\s*=", re.I | re.S),
    "EXISTS over a spread table": re.compile(
        rf"\bEXISTS\s*\(\s*SELECT\b[^()]*\bFROM\s+\"?({'|'.join(TABLES)})\b", re.I
    ),
    "LATERAL": re.compile(r"\bLATERAL\b", re.I),
}


def broken(sql: str) -> list[str]:
    return [name for name, rule in REFUSED.items() if rule.search(sql)]


# The tables


@pytest.mark.parametrize("model", DISTRIBUTED)
def test_the_agency_leads_the_primary_key(model: Any) -> None:
    assert next(field.name for field in model._meta.pk_fields) == SHARD_KEY


@pytest.mark.parametrize("model", DISTRIBUTED)
def test_no_key_reaches_beyond_an_agency_and_none_is_drawn_by_the_database(model: Any) -> None:
    unique = [field.name for field in model._meta.concrete_fields if field.unique and not field.primary_key]
    named = [one.fields for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)]
    assert unique == []
    assert not [fields for fields in named if fields[:1] != (SHARD_KEY,)]
    assert not [field for field in model._meta.concrete_fields if isinstance(field, models.AutoField)]
    assert not [field for field in model._meta.concrete_fields if field.is_relation]


@pytest.mark.parametrize("model", DISTRIBUTED)
def test_nothing_refers_to_a_spread_table(model: Any) -> None:
    referring = [
        f"{other.__name__}.{field.name}"
        for other in apps.get_models()
        for field in other._meta.concrete_fields
        if field.is_relation and field.related_model is model
    ]
    assert referring == []


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
def test_the_database_holds_no_trigger_no_foreign_key_and_no_wider_unique_key(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass", [table])
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype IN ('f', 'x') AND %s::regclass IN (conrelid, confrelid)",
            [table],
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] "
            "WHERE i.indrelid = %s::regclass AND i.indisunique",
            [table],
        )
        assert {name for (name,) in cursor.fetchall()} == {SHARD_KEY}
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND atthasdef AND attnum > 0 "
            "AND pg_get_serial_sequence(%s, attname) IS NOT NULL",
            [table, table],
        )
        assert cursor.fetchall() == []


# The SQL as it is written


def texts() -> Iterator[tuple[str, str]]:
    for app in ("insights", "prediction", "ledger", "securecheck"):
        for path in sorted((Path(settings.BASE_DIR) / app).rglob("*.sql")):
            yield str(path.relative_to(settings.BASE_DIR)), path.read_text()


def reads_stops(name: str, text: str) -> bool:
    """Whether a file is over the relation `stops`: it stands with the insights and names no table of the ledger."""
    return name.startswith("insights/sql/") and "ledger_" not in text


def test_no_file_of_ours_asks_what_spread_tables_cannot_answer() -> None:
    """Files over the relation `stops` do not name a table, and read the spread ones all the same."""
    wrong = {
        name: broken(text)
        for name, text in texts()
        if (NAMED.search(text) or reads_stops(name, text)) and broken(text)
    }
    assert wrong == {}


# The SQL as it is sent


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement that reaches the database, those that are prepared included."""
    seen: list[str] = []
    rows, execute = prepared.rows, prepared.execute

    def watch(act: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return act(sql, params, many, context)

    def watched_rows(sql: str, params: Any) -> Any:
        seen.append(sql)
        return rows(sql, params)

    def watched_execute(statements: Any) -> None:
        seen.extend(sql for sql, _ in statements)
        execute(statements)

    monkeypatch.setattr(prepared, "rows", watched_rows)
    monkeypatch.setattr(prepared, "execute", watched_execute)
    with connection.execute_wrapper(watch):
        yield seen


@pytest.mark.django_db
def test_nothing_that_is_sent_asks_it_either(sent: list[str], tmp_path: Path) -> None:
    """Logging, correcting, importing, undoing, erasing, rebuilding, comparing, and every question within filters."""
    ledger = Ledger.empty(tmp_path)
    writer = Writer(ledger, "rules")
    for place in range(6):
        writer.log(place)
        writer.correct(place)
    loaded(write_file(tmp_path / "one.csv", seed=5, rows=40, gaps=False))
    facts.forget_vehicle(ledger.stops[0])
    facts.rebuild(next(iter(ledger.posts)), (2021, 5))
    facts.rebuild()
    facts.differences(facts.Part())
    chance, codes = random.Random(3), Codes()
    for given in [{}, *(random_filters(chance) for _ in range(6))]:
        for insight in CATALOGUE:
            insight.answer(Filters.read(given, codes), Viewer.system())
    undo(ImportRun.objects.latest("pk"), None, "the rules")
    ours = [sql for sql in sent if NAMED.search(sql)]
    assert len(ours) > 100
    assert {sql[:200]: broken(sql) for sql in ours if broken(sql)} == {}


@pytest.mark.parametrize(
    ("name", "sql"),
    [
        ("several groupings at once", "SELECT agency, sum(stops) FROM insights_who GROUP BY ROLLUP (agency)"),
        ("MERGE", "MERGE INTO insights_who USING x ON true WHEN MATCHED THEN DELETE"),
        ("recursion", "WITH RECURSIVE t AS (SELECT 1) SELECT * FROM insights_clock"),
        ("row locks", "SELECT * FROM insights_stopfact FOR NO KEY UPDATE"),
        ("a changed shard key", 'UPDATE "insights_stopfact" SET "agency" = 2 WHERE id = 1'),
        (
            "EXISTS over a spread table",
            "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM insights_stopfact f WHERE f.stop = 1)",
        ),
        ("LATERAL", "SELECT 1 FROM insights_who, LATERAL (SELECT 1) x"),
    ],
)
def test_the_rules_bite(name: str, sql: str) -> None:
    assert broken(sql) == [name]
    assert NAMED.search(sql)
