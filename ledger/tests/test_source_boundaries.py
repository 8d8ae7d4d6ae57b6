"""Boundaries of areas: which property names them, whose they are, parts of one area, undo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.choices import AreaKind
from ledger.imports import samples
from ledger.imports.reader import Unreadable
from ledger.imports.sources.boundaries import NAMES, Boundaries
from ledger.imports.undo import undo
from ledger.models import Agency, Area, AreaBoundary, ImportRun, Incident
from ledger.tests.factories import make_agency
from ledger.tests.import_files import EXAMPLES, begun, checked, loaded, source
from ledger.tests.test_source_atlanta import OLD

KIND = "boundaries"
FOLDER = EXAMPLES / KIND
BEATS, BAD, BOROUGHS = FOLDER / "beats.geojson", FOLDER / "bad.geojson", FOLDER / "boroughs.geojson"
ZONES = FOLDER / "zones.topojson"


def as_kind(kind: str, **values: str) -> dict[str, Any]:
    return {"values": {"kind": kind, **values}}


def bound(kind: str, **values: str) -> Boundaries:
    found = source(KIND).for_file("areas.geojson", as_kind(kind, **values))
    assert isinstance(found, Boundaries)
    return found


def shapes(kind: str) -> dict[str, Any]:
    return {area.name: area.boundary for area in Area.objects.filter(kind=kind)}


def rings(shape: Any) -> int:
    return len(shape["coordinates"]) if shape["type"] == "MultiPolygon" else 1


@pytest.mark.parametrize(
    ("kind", "header", "named"),
    [
        ("beat", ["OBJECTID", "BEAT", "NAME"], "BEAT"),
        ("zone", ["OBJECTID", "ZONE", "NAME"], "ZONE"),
        ("neighbourhood", ["LOCALID", "NAME", "OLDNAME", "NPU"], "NAME"),
        ("neighbourhood", ["NhoodName", "name"], "NhoodName"),
        ("borough", ["lad21cd", "LAD21NM"], "LAD21NM"),
        ("lsoa", ["LSOA11CD", "LSOA11NM"], "LSOA11NM"),
        ("ward", ["WD23CD", "WD23NM", "LAD23NM"], "WD23NM"),
        ("block-group", ["GEOID20", "name"], "GEOID20"),
        ("county", ["GEOID", "NAMELSAD", "NAME"], "NAMELSAD"),
        ("force", ["PFA22CD", "PFA22NM"], "PFA22NM"),
        ("district", ["title"], "title"),
        ("beat", ["shape"], ""),
        ("beat", [], ""),
    ],
)
def test_the_property_with_the_names_is_guessed_from_the_kind_of_area(
    kind: str, header: list[str], named: str
) -> None:
    whole = [*header, "geometry"]
    if not named:
        assert not bound(kind).fits(whole)
        with pytest.raises(Unreadable, match=r"Say which one names them \(in a command: --set name=…\)"):
            bound(kind).places(whole)
        return
    places = bound(kind).places(whole)
    assert (whole[places["area_name"]], whole[places["boundary"]]) == (named, "geometry")


def test_every_kind_of_area_has_its_usual_names() -> None:
    assert set(NAMES) == set(AreaKind)


def test_what_is_said_goes_before_the_guess() -> None:
    header = ["BEAT", "NAME", "CODE", "geometry"]
    assert bound("beat", name="NAME", code="BEAT").places(header) == {
        "area_name": 1,
        "area_code": 0,
        "boundary": 3,
    }
    mapped = source(KIND).for_file("x.json", as_kind("beat") | {"columns": {"area_name": "NAME"}})
    assert mapped.places(header)["area_name"] == 1
    with pytest.raises(Unreadable, match=r"no property “name”\. They have: “BEAT”"):
        bound("beat", name="name").places(header)


@pytest.mark.django_db
def test_a_check_shows_which_property_is_the_name(settings: Any, tmp_path: Path) -> None:
    settings.UPLOADS = tmp_path
    (tmp_path / "kept").write_bytes(BEATS.read_bytes())
    run = begun(BEATS, KIND, options=as_kind("beat"), stored_name="kept")
    assert next((use.field, use.column, use.values[:2]) for use in samples.of(run)) == (
        "Area name",
        "BEAT",
        ["101", "102.0"],
    )


def test_the_kind_of_area_must_be_said() -> None:
    with pytest.raises(Unreadable, match="The file does not say: kind of area"):
        source(KIND).for_file("areas.geojson")
    with pytest.raises(Unreadable, match="Kind of area: choose one of beat, zone"):
        bound("parish")


@pytest.mark.django_db
def test_areas_get_their_boundaries_and_features_of_one_name_are_joined() -> None:
    report = loaded(BEATS, KIND, options=as_kind("beat"))
    assert (report.rows_read, report.rows_new, report.rows_same, report.rows_refused) == (6, 5, 1, 0)
    assert report.notes["noticed"] == [
        {
            "what": "named an area again: the features of one name are joined, and count once",
            "rows": 1,
            "first": [5],
        }
    ]
    found = shapes("beat")
    assert {name: rings(shape) for name, shape in found.items()} == {
        "101": 2,
        "102": 1,
        "103": 2,
        "104": 1,
        "105": 2,
    }
    assert len(found["102"]["coordinates"]) == 2, "a ring and its hole"
    assert found["104"]["coordinates"][0][0] == [-84.35, 33.7]
    assert not Area.objects.exclude(agency=None).exists()
    assert list(AreaBoundary.objects.order_by("import_row").values_list("import_row", flat=True)) == [
        1,
        2,
        3,
        4,
        6,
    ]


@pytest.mark.django_db
def test_topojson_is_read_like_geojson() -> None:
    assert loaded(ZONES, KIND, options=as_kind("zone")).rows_new == 2
    assert {name: rings(shape) for name, shape in shapes("zone").items()} == {"1": 1, "2": 2}


@pytest.mark.django_db
def test_names_and_codes_of_british_areas_are_found() -> None:
    loaded(BOROUGHS, KIND, options=as_kind("borough"))
    assert list(Area.objects.values_list("name", "code")) == [
        ("Camden", "E09000007"),
        ("Tower Hamlets", "E09000030"),
    ]


@pytest.mark.django_db
def test_exchanged_axes_are_told_where_the_ledger_knows_its_countries() -> None:
    path = FOLDER / "london-exchanged.geojson"
    report = checked(path, KIND, options=as_kind("borough"))
    assert report.errors[0].message.startswith("has latitude and longitude exchanged")
    make_agency("Bahrain Police", "Bahrain")
    assert checked(path, KIND, options=as_kind("borough")).rows_refused == 0
    make_agency("Metropolitan Police Service", "United Kingdom")
    assert checked(path, KIND, options=as_kind("borough")).rows_refused == 1


@pytest.mark.django_db
def test_what_is_wrong_is_said_feature_by_feature_and_nothing_is_stored() -> None:
    report = loaded(BAD, KIND, options=as_kind("neighbourhood"))
    assert not report.stored
    assert [
        (error.row, error.column, error.message.split(":")[0].split(";")[0]) for error in report.errors
    ] == [
        (1, "geometry", "has an open ring"),
        (2, "geometry", "has latitude and longitude exchanged"),
        (3, "geometry", "has latitude and longitude exchanged"),
        (4, "geometry", "has coordinates that are no degrees"),
        (5, "geometry", "is of the type Point"),
        (6, "geometry", "is empty"),
        (7, "geometry", "has a ring of 3 points"),
        (8, "geometry", "has a point that is no pair of numbers"),
        (9, "geometry", "has a ring that encloses nothing"),
        (10, "geometry", "is a Polygon without rings"),
        (11, "NAME", "is empty, and must not be"),
        (12, "geometry", "has a point that is no pair of numbers"),
        (13, "geometry", "is a collection without geometries"),
        (14, "", "is no feature"),
        (15, "", "has properties that are no list of names and values"),
        (16, "", "holds a NUL character, which is not text"),
    ]
    assert not Area.objects.exists()
    assert loaded(BAD, KIND, options=as_kind("neighbourhood"), partial=True).rows_new == 1
    assert list(shapes("neighbourhood")) == ["good"]


@pytest.mark.django_db
def test_missing_arcs_are_said_feature_by_feature() -> None:
    report = loaded(FOLDER / "missing-arcs.topojson", KIND, options=as_kind("zone"), partial=True)
    assert [error.row for error in report.errors] == [*range(1, 10)]
    assert report.errors[0].message == "names the arc 9, but the file has only 5 arcs"
    assert report.errors[6].message.startswith("has a ring of 2 points")
    assert report.rows_new == 1


@pytest.mark.django_db
def test_a_newer_boundary_counts_and_an_undo_brings_back_the_one_before(tmp_path: Path) -> None:
    loaded(BEATS, KIND, options=as_kind("beat"))
    first = shapes("beat")
    moved = tmp_path / "moved.geojson"
    moved.write_text(BEATS.read_text().replace("-84.33", "-84.34"))
    report = loaded(moved, KIND, options=as_kind("beat"))
    assert (report.rows_new, report.rows_same) == (1, 5)
    assert [name for name, shape in shapes("beat").items() if shape != first[name]] == ["101"]
    assert rings(shapes("beat")["101"]) == 2
    undo(ImportRun.objects.get(file_name="moved.geojson"), None, "moved too far")
    assert shapes("beat") == first
    undo(ImportRun.objects.get(file_name="beats.geojson"), None, "not ours")
    assert set(shapes("beat").values()) == {None}
    assert loaded(BEATS, KIND, options=as_kind("beat")).rows_new == 5
    assert shapes("beat") == first


@pytest.mark.django_db
def test_boundaries_of_an_agency_are_those_of_its_incidents(tmp_path: Path) -> None:
    loaded(OLD, "atlanta-crime")
    path = tmp_path / "beats.geojson"
    path.write_text(BEATS.read_text().replace('"BEAT": 101', '"BEAT": 511'))
    loaded(path, KIND, options=as_kind("beat", agency="atlanta police department"))
    beat = Area.objects.get(kind="beat", name="511")
    assert (beat.agency, beat.boundary["type"]) == (Agency.objects.get(), "MultiPolygon")
    assert Incident.objects.filter(beat=beat).exists()
    assert Area.objects.get(kind="beat", name="212").boundary is None


@pytest.mark.django_db
def test_an_agency_that_is_not_there_is_no_guess() -> None:
    report = loaded(BEATS, KIND, options=as_kind("beat", agency="Springfield Police"))
    assert report.message.startswith("There is no agency “Springfield Police”.")
    assert not Area.objects.exists()
