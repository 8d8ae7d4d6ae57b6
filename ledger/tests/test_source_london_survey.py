"""London's Public Attitude Survey by borough: each oddity, and the real file counted by Python's csv module."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from ledger.choices import AreaKind
from ledger.imports.london import BOROUGHS, CODES, borough_named
from ledger.models import Area, SurveyFigure
from ledger.tests.import_files import EXAMPLES, SHARED, loaded, parts_of, read_as
from ledger.tests.workbooks import workbook

KIND = "london-survey"
OURS = EXAMPLES / KIND
REAL = SHARED / "mopac-pas" / "PAS_Dashboard_Borough.csv"
published = pytest.mark.skipif(not REAL.exists(), reason="the published files are not beside the checkout")


def test_a_row_gives_the_figure_of_its_borough_and_the_force_has_one_a_quarter_and_measure() -> None:
    batch, table = read_as(KIND, OURS / "borough.csv")
    assert [(part["row"], part.get("area_name"), part["share"]) for part in parts_of(batch)] == [
        (1, "Richmond upon Thames", "0.6"),
        (1, None, "0.67"),
        (2, "Westminster", "0.56"),
        (3, "Richmond upon Thames", "0.62"),
        (3, None, "0.67"),
        (4, "Barking and Dagenham", "1.0"),
        (4, None, "0.7"),
        (5, "Hackney", "0.0"),
        (6, "Hackney", "0.0"),
    ]
    assert parts_of(batch)[0] == {
        "row": 1,
        "survey": "PAS",
        "measure": '"Good Job" local',
        "period_end": "2021-03-31",
        "area_name": "Richmond upon Thames",
        "area_code": "E09000027",
        "area_kind": "borough",
        "share": "0.6",
        "apart": "f",
    }
    assert len(table.header) == 10


def test_a_sheet_without_boroughs_is_of_the_force() -> None:
    parts = parts_of(read_as(KIND, OURS / "force.csv")[0])
    assert [(part.get("area_name"), part["period_end"], part["share"]) for part in parts] == [
        (None, "2021-03-31", "0.67"),
        (None, "2021-06-30", "0.7012345678"),
    ]


def test_what_is_wrong_is_told_cell_by_cell() -> None:
    batch, _table = read_as(KIND, OURS / "bad.csv")
    assert [(error.row, error.column) for error in batch.complaints] == [
        (1, "Proportion"),
        (2, "Date"),
        (3, "Date"),
        (4, "Borough"),
        (5, "Borough"),
        (6, "Proportion"),
        (7, "Measure"),
        (9, "Proportion"),
        (10, "MPS"),
        (11, "Date"),
    ]
    messages = {error.row: error.message for error in batch.complaints}
    assert messages[3] == "is not the last day of a quarter"
    assert messages[11] == "is in the future"
    assert [(part["row"], part.get("area_name")) for part in parts_of(batch)] == [
        (8, "Barnet"),
        (8, None),
        (12, None),
    ]


@pytest.mark.parametrize(
    "text, name",
    [
        ("Richmond Upon Thames", "Richmond upon Thames"),
        ("City of Westminster", "Westminster"),
        ("City of London", "City of London"),
        ("Kensington & Chelsea", "Kensington and Chelsea"),
        ("Royal Borough of  Kingston-upon-Thames", "Kingston upon Thames"),
        ("london borough of TOWER HAMLETS", "Tower Hamlets"),
        ("Gotham", ""),
        ("", ""),
    ],
)
def test_a_borough_has_one_name_however_it_is_spelt(text: str, name: str) -> None:
    assert borough_named(text) == name


def test_boroughs_have_the_codes_of_the_statistics_office() -> None:
    assert (len(BOROUGHS), CODES["City of London"], CODES["Hackney"], CODES["Westminster"]) == (
        33,
        "E09000001",
        "E09000012",
        "E09000033",
    )


@pytest.mark.django_db
def test_the_file_adds_nothing_twice_and_the_sheet_of_the_force_only_what_is_new() -> None:
    report = loaded(OURS / "borough.csv", KIND)
    assert (report.rows_read, report.rows_new, report.rows_same) == (6, 5, 1)
    assert SurveyFigure.objects.filter(area=None).count() == 3
    assert loaded(OURS / "borough.csv", KIND).rows_new == 0
    assert (loaded(OURS / "force.csv", KIND).rows_same, SurveyFigure.objects.filter(area=None).count()) == (
        1,
        4,
    )


SHEETS: dict[str, list[list[Any]]] = {
    "Notes": [["Public Attitude Survey"]],
    "MPS": [["Date", "Survey", "Measure", "Proportion"], [datetime(2021, 3, 31), "PAS", "Trust MPS", 0.7012]],
    "Borough": [
        ["Date", "Survey", "Borough", "Measure", "Proportion", "MPS"],
        [datetime(2021, 3, 31), "PAS", "Richmond Upon Thames", "Trust MPS", 0.6123456789, 0.7012],
        [datetime(2021, 6, 30), "PAS", "Barnet", "Trust MPS", 1, 0.7],
    ],
}


@pytest.mark.django_db
def test_a_workbook_gives_the_figures_of_its_sheets(tmp_path: Path) -> None:
    path = workbook(tmp_path / "PAS_T&Cdashboard_to Q3 23-24.xlsx", **SHEETS)
    report = loaded(path, KIND, options={"sheet": "Borough"})
    assert (report.rows_read, report.rows_new, report.rows_refused) == (2, 2, 0)
    figures = SurveyFigure.objects.order_by("period_end", "area").values_list(
        "area__name", "period_end", "share"
    )
    assert list(figures) == [
        ("Richmond upon Thames", date(2021, 3, 31), 0.6123456789),
        (None, date(2021, 3, 31), 0.7012),
        ("Barnet", date(2021, 6, 30), 1.0),
        (None, date(2021, 6, 30), 0.7),
    ]
    both = loaded(path, KIND)  # all sheets that fit; the figure of the force is in both and is one
    assert (both.rows_read, both.rows_new, SurveyFigure.objects.count()) == (3, 0, 4)


@published
@pytest.mark.django_db
def test_the_published_file_is_in_the_ledger_as_published() -> None:
    with REAL.open(newline="", encoding="utf-8") as file:
        rows = [row[:6] for row in csv.reader(file)][1:]
    report = loaded(REAL, KIND)
    assert (report.rows_read, report.rows_new, report.rows_refused) == (9_312, 9_312, 0)
    assert len(rows) == SurveyFigure.objects.exclude(area=None).count() == 9_312
    spelling = {"Richmond Upon Thames": "Richmond upon Thames", "City of Westminster": "Westminster"}

    def of(day: str, survey: str, borough: str, measure: str, share: str) -> tuple[object, ...]:
        place = spelling.get(borough, borough) or None
        end = datetime.strptime(day, "%d/%m/%Y").date()
        return end, survey, place, measure, float(share.replace(",", "."))

    figures = Counter(
        of(day, survey, place, measure, share) for day, survey, place, measure, share, _ in rows
    )
    force = Counter({of(day, survey, "", measure, mps) for day, survey, _, measure, _, mps in rows})
    ours = Counter(SurveyFigure.objects.values_list("period_end", "survey", "area__name", "measure", "share"))
    assert ours == figures + force
    assert len(force) == 291
    assert Area.objects.filter(kind=AreaKind.BOROUGH, agency=None).count() == 32
    assert SurveyFigure.objects.filter(area__name="Richmond upon Thames").count() == 267 + 24
    ends = SurveyFigure.objects.order_by("period_end").values_list("period_end", flat=True).distinct()
    assert (len(ends), ends[0], max(ends)) == (37, date(2014, 12, 31), date(2023, 12, 31))
    assert report.notes["extra_columns"] == [f"column {place}, without a name" for place in (7, 8, 9, 10)]
