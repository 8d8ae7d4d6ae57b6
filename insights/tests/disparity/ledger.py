"""A small ledger of facts for the pages of fairness, in which two places disagree with both together."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.db import connection, transaction

from insights import cubes
from ledger.models import Agency, Post, Race
from ledger.tests.factories import make_agency, make_post

_ids = count(5_000_000, 1_000_000)  # where each lot begins


def race(label: str) -> int:
    return int(Race.objects.get(label=label).pk)


@transaction.atomic
def add(persons: int, *, agency: Agency | None = None, post: Post | None = None, **fields: Any) -> None:
    """So many alike facts, on a hundred days of 2026."""
    agency = agency or make_agency("York", "USA", time_zone="America/New_York")
    known = {
        "agency": agency.pk, "country": agency.country_id, "post": post.pk if post else 0, "area": 0, "hour": 10,
        "minute": 600, "race": race("White"), "gender": 1, "age": 30, "age_band": 3, "violation": 1, "outcome": 2,
        "duration_band": 1, "minutes_x10": 75, "searched": False, "arrested": False, "drugs": False, "stop_type": 1,
    } | fields  # fmt: skip
    first = next(_ids)
    names = list(known)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO insights_stopfact (id, stop, day, year, month, {', '.join(names)}) "
            "SELECT n, n, day, extract(year FROM day), extract(month FROM day), "
            f"{', '.join(['%s'] * len(names))} FROM generate_series(%s::bigint, %s) AS n, "
            "LATERAL (SELECT date '2026-01-01' + (n %% 100)::int AS day) AS days",
            [*known.values(), first, first + persons - 1],
        )
    cubes.fold("id BETWEEN %s AND %s", [first, first + persons - 1])


def add_searches(stops: int, searches: int, hits: int, **fields: Any) -> None:
    """Stops of which some are searched, freely, and some of those find something."""
    searched = {"searched": True, "discretionary": True}
    add(stops - searches, **fields)
    add(searches - hits, hit=False, **searched, **fields)
    add(hits, hit=True, arrested=True, **searched, **fields)


def simpson() -> None:
    """Black drivers' searches find less than White drivers' in each of three posts, and more over all of them."""
    for name, white, black in (
        ("North", (400, 200, 40), (900, 60, 9)),
        ("South", (500, 200, 36), (500, 60, 8)),
        ("Centre", (300, 60, 36), (900, 500, 290)),
    ):
        post = make_post(name, make_agency("York", "USA", time_zone="America/New_York"))
        add_searches(*white, post=post, race=race("White"))
        add_searches(*black, post=post, race=race("Black"))
