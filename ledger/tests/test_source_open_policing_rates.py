"""Published rates of Open Policing: each oddity, and the real files counted by Python's csv module."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from ledger.models import PublishedRate
from ledger.tests.import_files import EXAMPLES, SHARED, loaded, parts_of, read_as, said

KIND = "open-policing-rates"
OURS = EXAMPLES / KIND
FOLDER = SHARED / "stanford-opp-aggregates"
RATES = ("search_rate", "stop_rate", "hit_rate", "inferred_threshold", "stops_per_year", "stop_rate_n")
published = pytest.mark.skipif(not FOLDER.exists(), reason="the published files are not beside the checkout")


def test_the_two_files_are_read_the_same_though_their_columns_are_swapped() -> None:
    state, city = (parts_of(read_as(KIND, OURS / name)[0]) for name in ("state.csv", "city.csv"))
    assert [(row["state"], row["city"]) for row in (state[0], city[0])] == [
        ("ZZ", "Statewide"),
        ("ZZ", "Lakeside"),
    ]


def test_numbers_are_kept_as_published_and_na_is_unknown() -> None:
    first, second, third = parts_of(read_as(KIND, OURS / "state.csv")[0])
    assert (second["stop_rate"], second["inferred_threshold"]) == ("1.25", "0.0001")
    assert first["stops_per_year"] == "7064.888888888889"
    assert set(third) == {
        "row",
        "state",
        "city",
        "geography",
        "group",
        "stop_rate",
        "stops_per_year",
        "stop_rate_n",
        "apart",
    }


def test_districts_that_are_codes_stay_as_published_and_are_counted() -> None:
    batch, _table = read_as(KIND, OURS / "city.csv")
    assert [row.get("subgeography") for row in parts_of(batch)] == [None, "9999", "0", "12", "12"]
    assert batch.noticed == {"have a district that is a code, such as 0 or 9999": [2, 3]}


def test_what_is_no_rate_is_told_cell_by_cell() -> None:
    batch, _table = read_as(KIND, OURS / "bad.csv")
    assert [(error.row, error.column) for error in batch.complaints] == [
        (1, "search_rate"),
        (2, "stop_rate"),
        (3, "hit_rate"),
        (4, "inferred_threshold"),
        (5, "subject_race"),
        (6, "state"),
        (6, "stops_per_year"),
        (8, ""),
    ]
    assert str(batch.complaints[0]) == "row 1, search_rate: is not a rate between 0 and 1 (got “1.2”)"
    assert batch.complaints[-1].message.startswith("contradicts an earlier row")


@pytest.mark.django_db
def test_a_row_told_twice_is_one_and_the_file_adds_nothing_twice() -> None:
    report = loaded(OURS / "city.csv", KIND)
    assert (report.rows_read, report.rows_new, report.rows_same) == (5, 4, 1)
    assert (loaded(OURS / "city.csv", KIND).rows_new, PublishedRate.objects.count()) == (0, 4)


@published
@pytest.mark.django_db
@pytest.mark.parametrize(
    "name, count, missing, codes", [("state", 4_053, 3_378, 6), ("city", 7_746, 7_572, 12)]
)
def test_published_rates_are_in_the_ledger_as_published(
    name: str, count: int, missing: int, codes: int
) -> None:
    path = FOLDER / f"opp-stops_{name}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    report = loaded(path, KIND)
    assert (
        (report.rows_read, report.rows_new, report.rows_refused)
        == (count, count, 0)
        == (len(rows), len(rows), 0)
    )
    for rate in RATES:
        ours = Counter(PublishedRate.objects.values_list(rate, flat=True))
        assert ours == Counter(None if row[rate] == "NA" else float(row[rate]) for row in rows), rate
    words = ("state", "city", "geography", "subgeography")
    ours = Counter(PublishedRate.objects.values_list(*words, "group"))
    assert ours == Counter(
        (*("" if row[word] == "NA" else row[word] for word in words), row["subject_race"]) for row in rows
    )
    assert (
        PublishedRate.objects.filter(search_rate=None, hit_rate=None, inferred_threshold=None).count()
        == missing
    )
    assert (
        report.notes["noticed"][0]["rows"]
        == codes
        == sum(row["subgeography"] in ("00", "000", "999", "9999") for row in rows)
    )
    assert set(report.notes["mostly_empty"]) == {"search_rate", "hit_rate", "inferred_threshold"}


@pytest.mark.django_db
def test_a_bad_row_keeps_the_file_out(tmp_path: Path) -> None:
    report = loaded(OURS / "bad.csv", KIND)
    assert (report.stored, report.rows_refused, len(said(report))) == (False, 7, 8)
    assert not PublishedRate.objects.exists()
