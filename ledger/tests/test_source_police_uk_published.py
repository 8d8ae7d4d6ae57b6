"""The published stop and search files, counted a second way that shares nothing with ours. Skipped where not at hand."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from insights.models import StopFact
from ledger.choices import Gender, Outcome
from ledger.imports.police_forces import FORCES
from ledger.models import Agency, Person, Stop
from ledger.tests.import_files import SHARED, loaded

KIND = "police-uk-stop-search"
FOLDER = SHARED / "uk-police-stop-search"
LONDON = ZoneInfo("Europe/London")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FOLDER.exists(), reason="the published files are not beside the checkout"),
]

# The published files: rows by force and month as their description counts them.
PUBLISHED = {
    "city-of-london": (292, 351, 236),
    "derbyshire": (198, 189, 119),
    "durham": (145, 161, 135),
    "essex": (1_523, 1_820, 2_012),
    "leicestershire": (106, 336, 259),
    "merseyside": (2_733, 3_732, 3_166),
    "south-yorkshire": (1_322, 2_052, 1_700),
}
COUNTS = {
    f"{month}-{force}": rows
    for force, months in PUBLISHED.items()
    for month, rows in zip(("2019-12", "2020-01", "2020-02"), months, strict=True)
} | {"2022-09-metropolitan": 12_447}
BANDS = {"under 10": 1, "10-17": 1, "18-24": 2, "25-34": 3, "over 34": 0, "": 0}
OUTCOMES = {
    "": Outcome.UNKNOWN,
    "A no further action disposal": Outcome.NO_ACTION,
    "Arrest": Outcome.ARREST,
    "Caution (simple or conditional)": Outcome.WARNING,
    "Community resolution": Outcome.WARNING,
    "Khat or Cannabis warning": Outcome.WARNING,
    "Penalty Notice for Disorder": Outcome.CITATION,
    "Summons / charged by post": Outcome.SUMMONS,
}
GENDERS = {"": Gender.UNKNOWN, "Male": Gender.MALE, "Female": Gender.FEMALE, "Other": Gender.OTHER}


def published(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def local(row: dict[str, str]) -> datetime:
    return datetime.fromisoformat(row["Date"]).astimezone(LONDON)


def found(row: dict[str, str]) -> bool | None:
    """The find, worked out from the rule in the docs and not from the code."""
    if row["Outcome"] == "Khat or Cannabis warning":
        return True
    if row["Outcome linked to object of search"] == "False":
        return False
    acted = row["Outcome"] not in ("", "A no further action disposal")
    return True if acted and row["Outcome linked to object of search"] == "True" else None


def in_ledger(*names: str) -> Counter[Any]:
    return Counter(row[0] if len(names) == 1 else row for row in Person.objects.values_list(*names))


@pytest.mark.parametrize("name, count", COUNTS.items())
def test_published_files_are_in_the_ledger_as_published(name: str, count: int) -> None:
    path = FOLDER / f"{name}-stop-and-search.csv"
    rows = published(path)
    report = loaded(path, KIND)
    assert (report.rows_read, report.rows_new, report.rows_refused, report.stored) == (count, count, 0, True)
    assert len(rows) == count == Stop.objects.count() == StopFact.objects.count()
    assert Agency.objects.get().name == FORCES[name[8:]]
    moments = [(at.date(), at.time() if at.time() != time(0) else None) for at in map(local, rows)]
    assert in_ledger("stop__stopped_on", "stop__stopped_at") == Counter(moments)
    assert in_ledger("outcome") == Counter(OUTCOMES[row["Outcome"]] for row in rows)
    assert in_ledger("gender") == Counter(GENDERS[row["Gender"]] for row in rows)
    assert in_ledger("age_band") == Counter(BANDS[row["Age range"]] for row in rows)
    assert in_ledger("race__label") == Counter(row["Officer-defined ethnicity"] or None for row in rows)
    assert in_ledger("contraband_found") == Counter(map(found, rows))
    assert in_ledger("arrested") == Counter(
        row["Outcome"] == "Arrest" if row["Outcome"] else None for row in rows
    )
    assert in_ledger("searched") == {True: count}
    placed = sum(bool(row["Latitude"] and row["Longitude"]) for row in rows)
    assert Stop.objects.filter(latitude__isnull=False).count() == placed
    assert in_ledger("age", "stop__violation") == {(None, None): count}


def test_the_exact_duplicates_of_the_met_are_all_there_and_the_file_begins_at_local_midnight() -> None:
    path = FOLDER / "2022-09-metropolitan-stop-and-search.csv"
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    assert len(lines) - len(set(lines)) == 286
    loaded(path, KIND)
    assert loaded(path, KIND).rows_same == Stop.objects.count() == 12_447
    assert sum(line.split(",")[1] < "2022-09" for line in lines) == 16
    assert Stop.objects.order_by("stopped_on").first().stopped_on == date(2022, 9, 1)  # type: ignore[union-attr]
