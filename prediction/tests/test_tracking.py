"""Runs logged to MLflow: against a real server where there is one, and safe here whatever that server does."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from prediction import tracking
from prediction.models import ModelRun
from prediction.plots import calibration_svg
from prediction.served_tables import tables_of, write
from prediction.tests.mlflow_server import server  # noqa: F401  a fixture
from prediction.tests.served import serve_example

pytestmark = pytest.mark.django_db


def a_run() -> ModelRun:
    run = serve_example(use=False)
    run.metrics = {
        "rivals": [{"rival": "back-off", "served": True, "log_loss": {"value": 0.5, "low": 0.4, "high": 0.6}}]
    }
    run.parameters = {"back-off": {"order": ["violation"], "m": 50.0}}
    run.card = {"calibration": {"5": [{"said": 0.1, "happened": 0.1, "low": 0.05, "high": 0.2, "stops": 90}]}}
    run.save()
    return run


def test_a_run_goes_to_a_real_server_with_metrics_files_and_a_registered_model(
    server: str,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from mlflow import MlflowClient

    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    first, second = a_run(), a_run()
    for run in (first, second):
        tracking.log(run)
        run.refresh_from_db()
    assert "error" not in first.tracked, first.tracked
    assert (first.tracked["version"], second.tracked["version"]) == ("1", "2")
    client = MlflowClient(server)
    logged = client.get_run(first.tracked["run"])
    assert logged.data.metrics == {
        "back-off/log_loss": 0.5,
        "back-off/log_loss/low": 0.4,
        "back-off/log_loss/high": 0.6,
        "gate_open": 1.0,
    }
    assert logged.data.params["back-off/m"] == "50.0"
    assert logged.data.params["data_rows"] == "1000"
    assert logged.data.tags["securecheck.run"] == str(first.key)
    assert logged.info.status == "FINISHED"
    names = {one.path for one in client.list_artifacts(first.tracked["run"])}
    assert names == {"card.json", "calibration-5.svg", "model"}
    model = client.get_model_version("securecheck-outcome", "1")
    assert model.run_id == first.tracked["run"]


def test_without_an_address_nothing_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    run = a_run()
    tracking.log(run)
    assert run.tracked == {}


def test_a_server_that_does_not_answer_is_noted_and_harms_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://somebody:secret@127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    run = a_run()
    tracking.log(run)
    run.refresh_from_db()
    assert run.tracked["error"].startswith("MLflow did not take the run")
    assert "secret" not in run.tracked["address"]


def test_an_error_without_a_word_is_noted_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(run: ModelRun) -> None:
        raise ConnectionResetError

    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setattr(tracking, "_log", fail)
    tracking.log(run := a_run())
    run.refresh_from_db()
    assert run.tracked["error"] == "MLflow did not take the run: ConnectionResetError"


def test_without_the_client_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "mlflow", None)
    run = a_run()
    tracking.log(run)
    assert run.tracked["error"] == tracking.MISSING


def test_the_table_is_written_in_words_with_every_group() -> None:
    out = io.StringIO()
    write(out, tables_of(a_run())["groups"])
    lines = out.getvalue().splitlines()
    assert lines[0] == "group,stops,Warning,Citation,Arrest"
    assert "all stops,1000,0.400000,0.500000,0.100000" in lines
    assert any(line.startswith('"Speeding, Night",200,') for line in lines)
    assert len(lines) == 1 + 8


def test_names_hold_only_what_the_server_takes() -> None:
    run = a_run()
    run.metrics["rivals"][0]["rival"] = "gradient boosting, from the table"
    assert dict(tracking.metrics_of(run))["gradient boosting from the table/log_loss"] == 0.5


def test_the_plot_of_calibration_is_plain_svg_with_every_point() -> None:
    bins: list[dict[str, Any]] = [
        {"said": 0.02, "happened": 0.01, "low": 0.0, "high": 0.05, "stops": 90},
        {"said": 0.3, "happened": 0.4, "low": 0.3, "high": 0.5, "stops": 1_200},
    ]
    drawn = calibration_svg(bins, "Arrest <1>")
    assert drawn.count("<circle") == 2
    assert "said 30.0%, happened 40.0% of 1,200" in drawn
    assert "Arrest &lt;1&gt;" in drawn
    assert "style" not in drawn
    assert calibration_svg([], "nothing").startswith("<svg")
