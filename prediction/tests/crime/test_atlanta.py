"""The published files of the Atlanta Police Department: ours against the mean of area and hour, computed a second time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pandas as pd
import pytest
from django.core.management import call_command
from django.db import transaction
from sklearn.metrics import mean_poisson_deviance

from ledger.models import Agency, Incident
from ledger.tests.import_files import SHARED
from prediction.crime import backtest
from prediction.crime.backtest import SERVED
from prediction.crime.rivals import AREA_HOUR, BASE, RIVALS
from prediction.crime.training import Learned, learn

FILES = ("COBRA-2020-OldRMS-09292020.csv", "COBRA-2020(NEW RMS 9-30 12-31).csv", "COBRA-2021.csv")
FOLDER = SHARED / "atlanta-cobra"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FOLDER.exists(), reason="The published files of Atlanta are not here."),
]


@pytest.fixture(scope="module")
def atlanta(django_db_setup: None, django_db_blocker: Any) -> Iterator[Learned]:
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(backtest, "RIVALS", RIVALS[:4])
        outer = transaction.atomic()
        outer.__enter__()
        with suppress(SystemExit):  # 2: some rows were refused
            call_command(
                "import", "atlanta-crime", *(str(FOLDER / name) for name in FILES), partial=True, json=True
            )
        found = learn(Agency.objects.get(name="Atlanta Police Department"), 1, lambda message: None)
        assert isinstance(found, Learned), found
        yield found
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


def test_ours_is_better_than_the_mean_of_area_and_hour_beyond_the_interval(atlanta: Learned) -> None:
    test = atlanta.test
    assert test.scores[SERVED]["deviance"].value == pytest.approx(0.531, abs=0.005)
    assert test.difference[SERVED].high < 0
    assert test.against_base.high < 0
    assert len(test.months) == len(test.chosen_on) == 6
    assert max(test.chosen_on) < min(test.months)


def test_the_means_are_those_that_pandas_finds(atlanta: Learned) -> None:
    """July to December 2021, each month from all before it; covered days end on 27 December 2021."""
    rows = Incident.objects.exclude(area=None).exclude(occurred_at=None)
    frame = pd.DataFrame(rows.values("area_id", "occurred_on", "occurred_at"))
    frame["day"] = pd.to_datetime(frame["occurred_on"])
    frame = frame[frame["day"].between("2020-01-01", "2021-12-27")]
    frame["hour"] = frame["occurred_at"].map(lambda at: at.hour)
    cells = pd.MultiIndex.from_product([sorted(frame["area_id"].unique()), range(24)])
    said: dict[str, list[float]] = {AREA_HOUR: [], BASE: []}
    seen: list[int] = []
    for month in pd.period_range("2021-07", "2021-12", freq="M"):
        last = min(month.end_time.normalize(), pd.Timestamp("2021-12-27"))
        days = (last - month.start_time.normalize()).days + 1
        before = frame[frame["day"] < month.start_time]
        passed = (month.start_time - pd.Timestamp("2020-01-01")).days
        by_hour = before.groupby(["area_id", "hour"]).size().reindex(cells, fill_value=0)
        by_area = before.groupby("area_id").size().reindex(cells.levels[0], fill_value=0)
        said[AREA_HOUR] += (by_hour / passed * days).tolist()
        said[BASE] += [count / passed / 24 * days for count in by_area for _ in range(24)]
        here = frame[frame["day"].between(month.start_time, last)]
        seen += here.groupby(["area_id", "hour"]).size().reindex(cells, fill_value=0).tolist()
    for name, values in said.items():
        ours = atlanta.test.scores[name]["deviance"].value
        floored = [max(value, 0.001) for value in values]
        assert ours == pytest.approx(
            mean_poisson_deviance(seen, floored), rel=0.002
        )  # clocks change four times


def test_intervals_hold_at_both_levels(atlanta: Learned) -> None:
    coverage = atlanta.test.coverage
    assert coverage["cell"] > 0.95
    assert 0.93 < coverage["area"] < 0.99
    assert coverage["hour_poisson"] < 0.9 < coverage["hour"]  # months go up and down together


def test_incidents_reported_from_before_the_files_begin_are_not_covered(atlanta: Learned) -> None:
    assert [str(atlanta.covered[0].first), str(atlanta.covered[-1].last)] == ["2020-01-01", "2021-12-27"]
    assert len(atlanta.covered) == 1
