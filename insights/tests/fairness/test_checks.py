from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from insights.fairness import checks
from insights.fairness.checks import Check, compute, published, run_checks
from insights.fairness.checks.files import Missing, measure_file
from insights.fairness.threshold_sampling import Effort

BOOK = published()
NAMES = [one["name"] for one in BOOK["checks"]]
SHARED = Path(__file__).parents[4] / "shared" / "data"


def test_at_least_forty_published_figures_are_reproduced_from_their_counts() -> None:
    results = run_checks()
    assert len(results.checks) >= 40
    assert [check.name for check in results.checks if not check.passed] == []


@pytest.mark.parametrize("check", BOOK["checks"], ids=NAMES)
def test_every_count_of_a_check_matters(check: dict[str, Any]) -> None:
    """Each input is changed in turn: one more moves ours, a fifth less moves it beyond the tolerance."""
    before = compute(check["formula"], check["inputs"])
    for name, count in check["inputs"].items():
        assert compute(check["formula"], check["inputs"] | {name: count + 1}) != before, name
        fewer = compute(check["formula"], check["inputs"] | {name: round(count * 0.8)})
        assert not Check(check["name"], "", check["theirs"], fewer, check["tolerance"]).passed, name


@pytest.mark.parametrize("check", BOOK["checks"], ids=NAMES)
def test_a_published_figure_one_step_off_would_fail(check: dict[str, Any]) -> None:
    ours = compute(check["formula"], check["inputs"])
    step = 3 * check["tolerance"] or 1.0
    for wrong in (check["theirs"] + step, check["theirs"] - step):
        assert not Check(check["name"], "", wrong, ours, check["tolerance"]).passed


def test_names_are_unique_and_sources_known() -> None:
    every = [*BOOK["checks"], *BOOK["file_checks"], *BOOK["differences"], *BOOK["file_differences"]]
    assert len({one["name"] for one in every}) == len(every)
    assert {one["source"] for one in every} == set(BOOK["sources"])
    assert all(entry["title"] and entry["where"] for entry in BOOK["sources"].values())


def test_checks_of_files_are_skipped_with_the_name_of_the_file() -> None:
    results = run_checks()
    assert len(results.skipped) == len(BOOK["file_checks"])
    assert {one.missing.split(" ")[0] for one in results.skipped} == {
        one["file"] for one in BOOK["file_checks"]
    }


def test_differences_are_shown_and_differ() -> None:
    worst = max(abs(one.ours - one.theirs) for one in run_checks().differences)
    assert worst > 0.01


def test_the_command_prints_json_and_leaves_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_methods", json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["failed"] == 0
    assert set(told["checks"][0]) == {"name", "source", "theirs", "ours", "tolerance", "passed"}
    assert told["skipped"][0]["missing"].startswith("police.csv")


def test_the_command_leaves_with_1_when_a_check_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    book = published()
    book["checks"][0]["theirs"] += 1
    changed = tmp_path / "published.json"
    changed.write_text(json.dumps(book))
    monkeypatch.setattr(checks, "PUBLISHED", changed)
    with pytest.raises(SystemExit) as left:
        call_command("check_methods")
    assert left.value.code == 1
    assert "FAIL" in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="There is no folder"):
        call_command("check_methods", data=tmp_path / "nowhere")


