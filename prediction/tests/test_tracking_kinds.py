"""Runs of every kind are logged alike: those of crime and trust and the proxy audit as well as those of stops."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from io import StringIO
from posixpath import normpath
from typing import Any

import pytest
from django.core.management import call_command

from insights.tests.conftest import kept_for_now
from insights.tests.trust import survey
from prediction import runs, tracking
from prediction.models import CrimeRate, ModelRun, TrustForecast
from prediction.proxy import training
from prediction.served_tables import HOURS, tables_of, write
from prediction.tests.crime import made_up
from prediction.tests.mlflow_server import server  # noqa: F401  a fixture
from prediction.tests.proxy.rates import make_rates
from prediction.tests.test_trust_forecast import DAYS, NAMES, made

KINDS = ("crime", "trust", "proxy-states")
TAKEN = re.compile(r"[/\w.\- ]*")  # what such a server takes in a name


@pytest.fixture(scope="module")
def trained(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, ModelRun]]:
    """A run of each kind, learned as the worker learns it."""
    with kept_for_now(django_db_blocker), pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "SHUFFLES", 5)
        patch.setattr("prediction.proxy.models.TREES", 10)
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        made_up.make_city()
        survey.write(made(), NAMES, ("Trust MPS", "Fair"), DAYS)
        for level in ("states", "cities"):
            make_rates(states=6, districts=24, effect=0.5, level=level)
        for family in ("crime", "trust", "proxy"):
            call_command("train", family, stdout=StringIO())
        yield {name: run for name in KINDS if (run := runs.in_use(name))}


def table(run: ModelRun, name: str) -> list[str]:
    out = io.StringIO()
    write(out, tables_of(run)[name])
    return out.getvalue().splitlines()


@pytest.mark.parametrize("kind", KINDS)
def test_every_rival_has_figures_under_names_that_a_server_takes(
    trained: dict[str, ModelRun], kind: str
) -> None:
    run = trained[kind]
    metrics, params = tracking.apart(tracking.metrics_of(run)), tracking.apart(tracking.params_of(run))
    assert len(metrics) >= 3 * len(run.metrics["rivals"]) > 0
    assert {row["rival"].replace(",", "").replace("×", "x") for row in run.metrics["rivals"]} <= {
        name.split("/")[0] for name, _ in metrics
    }
    for name, _ in [*metrics, *params]:
        assert TAKEN.fullmatch(name), name
        assert normpath(name) == name
        assert len(name) <= 250


def test_what_a_run_answers_from_is_written_in_words(trained: dict[str, ModelRun]) -> None:
    crime, trust, proxy = (trained[name] for name in KINDS)
    rates = table(crime, "crime-rates")
    assert rates[0] == ",".join(["agency", "area", "group", "incidents", *HOURS])
    assert len(rates) == 1 + CrimeRate.objects.filter(run=crime).count() > 1
    assert rates[1].startswith("Riverton Police,")
    forecasts = table(trust, "trust-forecasts")
    assert forecasts[0].startswith("survey,measure,area,ahead,")
    assert len(forecasts) == 1 + TrustForecast.objects.filter(run=trust).count() > 1
    assert tables_of(proxy) == {}, "its model is in serving.json"
    assert list(tables_of(crime)) == ["crime-rates"]


class Recorder:
    """Keeps what is sent, and refuses what a server refuses: too much at once, a name twice."""

    def __init__(self) -> None:
        self.sent: dict[str, Any] = {}
        self.files: list[str] = []

    def log_batch(self, where: str, metrics: Any = (), params: Any = (), tags: Any = ()) -> None:
        assert len(params) + len(tags) <= 100
        assert len(metrics) <= 1_000
        for one in (*metrics, *params):
            assert one.key not in self.sent
            self.sent[one.key] = one.value

    def log_artifact(self, where: str, path: str, folder: str) -> None:
        self.files.append(f"{folder}/{path.rpartition('/')[2]}")

    def __getattr__(self, name: str) -> Any:
        from types import SimpleNamespace as Plain

        info = Plain(run_id="1", artifact_uri="files:/1")
        return lambda *args, **more: Plain(info=info, experiment_id="1", version=1)


@pytest.mark.parametrize("number", [2, 40])
def test_crime_of_many_agencies_is_sent_in_parts_with_the_figures_of_each(
    trained: dict[str, ModelRun], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, sink = trained["crime"], Recorder()
    own = {name: value for name, value in run.metrics.items() if name != "agencies"}
    names = [f"Force {at}, of A/B" for at in range(number)] + [
        "Force 0 of A/B"
    ]  # the last is made like the first
    run.metrics = own | {"agencies": dict.fromkeys(names, own)}
    run.parameters = dict.fromkeys(names, next(iter(run.parameters.values())))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setattr("mlflow.MlflowClient", lambda: sink)
    monkeypatch.setattr(ModelRun, "save", lambda *args, **more: None)
    tracking.log(run)
    assert "error" not in run.tracked, run.tracked
    figures = len(list(tracking._of_rivals(own, "")))
    assert len([name for name in sink.sent if name.startswith("Force")]) == (number + 1) * (
        figures + len(next(iter(run.parameters.values())))
    )
    assert sink.files == ["model/crime-rates.csv"]
    trained["crime"].refresh_from_db()


@pytest.mark.parametrize("kind", KINDS)
def test_runs_of_every_kind_go_to_a_real_server(
    trained: dict[str, ModelRun],
    server: str,  # noqa: F811
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from mlflow import MlflowClient

    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    run = trained[kind]
    tracking.log(run)
    assert "error" not in run.tracked, run.tracked
    client = MlflowClient(server)
    logged = client.get_run(run.tracked["run"])
    assert logged.data.metrics == pytest.approx(dict(tracking.apart(tracking.metrics_of(run))))
    assert logged.data.params == dict(tracking.apart(tracking.params_of(run)))
    assert logged.data.tags["securecheck.kind"] == kind
    inside = {one.path for one in client.list_artifacts(run.tracked["run"], "model")}
    assert inside == {"model/serving.json", *(f"model/{name}.csv" for name in tables_of(run))}
    assert client.get_model_version(f"securecheck-{kind}", "1").run_id == run.tracked["run"]
