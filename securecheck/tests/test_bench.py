"""`script/bench`: its own database, its options, its report."""

from __future__ import annotations

import json
from typing import Any

import pytest

from insights.bench.questions import Measured, Timed
from insights.catalogue import CATALOGUE
from securecheck.bench import __main__ as bench
from securecheck.bench import report
from securecheck.bench.database import address
from securecheck.bench.report import WITHINS, Run
from securecheck.bench.web import Web
from securecheck.postgres.address import embedded, read_url

WRITING = {
    "import": {"rows_per_second": 9000, "facts_seconds": 0.3, "cubes_seconds": 0.6},
    "save": {"save_ms": 6.0, "facts_and_cubes_ms": 1.1},
    "together": {"stops_per_second": 1200, "wait_p50_ms": 8.0, "wait_p99_ms": 21.0},
}


def run(rows: int) -> Run:
    slugs = [insight.slug for insight in CATALOGUE]
    timed = [
        Timed(slug, within, "facts" if within == "outside the cubes" else "WhoYear", 10.0, 35.0, 1070.0)
        for within in WITHINS
        for slug in slugs
    ]
    web = Web(dict.fromkeys(WITHINS, dict.fromkeys(slugs, 55.0)), 40.0, 91)
    return Run(rows, {"facts and cubes": 3.0}, Measured(timed), web, WRITING, [0.1, 1.2])


def test_json_has_the_names_that_stay_put() -> None:
    found = json.loads(json.dumps(run(1000).as_json()))
    assert (found["rows"], found["import_rows_per_second"], found["web_peak_mb"]) == (1000, 9000, 91)
    assert set(found["questions"]) == {insight.slug for insight in CATALOGUE}
    for figures in found["questions"].values():
        assert (figures["ours_ms"], figures["duckdb_ms"], figures["pandas_ms"]) == (10.0, 35.0, 1070.0)
    assert found["geometric_means"]["all"] == {"ours_ms": 10.0, "duckdb_ms": 35.0, "pandas_ms": 1070.0}
    assert found["answers_agree"] is True


def test_the_table_shows_every_question_and_the_growth() -> None:
    text = report.table(run(10_000), run(1_000))
    for insight in CATALOGUE:
        assert f"| {insight.slug} " in text
    assert "×1.0" in text
    assert "1,070" in text
    assert "same answers" in text
    assert (
        len({len(line) for line in text.split("\n\n")[1].splitlines()}) == 1
    )  # columns stand under each other


def test_a_difference_is_said() -> None:
    wrong = run(1_000)
    wrong.questions.questions[0].differs = "DuckDB arrests: 3 and 4"
    assert wrong.questions.differences == ["all: DuckDB arrests: 3 and 4"]
    assert "The answers differed!" in report.table(wrong, run(100))
    assert wrong.as_json()["answers_agree"] is False


def test_the_last_table_takes_the_place_of_the_one_before(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"Before\n\n{report.BEGIN}\nold\n{report.END}\n\nAfter\n")
    monkeypatch.setattr(report, "PAGE", page)
    report.keep("new")
    report.keep("newest")
    assert page.read_text() == f"Before\n\n{report.BEGIN}\nnewest\n{report.END}\n\nAfter\n"


def test_the_page_has_a_place_for_the_table() -> None:
    text = report.PAGE.read_text()
    assert text.count(report.BEGIN) == text.count(report.END) == 1


@pytest.mark.parametrize(
    "settings",
    [
        read_url("postgres://us%40er:p%2Fw@db.example.org:5433/ledger?sslmode=require"),
        embedded(),
        read_url("postgres:///ledger?host=/var/run/postgresql"),
    ],
)
def test_another_database_of_the_same_server_is_named(settings: dict[str, Any]) -> None:
    found = read_url(address(settings, "ledger_bench"))
    options = settings.get("OPTIONS", {})
    assert found == {**settings, "NAME": "ledger_bench", "OPTIONS": {"connect_timeout": "10", **options}}


@pytest.mark.parametrize("text", ["0", "-5", "ten", "1e7", "999", "100000001"])
def test_a_senseless_size_is_refused(text: str, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "--rows", text])
    with pytest.raises(SystemExit) as ended:
        bench.options()
    assert ended.value.code == 2
    assert "is not a number of stops" in capsys.readouterr().err


def test_ten_million_is_what_is_measured_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bench"])
    assert bench.options().rows == 10_000_000
    monkeypatch.setattr("sys.argv", ["bench", "--rows", "20_000", "--json"])
    assert (bench.options().rows, bench.options().json) == (20_000, True)
