"""Figures about areas in any layout: long and wide, GEOIDs, missing values, margins of error."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ledger.imports.census import margin_of, may_be_figure, says_nothing
from ledger.imports.chunk import Chunk, pieces
from ledger.imports.geoid import geoid_of
from ledger.imports.reader import Unreadable
from ledger.imports.sources import recognised
from ledger.imports.table import open_table
from ledger.models import Area, AreaFigure
from ledger.tests.import_files import (
    EXAMPLES,
    SHARED,
    batches,
    known_by_hand,
    loaded,
    parts_of,
    read_as,
    source,
)

KIND = "census-figures"
OURS = EXAMPLES / KIND
LONG, ACS = OURS / "race-long.csv", OURS / "ACSDT5Y2019.B02001-Data.csv"
WIDE, LSOAS = OURS / "jurisdictions-wide.csv", OURS / "income-by-lsoa.csv"
SAID = {"source": "ACS 2018, 5 years", "year": "2018"}
GEOJSON = SHARED / "markup-prediction-bias" / "geojson"


def parts(path: Path, **values: str) -> list[dict[str, Any]]:
    return parts_of(read_as(KIND, path, **values)[0])


def figures(path: Path, **values: str) -> list[tuple[Any, ...]]:
    return [
        (part["row"], part["area_name"], part["measure"], part["value"], part.get("margin"))
        for part in parts(path, **values)
    ]


def written(folder: Path, *lines: str, name: str = "figures.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_long_table_gives_one_figure_a_row() -> None:
    assert figures(LONG, **SAID) == [
        (1, "120090626001", "total", "936.0", "138.0"),
        (2, "120090626001", "white", "107.0", None),
        (3, "120090626002", "total", "1204.0", "210.0"),
        (4, "12009062600", "total", "5100.0", None),
    ]
    assert parts(LONG, **SAID)[0] == {
        "row": 1,
        "area_kind": "block-group",
        "area_name": "120090626001",
        "area_code": "120090626001",
        "measure": "total",
        "value": "936.0",
        "margin": "138.0",
        "source": "ACS 2018, 5 years",
        "year": "2018",
        "apart": "f",
    }
    assert parts(LONG, **SAID)[3]["area_kind"] == "tract"


def test_rows_without_a_figure_are_passed_over_and_named() -> None:
    _batch, table = read_as(KIND, LONG, **SAID)
    assert [line[:12] for line in table.passed_over] == ["120090626002", "120090626003"]  # type: ignore[attr-defined]


def test_a_download_of_the_census_bureau_is_understood_with_its_two_header_lines() -> None:
    batch, table = read_as(KIND, ACS)
    assert [
        (part["row"], part["area_name"], part["measure"], part["value"], part.get("margin"))
        for part in parts_of(batch)
    ] == [
        (1, "010010201001", "B02001_001 Total:", "745.0", "221.0"),
        (1, "010010201001", "B02001_002 Total: White alone", "585.0", "201.0"),
        (2, "010010202001", "B02001_001 Total:", "0.0", "12.0"),
    ]
    assert (parts_of(batch)[0]["source"], parts_of(batch)[0]["year"]) == ("ACS 2019, 5 years", "2019")
    assert len(table.passed_over) == 1  # type: ignore[attr-defined]


def test_a_wide_table_pairs_margins_and_leaves_words_and_numbers_of_rows_aside() -> None:
    batch, _table = read_as(KIND, WIDE, **SAID)
    assert [
        (p["row"], p["client"], p["area_name"], p["measure"], p["value"], p.get("margin"))
        for p in parts_of(batch)
    ] == [
        (1, "oldharbour", "120090626001", "total_estimate_alone", "936.0", "138.0"),
        (1, "oldharbour", "120090626001", "white_alone", "107.0", "55.0"),
        (1, "oldharbour", "120090626001", "less_than_10", "40.0", "22.0"),
        (2, "oldharbour", "120090626002", "total_estimate_alone", "1204.0", "210.0"),
        (2, "oldharbour", "120090626002", "white_alone", "400.0", None),
    ]
    assert [(error.row, error.column) for error in batch.complaints] == [
        (3, "total_estimate_alone"),
        (3, "white_moe"),
    ]


def test_columns_of_words_are_named_in_the_report(tmp_path: Path) -> None:
    bound = _bound(WIDE)
    assert bound.unknown(["client", "county_name", "white_alone", "OBJECTID"])[-2:] == [
        "OBJECTID",
        "county_name",
    ]


def _bound(path: Path) -> Any:
    bound = source(KIND).for_file(path.name, {"values": SAID})
    with path.open("rb") as file:
        list(batches(bound, open_table(bound, file), known_by_hand()))
    return bound


def test_areas_of_other_countries_go_by_name_or_code() -> None:
    assert [
        (p["area_kind"], p["area_name"], p["area_code"], p["value"], p["year"])
        for p in parts(LSOAS, source="ONS", area_kind="lsoa")
    ] == [
        ("lsoa", "E01000001", "E01000001", "61200.0", "2018"),
        ("lsoa", "E01000002", "E01000002", "58400.5", "2018"),
    ]


def test_boroughs_have_one_name(tmp_path: Path) -> None:
    path = written(
        tmp_path, "borough,population", "Richmond Upon Thames,195000", "City of Westminster,204000"
    )
    found = parts(path, source="Census 2021", year="2021", area_kind="borough")
    assert [part["area_name"] for part in found] == ["Richmond upon Thames", "Westminster"]


@pytest.mark.parametrize(
    "text, kind, restore, digits",
    [
        ("1500000US010010201001", "", False, "010010201001"),
        ("1400000us01001020100", "", False, "01001020100"),
        ("120090626001.0", "", False, "120090626001"),
        ("12009", "", False, "12009"),
        ("10010201001", "block-group", False, None),
        ("10010201001", "block-group", True, "010010201001"),
        ("1500000US010010201001", "tract", False, None),
        ("1.20091E+11", "", False, None),
        ("1234567890123", "", False, None),
        ("١٢٠٠٩", "", False, None),
    ],
)
def test_a_geoid_is_its_digits(text: str, kind: str, restore: bool, digits: str | None) -> None:
    assert geoid_of(text, kind, restore) == digits


def test_a_lost_zero_is_restored_only_when_that_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, "GEOID,white", "10010201001,585")
    batch, _table = read_as(KIND, path, **SAID, area_kind="block-group")
    assert batch.complaints[0].message.startswith("is not a GEOID of 12 digits")
    (part,) = parts(path, **SAID, area_kind="block-group", zeros="restore")
    assert part["area_name"] == "010010201001"


@pytest.mark.parametrize(
    "text, nothing",
    [
        ("-666666666", True),
        ("-222222222.0", True),
        ("-999999999", True),
        ("'-666666666", True),
        ("(X)", True),
        ("**", True),
        ("null", True),
        ("250,000+", True),
        ("2,500-", True),
        ("-5", False),
        ("0", False),
        ("1,204", False),
        ("many", False),
    ],
)
def test_missing_values_are_known_in_all_their_forms(text: str, nothing: bool) -> None:
    assert says_nothing(text) is nothing


@pytest.mark.parametrize(
    "name, names, margin",
    [
        ("B02001_002E", ["GEO_ID", "B02001_002E", "B02001_002M"], "B02001_002M"),
        ("whiteE", ["whiteE", "whiteM"], "whiteM"),
        ("Estimate!!Total:", ["Estimate!!Total:", "Margin of Error!!Total:"], "Margin of Error!!Total:"),
        ("white", ["white", "white_moe"], "white_moe"),
        ("White Alone", ["White Alone", "White MOE"], "White MOE"),
        ("estimate", ["estimate", "moe"], "moe"),
        ("black", ["black", "white_moe"], None),
    ],
)
def test_a_margin_is_found_by_its_name(name: str, names: list[str], margin: str | None) -> None:
    found = margin_of(name, names)
    assert (names[found] if found is not None else None) == margin


def test_what_identifies_or_annotates_is_no_figure() -> None:
    for name in ("OBJECTID", "NAME", "B02001_001EA", "B02001_001MA", "B02001_001M", "white_moe", "", "ALAND"):
        assert not may_be_figure(name), name
    for name in ("B02001_001E", "P1_001N", "white", "median income", "males", "Name of income band"):
        assert may_be_figure(name), name


@pytest.mark.parametrize(
    "lines, values, words",
    [
        (["GEOID,white", "12009,1"], {"year": "2018"}, "--set source"),
        (["GEOID,white", "12009,1"], {"source": "ACS"}, "--set year"),
        (["GEOID,white", "12009,1"], {"source": "ACS", "year": "18"}, "four digits"),
        (["place,white", "here,1"], SAID, "--set area_kind"),
        (["place,white", "here,1"], {**SAID, "area_kind": "city"}, "No column tells the area"),
        (["GEOID,NAME", "12009,Brevard"], SAID, "no column of figures"),
        (["GEOID,white", "12009,1"], {**SAID, "zeros": "restore"}, "To restore zeros"),
        (["GEOID,white", "12009,1"], {**SAID, "area_kind": "planet"}, "Kind of area: choose one of"),
        ([f"GEOID,{'w' * 201}", "12009,1"], SAID, "more than 200 characters"),
    ],
)
def test_what_the_file_does_not_say_must_be_said(
    tmp_path: Path, lines: list[str], values: dict[str, str], words: str
) -> None:
    with pytest.raises(Unreadable, match=words):
        read_as(KIND, written(tmp_path, *lines), **values)


def test_an_area_has_one_figure_of_a_measure(tmp_path: Path) -> None:
    path = written(
        tmp_path, "GEOID,white,year", "12009,1,2018", "12009,1,2018", "12009,2,2018", ",3,2018", "12009,2,"
    )
    batch, _table = read_as(KIND, path, source="ACS")
    assert [(error.row, error.column) for error in batch.complaints] == [(3, ""), (4, ""), (5, "year")]


def test_a_table_with_geoids_is_recognised() -> None:
    found = recognised(["GEOID", "NAME", "B02001_001E", "B02001_001M"])
    assert found is not None
    assert found.name == KIND
    assert recognised(["NAME", "B02001_001E"]) is None


@pytest.mark.django_db
def test_figures_are_stored_with_area_margin_source_and_year() -> None:
    report = loaded(ACS, KIND)
    assert (report.rows_read, report.rows_new, report.rows_refused) == (2, 2, 0)
    assert report.notes["passed_over"]["rows"] == 1
    figure = AreaFigure.objects.get(area__code="010010201001", measure="B02001_001 Total:")
    assert (figure.value, figure.margin, figure.source, figure.year) == (745, 221, "ACS 2019, 5 years", 2019)
    assert (loaded(ACS, KIND).rows_new, AreaFigure.objects.count(), Area.objects.count()) == (0, 3, 2)


@pytest.mark.django_db
def test_the_same_figure_from_a_long_and_a_wide_table_is_one(tmp_path: Path) -> None:
    long = written(tmp_path, "GEOID,variable,estimate", "12009,a,1", "12009,b,2", name="long.csv")
    wide = written(tmp_path, "GEOID,c,b,a", "12009,3,2,1", name="wide.csv")
    loaded(long, KIND, options={"values": SAID})
    loaded(wide, KIND, options={"values": SAID})
    assert Counter(AreaFigure.objects.values_list("measure", flat=True)) == {"a": 1, "b": 1, "c": 1}


@pytest.mark.skipif(not GEOJSON.exists(), reason="the published files are not beside the checkout")
@pytest.mark.django_db
def test_block_groups_of_the_markup_written_as_a_table_come_out_as_they_went_in(tmp_path: Path) -> None:
    """No public table of the kind is at hand, so the properties of The Markup's block groups stand in for one."""
    features = [
        feature["properties"]
        for path in sorted(GEOJSON.glob("*.json"))
        for feature in json.loads(path.read_text())["features"]
    ]
    names = [name for name in features[0] if name not in ("id", "client")]
    path = tmp_path / "block-groups.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["GEO_ID", "client", *names])
        writer.writerows(
            ["1500000US" + one["id"], one["client"], *(one[name] for name in names)] for one in features
        )
    report = loaded(path, KIND, options={"values": SAID})
    assert (report.rows_read, report.rows_refused, len(features)) == (6_060, 0, 6_060)
    distinct = {(one["client"], one["id"]): one for one in features}  # neighbours share some, told the same
    assert (
        (report.rows_new, report.rows_same) == (len(distinct), len(features) - len(distinct)) == (5_756, 304)
    )
    sums = Counter(dict.fromkeys(names, 0.0))
    for one in distinct.values():
        for name in names:
            sums[name] += one[name] or 0
    ours: Counter[str] = Counter()
    for measure, value in AreaFigure.objects.values_list("measure", "value"):
        ours[measure] += value  # type: ignore[assignment]
    assert ours == sums


def test_a_table_of_a_thousand_columns_is_cleaned_in_small_pieces(tmp_path: Path) -> None:
    """Each cell becomes a row: what is held in memory at once is bounded by cells, not by records."""
    header = ["GEOID", *(f"m{at}" for at in range(999))]
    rows = ((",".join([f"{120090000000 + at}", *["1"] * 999])) for at in range(900))
    path = written(tmp_path, ",".join(header), *rows)
    bound = source(KIND).for_file(path.name, {"values": SAID})
    with path.open("rb") as file:
        sizes = [piece.read for piece in pieces(open_table(bound, file)) if isinstance(piece, Chunk)]
    assert sizes == [400, 400, 100]
