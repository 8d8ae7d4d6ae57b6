"""Each test finds what was planted and stays silent on clean agencies. More seeds: `python -m insights.fairness.calibration`."""

from __future__ import annotations

import json

import pytest

from insights.fairness import calibration
from insights.fairness.calibration import TRIALS, Trial, main, run, seeds_of

QUICK = [trial for trial in TRIALS if not trial.sampled and not trial.known_to_mislead]
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
    assert main(["--clean", "3", "--planted", "2", "--test", "benchmark", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["seeds"], one["clean"]) for one in lines] == [(3, True), (2, False)]
    monkeypatch.setattr(calibration, "TRIALS", (Trial("always", "clean", True, lambda seed: True),))
    assert main(["--clean", "20"]) == 1
    assert "NOT AS IT SHOULD BE" in capsys.readouterr().out
