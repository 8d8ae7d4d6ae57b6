"""Advice to the planner, for statements about rows so young that its statistics know nothing of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def planned(**settings: str) -> Iterator[None]:
    """Settings of PostgreSQL for some statements of a transaction, taken back afterwards. If the transaction fails they go
    with it."""
    with connection.cursor() as cursor:
        for name, value in settings.items():
            cursor.execute(f"SET LOCAL {name} = {value}")
        yield
        for name in settings:
            cursor.execute(f"SET LOCAL {name} TO DEFAULT")