def _written(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_residual_file_is_found_below_the_folder_and_measured(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    counts = [("Black", 200, 1000), ("White", 300, 4000), ("Hispanic", 500, 5000)]
    rows = [{"group": g, "stops": s, "residents": r} for g, s, r in counts]
    _written(tmp_path / "inside" / "ripa-2023.csv", rows)
    ours = {one.name: one.ours for one in run_checks(tmp_path).checks}
    assert ours["California 2023, residual disparity in per cent, Black"] == pytest.approx(100.0)
    assert ours["California 2023, residual disparity in per cent, White"] == pytest.approx(-25.0)


def _rubbish(folder: Path) -> None:
    (folder / "police.csv").mkdir()
    (folder / "fig4b_threshold_test.csv").write_text("a,b\n1,2\n")
    (folder / "PAS_Dashboard_Borough.csv").write_text("")
    (folder / "ripa-2023.csv").write_bytes(b"\xff\xfe\x00stops")
    (folder / "crime_with_predictions.csv").write_text("date\nyesterday\n")
    (folder / "race_corr_pred_count.csv").write_text("department\n")


def test_files_of_the_right_name_with_something_else_in_them_are_skipped_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _rubbish(tmp_path)
    call_command("check_methods", json=True, data=tmp_path)
    told = json.loads(capsys.readouterr().out)
    assert (len(told["skipped"]), told["failed"]) == (len(BOOK["file_checks"]), 0)
    why = {one["missing"] for one in told["skipped"]}
    assert "ripa-2023.csv (as published: the file of this name cannot be read so)" in why
    assert "PAS_Dashboard_Borough.csv (as published: the file of this name cannot be read so)" in why


def test_counts_may_have_their_thousands_apart_and_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    check = {"file": "ripa-2023.csv", "measure": "residual", "group": "Black"}
    for black, residual in (("1,000", 0.0), ("3,000", 50.0)):
        rows = [("Black", black, "2,000"), ("White", "1,000", "2,000")]
        names = ("group", "stops", "residents")
        _written(tmp_path / "ripa-2023.csv", [dict(zip(names, row, strict=True)) for row in rows])
        assert measure_file(check, tmp_path) == pytest.approx(residual)


def test_a_figure_that_comes_to_nothing_is_null_and_failed() -> None:
    nothing = Check("a rate over nobody", "", 0.5, float("nan"), 0.1)
    told = checks.as_json(checks.Results([nothing], [], []))
    assert (told["checks"][0]["ours"], told["checks"][0]["passed"], told["failed"]) == (None, False, 1)
    json.dumps(told, allow_nan=False)


def test_a_part_of_the_rhode_island_file_is_not_taken_for_the_whole() -> None:
    if not SHARED.is_dir():
        pytest.skip("the published files are not beside this checkout")
    results = run_checks(SHARED)
    assert any(one.missing == "police.csv (the whole file of 91,741 rows)" for one in results.skipped)


def test_rhode_island_rates_are_of_the_rows_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from insights.fairness.checks import files

    columns = ("driver_gender", "violation", "search_conducted", "drugs_related_stop")
    people = [
        ("F", "Speeding", "True", "False"),
        ("F", "Equipment", "False", "False"),
        ("M", "Speeding", "False", "True"),
    ]
    _written(tmp_path / "police.csv", [dict(zip(columns, one, strict=True)) for one in people])
    monkeypatch.setitem(files.WHOLE, "ri_search_rate", ("", lambda rows: True))
    check = {"file": "police.csv", "measure": "ri_search_rate", "where": {"driver_gender": "F"}}
    assert measure_file(check, tmp_path) == 0.5
    assert isinstance(measure_file(check | {"measure": "ri_rows"}, tmp_path), Missing)


def _counties(groups: tuple[str, ...] = ("White", "Black", "Hispanic")) -> list[dict[str, Any]]:
    return [
        {
            "location_variable": f"County {place}",
            "driver_race": f"{group} drivers",
            "num_stops": 2000 + 10 * place,
            "num_searches": 100,
            "num_hits": 30 - 5 * index,
            "state": "CO",
        }
        for place in range(4)
        for index, group in enumerate(groups)
    ]


def test_thresholds_of_a_state_follow_the_hit_rates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "insights.fairness.threshold.Effort", lambda: Effort(draws=150, warmup=80, chains=4, attempts=1)
    )
    alone = {**_counties()[0], "location_variable": "Lone County"}  # one group only: left out
    _written(tmp_path / "fig4b_threshold_test.csv", [*_counties(), alone])
    check = {"file": "fig4b_threshold_test.csv", "measure": "op_threshold", "state": "CO"}
    white, hispanic = (measure_file(check | {"group": group}, tmp_path) for group in ("White", "Hispanic"))
    assert isinstance(white, float)
    assert isinstance(hispanic, float)
    assert 0 < hispanic < white < 1
    assert isinstance(measure_file(check | {"measure": "op_hit_rate", "group": "White"}, tmp_path), Missing)
