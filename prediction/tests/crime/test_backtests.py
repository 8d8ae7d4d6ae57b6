"""Back-tests beside the record: each month's scores worked out a second time, told apart from what was really said; and a month that ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone
from scipy.stats import nbinom, poisson

from insights.statistics import wilson
from ledger.models import Area, Incident
from ledger.tests.factories import make_user
from prediction import nightly, tasks
from prediction.crime import backtest
from prediction.crime.cells import read_cells
from prediction.crime.coverage import stretches_of
from prediction.crime.fitting import fit
from prediction.crime.record import scoring
from prediction.models import CrimeForecast, CrimeScore, ModelRun, PatrolScore
from prediction.tests.crime import made_up
from prediction.tests.crime.test_record import happen, trained_city
from prediction.tests.patrol.made_up import make_plan

pytestmark = pytest.mark.django_db
SHARES = {"Docks": 0.05, "Market": 0.2, "Hill": 0.75}  # of the land


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with trained_city(django_db_blocker) as found:
        yield found


def within(said: np.ndarray, seen: np.ndarray, spread: float = 0.0) -> np.ndarray:
    """By scipy's distributions."""
    if spread:
        law = nbinom(1 / spread, 1 / (1 + spread * said))
        return np.asarray((law.ppf(0.025) <= seen) & (seen <= law.ppf(0.975)))
    return np.asarray((poisson.ppf(0.025, said) <= seen) & (seen <= poisson.ppf(0.975, said)))


def test_each_month_of_the_back_test_worked_out_a_second_time(city: dict[str, Any]) -> None:
    run: ModelRun = city["run"]
    [cells] = [
        one for one in read_cells(city["agency"], stretches_of(city["agency"].pk)) if len(one.areas) == 3
    ]
    names = [Area.objects.get(pk=pk).name for pk in cells.areas.tolist()]
    settings = backtest.choose(cells, backtest.months_of(cells)[0])
    assert run.parameters["Riverton Police"] == settings.as_json()
    docks = names.index("Docks")
    assert [one["month"] for one in run.metrics["months"]] == run.metrics["judged"]
    for found in run.metrics["months"]:
        year, number = map(int, found["month"].split("-"))
        month = year * 12 + number - 1 - cells.origin
        rates = fit(cells, month, settings)  # knows the months before alone
        said = rates.in_month(cells.origin + month, cells.hours[month]).sum(axis=1)
        seen = np.zeros((3, 24))
        kept = Incident.objects.filter(
            month=date(year, number, 1), occurred_at__isnull=False, area__isnull=False
        )
        for pk, at in kept.values_list("area_id", "occurred_at"):
            seen[cells.areas.tolist().index(pk), at.hour] += 1
        if number == 6:  # the last day is not covered
            for pk, at in kept.filter(occurred_on=made_up.LAST).values_list("area_id", "occurred_at"):
                seen[cells.areas.tolist().index(pk), at.hour] -= 1
        assert found["happened"] == seen.sum()
        assert found["expected"] == pytest.approx(said.sum(), abs=0.06)
        for told, expected in (
            ("deviance", said),
            ("deviance_flat", np.repeat(said.mean(axis=1), 24).reshape(3, 24)),
        ):
            expected = np.maximum(expected, 0.001)
            logs = np.where(seen > 0, seen * np.log(np.where(seen > 0, seen, 1) / expected), 0)
            assert found[told] == pytest.approx((2 * (logs - seen + expected)).mean(), abs=2e-6)
        spread = city["run"].serving["agencies"][str(city["agency"].pk)]["spread"]["neighbourhood"]
        assert found["coverage_cells"] == pytest.approx(
            within(np.maximum(said, 0.001), seen).mean(), abs=1e-4
        )
        areas = within(said.sum(axis=1), seen.sum(axis=1), spread["area"]["all"])
        assert found["coverage_areas"] == pytest.approx(areas.mean(), abs=1e-4)
        hits, whole = int(seen[docks].sum()), int(seen.sum())
        low, high = wilson(hits, whole)
        assert found["pai"] == pytest.approx(hits / whole / SHARES["Docks"], rel=2e-3)
        assert (found["pai_low"], found["pai_high"]) == (
            pytest.approx((low or 0) / SHARES["Docks"], rel=2e-3),
            pytest.approx((high or 0) / SHARES["Docks"], rel=2e-3),
        )
        assert found["pei"] == 1.0  # nothing else is as small
        assert found["pei_low"] == pytest.approx((low or 0) * whole / hits, rel=2e-3)
        assert found["pei_high"] == 1.0


