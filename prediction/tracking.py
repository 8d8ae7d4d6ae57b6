"""Runs logged to MLflow as well, where `MLFLOW_TRACKING_URI` names a server.

Our own table stays the truth: whatever happens there, a run is kept here, and a log that did not succeed is noted on it. The
client (`requirements-mlflow.txt`) is loaded here and nowhere else, by the worker and by commands.
"""

from __future__ import annotations

import csv
import io
import logging
import os
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

from prediction.models import ModelRun
from prediction.plots import calibration_svg
from prediction.stops.told import features_of
from prediction.stops.words import StopWords

log_ = logging.getLogger(__name__)

EXPERIMENT = "SecureCheck"
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
        tracked = {"error": f"MLflow did not take the run: {str(error).strip().splitlines()[0][:200]}"}
    run.tracked = tracked | {"address": _without_password(address)}
    run.save(update_fields=["tracked"])


def _log(run: ModelRun) -> dict[str, Any]:
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Param, RunTag

    client, now = MlflowClient(), int(time.time() * 1000)
    made = client.create_run(_experiment(client), run_name=f"{run.kind} {run.trained_at:%Y-%m-%d %H:%M}")
    where = made.info.run_id
    client.log_batch(
        where,
        metrics=[Metric(name, value, now, 0) for name, value in metrics_of(run)],
        params=[Param(name, value) for name, value in params_of(run)],
        tags=[RunTag(name, value) for name, value in tags_of(run).items()],
    )
    client.log_dict(where, run.card, "card.json")
    for code, bins in run.card.get("calibration", {}).items():
        client.log_text(where, calibration_svg(bins, f"Calibration, class {code}"), f"calibration-{code}.svg")
    client.log_dict(where, run.serving, "model/serving.json")
    client.log_text(where, table_of(run), "model/groups.csv")
    client.set_terminated(where)
    version = _register(client, f"{PREFIX}{run.kind}", f"{made.info.artifact_uri}/model", where)
    return {"run": where, "model": f"{PREFIX}{run.kind}", "version": str(version)}


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
    """Every figure of every rival, as “back-off/log_loss” and “back-off/log_loss/low”."""
    for row in run.metrics.get("rivals", []):
        name = re.sub(r"[^\w ./-]", "", row["rival"])
        for score, estimate in row.items():
            if isinstance(estimate, Mapping):
                for end, figure in estimate.items():
                    if figure is not None:
                        yield f"{name}/{score}" + ("" if end == "value" else f"/{end}"), float(figure)
    if run.gate:
        yield "gate_open", float(run.gate == "open")


def params_of(run: ModelRun) -> Iterator[tuple[str, str]]:
    yield "features", ", ".join(run.features)[:500]
    yield "seed", str(run.seed)
    yield "data_first", run.data_first.isoformat()
    yield "data_last", run.data_last.isoformat()
    yield "data_rows", str(run.data_rows)
    for rival, settings in run.parameters.items():
        for name, value in settings.items():
            yield re.sub(r"[^\w ./-]", "", f"{rival}/{name}"), str(value)[:500]


def tags_of(run: ModelRun) -> dict[str, str]:
    return {
        "securecheck.run": str(run.key),
        "securecheck.kind": run.kind,
        "securecheck.gate": run.gate,
        "securecheck.digest": run.digest,
        "securecheck.version": run.code_version,
        "securecheck.trained_by": run.trained_by.get_username() if run.trained_by else "",
    }


def table_of(run: ModelRun) -> str:
    """The served table as CSV: the group in words, its persons, and the predicted share of each class."""
    out, words = io.StringIO(), StopWords()
    family = run.of.family if run.of else ""
    labels = [words.label(family, code) for code in run.serving.get("classes", [])]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["group", "stops", *labels])
    chain = tuple(run.serving.get("chain", []))
    for group in run.groups.order_by("known", "codes").iterator():
        name = words.group(features_of(chain, group.known), group.codes)
        writer.writerow([name, group.stops, *(f"{share:.6f}" for share in group.shares)])
    return out.getvalue()


def _without_password(address: str) -> str:
    """An address without what signs in there."""
    return re.sub(r"//[^/@]*@", "//", address)
