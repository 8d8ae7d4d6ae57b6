"""The audit: how a model errs for whom, and what adding race or gender to its inputs would have done."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from insights.statistics import wilson
from prediction.features import TARGETS, part_of_day
from prediction.stops import audit
from prediction.stops.cells import TEST
from prediction.stops.reading import Grain, read_cells
from prediction.stops.training import Learned, learn_from, with_classes
from prediction.tests.made_up import Truth, as_facts, by_race, by_violation_and_night, drawn, period_of

OUTCOME = TARGETS["outcome"]
pytestmark = pytest.mark.django_db


def learned(stops: dict[str, Any]) -> Learned:
    as_facts(stops)
    period = period_of(stops)
    cells = with_classes(read_cells(OUTCOME, Grain.of(OUTCOME, after=False), period))
    return learn_from(cells, OUTCOME, False, period, 1)


def of(truth: Truth, seed: int = 1, persons: int = 6_000) -> tuple[Learned, dict[str, Any]]:
    stops = drawn(seed, persons, 60, truth)
    return learned(stops), stops


def test_by_group_is_what_pandas_counts() -> None:
    found, stops = of(by_violation_and_night)
    rows = audit.audit(found).groups["race"]
    late = pd.DataFrame(stops)
    late = late[late.day >= 48]
    late["part_of_day"] = [part_of_day(int(hour)) for hour in late.hour]
    late["said"] = said_of(found, late)
    edge = edge_of(late.said)
    assert [row["group"] for row in rows] == sorted(late.race.unique())
    for row in rows:
        own = late[late.race == row["group"]]
        arrests = own[own.outcome == 5]
        assert row["stops"] == len(own)
        assert row["happened"] == pytest.approx(len(arrests) / len(own))
        assert (row["happened_low"], row["happened_high"]) == wilson(len(arrests), len(own))
        assert row["said"] == pytest.approx(own.said.mean())
        assert row["hits"] == pytest.approx((arrests.said >= edge - 1e-12).mean())
        others = own[own.outcome != 5]
        assert row["false_alarms"] == pytest.approx((others.said >= edge - 1e-12).mean())
        assert row["false_alarms_of"] == len(others)


def test_scores_by_group_are_what_pandas_works_out_stop_by_stop() -> None:
    found, stops = of(by_violation_and_night)
    late = pd.DataFrame(stops)
    late = late[late.day >= 48]
    late["part_of_day"] = [part_of_day(int(hour)) for hour in late.hour]
    table = shares_of(found, late)
    classes = list(found.cells.classes)
    for row in audit.audit(found).groups["gender"]:
        here = (late.gender == row["group"]).to_numpy()
        shares, place = table[here], late.outcome[here].map(classes.index).to_numpy()
        happened = np.eye(len(classes))[place]
        own = shares[np.arange(len(place)), place]
        scores = {name: estimate["value"] for name, estimate in row["scores"].items()}
        assert scores["log_loss"] == pytest.approx(-np.log(own).mean(), abs=1e-6)
        assert scores["log_loss"] == pytest.approx(row["log_loss"], abs=1e-6)
        assert scores["brier"] == pytest.approx(((shares - happened) ** 2).sum(axis=1).mean(), abs=1e-6)
        assert scores["accuracy"] == pytest.approx((shares.argmax(axis=1) == place).mean(), abs=1e-6)
        assert row["majority"] == pytest.approx(happened.mean(axis=0).max())
        assert all(one["low"] <= one["value"] <= one["high"] for one in row["scores"].values())


def shares_of(found: Learned, late: pd.DataFrame) -> Any:
    """What was said of each stop, float64[stops, classes]."""
    line = found.back_off.chain
    keys = zip(*(found.cells.feature(name).tolist() for name in line), strict=True)
    said = dict(zip(keys, found.shares["served"], strict=True))
    return np.stack([said[tuple(int(row[name]) for name in line)] for row in late.to_dict("records")])


def said_of(found: Learned, late: pd.DataFrame) -> list[float]:
    line, k = found.back_off.chain, audit.focal(found)
    keys = zip(*(found.cells.feature(name).tolist() for name in line), strict=True)
    said = {key: shares[k] for key, shares in zip(keys, found.shares["served"], strict=True)}
    return [said[tuple(int(row[name]) for name in line)] for row in late.to_dict("records")]


def edge_of(said: Any) -> float:
    """The value from which on the number of persons is closest to a tenth."""
    return float(min(set(said), key=lambda value: (abs((said >= value).sum() - len(said) / 10), -value)))


def test_adding_race_helps_where_nothing_else_tells_and_then_the_audit_says_so() -> None:
    found, _ = of(by_race)
    race, gender, both = audit.audit(found).added
    assert race["high"] < -0.005
    assert both["high"] < -0.005
    assert gender["high"] > 0
    assert found.verdict.gate == "closed"


def test_adding_race_changes_nothing_where_it_tells_nothing() -> None:
    found, _ = of(by_violation_and_night)
    for added in audit.audit(found).added:
        assert abs(added["value"]) < 0.004, added


def test_groups_too_small_to_tell_are_left_out() -> None:
    stops = drawn(1, 6_000, 60, by_violation_and_night)
    stops["race"][::100] = 9
    assert 9 not in [row["group"] for row in audit.audit(learned(stops)).groups["race"]]


def test_a_model_served_from_its_table_is_audited_as_served() -> None:
    found, _ = of(by_violation_and_night)
    found.served = next(one for one in found.rivals if one.name == "logistic regression")
    cells = read_cells(
        OUTCOME,
        Grain.of(OUTCOME, after=False).adding("race", "gender"),
        found.period,
        found.cells.classes,
    )
    shares = audit._served(found, cells)
    assert shares.shape == (cells.size, 3)
    assert np.average(shares, axis=0, weights=cells.counts(TEST).sum(axis=1)) == pytest.approx(
        np.average(found.shares["served"], axis=0, weights=found.cells.counts(TEST).sum(axis=1))
    )


def test_months_and_calibration_hold_every_stop_of_the_later_period() -> None:
    found, stops = of(by_violation_and_night)
    late = int((stops["day"] >= 48).sum())
    months = audit.by_month(found)
    assert sum(month["stops"] for month in months) == late
    assert [month["month"] for month in months] == ["2025-02", "2025-03"]
    for bins in audit.calibrations(found).values():
        assert sum(one["stops"] for one in bins) == late
    assert set(audit.calibrations(found)) == {"2", "3", "5"}


def test_arrest_is_looked_at_most_closely() -> None:
    found, _ = of(by_violation_and_night)
    assert found.cells.classes[audit.focal(found)] == 5