def test_a_back_test_is_scored_as_a_kept_forecast_is(city: dict[str, Any]) -> None:
    """The arrays of the back-test give the same as the plain scoring of the record."""
    random = np.random.default_rng(2)
    said, seen = random.gamma(0.5, 2, (30, 24)), random.poisson(random.gamma(0.5, 2, (30, 24)))
    said[3] = 0
    areas, sizes = list(range(100, 130)), {pk: float(pk % 7 + 1) for pk in range(100, 130)}
    spread = {"area": {"all": 0.03}, "month": {"all": 0.01}}
    found = backtest._scored(areas, said, seen, spread, sizes)
    body = {
        "areas": [
            {"area": pk, "name": "", "km2": sizes[pk], "recent": 0, "hours": hours}
            for pk, hours in zip(areas, said.tolist(), strict=True)
        ],
        "spread": {"area": 0.03, "month": 0.01},
    }
    happened = {(pk, hour): int(seen[place, hour]) for place, pk in enumerate(areas) for hour in range(24)}
    again = scoring.scored(body, happened)
    for name, value in found.items():
        assert again[name] == pytest.approx(value, abs=0.06 if name == "expected" else 1e-6), name
    without = backtest._scored(areas, said, seen, spread, {})
    assert without["by_size"] is False
    assert without["flagged_land"] == 0.1


def test_intervals_of_pai_and_pei_by_hand() -> None:
    """30 of 100 on a tenth of the land, where 40 could have been held: Wilson's interval of 30 % is 21.895 to 39.585 %."""
    found = scoring.ratios(30, 100, 0.1, 40)
    assert found == {
        "pai": 3.0,
        "pai_low": pytest.approx(2.19, abs=1e-3),
        "pai_high": pytest.approx(3.958, abs=1e-3),
        "pei": 0.75,
        "pei_low": pytest.approx(0.547, abs=1e-3),
        "pei_high": pytest.approx(0.99, abs=1e-3),
    }
    assert set(scoring.ratios(0, 0, 0.1, 0).values()) == {None}
    assert scoring.ratios(0, 5, 0.1, 3)["pei_low"] == 0.0
    assert scoring.ratios(0, 5, 0.0, 0)["pai"] is None
    assert scoring.ratios(40, 50, 0.1, 40)["pei_high"] == 1.0


# The page


def test_back_tests_stand_apart_from_what_was_really_said(client: Client, city: dict[str, Any]) -> None:
    client.force_login(make_user("Policymaker"))
    page = " ".join(client.get("/prediction/crime/record/").content.decode().split())
    assert "No month that was forecast is over yet." in page
    live, tests = page.split("Back-tests, not forecasts")
    assert "back-test" not in live
    judged = city["run"].metrics["judged"]
    assert tests.count('<span class="tag">back-test</span>') == len(judged)
    assert "Nobody relied on these figures at the time" in tests
    for one in city["run"].metrics["months"]:
        assert f"{one['deviance']:.4f}" in tests
        assert f"{one['pai_low']:.2f} to {one['pai_high']:.2f}" in tests
    told = json.loads(client.get("/prediction/crime/record/?format=json").content)
    assert told["backtests"] == [
        {"agency": "Riverton Police", "areas": "neighbourhood", "months": city["run"].metrics["months"]}
    ]
    assert all("pai_low" in row for row in told["forecasts"])


