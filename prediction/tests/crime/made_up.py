"""A made-up city of three neighbourhoods whose rates are known: what is learned must come close to them."""

from __future__ import annotations

from datetime import date, time, timedelta

import numpy as np

from ledger.choices import AreaKind, ImportState, OffenceGroup
from ledger.models import Agency, Area, ImportRun, Incident
from ledger.tests.factories import make_agency

FIRST, LAST = date(2024, 1, 1), date(2025, 6, 30)
MISSING = (date(2024, 9, 1), date(2024, 10, 31))  # no file of these two months
ROBBERY, THEFT = OffenceGroup.ROBBERY.value, OffenceGroup.THEFT.value
NAMES = ("Docks", "Market", "Hill")


def rates() -> dict[tuple[str, int], np.ndarray]:
    """Incidents per hour of the day by neighbourhood and group, float[24]: the docks by night, the market by day, no peak on
    the hill.
    """
    hours = np.arange(24)
    night, day = (hours >= 20) | (hours < 4), (hours >= 10) & (hours < 18)
    return {
        ("Docks", ROBBERY): np.where(night, 0.15, 0.02),
        ("Docks", THEFT): np.where(night, 0.10, 0.03),
        ("Market", ROBBERY): np.where(day, 0.03, 0.01),
        ("Market", THEFT): np.where(day, 0.30, 0.04),
        ("Hill", ROBBERY): np.full(24, 0.002),
        ("Hill", THEFT): np.full(24, 0.01),
    }


def make_city(seed: int = 7, first: date = FIRST, last: date = LAST, name: str = "Riverton Police") -> Agency:
    """Incidents drawn from the rates, reported on the day; of each twentieth the hour is not known, of some the area."""
    agency = make_agency(name, time_zone="Europe/London")
    areas = {one: Area.objects.create(agency=agency, kind=AreaKind.NEIGHBOURHOOD, name=one) for one in NAMES}
    zone = Area.objects.create(agency=agency, kind=AreaKind.ZONE, name="1")
    run = ImportRun.objects.create(source="atlanta-crime", file_name="made-up.csv", state=ImportState.LOADED)
    random, made = np.random.default_rng(seed), list[Incident]()
    for day in (first + timedelta(days=place) for place in range((last - first).days + 1)):
        if MISSING[0] <= day <= MISSING[1]:
            continue
        for (place, group), by_hour in rates().items():
            for hour, count in enumerate(random.poisson(by_hour)):
                for _ in range(count):
                    kept = len(made)
                    made.append(
                        Incident(
                            import_run=run,
                            import_row=kept + 1,
                            agency=agency,
                            key=f"{kept}",
                            group=group,
                            reported_on=day,
                            month=day.replace(day=1),
                            occurred_on=day,
                            occurred_at=None if kept % 20 == 0 else time(hour, kept % 60),
                            area=None if kept % 50 == 1 else areas[place],
                            zone=zone,
                        )
                    )
    Incident.objects.bulk_create(made, batch_size=5000)
    return agency
