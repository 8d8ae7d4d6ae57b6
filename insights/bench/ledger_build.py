"""A ledger of any size, drawn in the database: for measuring, never for a force's own database."""

from __future__ import annotations

import time
from pathlib import Path

from django.db import connection, transaction

from insights import facts
from ledger.models import Agency, Country, Post, Stop

DRAW = (Path(__file__).parent / "ledger_of.sql").read_text()
COUNTRIES = ("USA", "USA", "USA", "India", "India", "Canada", "United Kingdom")  # unequal on purpose


def build(rows: int, seed: float = 0.42) -> float:
    """Fill an empty database with `rows` stops, facts and cubes. Returns the seconds it took."""
    if Stop.objects.exists():
        raise ValueError("This database holds stops already. Build a ledger in an empty one.")
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        _agencies()
        cursor.execute("SELECT setseed(%s)", [seed])
        cursor.execute(DRAW % {"rows": rows})
        for table in ("stop", "person", "vehicle"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('ledger_{table}', 'id'), max(id)) FROM ledger_{table}"
            )
        cursor.execute("SELECT setval('ledger_stop_number', %s)", [rows])
        facts.rebuild()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    return time.perf_counter() - started


def _agencies() -> None:
    """120 agencies of ten posts each, their keys as the drawing expects them."""
    country = {name: Country.objects.get_or_create(name=name)[0] for name in COUNTRIES}
    agencies = [
        Agency(pk=number, name=f"Agency {number:03}", country=country[COUNTRIES[number % len(COUNTRIES)]])
        for number in range(1, 121)
    ]
    Agency.objects.bulk_create(agencies)
    Post.objects.bulk_create(
        Post(pk=agency.pk * 10 + place, agency=agency, name=f"Post {place}")
        for agency in agencies
        for place in range(6)
    )
