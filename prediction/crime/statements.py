"""Statements of `prediction/sql/`, and their rows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

SQL = Path(__file__).parent.parent / "sql"


@cache
def statement(name: str) -> str:
    """The text of a file in `prediction/sql/`."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def rows(name: str, params: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement(name), params)
        return list(cursor.fetchall())