def test_a_run_that_was_trained_before_says_so(client: Client, city: dict[str, Any]) -> None:
    client.force_login(make_user("Officer"))
    kept = ModelRun.objects.get(pk=city["run"].pk)
    metrics = {name: value for name, value in kept.metrics.items() if name != "months"}
    ModelRun.objects.filter(pk=kept.pk).update(metrics=metrics)
    page = client.get("/prediction/crime/record/").content.decode()
    assert "trained before back-tests were kept month by month" in page
    ModelRun.objects.filter(pk=kept.pk).update(state="retired")
    assert "there is no back-test to show" in client.get("/prediction/crime/record/").content.decode()


# A month that ends


def test_when_a_month_ends_the_night_scores_its_forecast_and_its_plans(
    city: dict[str, Any], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock stands in July 2025 when forecast and plan are made, then at the nights of 31 July and of 20 August."""
    monkeypatch.setattr(nightly, "ask_for_models", lambda: None)
    agency, nights = city["agency"], iter((31, 20))
    plan = make_plan(agency, day=date(2025, 7, 4), learned=["2024-01-01", "2025-06-29"])
    forecast = CrimeForecast.objects.get(month=date(2025, 7, 1))
    happen_again(agency, date(2025, 7, 31))
    clock(monkeypatch, datetime(2025, 7, next(nights), 2, 40, tzinfo=UTC))
    tasks.by_night(timestamp=0)
    assert not CrimeScore.objects.exists()  # 31 July is not over
    assert PatrolScore.objects.count() == 1  # the shift is, and reports reach two weeks beyond it
    happen_again(agency, date(2025, 8, 19))
    clock(monkeypatch, datetime(2025, 8, next(nights), 2, 40, tzinfo=UTC))
    tasks.by_night(timestamp=0)
    [score], [of_plan] = CrimeScore.objects.all(), PatrolScore.objects.all()
    assert (score.forecast, of_plan.plan) == (forecast, plan)
    found = score.figures
    assert (found["happened"], found["flagged_happened"]) == (93, 62)
    assert found["pai"] == pytest.approx(62 / 93 / 0.05, rel=2e-3)
    assert found["pai_low"] < found["pai"] < found["pai_high"]
    assert (found["pei"], found["pei_high"]) == (1.0, 1.0)
    assert 0 < found["pei_low"] < 1
    assert [one["group"] for one in found["groups"]] == ["few", "middling", "many"]
    assert sum(one["happened"] for one in found["groups"]) == pytest.approx(1, abs=1e-3)
    reported = of_plan.figures["reported"]
    assert (reported["counted"], reported["hits"], reported["pai"], reported["pei"]) == (2, 2, 2.0, 1.0)
    assert reported["pai_low"] < 2.0
    assert len(of_plan.figures["groups"]) == 3
    tasks.by_night(timestamp=0)
    assert (CrimeScore.objects.count(), PatrolScore.objects.count()) == (1, 1)
    client.force_login(make_user("Analyst"))
    page = " ".join(client.get("/prediction/crime/record/").content.decode().split())
    assert f"{found['pai_low']:.2f} to {found['pai_high']:.2f}" in page.split("Back-tests, not forecasts")[0]
    forecast.refresh_from_db()  # as it was made
    assert forecast.digest == CrimeForecast.objects.get(pk=forecast.pk).digest


def clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: now)


def happen_again(agency: Any, until: date) -> None:
    """Everything until a day, those at the docks at the beginning of the plan’s shift."""
    Incident.objects.filter(key__startswith="later-").delete()
    happen(agency, until)
    beat = Area.objects.get(kind="beat", name="101")
    thefts = Incident.objects.filter(key__startswith="later-", occurred_at=time(22))
    thefts.update(beat=beat, occurred_at=time(18))
