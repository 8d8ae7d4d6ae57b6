"""PredPol's departments and predictions by place: each oddity, and the real files counted by Python's csv module."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from ledger.imports.known import Known
from ledger.imports.reader import Unreadable
from ledger.imports.sources import recognised
from ledger.imports.sources.predpol_counts import client_of_file
from ledger.models import VendorDepartment, VendorPrediction
from ledger.tests.import_files import EXAMPLES, SHARED, known_by_hand, loaded, parts_of, read_as, source

DEPARTMENTS, COUNTS = "predpol-departments", "predpol-counts"
OURS = EXAMPLES / DEPARTMENTS
PLACES = EXAMPLES / COUNTS / "oldharbour.csv"
FOLDER = SHARED / "markup-prediction-bias"
published = pytest.mark.skipif(not FOLDER.exists(), reason="the published files are not beside the checkout")


def knowing() -> Known:
    return known_by_hand(clients={"old harbour, zz.": "oldharbour"})


def test_a_department_is_understood() -> None:
    first, second, third, _fourth = parts_of(read_as(DEPARTMENTS, OURS / "departments.csv")[0])
    assert first == {
        "row": 1,
        "client": "oldharbour",
        "client_name": "Old Harbour, Zz.",
        "ucr_code": "ZZ0010200",
        "first_prediction": "2019-03-06",
        "last_prediction": "2021-01-30",
        "confirmed_start": "2019-09-01",
        "usable": "t",
        "active": "t",
        "apart": "f",
    }
    assert (second["client_name"], second["confirmed_end"]) == ("Northford township, Zz", "2020-04-15")
    assert "active" not in third
    assert "ucr_code" not in third


def test_a_word_for_still_in_use_is_no_empty_cell() -> None:
    batch, _table = read_as(DEPARTMENTS, OURS / "departments.csv")
    assert batch.empty["Confirmed End Date"] == 0
    assert batch.noticed == {"are said to be active and to have ended, and stay as published": [4]}


def test_the_line_that_sums_up_is_passed_over() -> None:
    batch, table = read_as(DEPARTMENTS, OURS / "prediction_count.csv")
    parts = parts_of(batch)
    assert [(p["client"], p["predictions"], p["analysis_end"]) for p in parts] == [
        ("oldharbour", "327476", "2021-01-30"),
        ("northford", "44057", "2020-04-15"),
    ]
    assert [line[:12] for line in table.passed_over] == ["Total,371533"]  # type: ignore[attr-defined]


def test_a_client_that_is_only_named_is_found_in_the_ledger() -> None:
    batch, _table = read_as(DEPARTMENTS, OURS / "dept_usage_dates.csv", knowing())
    assert [part["client"] for part in parts_of(batch)] == ["oldharbour"]
    assert [str(error) for error in batch.complaints] == [
        "row 2, client_name: is the name of no department in the ledger; import the list with clients first "
        "(got “Nowhere, Zz.”)"
    ]


def test_what_is_wrong_with_departments_is_told_cell_by_cell() -> None:
    batch, _table = read_as(DEPARTMENTS, OURS / "bad.csv")
    assert [(error.row, error.column) for error in batch.complaints] == [
        (1, "final_prediction_date"),
        (2, "Confirmed End Date"),
        (3, "first_prediction_date"),
        (3, "Confirmed End Date"),
        (4, "Usable"),
        (4, "final_prediction_date"),
        (5, "client"),
        (6, "num_preds"),
        (8, ""),
    ]


def test_a_table_without_clients_is_no_table_of_departments() -> None:
    with pytest.raises(Unreadable, match="lacks the column “client”"):
        source(DEPARTMENTS).places(["first_prediction", "last_prediction"])


@pytest.mark.parametrize(
    "header, kind",
    [
        (["lat", "lon", "pred_count"], COUNTS),
        (["department", "first_prediction", "last_prediction"], DEPARTMENTS),
        (["client_name", "first_prediction_date", "final_prediction_date", "confirmed_start"], DEPARTMENTS),
    ],
)
def test_the_sources_are_recognised_by_their_headers(header: list[str], kind: str) -> None:
    found = recognised(header)
    assert found is not None
    assert found.name == kind


def test_places_are_kept_to_six_decimals_and_bad_ones_told() -> None:
    batch, _table = read_as(COUNTS, PLACES)
    assert [(p["client"], p["latitude"], p["longitude"], p["count"]) for p in parts_of(batch)] == [
        ("oldharbour", "28.350200", "-80.746900", "6"),
        ("oldharbour", "28.350200", "-80.740800", "16"),
        ("oldharbour", "28.350200", "-80.746900", "6"),
    ]
    assert [(error.row, error.column) for error in batch.complaints] == [
        (4, "lat"),
        (5, "lat"),
        (6, "pred_count"),
        (7, "pred_count"),
    ]


@pytest.mark.parametrize(
    "name, client",
    [
        ("cpd.csv", "cpd"),
        ("out/pred_count_by_dept/LA.csv", "la"),
        ("elgin (1).csv", "elgin"),
        ("elgin.csv.gz", "elgin"),
        ("counts of June.csv", ""),
        (".csv", ""),
    ],
)
def test_the_client_is_in_the_name_of_the_file(name: str, client: str) -> None:
    assert client_of_file(name) == client


def test_a_client_may_be_said_and_must_be_known(tmp_path: Path) -> None:
    path = tmp_path / "counts of June.csv"
    path.write_text("lat,lon,pred_count\n28.3502,-80.7469,6\n")
    with pytest.raises(Unreadable, match="--set client"):
        read_as(COUNTS, path)
    assert parts_of(read_as(COUNTS, path, client="oldharbour")[0])[0]["client"] == "oldharbour"


@pytest.mark.django_db
def test_equal_places_are_kept_apart_and_the_file_adds_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "oldharbour.csv"
    path.write_text("".join(PLACES.read_text().splitlines(keepends=True)[:4]))
    assert loaded(path, COUNTS).rows_new == VendorPrediction.objects.count() == 3
    assert loaded(path, COUNTS).rows_new == 0


@pytest.mark.django_db
def test_a_table_that_names_clients_goes_in_after_the_list() -> None:
    assert loaded(OURS / "dept_usage_dates.csv", DEPARTMENTS, partial=True).rows_refused == 2
    loaded(OURS / "departments.csv", DEPARTMENTS)
    report = loaded(OURS / "dept_usage_dates.csv", DEPARTMENTS, partial=True)
    assert (report.rows_new, report.rows_refused) == (1, 1)
    told = VendorDepartment.objects.filter(client="oldharbour").order_by("pk")
    assert [one.analysis_start for one in told] == [None, date(2019, 9, 1)]


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date | None:
    return date(*map(int, text.split("-"))) if text not in ("", "NA", "Current") else None


@published
@pytest.mark.django_db
def test_the_published_tables_of_departments_are_in_the_ledger_as_published() -> None:
    marks = {"true": True, "false": False, "unknown": None}
    list_of = table("departments.csv")
    report = loaded(FOLDER / "departments.csv", DEPARTMENTS)
    assert (report.rows_read, report.rows_new, report.rows_refused) == (39, 39, 0)
    fields = ("client", "ucr_code", "first_prediction", "last_prediction", "confirmed_start", "confirmed_end")
    ours = set(VendorDepartment.objects.values_list(*fields, "usable", "active"))
    assert ours == {
        (
            row["client"],
            row["UCR Department"],
            day(row["first_prediction_date"]),
            day(row["final_prediction_date"]),
            day(row["Confirmed Start Date "]),
            day(row["Confirmed End Date"]),
            marks[row["Usable"].lower()],
            marks[row["Active"].lower()],
        )
        for row in list_of
    }
    assert VendorDepartment.objects.get(client="alexandriapd").name == "Alexandria, La."
    totals = table("prediction_count.csv")
    report = loaded(FOLDER / "prediction_count.csv", DEPARTMENTS)
    assert (report.rows_read, report.rows_new, report.rows_refused) == (38, 38, 0)
    assert report.notes["passed_over"]["rows"] == 1
    counts = dict(VendorDepartment.objects.exclude(predictions=None).values_list("client", "predictions"))
    assert counts == {row["department"]: int(row["num_preds"]) for row in totals[:-1]}
    assert sum(counts.values()) == int(totals[-1]["num_preds"]) == 5_970_024
    for name, rows in [("dept_usage_dates.csv", 38), ("dept_prediction_date_ranges.csv", 38)]:
        report = loaded(FOLDER / name, DEPARTMENTS)
        assert (report.rows_read, report.rows_new, report.rows_refused) == (rows, rows, 0)
    assert VendorDepartment.objects.values("client").distinct().count() == 39
    spans = VendorDepartment.objects.exclude(analysis_start=None).values_list(
        "client", "analysis_start", "analysis_end"
    )
    assert Counter(Counter(spans).values()) == {2: 38}  # both tables say the same of every client


@published
@pytest.mark.django_db
def test_published_predictions_are_in_the_ledger_as_published() -> None:
    files = sorted((FOLDER / "pred_count_by_dept").glob("*.csv"))
    rows = 0
    for path in files:
        report = loaded(path, COUNTS)
        assert (report.rows_new, report.rows_refused) == (report.rows_read, 0)
        rows += report.rows_new
    assert (len(files), rows, VendorPrediction.objects.count()) == (38, 103_648, 103_648)
    totals: Counter[str] = Counter()
    places: Counter[tuple[str, str, int]] = Counter()
    for path in files:
        for row in table(f"pred_count_by_dept/{path.name}"):
            totals[path.stem] += int(row["pred_count"])
            places[path.stem, f"{float(row['lat']):.4f} {float(row['lon']):.4f}", int(row["pred_count"])] += 1
    ours: Counter[str] = Counter()
    points: Counter[tuple[str, str, int]] = Counter()
    for client, latitude, longitude, count in VendorPrediction.objects.values_list(
        "client", "latitude", "longitude", "count"
    ):
        ours[client] += count
        points[client, f"{latitude:.4f} {longitude:.4f}", count] += 1
    assert ours == totals
    assert sum(totals.values()) == 6_280_691
    assert points == places
