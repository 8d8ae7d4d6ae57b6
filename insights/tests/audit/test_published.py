"""The study of 38 jurisdictions recomputed from its files as published, where they are beside this checkout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from insights.audit.published_files import clients, read_departments
from insights.fairness.checks import published, run_checks
from ledger.tests.import_files import SHARED

STUDY = SHARED / "markup-prediction-bias"


@pytest.mark.skipif(not STUDY.is_dir(), reason="the published files are not beside this checkout")
def test_the_study_is_recomputed_within_its_tolerances() -> None:
    results = run_checks(STUDY)
    ours = [check for check in results.checks if check.name.startswith("38 jurisdictions")]
    assert len(ours) > 20
    assert [check.name for check in ours if not check.passed] == []
    assert sum(one.name.startswith("38 jurisdictions") for one in results.differences) == len(
        published()["file_differences"]
    )


@pytest.mark.skipif(not STUDY.is_dir(), reason="the published files are not beside this checkout")
def test_every_prediction_is_in_an_area_or_told_as_outside() -> None:
    departments = read_departments(STUDY)
    assert len(departments) == 38
    assert sum(one["placed"] + one["outside"] for one in departments.values()) == 6_280_691
    assert departments["cpso"]["outside"] == 55_107  # the map holds a part of the parish


@pytest.mark.skipif(not STUDY.is_dir(), reason="the published files are not beside this checkout")
def test_plainfield_is_recomputed() -> None:
    results = run_checks(SHARED / "markup-plainfield")
    found = {check.name: (check.ours, check.passed) for check in results.checks}
    assert found["Plainfield 2018, crimes that were predicted"] == (34, True)
    assert found["Plainfield 2018, right predictions"] == (64, True)


def test_a_part_of_the_files_is_not_taken_for_the_study(tmp_path: Path) -> None:
    (tmp_path / "dataframes").mkdir()
    (tmp_path / "dataframes" / "race_corr_pred_count.csv").write_text("department,demo,value,plot_name\n")
    results = run_checks(tmp_path)
    assert not any(check.name.startswith("38 jurisdictions") for check in results.checks)
    assert any("of 38 departments" in one.missing for one in results.skipped)


def test_areas_marked_as_another_departments_are_that_departments(tmp_path: Path) -> None:
    ring = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]
    features = [
        {
            "properties": {"id": name, "client": client, "total_estimate": 10, "black_alone": 4, "count": 1},
            "geometry": {"type": "Polygon", "coordinates": [[[x + at, y] for x, y in ring[0]]]},
        }
        for at, (name, client) in enumerate((("1", "york"), ("2", "hull")))
    ]
    for name in ("geojson", "pred_count_by_dept"):
        (tmp_path / name).mkdir()
    (tmp_path / "geojson" / "york-geojson-with-data.json").write_text(json.dumps({"features": features}))
    (tmp_path / "pred_count_by_dept" / "york.csv").write_text(
        "lat,lon,pred_count\n0.5,0.5,3\n0.5,1.5,4\n0.5,9,5\n"
    )
    assert clients(tmp_path) == ["york"]
    york = read_departments(tmp_path)["york"]
    assert (york["areas"], york["predictions"], york["placed"], york["outside"]) == (1, 3, 7, 5)
