"""The proxy audit trained anew: on a table that holds nothing to tell, by the worker, by night."""

from __future__ import annotations

import pytest

from ledger.models import PublishedRate
from ledger.tests.import_files import EXAMPLES, loaded
from prediction import nightly, tasks
from prediction.jobs import ask
from prediction.kinds import kind_named
from prediction.models import JobAct, JobState, ModelRun, PredictionJob
from prediction.proxy import training
from prediction.proxy.models import BOOSTING, DUMMY, FOREST, LOGIT, MODELS
from prediction.tests.proxy.rates import make_rates
from prediction.tests.test_jobs import Context


def silent(done: int, total: int, message: str) -> None:
    """Nobody watches."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer shuffles and trees: enough to be right."""
    monkeypatch.setattr(training, "SHUFFLES", 5)
    monkeypatch.setattr(training, "FEW_SHUFFLES", 1)
    monkeypatch.setattr("prediction.proxy.models.TREES", 10)


@pytest.mark.django_db
def test_without_a_key_nothing_is_called_one_and_random_folds_show_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(training, "WITHIN", [])
    monkeypatch.setattr(training, "MODELS", {one: MODELS[one] for one in (DUMMY, LOGIT, BOOSTING)})
    make_rates(seed=3, key=False)
    draft = kind_named("proxy-states").train(1, silent)
    rows = {row["rival"]: row for row in draft.metrics["rivals"]}
    assert rows["gradient boosting, stop rate alone"]["random_accuracy"]["value"] < 0.5
    assert "No column is a key" in " ".join(draft.card["findings"])
    assert draft.gate == "closed"


@pytest.mark.django_db
def test_the_worker_audits_both_levels_and_the_night_does_so_after_an_import(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        training,
        "_all_tried",
        lambda: [("dummy", "stop rate alone"), ("logit", "rates"), ("logit", "rates and volume")],
    )
    monkeypatch.setattr(training, "BOOSTING", "logit")
    make_rates()
    make_rates(level="cities")
    job = ask(JobAct.TRAIN, "proxy")
    tasks.work.func(Context(), job.pk)
    assert PredictionJob.objects.get(pk=job.pk).state == JobState.DONE
    assert sorted(ModelRun.objects.values_list("kind", flat=True)) == ["proxy-cities", "proxy-states"]
    assert not nightly.is_due("proxy")
    loaded(EXAMPLES / "open-policing-rates" / "state.csv", "open-policing-rates")
    assert nightly.is_due("proxy")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "odd",
    [
        {"search_rate": None, "hit_rate": None, "inferred_threshold": None},  # never published
        {"stop_rate": 0.1, "search_rate": 0.1, "stops_per_year": 500.0, "stop_rate_n": 900.0},  # all alike
    ],
)
def test_columns_without_a_value_and_columns_all_alike_are_audited(
    monkeypatch: pytest.MonkeyPatch, odd: dict[str, float | None]
) -> None:
    """And a group of one state, besides two that are everywhere."""
    make_rates()
    PublishedRate.objects.update(**odd)
    PublishedRate.objects.filter(state="S0", group="white").update(group="other")
    monkeypatch.setattr(training, "BOOSTING", "logit")
    monkeypatch.setattr(training, "MODELS", {one: MODELS[one] for one in (DUMMY, LOGIT, FOREST)})
    draft = kind_named("proxy-states").train(1, silent)
    assert draft.gate == "closed"
    assert draft.serving["groups"] == ["black", "hispanic", "other", "white"]
