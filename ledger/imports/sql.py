"""Runs the statements of `ledger/sql/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

SQL = Path(__file__).parent.parent / "sql"


@cache
def statement(name: str) -> str:
    """The text of a file in `ledger/sql/`."""
    return (SQL / f"{name}.sql").read_text()


def run(name: str, params: Any = None) -> int:
    """Run a statement of ours. Returns the number of rows that it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), params)
        return int(cursor.rowcount)


def value(query: str, params: Any = None) -> Any:
    """The single value that a query gives."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchone()[0]
