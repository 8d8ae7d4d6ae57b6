"""What moves with a measure inside areas: two-way fixed effects with intervals by area, beside the pooled correlation.

y(a, t) = b x(a, t) + area(a) + period(t) + error. Area effects take away what an area always has, period effects what
happens everywhere at once; what is left is whether an area whose x rose more than elsewhere saw its y rise more. Areas are
the independent pieces: their periods overlap (rolling twelve months) and hang together. Loads numpy: worker and commands.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import stats

from insights.fairness.intervals import Estimate

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
DRAWS, LEAST_AREAS, LEAST_PERIODS = 2000, 8, 4
TIGHT, MOST_ROUNDS = 1e-12, 1000


@dataclass(frozen=True)
class Panel:
    """Rows of area and period: `y` (n), `x` (n, k), `area` and `period` as codes from 0."""

    y: Floats
    x: Floats
    area: Codes
    period: Codes

    @property
    def areas(self) -> int:
        return int(self.area.max()) + 1 if len(self.area) else 0

    @property
    def periods(self) -> int:
        return int(self.period.max()) + 1 if len(self.period) else 0

    def part(self, rows: npt.NDArray[np.bool_]) -> Panel:
        """Some of the rows, with codes from 0 again."""
        area = np.unique(self.area[rows], return_inverse=True)[1]
        period = np.unique(self.period[rows], return_inverse=True)[1]
        return Panel(self.y[rows], self.x[rows], area, period)

    @property
    def is_enough(self) -> bool:
        parameters = self.areas + self.periods - 1 + self.x.shape[1]
        return self.areas >= LEAST_AREAS and self.periods >= LEAST_PERIODS and len(self.y) > parameters + 10


@dataclass(frozen=True)
class Fit:
    """`effects`: change of y that goes with one standard deviation of each x, both within areas and periods, all x together.

    `alone`: correlation of each x with y within areas and periods; `pooled`: of the figures as they are. `r2`: share of the
    variance of y within areas and periods that the x explain together. `drawn`: effects with percentiles of the bootstrap.
    """

    effects: list[Estimate]
    drawn: list[Estimate]
    pooled: list[Estimate]
    alone: list[Estimate]
    spreads: list[float]
    r2: float
    areas: int
    periods: int
    rows: int


def within(values: Floats, area: Codes, period: Codes, weights: Floats | None = None) -> Floats:
    """Values without area and period means: exact in one round where every area has every period, else by turns until still.

    The turns are von Neumann's alternating projections onto "no area means" and "no period means".
    """
    weights = np.ones(len(values)) if weights is None else weights
    left = values.astype(float, copy=True)
    for _ in range(MOST_ROUNDS):
        before = left
        left = _without_means(_without_means(left, area, weights), period, weights)
        if np.abs(left - before).max(initial=0) < TIGHT:
            break
    return left


def _without_means(values: Floats, codes: Codes, weights: Floats) -> Floats:
    table = values if values.ndim > 1 else values[:, None]
    totals = np.stack([np.bincount(codes, weights * column) for column in table.T], axis=1)
    counts = np.bincount(codes, weights)
    means = totals / np.where(counts > 0, counts, 1)[:, None]
    return (table - means[codes]).reshape(values.shape)


def fit(panel: Panel, draws: int = DRAWS, seed: int = 1) -> Fit | None:
    """All estimates of a panel; None where it is too small to say anything."""
    if not panel.is_enough:
        return None
    y, x = within(panel.y, panel.area, panel.period), within(panel.x, panel.area, panel.period)
    spreads = x.std(axis=0)
    if spreads.min() < 1e-9 or y.std() < 1e-9 or np.linalg.matrix_rank(x) < x.shape[1]:
        return None
    slopes, errors = clustered(y, x, panel)
    drawn = bootstrap(panel, draws, seed)
    return Fit(
        effects=_by_t(slopes * spreads, errors * spreads, panel.areas - 1),
        drawn=_percentiles(slopes * spreads, drawn["effects"]),
        pooled=_percentiles(correlations(panel.y, panel.x), drawn["pooled"]),
        alone=_percentiles(correlations(y, x), drawn["alone"]),
        spreads=[float(one) for one in spreads],
        r2=float(1 - ((y - x @ slopes) ** 2).sum() / (y**2).sum()),
        areas=panel.areas,
        periods=panel.periods,
        rows=len(y),
    )


def clustered(y: Floats, x: Floats, panel: Panel) -> tuple[Floats, Floats]:
    """Slopes of least squares within, and their standard errors clustered by area (Liang and Zeger 1986).

    V = c (X'X)^-1 sum over areas (X_a' e_a)(X_a' e_a)' (X'X)^-1 with c = G/(G-1) (N-1)/(N-K), where K counts the slopes and
    the periods but not the areas, which lie inside their clusters (Cameron and Miller 2015, section III.B).
    """
    bread = np.linalg.inv(x.T @ x)
    slopes = bread @ x.T @ y
    scores = x * (y - x @ slopes)[:, None]
    by_area = np.stack([np.bincount(panel.area, column) for column in scores.T], axis=1)
    groups, rows, counted = panel.areas, len(y), x.shape[1] + panel.periods
    scale = groups / (groups - 1) * (rows - 1) / (rows - counted)
    return slopes, np.sqrt(np.diag(scale * bread @ by_area.T @ by_area @ bread))


def correlations(y: Floats, x: Floats) -> Floats:
    """Pearson's r of each column with y."""
    y, x = y - y.mean(), x - x.mean(axis=0)
    found: Floats = (x.T @ y) / np.sqrt((x**2).sum(axis=0) * (y**2).sum())
    return found


def bootstrap(panel: Panel, draws: int, seed: int) -> dict[str, Floats]:
    """Whole areas drawn again with replacement; period means anew in each draw (pairs cluster bootstrap).

    An area drawn twice counts twice, which a weight of 2 says as well: area means stay, period means and sums are weighted.
    """
    random = np.random.default_rng(seed)
    found: dict[str, list[Floats]] = {"effects": [], "pooled": [], "alone": []}
    for _ in range(draws):
        taken = np.bincount(random.integers(0, panel.areas, panel.areas), minlength=panel.areas)
        weights = taken[panel.area].astype(float)
        y, x = (within(one, panel.area, panel.period, weights) for one in (panel.y, panel.x))
        gram = x.T @ (x * weights[:, None])
        if np.linalg.matrix_rank(gram) < len(gram):
            continue
        slopes = np.linalg.solve(gram, x.T @ (y * weights))
        spreads = np.sqrt((weights @ x**2) / weights.sum())
        found["effects"].append(slopes * spreads)
        found["pooled"].append(_weighted_correlations(panel.y, panel.x, weights))
        found["alone"].append(_weighted_correlations(y, x, weights))
    return {name: np.array(values) for name, values in found.items()}


def _weighted_correlations(y: Floats, x: Floats, weights: Floats) -> Floats:
    share = weights / weights.sum()
    y, x = y - share @ y, x - share @ x
    found: Floats = (x.T @ (share * y)) / np.sqrt((share @ x**2) * (share @ y**2))
    return found


def _by_t(values: Floats, errors: Floats, freedom: int) -> list[Estimate]:
    """value ± t(areas - 1) error."""
    reach = stats.t.ppf(0.975, freedom)
    ps = 2 * stats.t.sf(np.abs(values / errors), freedom)
    return [
        Estimate(float(v), float(v - reach * e), float(v + reach * e), float(p))
        for v, e, p in zip(values, errors, ps, strict=True)
    ]


def _percentiles(values: Floats, drawn: Floats) -> list[Estimate]:
    """Values with the 2.5th and 97.5th percentile of the draws."""
    if len(drawn) < 100:
        return [Estimate(float(one)) for one in values]
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    return [Estimate(float(v), float(a), float(b)) for v, a, b in zip(values, low, high, strict=True)]


def by_spans(panel: Panel, spans: int = 3) -> list[tuple[int, int, list[Estimate]]]:
    """The same effects in so many spans of equally many periods: first and last period's code, and the effects."""
    edges = np.linspace(0, panel.periods, spans + 1).round().astype(int)
    found = []
    for first, after in pairwise(edges):
        part = panel.part((panel.period >= first) & (panel.period < after))
        if not part.is_enough:
            continue
        y, x = within(part.y, part.area, part.period), within(part.x, part.area, part.period)
        spreads = x.std(axis=0)
        if spreads.min() < 1e-9 or np.linalg.matrix_rank(x) < x.shape[1]:
            continue
        slopes, errors = clustered(y, x, part)
        found.append((int(first), int(after) - 1, _by_t(slopes * spreads, errors * spreads, part.areas - 1)))
    return found
