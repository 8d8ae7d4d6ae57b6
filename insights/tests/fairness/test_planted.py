"""Each test finds what was planted and stays silent on clean agencies. Many more seeds: `manage.py study_seeds`."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from insights.fairness import calibration, made_up
from insights.fairness.calibration import TRIALS, Trial, run, seeds_of
from ledger.synthesis.draw import RACES, draw

QUICK = [
    trial
    for trial in TRIALS
    if not trial.sampled and not trial.known_to_mislead and "made-up stops" not in trial.agency
]
CLEAN = {"benchmark": 100, "rates by group": 100, "adjusted rates": 100, "outcome test": 100}


def _name(trial: Trial) -> str:
    return f"{trial.test}, {trial.agency}"


@pytest.mark.parametrize("trial", [one for one in QUICK if one.clean], ids=_name)
def test_a_clean_agency_is_flagged_no_more_often_than_the_level(trial: Trial) -> None:
    found = run(trial, CLEAN.get(trial.test, 25), first=1001)
    assert found.as_it_should, found


@pytest.mark.parametrize("trial", [one for one in QUICK if not one.clean], ids=_name)
def test_a_planted_effect_is_found(trial: Trial) -> None:
    found = run(trial, 8, first=1001)
    assert found.flagged >= 7, found


def test_the_outcome_test_is_misled_where_more_people_of_a_group_carry() -> None:
    trial = next(one for one in TRIALS if one.test == "outcome test" and one.known_to_mislead)
    assert run(trial, 5).flagged >= 4


def test_sampled_tests_get_fewer_seeds() -> None:
    assert [seeds_of(one, 200, 50) for one in TRIALS if one.sampled][:2] == [20, 10]


def test_the_command_prints_a_line_a_trial_and_says_whether_all_is_well(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("study_seeds", clean=3, planted=2, test="benchmark", json=True)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["seeds"], one["clean"]) for one in lines] == [(3, True), (2, False)]
    call_command("study_seeds", clean=3, planted=2, test="benchmark", markdown=True)
    assert capsys.readouterr().out.splitlines()[2].startswith("| benchmark | clean |")
    monkeypatch.setattr(calibration, "TRIALS", (Trial("always", "clean", True, lambda seed: True),))
    with pytest.raises(SystemExit):
        call_command("study_seeds", clean=20)
    assert "NOT AS IT SHOULD BE" in capsys.readouterr().out


def test_other_seeds_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def flags(seed: int) -> bool:
        asked.append(seed)
        return False

    monkeypatch.setattr(calibration, "TRIALS", (Trial("never", "clean", True, flags),))
    call_command("study_seeds", "--first=5001", clean=3)
    assert asked == [5001, 5002, 5003]


@pytest.mark.parametrize("seeds", ["0", "-3", "many", "1e3"])
def test_a_number_of_seeds_that_is_none_is_refused(seeds: str) -> None:
    with pytest.raises(CommandError, match="is not a number of seeds"):
        call_command("study_seeds", f"--clean={seeds}")


LEDGER = [trial for trial in TRIALS if "made-up stops" in trial.agency and not trial.sampled]


@pytest.mark.parametrize("trial", [one for one in LEDGER if not one.clean], ids=_name)
def test_what_make_stops_plants_is_found(trial: Trial) -> None:
    found = run(trial, 2, first=2001)
    assert found.flagged == 2, found


@pytest.mark.parametrize("trial", [one for one in LEDGER if one.clean], ids=_name)
def test_the_agency_without_anything_planted_is_flagged_no_more_often_than_the_level(trial: Trial) -> None:
    found = run(trial, 4, first=2001)
    assert found.flagged <= 1, found


def test_cells_of_made_up_stops_are_those_of_the_draw() -> None:
    """Counted a second time, stop by stop."""
    rows = made_up.search_cells(5, 4_000, "USA")
    counted: Counter[tuple[str, int, int]] = Counter()
    searched: Counter[tuple[str, int, int]] = Counter()
    for month in draw(4_000, 5, made_up.UNTIL):
        for force, race, post, hour, mark in zip(
            month.force, month.race, month.post, month.hour, month.searched, strict=True
        ):
            if made_up.COUNTRIES[force] == "USA":
                counted[RACES[race], int(post), int(hour)] += 1
                searched[RACES[race], int(post), int(hour)] += int(mark)
    assert {
        (row["group"], row["place"], row["hour"]): row["stops"] for row in rows if row["stops"]
    } == counted
    assert sum(row["searches"] for row in rows) == sum(searched.values())


def test_twilight_cells_of_made_up_stops_hold_the_two_groups_only() -> None:
    rows = made_up.twilight_cells(5, 20_000, "Canada", "Black", "White")
    assert {row["dark"] for row in rows} == {0, 1}
    assert sum(row["reference_stops"] for row in rows) > sum(row["group_stops"] for row in rows) > 50
    assert all(1000 < row["minute"] < 1310 for row in rows)
