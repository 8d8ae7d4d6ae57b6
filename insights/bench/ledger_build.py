"""A ledger of any size, drawn in the database: for measuring, never for a force's own database."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection, transaction

from insights import facts
from ledger.bare import bare
from ledger.choices import AreaKind
from ledger.models import Agency, Area, Country, Post, Stop

DRAW = (Path(__file__).parent / "ledger_of.sql").read_text()
COUNTRIES = ("USA", "USA", "USA", "India", "India", "Canada", "United Kingdom")  # unequal on purpose
LEDGER = ("ledger_stop", "ledger_person", "ledger_stopprivate", "ledger_vehicle")
FACTS = ("insights_stopfact",)


def build(rows: int, seed: float = 0.42) -> dict[str, float]:
    """Fill an empty database with `rows` stops, facts and cubes. Returns the seconds of each step."""
    if Stop.objects.exists():
        raise ValueError("This database holds stops already. Build a ledger in an empty one.")
    _agencies()
    seconds = {
        "ledger": _timed(lambda: _draw(rows, seed)),
        "facts and cubes": _timed(_facts),
        "vacuum": _timed(_vacuum),
    }
    return {step: round(taken, 1) for step, taken in seconds.items()}


def _timed(step: Callable[[], None]) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


@transaction.atomic
def _draw(rows: int, seed: float) -> None:
    with bare(LEDGER), connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [seed])
        cursor.execute(DRAW % {"rows": rows})
        for table in ("agency", "post", "area", "vehicle", "stop", "person"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('ledger_{table}', 'id'), max(id)) FROM ledger_{table}"
            )
        cursor.execute("SELECT setval('ledger_stop_number', %s)", [rows])


@transaction.atomic
def _facts() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ledger_stop, ledger_person, ledger_stopprivate")
    with bare((), keyless=FACTS):
        facts.rebuild()


def _vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _agencies() -> None:
    """120 agencies of six posts with two beats each, their keys as the drawing expects them."""
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
    Area.objects.bulk_create(
        Area(pk=agency.pk * 100 + beat, kind=AreaKind.BEAT, agency=agency, name=f"Beat {beat}")
        for agency in agencies
        for beat in range(12)
    )
