"""Block groups with population and predictions: areas with their boundaries, and nine figures a client."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger.imports.sources.predpol_block_groups import MEASURES
from ledger.imports.undo import undo
from ledger.models import Area, AreaFigure, ImportRun
from ledger.tests.import_files import EXAMPLES, loaded, said, source

KIND = "predpol-block-groups"
GOOD = EXAMPLES / KIND / "springfield-geojson-with-data.json"
BAD = EXAMPLES / KIND / "bad-geojson-with-data.json"

pytestmark = pytest.mark.django_db


def test_a_block_group_is_an_area_with_a_figure_for_each_measure() -> None:
    report = loaded(GOOD, KIND)
    assert (report.rows_read, report.rows_new, report.rows_refused) == (4, 4, 0)
    area = Area.objects.get(name="010010201001")
    assert (area.kind, area.code, area.agency) == ("block-group", "010010201001", None)
    assert area.boundary["coordinates"][0][0] == [-84.4, 33.7]
    figures = AreaFigure.objects.filter(area=area)
    assert dict(figures.values_list("measure", "value")) == dict(
        zip(MEASURES, (100, 40, 30, 20, 5, 50, 20, 25, 7), strict=True)
    )
    assert set(figures.values_list("client", "import_row")) == {("springfield", 1)}
    assert set(figures.exclude(measure="count").values_list("source", "year")) == {
        ("ACS 2018, 5 years", 2018)
    }
    assert list(figures.filter(measure="count").values_list("source", "year")) == [
        ("PredPol predictions", None)
    ]


def test_a_figure_that_is_missing_is_no_zero_and_a_zero_is_kept() -> None:
    loaded(GOOD, KIND)
    third = AreaFigure.objects.filter(area__name="010010201003")
    assert (third.count(), third.filter(measure="black_alone").exists()) == (8, False)
    assert AreaFigure.objects.get(area__name="010010201002", measure="count").value == 0
    assert Area.objects.exclude(boundary=None).count() == 4


def test_figures_that_contradict_each_other_are_kept_and_named() -> None:
    notes = loaded(GOOD, KIND).notes["noticed"]
    assert [(note["what"], note["first"]) for note in notes] == [
        ("told of more people in the groups than in all", [4])
    ]


def test_what_is_not_understood_is_told_cell_by_cell() -> None:
    report = loaded(BAD, KIND)
    assert not report.stored
    assert said(report) == [
        (1, "id"),
        (2, "client"),
        (3, "total_estimate"),
        (4, "count"),
        (5, "total_estimate"),
        (6, "geometry"),
    ]
    assert report.errors[4].message == "is empty, as all other figures are"
    assert not Area.objects.exists()


def test_the_same_block_group_of_the_same_client_in_another_file_adds_nothing() -> None:
    loaded(GOOD, KIND)
    again = loaded(GOOD, KIND)
    assert (again.rows_new, again.rows_same) == (0, 4)
    undo(ImportRun.objects.earliest("pk"), None, "the wrong city")
    assert not AreaFigure.objects.current().exists()
    assert not Area.objects.exclude(boundary=None).exists()
    assert loaded(GOOD, KIND).rows_new == 4


def test_its_files_go_before_those_of_any_boundaries() -> None:
    from ledger.imports.sources import recognised

    header = [*(name for name in source(KIND).header if name != "geometry"), "geometry"]
    found = recognised(header, "la-geojson-with-data.json", among=[source("boundaries"), source(KIND)])
    assert found is source(KIND)


def test_a_measure_that_no_row_has_makes_no_figures(tmp_path: Path) -> None:
    whole = json.loads(GOOD.read_text())
    for feature in whole["features"]:
        feature["properties"]["count"] = None
    path = tmp_path / GOOD.name
    path.write_text(json.dumps(whole))
    assert loaded(path, KIND).stored
    assert AreaFigure.objects.exists()
    assert not AreaFigure.objects.filter(measure="count").exists()
