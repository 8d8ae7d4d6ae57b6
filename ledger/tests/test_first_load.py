"""The first large load goes into tables without indexes, and leaves them as it found them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection

from insights import cubes
from insights.models import StopFact
from ledger import bare
from ledger.imports import sql
from ledger.models import ImportKey, Stop
from ledger.tests.import_files import EXAMPLES, loaded

TABLES = ["ledger_stop", "ledger_person", "ledger_stopprivate", "ledger_importkey", "insights_stopfact"]


@pytest.fixture(autouse=True)
def any_load_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bare, "MANY", 1)


def rules() -> list[Any]:
    """All indexes, constraints and triggers of the tables that a load writes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = ANY(%s) "
            "UNION ALL SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = ANY(%s::regclass[]) "
            "UNION ALL SELECT pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger "
            "WHERE tgrelid = ANY(%s::regclass[]) AND NOT tgisinternal ORDER BY 1",
            [TABLES, TABLES, TABLES],
        )
        return cursor.fetchall()


@pytest.mark.django_db(transaction=True)
def test_every_index_and_constraint_is_back_after_the_first_load() -> None:
    before = rules()
    assert loaded(EXAMPLES / "securecheck-identical-rows.csv").rows_new == 4
    assert rules() == before
    assert (Stop.objects.count(), StopFact.objects.count(), ImportKey.objects.count()) == (4, 4, 4)
    assert cubes.differences() == {}
    assert loaded(EXAMPLES / "securecheck-identical-rows.csv").rows_same == 4


@pytest.mark.django_db(transaction=True)
def test_a_first_load_that_fails_leaves_every_index_too(monkeypatch: pytest.MonkeyPatch) -> None:
    before, run = rules(), sql.run

    def fail(name: str, params: object = None) -> int:
        if name == "import_keys":
            raise IntegrityError("cut off")
        return run(name, params)

    monkeypatch.setattr(sql, "run", fail)
    with pytest.raises(IntegrityError):
        loaded(EXAMPLES / "securecheck-good.csv")
    assert rules() == before
    assert not Stop.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_table_that_holds_something_keeps_its_indexes(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(EXAMPLES / "securecheck-good.csv")
    monkeypatch.setattr(bare, "bare", None)  # would fail if it were used
    assert loaded(EXAMPLES / "securecheck-superset.csv").rows_new == 1
