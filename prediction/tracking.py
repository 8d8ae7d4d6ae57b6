"""Runs logged to MLflow as well, where `MLFLOW_TRACKING_URI` names a server.

Our own table stays the truth: whatever happens there, a run is kept here, and a log that did not succeed is noted on it. The
client (`requirements-mlflow.txt`) is loaded here and nowhere else, by the worker and by commands.
"""

from __future__ import annotations

import logging
import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ledger.errors import first_line
from prediction.models import ModelRun
from prediction.plots import calibration_svg
from prediction.served_tables import tables_of, write

log_ = logging.getLogger(__name__)

EXPERIMENT = "SecureCheck"
MOST_A_REQUEST = 100  # metrics or parameters
Value = TypeVar("Value")
PREFIX = "securecheck-"  # of registered models
MISSING = (
    "The MLflow client is not installed. Run: .venv/bin/python -m pip install -r requirements-mlflow.txt"
)
# A server that does not answer must not hold the worker up for long.
PATIENCE = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "30"}


def log(run: ModelRun) -> None:
    """Log a run to the server that is named, if one is; note on the run where it went, or why it did not."""
    address = os.environ.get("MLFLOW_TRACKING_URI", "").strip()
    if not address:
        return
    for name, value in PATIENCE.items():
        os.environ.setdefault(name, value)
    try:
        tracked = _log(run)
    except ImportError:
        tracked = {"error": MISSING}
    except Exception as error:  # of whatever kind: the run is safe here
        log_.warning("run %s was not logged to MLflow: %s", run.key, error)
        tracked = {"error": f"MLflow did not take the run: {first_line(error)[:200]}"}
    run.tracked = tracked | {"address": _without_password(address)}
    run.save(update_fields=["tracked"])


def _log(run: ModelRun) -> dict[str, Any]:
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Param, RunTag

    client, now = MlflowClient(), int(time.time() * 1000)
    made = client.create_run(_experiment(client), run_name=f"{run.kind} {run.trained_at:%Y-%m-%d %H:%M}")
    where = made.info.run_id
    client.log_batch(where, tags=[RunTag(name, value) for name, value in tags_of(run).items()])
    for figures in batched(apart(metrics_of(run))):
        client.log_batch(where, metrics=[Metric(name, value, now, 0) for name, value in figures])
    for settings in batched(apart(params_of(run))):
        client.log_batch(where, params=[Param(name, value) for name, value in settings])
    client.log_dict(where, run.card, "card.json")
    for code, bins in run.card.get("calibration", {}).items():
        client.log_text(where, calibration_svg(bins, f"Calibration, class {code}"), f"calibration-{code}.svg")
    client.log_dict(where, run.serving, "model/serving.json")
    _log_tables(client, where, run)
    client.set_terminated(where)
    version = _register(client, f"{PREFIX}{run.kind}", f"{made.info.artifact_uri}/model", where)
    return {"run": where, "model": f"{PREFIX}{run.kind}", "version": str(version)}


def _log_tables(client: Any, where: str, run: ModelRun) -> None:
    """What the run answers from, each table in a file of its own: that of crime may have a hundred megabytes."""
    for name, rows in tables_of(run).items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{name}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                write(file, rows)
            client.log_artifact(where, str(path), "model")


def _experiment(client: Any) -> str:
    found = client.get_experiment_by_name(EXPERIMENT)
    return str(found.experiment_id if found else client.create_experiment(EXPERIMENT))


def _register(client: Any, name: str, source: str, where: str) -> Any:
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    return client.create_model_version(name, source, where, await_creation_for=0).version


def metrics_of(run: ModelRun) -> Iterator[tuple[str, float]]:
    """Every figure of every rival, as “back-off/log_loss” and “back-off/log_loss/low”; of further agencies behind their name."""
    yield from _of_rivals(run.metrics, "")
    for agency, metrics in run.metrics.get("agencies", {}).items():
        yield from _of_rivals(metrics, f"{_plain(agency).replace('/', '-')}/")
    if run.gate:
        yield "gate_open", float(run.gate == "open")


def _of_rivals(metrics: Mapping[str, Any], before: str) -> Iterator[tuple[str, float]]:
    for row in metrics.get("rivals", []):
        name = before + _plain(row["rival"])
        for score, estimate in row.items():
            if isinstance(estimate, Mapping):
                for end, figure in estimate.items():
                    if figure is not None:
                        yield f"{name}/{score}" + ("" if end == "value" else f"/{end}"), float(figure)


def params_of(run: ModelRun) -> Iterator[tuple[str, str]]:
    yield "features", ", ".join(run.features)[:500]
    yield "seed", str(run.seed)
    yield "data_first", run.data_first.isoformat()
    yield "data_last", run.data_last.isoformat()
    yield "data_rows", str(run.data_rows)
    for rival, settings in run.parameters.items():
        for name, value in settings.items():
            yield f"{_plain(rival).replace('/', '-')}/{_plain(name)}", str(value)[:500]


def _plain(name: str) -> str:
    """A name of what such a server takes."""
    return " ".join(re.sub(r"[^\w ./-]", "", name.replace("×", "x")).split())


def apart(pairs: Iterable[tuple[str, Value]]) -> list[tuple[str, Value]]:
    """The same pairs; of names that were made alike, the later ones get a number."""
    found: dict[str, Value] = {}
    for name, value in pairs:
        number = 1
        while (told := name if number == 1 else f"{name}-{number}") in found:
            number += 1
        found[told] = value
    return list(found.items())


def batched(pairs: list[tuple[str, Value]]) -> Iterator[list[tuple[str, Value]]]:
    """As many together as one request may bring."""
    for at in range(0, len(pairs), MOST_A_REQUEST):
        yield pairs[at : at + MOST_A_REQUEST]


def tags_of(run: ModelRun) -> dict[str, str]:
    return {
        "securecheck.run": str(run.key),
        "securecheck.kind": run.kind,
        "securecheck.gate": run.gate,
        "securecheck.digest": run.digest,
        "securecheck.version": run.code_version,
        "securecheck.trained_by": run.trained_by.get_username() if run.trained_by else "",
    }


def _without_password(address: str) -> str:
    """An address without what signs in there."""
    return re.sub(r"//[^/@]*@", "//", address)
