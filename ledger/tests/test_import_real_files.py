"""Real published files, counted a second way that shares nothing with ours. Skipped where they are not at hand."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from insights.models import StopFact
from ledger.choices import DurationBand, Flag, Gender, Outcome
from ledger.models import Person, Race, SearchBasis, Stop, Violation
from ledger.tests.import_files import SHARED, loaded

FIRST = SHARED / "securecheck-traffic-stops" / "traffic_stops_with_vehicle_number.first120.csv"
LAST = SHARED / "securecheck-traffic-stops" / "traffic_stops_with_vehicle_number.last5.csv"
RHODE_ISLAND = SHARED / "ri-police-stops" / "police.csv"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not SHARED.exists(), reason="the published files are not beside the checkout"),
]


def frame(path: Path, **options: Any) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, **options)


def recorded(*names: str, **filters: Any) -> Counter[Any]:
    """How often each value stands in the ledger."""
    rows = Person.objects.filter(**filters).values_list(*names)
    return Counter(row[0] if len(names) == 1 else row for row in rows)


def test_the_first_120_rows_of_securecheck_are_in_the_ledger_as_published() -> None:
    published = frame(FIRST)
    report = loaded(FIRST)
    assert (report.rows_read, report.rows_new, report.rows_refused) == (120, 120, 0)
    assert recorded("stop__agency__name") == Counter(published.country_name)
    assert recorded("race__label") == Counter(published.driver_race)
    assert recorded("stop__violation__label") == Counter(published.violation)
    assert recorded("stop__private__words") == Counter(published.violation_raw)
    assert recorded("stop__private__vehicle__number") == Counter(published.vehicle_number)
    assert recorded("age") == Counter(published.driver_age.astype(int))
    genders = {Gender.MALE: "M", Gender.FEMALE: "F"}
    assert Counter({genders[Gender(code)]: n for code, n in recorded("gender").items()}) == Counter(
        published.driver_gender
    )
    outcomes = {Outcome.ARREST: "Arrest", Outcome.CITATION: "Ticket", Outcome.WARNING: "Warning"}
    assert Counter({outcomes[Outcome(code)]: n for code, n in recorded("outcome").items()}) == Counter(
        published.stop_outcome
    )
    bands = Counter({DurationBand(code).label: n for code, n in recorded("stop__duration_band").items()})
    assert bands == Counter(published.stop_duration)


def test_the_contradictions_of_securecheck_are_flagged_and_stand_as_recorded() -> None:
    published = frame(FIRST)
    loaded(FIRST)
    arrest, marked = published.stop_outcome == "Arrest", published.is_arrested == "TRUE"
    kind, searched = published.search_type != "None", published.search_conducted == "TRUE"
    assert [int((arrest & ~marked).sum()), int((~arrest & marked).sum())] == [19, 33]
    assert [int((kind & ~searched).sum()), int((~kind & searched).sum())] == [43, 16]
    stops = Stop.objects.all()
    assert stops.flagged_with(Flag.ARREST_MISMATCH).count() == 19 + 33
    assert stops.flagged_with(Flag.SEARCH_MISMATCH).count() == 43 + 16
    assert Person.objects.filter(outcome=Outcome.ARREST, arrested=False).count() == 19
    assert Person.objects.filter(searched=True, search_bases=[]).count() == 16
    assert (
        Person.objects.filter(arrested=True).count()
        == StopFact.objects.filter(arrested=True).count()
        == int(marked.sum())
    )


def test_times_without_a_padded_hour_are_the_times_that_they_are() -> None:
    loaded(FIRST)
    minutes = list(Stop.objects.order_by("import_row").values_list("stopped_at", flat=True))
    assert [at.hour * 60 + at.minute for at in minutes if at] == list(range(120))


def test_the_last_rows_come_without_a_line_end() -> None:
    assert loaded(LAST).rows_new == len(frame(LAST)) == 5


def test_rhode_island_is_in_the_ledger_as_published_but_for_the_torn_line() -> None:
    report = loaded(RHODE_ISLAND, "open-policing", "Rhode Island State Police", partial=True)
    assert (report.rows_read, report.rows_new, report.rows_refused) == (27_918, 27_917, 1)
    assert [(error.row, error.message) for error in report.errors] == [
        (27_918, "is cut off: the file ends after 14 of 15 cells")
    ]
    assert "county_name" in report.notes["empty_columns"]
    with RHODE_ISLAND.open(newline="") as file:
        rows = list(csv.DictReader(file))[:-1]
    assert recorded("race__label") == Counter(row["driver_race"] or None for row in rows)
    assert recorded("stop__violation__label") == Counter(row["violation"] or None for row in rows)
    assert recorded("stop__area__name") == Counter(row["district"] for row in rows)
    assert recorded("searched")[True] == sum(row["search_conducted"] == "TRUE" for row in rows) == 1_148
    assert recorded("arrested") == Counter(
        {"TRUE": True, "FALSE": False, "": None}[row["is_arrested"]] for row in rows
    )
    assert recorded("outcome")[Outcome.ARREST] == sum(
        row["stop_outcome"].startswith("Arrest") for row in rows
    )
    assert recorded("outcome")[Outcome.UNKNOWN] == sum(row["stop_outcome"] in ("", "N/D") for row in rows)
    published = Counter(word for row in rows if row["search_type"] for word in row["search_type"].split(","))
    labels = dict(SearchBasis.objects.values_list("pk", "label"))
    kept = Counter(
        labels[code] for codes in Person.objects.values_list("search_bases", flat=True) for code in codes
    )
    assert kept == published
    assert StopFact.objects.count() == 27_917
    assert Person.objects.filter(race=None, gender=0, outcome=0).count() == 1_454


def test_exact_duplicates_of_rhode_island_are_kept_apart_and_the_file_adds_nothing_twice() -> None:
    loaded(RHODE_ISLAND, "open-policing", "Rhode Island State Police", partial=True)
    again = loaded(RHODE_ISLAND, "open-policing", "Rhode Island State Police", partial=True)
    assert (again.rows_new, again.rows_same, again.rows_refused) == (0, 27_917, 1)
    whole = frame(RHODE_ISLAND, skipfooter=1, engine="python")
    assert int(whole.duplicated().sum()) == 224
    assert Stop.objects.count() == len(whole)


def test_the_code_lists_know_every_word_of_the_published_files() -> None:
    securecheck, island = frame(FIRST), frame(RHODE_ISLAND, skipfooter=1, engine="python")
    races, violations = Race.objects.vocabulary(), Violation.objects.vocabulary()
    assert {word.lower() for word in [*securecheck.driver_race, *island.driver_race] if word} <= set(races)
    assert {word.lower() for word in [*securecheck.violation, *island.violation] if word} <= set(violations)
