"""Made-up stops as facts; how they are drawn stands in `prediction.stops.made_up`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from insights.models import StopFact
from ledger.models import Country
from ledger.tests.factories import make_agency
from prediction.stops.made_up import (
    BEFORE,
    FIRST,
    Truth,
    as_cells,
    by_race,
    by_violation_and_night,
    drawn,
    independent,
    period_of,
)

__all__ = [
    "BEFORE",
    "FIRST",
    "Truth",
    "as_cells",
    "as_facts",
    "by_race",
    "by_violation_and_night",
    "drawn",
    "independent",
    "period_of",
]


def as_facts(columns: dict[str, Any], **more: Any) -> None:
    """The same persons as facts, in three agencies of two countries. Posts are numbered as the spots say."""
    agencies = [make_agency(name, country).pk for name, country in (("A", "X"), ("B", "X"), ("C", "Y"))]
    country = {one.pk: one.agencies.values_list("pk", flat=True) for one in Country.objects.all()}
    country_of = {agency: pk for pk, held in country.items() for agency in held}
    facts = []
    start = (StopFact.objects.order_by("-id").values_list("id", flat=True).first() or 0) + 1
    for place in range(len(columns["day"])):
        row = {name: int(values[place]) for name, values in columns.items()}
        day, agency = FIRST + timedelta(days=row["day"]), agencies[row["agency"] - 1]
        facts.append(
            StopFact(
                id=start + place,
                stop=start + place,
                day=day,
                minutes_x10=0,
                agency=agency,
                country=country_of[agency],
                post=row["spot"] // 2,
                area=0,
                year=day.year,
                month=day.month,
                hour=row["hour"],
                minute=row["hour"] * 60,
                violation=row["violation"],
                stop_type=row["stop_type"],
                outcome=row["outcome"],
                gender=row["gender"],
                race=row["race"],
                age=30,
                age_band=3,
                duration_band=row["duration_band"],
                searched=bool(row["searched"]),
                arrested=row["outcome"] == 5,
                drugs=bool(row["drugs"]),
                **more,
            )
        )
    StopFact.objects.bulk_create(facts)
