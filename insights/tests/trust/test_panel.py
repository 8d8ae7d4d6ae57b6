"""Two-way fixed effects against dummies by hand, and against effects that were planted."""

from __future__ import annotations

import numpy as np
import pytest

from insights.trust import panel as fe
from insights.trust.panel import Panel


def made(areas: int = 32, periods: int = 24, seed: int = 3, slopes: tuple[float, ...] = (0.5, 0.0)) -> Panel:
    """Levels and a common trend that x and y share by area and period, planted slopes, errors that last within an area."""
    random = np.random.default_rng(seed)
    area, period = np.repeat(np.arange(areas), periods), np.tile(np.arange(periods), areas)
    level, trend = random.normal(0, 3, areas)[area], np.linspace(0, -6, periods)[period]
    x = np.stack([level + trend + random.normal(0, 1, len(area)) for _ in slopes], axis=1)
    lasting = random.normal(0, 0.5, (areas, periods)).cumsum(axis=1).ravel() * 0.4
    y = x @ np.array(slopes) + 2 * level + trend + lasting + random.normal(0, 0.3, len(area))
    return Panel(y, x, area, period)


def with_dummies(panel: Panel) -> tuple[np.ndarray, np.ndarray]:
    """Slopes and clustered errors from one big regression with a column for every area and period."""
    area = np.eye(panel.areas)[panel.area]
    period = np.eye(panel.periods)[panel.period][:, 1:]
    whole = np.hstack([panel.x, area, period])
    beta, *_ = np.linalg.lstsq(whole, panel.y, rcond=None)
    left = panel.y - whole @ beta
    bread = np.linalg.inv(whole.T @ whole)
    meat = np.zeros_like(bread)
    for one in range(panel.areas):
        rows = panel.area == one
        score = whole[rows].T @ left[rows]
        meat += np.outer(score, score)
    k = panel.x.shape[1]
    n, g = len(panel.y), panel.areas
    scale = g / (g - 1) * (n - 1) / (n - k - panel.periods)
    return beta[:k], np.sqrt(np.diag(scale * bread @ meat @ bread))[:k]


@pytest.mark.parametrize("holes", [0, 150])
def test_slopes_and_errors_are_those_of_dummies(holes: int) -> None:
    panel = made(12, 10, slopes=(0.5, -0.2, 0.0))
    keep = np.ones(len(panel.y), dtype=bool)
    keep[np.random.default_rng(1).choice(len(keep), holes // 5, replace=False)] = False
    panel = panel.part(keep)
    y, x = (fe.within(one, panel.area, panel.period) for one in (panel.y, panel.x))
    slopes, errors = fe.clustered(y, x, panel)
    by_hand, errors_by_hand = with_dummies(panel)
    np.testing.assert_allclose(slopes, by_hand, rtol=1e-7)
    np.testing.assert_allclose(errors, errors_by_hand, rtol=1e-7)


def test_planted_slopes_are_found_and_pooled_correlation_misleads() -> None:
    panel = made()
    found = fe.fit(panel, draws=300)
    assert found is not None
    real, none = found.effects
    assert real.low < 0.5 * found.spreads[0] < real.high  # type: ignore[operator]
    assert none.low < 0 < none.high  # type: ignore[operator]
    assert found.pooled[1].value > 0.8  # type: ignore[operator]
    assert found.alone[1].low < 0 < found.alone[1].high  # type: ignore[operator]


def test_intervals_by_area_cover_what_naive_ones_do_not() -> None:
    """Errors last within areas. In 200 made panels the clustered interval holds nought about 95 times in 100."""
    held = naive = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        areas, periods = 30, 20
        area, period = np.repeat(np.arange(areas), periods), np.tile(np.arange(periods), areas)
        x, y = (random.normal(size=(areas, periods)).cumsum(axis=1).ravel() for _ in range(2))
        panel = Panel(y, x[:, None], area, period)
        wy, wx = (fe.within(one, area, period) for one in (panel.y, panel.x))
        slopes, errors = fe.clustered(wy, wx, panel)
        effect = fe._by_t(slopes, errors, areas - 1)[0]
        held += effect.low < 0 < effect.high  # type: ignore[operator]
        left = wy - wx[:, 0] * slopes[0]
        plain = np.sqrt((left**2).sum() / (len(y) - areas - periods) / (wx**2).sum())
        naive += abs(slopes[0]) < 1.96 * plain
    assert held / 200 > 0.88
    assert naive / 200 < 0.7


def test_the_bootstrap_by_weights_is_the_bootstrap_by_copies() -> None:
    panel = made(10, 8)
    taken = np.array([2, 0, 1, 1, 3, 0, 1, 1, 1, 0])
    rows: list[np.ndarray] = []
    area: list[np.ndarray] = []
    for one, times in enumerate(taken):
        for _ in range(times):
            rows.append(np.flatnonzero(panel.area == one))
            area.append(np.full(8, len(area)))
    index = np.concatenate(rows)
    copies = Panel(panel.y[index], panel.x[index], np.concatenate(area), panel.period[index])
    y, x = (fe.within(one, copies.area, copies.period) for one in (copies.y, copies.x))
    expected = np.linalg.lstsq(x, y, rcond=None)[0] * x.std(axis=0)

    class Drawn:
        def integers(self, *_: object) -> np.ndarray:
            return np.repeat(np.arange(10), taken)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fe.np.random, "default_rng", lambda seed: Drawn())
        found = fe.bootstrap(panel, 1, 0)
    np.testing.assert_allclose(found["effects"][0], expected, rtol=1e-9)


def test_bootstrap_and_clustered_intervals_agree_on_many_areas() -> None:
    found = fe.fit(made(60, 16), draws=600)
    assert found is not None
    for one, other in zip(found.effects, found.drawn, strict=True):
        assert other.high - other.low == pytest.approx(one.high - one.low, rel=0.25)  # type: ignore[operator]


def test_too_little_is_no_fit() -> None:
    assert fe.fit(made(5, 20)) is None
    assert fe.fit(made(30, 3)) is None
    still = made(12, 10)
    flat = Panel(still.y, np.stack([still.x[:, 0], still.x[:, 0]], axis=1), still.area, still.period)
    assert fe.fit(flat) is None


def test_spans_have_the_slope_of_their_own_periods() -> None:
    early, late = made(20, 8, seed=1, slopes=(0.0, 0.0)), made(20, 8, seed=2, slopes=(0.8, 0.0))
    both = Panel(
        np.concatenate([early.y, late.y]),
        np.concatenate([early.x, late.x]),
        np.concatenate([early.area, late.area]),
        np.concatenate([early.period, late.period + 8]),
    )
    spans = fe.by_spans(both, 2)
    assert [(first, last) for first, last, _ in spans] == [(0, 7), (8, 15)]
    alone = fe.fit(late, draws=1)
    assert alone is not None
    assert spans[1][2][0].value == pytest.approx(alone.effects[0].value)
    assert spans[1][2][0].low > 0.5  # type: ignore[operator]
    assert abs(spans[0][2][0].value) < 0.1  # type: ignore[operator]
