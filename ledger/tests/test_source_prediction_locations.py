"""Predicted places of any table: guessed columns, dated predictions, places without a point, Bahrain and blanks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.imports.reader import Unreadable
from ledger.imports.sources import recognised
from ledger.models import Area, VendorPrediction
from ledger.tests.import_files import EXAMPLES, loaded, parts_of, read_as, said, source

KIND = "prediction-locations"
REPORTS = EXAMPLES / KIND / "report_locations.csv"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "places.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def first(path: Path, **values: str) -> dict[str, Any]:
    return parts_of(read_as(KIND, path, **values)[0])[0]


def test_columns_are_found_by_guesses_of_their_names() -> None:
    parts = parts_of(read_as(KIND, REPORTS)[0])
    assert parts[0] == {
        "row": 1,
        "client": "oldharbour",
        "label": "1 Quay Street, Old Harbour",
        "kind": "Burglary - Residential",
        "latitude": "28.350200",
        "longitude": "-80.746900",
        "predicted_on": "2018-02-25",
        "area_kind": "block-group",
        "area_name": "120090626001",
        "area_code": "120090626001",
    }
    assert [part["row"] for part in parts] == [1, 2, 3, 4]
    assert "area_name" not in parts[2]


def test_the_point_0_0_is_none_and_is_counted() -> None:
    batch, _table = read_as(KIND, REPORTS)
    assert "latitude" not in parts_of(batch)[3]
    assert batch.noticed == {"have one coordinate only, or the point 0, 0: their point is unknown": [4]}


def test_what_is_wrong_is_told_row_by_row() -> None:
    batch, _table = read_as(KIND, REPORTS)
    assert [(error.row, error.column, error.message[:30]) for error in batch.complaints] == [
        (5, "", "names no place: neither both c"),
        (6, "Department", "is empty, and must not be"),
        (7, "Date", "is not a date from 1900 to 219"),
        (8, "lat", "is not a number of degrees bet"),
    ]


def test_days_are_read_in_the_order_that_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, "client,address,date", "oldharbour,1 Quay Street,02/03/2018 10:15 PM")
    assert first(path, dates="day/month/year")["predicted_on"] == "2018-03-02"
    assert first(path, dates="month/day/year")["predicted_on"] == "2018-02-03"
    with pytest.raises(Unreadable, match="Order of dates: choose one of"):
        read_as(KIND, path, dates="any")


def test_a_client_may_be_said_and_must_be_known(tmp_path: Path) -> None:
    path = written(tmp_path, "latitude,longitude,pred_count", "28.3502,-80.7469,6")
    with pytest.raises(Unreadable, match="--set client"):
        read_as(KIND, path)
    assert first(path, client="oldharbour") == {
        "row": 1,
        "client": "oldharbour",
        "latitude": "28.350200",
        "longitude": "-80.746900",
        "count": "6",
    }


def test_a_client_that_is_said_stands_for_empty_cells(tmp_path: Path) -> None:
    path = written(tmp_path, "client,address,prediction", "oldharbour,1 Quay Street,x", ",2 Quay Street,x")
    parts = parts_of(read_as(KIND, path, client="northford")[0])
    assert [part["client"] for part in parts] == ["oldharbour", "northford"]


def test_a_census_area_is_a_place(tmp_path: Path) -> None:
    path = written(
        tmp_path, "client,GEOID,count", "oldharbour,1500000US120090626001,6", "oldharbour,12009062600,1"
    )
    parts = parts_of(read_as(KIND, path)[0])
    assert [(part["area_kind"], part["area_name"]) for part in parts] == [
        ("block-group", "120090626001"),
        ("tract", "12009062600"),
    ]


def test_columns_may_be_chosen_by_hand(tmp_path: Path) -> None:
    path = written(tmp_path, "who,where,when", "oldharbour,1 Quay Street,2018-02-03")
    options = {"columns": {"client": "who", "label": "where", "predicted_on": "when"}, "values": {}}
    bound = source(KIND).for_file(path.name, options)
    assert bound.places(["who", "where", "when"]) == {"client": 0, "label": 1, "predicted_on": 2}
    assert bound.columns["predicted_on"].order == "ymd"


def test_a_table_without_a_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="lacks the columns “latitude”, “longitude”"):
        read_as(KIND, written(tmp_path, "client,count", "oldharbour,1"))


def test_only_a_table_that_speaks_of_predictions_is_recognised() -> None:
    found = recognised(["department", "latitude", "longitude", "prediction_date", "address"])
    assert found is not None
    assert found.name == KIND
    assert recognised(["address", "latitude", "longitude", "rent"]) is None


@pytest.mark.django_db
def test_repeated_predictions_are_kept_apart_and_areas_are_made() -> None:
    report = loaded(REPORTS, KIND, partial=True)
    assert (report.rows_read, report.rows_new, report.rows_refused) == (8, 4, 4)
    assert VendorPrediction.objects.filter(client="oldharbour", label__startswith="1 Quay").count() == 2
    assert Area.objects.get().code == "120090626001"
    assert set(VendorPrediction.objects.values_list("count", flat=True)) == {1}
    assert loaded(REPORTS, KIND, partial=True).rows_new == 0
    assert said(report) == [(5, ""), (6, "Department"), (7, "Date"), (8, "lat")]
