"""The published files of crimes and outcomes, counted a second way that shares nothing with ours. Skipped where not at hand."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.choices import OffenceGroup
from ledger.models import Agency, Area, Incident, IncidentOutcome
from ledger.tests.import_files import SHARED, loaded

STREET, OUTCOMES = "police-uk-street", "police-uk-outcomes"
FOLDER = SHARED / "uk-police-street"
SETTLED = SHARED / "uk-police-outcomes" / "2026-02-city-of-london-outcomes.excerpt.csv"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FOLDER.exists(), reason="the published files are not beside the checkout"),
]

# Rows as the description of the files counts them, and how many of them repeat the id of another.
PUBLISHED = {
    "2018-10-city-of-london": (782, 4),
    "2018-11-city-of-london": (799, 0),
    "2018-12-city-of-london": (760, 13),
    "2019-01-city-of-london": (617, 4),
    "2019-02-city-of-london": (688, 0),
    "2018-12-durham": (6_000, 0),
    "2019-01-durham": (6_465, 12),
    "2019-02-durham": (6_447, 0),
    "2019-01-essex": (16_428, 0),
    "2019-01-merseyside": (12_831, 0),
    "2019-01-northern-ireland": (11_803, 0),
    "2019-01-btp": (4_660, 0),
}
GROUPS = {
    "Anti-social behaviour": OffenceGroup.DISORDER,
    "Public order": OffenceGroup.DISORDER,
    "Bicycle theft": OffenceGroup.THEFT,
    "Other theft": OffenceGroup.THEFT,
    "Shoplifting": OffenceGroup.THEFT,
    "Theft from the person": OffenceGroup.THEFT,
    "Burglary": OffenceGroup.BURGLARY,
    "Criminal damage and arson": OffenceGroup.DAMAGE,
    "Drugs": OffenceGroup.DRUGS,
    "Other crime": OffenceGroup.OTHER,
    "Possession of weapons": OffenceGroup.WEAPONS,
    "Robbery": OffenceGroup.ROBBERY,
    "Vehicle crime": OffenceGroup.THEFT_FROM_VEHICLE,
    "Violence and sexual offences": OffenceGroup.ASSAULT,
}


def path_of(name: str) -> Path:
    return FOLDER / f"{name}-street.csv"


def published(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def once(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """One row of each id, by the words of the docs: with a point if any has, then with an outcome that says something."""
    chosen: dict[str, dict[str, str]] = {}
    for number, row in enumerate(rows):
        key = row["Crime ID"] or str(number)
        if key not in chosen or rank(row) > rank(chosen[key]):
            chosen[key] = row
    return list(chosen.values())


def rank(row: dict[str, str]) -> tuple[bool, bool]:
    return bool(row["Latitude"]), row["Last outcome category"] not in ("", "Status update unavailable")


def in_ledger(*names: str) -> Counter[Any]:
    rows = Incident.objects.current().values_list(*names)
    return Counter(row[0] if len(names) == 1 else row for row in rows)


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_crimes_are_in_the_ledger_as_published(name: str) -> None:
    count, repeated = PUBLISHED[name]
    rows = published(path_of(name))
    report = loaded(path_of(name), STREET)
    assert (report.rows_read, report.rows_new, report.rows_same) == (count, count - repeated, repeated)
    assert (report.rows_refused, report.stored) == (0, True)
    crimes = once(rows)
    assert len(rows) == count
    assert len(crimes) == Incident.objects.count() == count - repeated
    assert Agency.objects.get().name == rows[0]["Reported by"]
    assert in_ledger("words") == Counter(row["Crime type"] for row in crimes)
    assert in_ledger("group") == Counter(GROUPS[row["Crime type"]].value for row in crimes)
    assert in_ledger("month", "occurred_on") == {(date(int(name[:4]), int(name[5:7]), 1), None): len(crimes)}
    assert in_ledger("area__code", "area__name") == Counter(
        (row["LSOA code"] or None, row["LSOA name"] or None) for row in crimes
    )
    assert in_ledger("outcome") == Counter(row["Last outcome category"] for row in crimes)
    assert in_ledger("latitude", "longitude") == Counter(
        (float(row["Latitude"]), float(row["Longitude"])) if row["Latitude"] else (None, None)
        for row in crimes
    )
    silent = ("No Location", "On or near")
    places = (" ".join(row["Location"].split()) for row in crimes)
    assert in_ledger("place") == Counter("" if place in silent else place for place in places)
    ids = {row["Crime ID"] for row in rows if row["Crime ID"]}
    assert ids == set(Incident.objects.filter(key__regex="^[0-9a-f]{64}$").values_list("key", flat=True))
    assert report.notes["empty_columns"][-1] == "Context"


def test_rows_that_repeat_an_id_never_differ_in_what_the_crime_is() -> None:
    """Why one incident stands for them: month, force and type are the same; only places and outcomes differ."""
    pairs = 0
    for name in PUBLISHED:
        rows = [row for row in published(path_of(name)) if row["Crime ID"]]
        counts = Counter(row["Crime ID"] for row in rows)
        again = [row for row in rows if counts[row["Crime ID"]] > 1]
        pairs += len(again) - len({row["Crime ID"] for row in again})
        assert len({(row["Crime ID"], row["Crime type"], row["Month"]) for row in again}) * 2 == len(again)
        assert len({tuple(row.values()) for row in again}) == len(again)
    assert pairs == 33


def test_points_have_one_name_each_so_that_a_key_needs_none() -> None:
    for name in PUBLISHED:
        names: dict[tuple[str, str], set[str]] = {}
        for row in published(path_of(name)):
            names.setdefault((row["Latitude"], row["Longitude"]), set()).add(row["Location"])
        assert {len(found) for found in names.values()} == {1}


def test_the_excerpt_of_outcomes_is_in_the_ledger_as_published() -> None:
    rows = published(SETTLED)
    report = loaded(SETTLED, OUTCOMES)
    assert (report.rows_read, report.rows_new, report.rows_refused) == (15, 15, 0)
    recorded = IncidentOutcome.objects.values_list("incident_key", "outcome", "month", "agency__name")
    assert Counter(recorded) == Counter(
        (row["Crime ID"], row["Outcome type"], date(2026, 2, 1), "City of London Police") for row in rows
    )
    assert max(Counter(recorded).values()) == 2  # told twice alike: two suspects, perhaps
    assert not Area.objects.exists()
