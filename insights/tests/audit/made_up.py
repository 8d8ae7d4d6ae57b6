"""Made-up bodies of predictions: a town of square areas, whose later ones have more predictions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from insights.audit.bodies import Body, DeclaredArea, Offer, Spot
from insights.audit.people import Figure
from insights.audit.store import audit
from insights.models import PredictionAudit

WEST, SOUTH, SIDE = -84.0, 33.0, 0.01
FIRST = date(2026, 1, 1)


def square(at: int) -> dict[str, Any]:
    """The n-th square of a street that runs east."""
    west, east, north = WEST + at * SIDE, WEST + (at + 1) * SIDE, SOUTH + SIDE
    ring = [[west, SOUTH], [east, SOUTH], [east, north], [west, north], [west, SOUTH]]
    return {"type": "Polygon", "coordinates": [ring]}


def area(at: int, margin: float | None = None) -> DeclaredArea:
    """A hundred people, of whom one more is Black in each further area."""
    people = {
        "people": Figure(100, margin),
        "black": Figure(at, margin),
        "white": Figure(100 - at, margin),
        "households": Figure(40, margin),
        "poor": Figure(min(40, at * 2), margin),
    }
    return DeclaredArea(f"A{at:02d}", people, square(at))


def spot(at: int, count: int = 1, day: date | None = None, **more: Any) -> Spot:
    """A prediction in the middle of the n-th square."""
    return Spot(count, WEST + (at + 0.5) * SIDE, SOUTH + SIDE / 2, day=day, until=day, **more)


def town(slug: str = "springfield", areas: int = 20, **more: Any) -> Body:
    spots = [spot(at, at * 10) for at in range(areas) if at]
    given = {
        "first_day": FIRST,
        "last_day": FIRST + timedelta(days=99),
        "areas": [area(at) for at in range(areas)],
        "spots": spots,
    }
    return Body(**{"slug": slug, "name": slug.title(), "about": "Made-up predictions.", **given, **more})


def make_audit(slug: str = "springfield", **more: Any) -> PredictionAudit:
    body = town(slug, **more)
    return audit(Offer(slug, "made up", lambda: body))
