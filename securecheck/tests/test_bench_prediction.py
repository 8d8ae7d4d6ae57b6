"""The tables of how right predictions of stops are: every rival a line, figures with intervals, its place in the page."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from prediction.models import ModelRun
from prediction.tests.served import serve_example
from securecheck.bench import prediction as bench
from securecheck.bench.sources import BEGIN, END, keep


def run(gate: str = "open") -> ModelRun:
    score = {"value": -0.04494, "low": -0.0545, "high": -0.0353}
    plain = {"value": 0.5, "low": None, "high": None}
    rivals = [
        {"rival": "base rate", "served": False, "log_loss": plain, "brier": plain, "ece": plain},
        {
            "rival": "back-off",
            "served": True,
            "log_loss": plain,
            "brier": plain,
            "ece": plain,
            "difference": score,
        },
    ]
    return ModelRun(
        kind="outcome",
        gate=gate,
        metrics={"rivals": rivals},
        data_first=date(2024, 1, 1),
        data_last=date(2024, 12, 31),
        data_rows=20_000,
        seconds=3.21,
        seed=1,
    )


def test_every_rival_has_a_line_and_the_verdict_stands_beside_the_one_that_is_served() -> None:
    learned = bench.Learned("demonstration", [run("closed")], [0.001] * 20, [0.02] * 20)
    assert list(learned.scores()) == [
        ["demonstration", "outcome", "base rate", "0.5000", "0.5000", "0.5000", "–", ""],
        ["demonstration", "outcome", "back-off", *["0.5000"] * 3, "−0.0449 (−0.0545 to −0.0353)", "closed"],
    ]
    assert list(learned.times()) == [["demonstration", "outcome", "20,000", "3.2"]]


def test_answers_are_told_by_their_median_and_the_slow_ones() -> None:
    learned = bench.Learned("demonstration", [], [0.001] * 99 + [1.0], [0.02] * 100)
    assert learned.answered() == ["demonstration", "100", "1.0 ms", "1.0 ms", "20.0 ms", "20.0 ms"]


@pytest.mark.django_db
def test_a_run_in_use_is_asked_by_a_program_and_on_the_page() -> None:
    serve_example()
    answers, pages = bench.ask()
    assert len(answers) == len(pages) == bench.ASKED
    assert all(0 < seconds < 60 for seconds in (*answers, *pages))
    asked = bench.questions()
    assert len({tuple(one.items()) for one in asked}) > 20


def test_the_page_has_a_place_for_the_tables(tmp_path: Path) -> None:
    text = bench.PAGE.read_text()
    assert text.count(BEGIN) == text.count(END) == 1
    page = tmp_path / "page.md"
    page.write_text(text)
    keep("| measured |", page)
    assert "| measured |" in page.read_text()


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bench.main(["--file", "/nowhere.csv"])
    assert "There is no file" in capsys.readouterr().err
