"""Stop-level files of Stanford Open Policing: the standard columns, the first naming, and what follows from marks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from insights.models import StopFact
from ledger.choices import Flag, Outcome
from ledger.imports.cleaning import Batch
from ledger.imports.reader import Reader
from ledger.imports.sources import recognised
from ledger.models import Area, Person, Stop
from ledger.tests.import_files import EXAMPLES, batches, known_by_hand, loaded, source

KIND = "open-policing"
STANDARD = EXAMPLES / KIND / "standard.csv"
FEW = EXAMPLES / KIND / "standard-few-columns.csv"
FIRST = EXAMPLES / KIND / "first-naming.csv"


def read(path: Path) -> Batch:
    with path.open("rb") as file:
        known = known_by_hand(only_agency="Riverton Police")
        (batch,) = batches(source(KIND), Reader(file), known)
    return batch


def column(path: Path, name: str) -> list[Any]:
    rows = read(path).rows
    return rows[name].astype(object).where(rows[name].notna(), None).tolist()


def test_a_row_with_the_standard_columns_is_understood() -> None:
    row = read(STANDARD).rows.loc[1].dropna()
    assert dict(row) == {
        "agency": "Riverton Police",
        "stopped_on": "2023-03-01",
        "stopped_at": "01:20:00",
        "place": "MAIN ST & 5TH AVE",
        "latitude": "36.163",
        "longitude": "-86.782",
        "area_kind": "beat",
        "area_name": "11",
        "gender": "1",
        "age": "34",
        "race_id": "4",
        "stop_type": "1",
        "role": "1",
        "words": "Moving violation: SPEEDING 10-19 OVER",
        "violation_id": "7",
        "outcome": "3",
        "arrested": "f",
        "searched": "f",
        "frisked": "f",
    }


def test_what_the_agency_did_not_give_may_lack() -> None:
    batch = read(FEW)
    assert [(error.row, error.column) for error in batch.complaints] == [(3, "date")]
    assert dict(batch.rows.loc[2].dropna()) == {
        "agency": "Riverton Police",
        "stopped_on": "2023-03-01",
        "race_id": "2",
        "stop_type": "1",
        "role": "1",
        "outcome": "3",
    }


def test_a_missing_outcome_follows_from_the_strictest_mark() -> None:
    assert column(STANDARD, "outcome") == ["3", "5", "2", None, "4", None]
    assert column(FEW, "outcome") == ["2", "3"]
    assert column(STANDARD, "arrested") == ["f", "t", "f", None, "f", "f"]


def test_the_report_counts_what_was_told_by_marks_and_what_is_in_words_only() -> None:
    batch = read(STANDARD)
    assert batch.noticed == {
        "whose violation is in words that the code list does not know: kept in words": [4],
        "without an outcome, which their marks tell": [2, 3],
    }


def test_violations_are_known_by_their_words_or_stay_in_words() -> None:
    assert column(STANDARD, "violation_id") == ["7", "1", "8", None, "3", None]
    assert column(STANDARD, "words") == [
        "Moving violation: SPEEDING 10-19 OVER",
        "Speeding",
        "Suspicious person",
        "TAIL LIGHT OUT",
        "SEATBELT|UNSAFE LANE CHANGE",
        None,
    ]


def test_the_area_is_the_district_else_the_beat_the_neighbourhood_the_county() -> None:
    assert list(zip(column(STANDARD, "area_kind"), column(STANDARD, "area_name"), strict=True)) == [
        ("beat", "11"),
        ("district", "CENTRAL"),
        ("neighbourhood", "Hillside"),
        ("beat", "12"),
        (None, None),
        (None, None),
    ]


def test_marks_of_person_and_vehicle_join_the_grounds_of_a_search() -> None:
    assert column(STANDARD, "search_bases") == [None, "{1,3,4}", "{3}", None, None, "{1,9,13}"]
    assert column(STANDARD, "searched") == ["f", "t", "t", "f", "f", "t"]


def test_kinds_of_contraband_are_marked_one_by_one() -> None:
    assert column(STANDARD, "contraband") == [None, "{1,3}", None, None, None, None]


def test_the_first_naming_has_its_columns_and_refuses_unknown_violations() -> None:
    batch = read(FIRST)
    assert [(error.row, error.column, error.value) for error in batch.complaints] == [
        (3, "violation", "Noise"),
        (4, "violation", "Speeding,Noise"),
    ]
    assert batch.complaints[0].message.startswith("is not a known violation. Known are: Speeding, DUI")
    assert column(FIRST, "violation_id") == ["7", "2"]  # of several, the first
    assert column(FIRST, "outcome") == ["3", "5"]
    assert column(FIRST, "place") == ["East Montpelier", None]


def test_a_file_in_the_first_naming_must_have_its_columns() -> None:
    header = FIRST.read_text().splitlines()[0].split(",")
    header.remove("driver_gender")
    assert not source(KIND).fits(header)
    assert source(KIND).fits(["date", "subject_race"])
    assert not source(KIND).fits(["date"])


@pytest.mark.parametrize("path", [STANDARD, FEW, FIRST])
def test_all_layouts_are_recognised_and_their_columns_are_known(path: Path) -> None:
    header = path.read_text().splitlines()[0].split(",")
    found = recognised(header)
    assert found is not None
    assert found.name == KIND
    assert not found.unknown(header)


@pytest.mark.django_db
def test_stops_are_in_the_ledger_with_facts_and_no_contradiction_of_our_making() -> None:
    report = loaded(STANDARD, KIND, "Riverton Police")
    assert (report.rows_read, report.rows_new, report.rows_refused) == (6, 6, 0)
    assert loaded(STANDARD, KIND, "Riverton Police").rows_same == 6
    assert not Stop.objects.filter(flags__gt=0).exists()
    assert not Stop.objects.flagged_with(Flag.ARREST_MISMATCH).exists()
    assert Person.objects.filter(outcome=Outcome.ARREST, arrested=True).count() == 1
    assert StopFact.objects.filter(searched=True).count() == 3
    assert set(Area.objects.values_list("kind", flat=True)) == {"beat", "district", "neighbourhood"}
    assert Stop.objects.get(private__place="MAIN ST & 5TH AVE").import_row == 1
