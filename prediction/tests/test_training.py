"""Training as a whole: the gate opens on what was planted and stays closed on chance; what is served is what was judged."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from prediction.features import TARGETS
from prediction.problems import TooLittle
from prediction.stops.cells import TEST, TRAIN, VALIDATION
from prediction.stops.codes import REST
from prediction.stops.periods import split
from prediction.stops.training import Learned, learn_from, with_classes
from prediction.tests.made_up import Truth, as_cells, by_violation_and_night, drawn, independent, period_of
from prediction.tests.test_rivals import either_or


def learned(seed: int, persons: int, truth: Truth, days: int = 60) -> Learned:
    stops = drawn(seed, persons, days, truth)
    cells = with_classes(as_cells(stops))
    return learn_from(cells, TARGETS["outcome"], False, period_of(stops), seed)


@pytest.mark.parametrize("seed", range(6))
def test_the_gate_closes_where_nothing_tells_anything(seed: int) -> None:
    found = learned(100 + seed, 5_000, independent)
    assert found.verdict.gate == "closed"
    assert found.verdict.why.startswith("No better than the base rate")


@pytest.mark.parametrize("seed", range(3))
def test_the_gate_opens_on_planted_structure(seed: int) -> None:
    found = learned(seed, 6_000, by_violation_and_night)
    assert found.verdict.gate == "open"
    assert found.difference["served"].high < 0
    assert found.back_off.chain[0] == "violation"


def test_a_model_that_found_more_is_served_from_a_table() -> None:
    """No single thing tells, so the rules find nothing to begin with; trees find both together."""
    found = learned(4, 20_000, either_or)
    assert found.served.name in ("gradient boosting", "back-off")
    assert found.verdict.gate == "open" or found.served.name == "gradient boosting"
    assert set(found.scores) == {
        *("base rate", "mode rule", "back-off", "logistic regression", "gradient boosting", "served")
    }


def test_the_served_table_holds_everybody_once_for_each_set() -> None:
    found = learned(1, 6_000, by_violation_and_night)
    for table in found.groups:
        assert table.shares.sum(axis=1) == pytest.approx(np.ones(len(table.codes)))
        assert table.counts.sum() <= 6_000
    assert found.groups[0].features == ()
    assert found.groups[0].counts.sum() == 6_000


def test_progress_is_told_from_none_to_all() -> None:
    told: list[tuple[int, int, str]] = []
    stops = drawn(1, 2_000, 30, independent)
    learn_from(
        with_classes(as_cells(stops)),
        TARGETS["outcome"],
        False,
        period_of(stops),
        1,
        lambda *one: told.append(one),
    )
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert all(done < total and message for done, total, message in told)


def test_the_parts_follow_each_other_and_the_last_fifth_judges() -> None:
    days = [(date(2026, 1, 1) + timedelta(days=n), 100) for n in range(50)]
    period = split(days)
    assert (period.first, period.validation_from, period.test_from, period.last) == (
        date(2026, 1, 1),
        date(2026, 1, 31),
        date(2026, 2, 10),
        date(2026, 2, 19),
    )


def test_parts_are_by_persons_and_of_whole_days() -> None:
    days = [(date(2026, 1, 1) + timedelta(days=n), 1_000 if n > 39 else 10) for n in range(50)]
    period = split(days)
    before = sum(count for day, count in days if day < period.test_from)
    assert 0.75 < before / sum(count for _, count in days) < 0.9


@pytest.mark.parametrize(
    "days",
    [
        [],
        [(date(2026, 1, 1), 100_000)],
        [(date(2026, 1, 1) + timedelta(days=n), 10) for n in range(20)],
        [(date(2026, 1, 1) + timedelta(days=n), 100) for n in range(14)],
        [(date(2026, 1, 1), 100_000), *((date(2026, 1, 2) + timedelta(days=n), 1) for n in range(20))],
    ],
)
def test_too_little_is_said_in_a_sentence(days: Any) -> None:
    with pytest.raises(TooLittle, match=r"needed|Import more days"):
        split(days)


def test_classes_too_rare_to_tell_become_any_other() -> None:
    stops = drawn(3, 4_000, 40, independent)
    stops["outcome"][:3], stops["outcome"][-2:] = 4, 1
    cells = with_classes(as_cells(stops))
    assert cells.classes == (2, 3, 5, REST)
    assert cells.counts(TRAIN, VALIDATION, TEST).sum(axis=0)[3] == 5


def test_one_class_alone_is_nothing_to_learn() -> None:
    stops = drawn(3, 4_000, 40, independent)
    stops["outcome"][:] = 3
    with pytest.raises(TooLittle, match="Nearly all stops are alike"):
        with_classes(as_cells(stops))
