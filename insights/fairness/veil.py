"""Veil of darkness: is a group's share of stops lower once officers can no longer see who drives?

    is_group ~ is_dark + ns(minute, df = 6) [+ place]         logit, on stops in the intertwilight period

The intertwilight period runs from the earliest to the latest end of civil dusk in the year: at these clock minutes it
is light on some days and dark on others, so the mix of people on the road at that minute is held fixed. Stops between
sunset and dusk are neither and are dropped. Two groups only.

    odds ratio below 1: the group's share is *lower* when dark, as it would be if officers stop it for being seen

Daylight-saving variant: only the 30 days before and after a change of the clock, with fixed effects of place and of
season × year, is_dark = minute ≥ dusk, and places and years with at least 100 stops of each group.

Sources: Grogger and Ridgeway, Journal of the American Statistical Association 101, 2006; Stanford Open Policing
Project, tutorial and `run_vod`; Pierson and others, Nature Human Behaviour 4, 2020.

When it misleads: street lights, tinted windows, and stops for lamps that only fail at night. Where times are written
down on round hours, or a shift changes inside the window, darkness is mixed with the clock: `heaping` warns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from insights.fairness.heaping import heap_warnings
from insights.fairness.intervals import Estimate, Rate, log_estimate, two_sided
from insights.fairness.logit import Floats, effect, fit_logit, score_test, told_apart
from insights.fairness.splines import knots, natural_basis
from insights.fairness.tables import Row, sum_by

DF = 6
BIN = 15  # minutes of the clock that share a point in the figure


@dataclass(frozen=True)
class ClockBin:
    """Share of the group by light and by dark at one quarter of an hour."""

    minute: int
    light: Rate
    dark: Rate


@dataclass(frozen=True)
class Veil:
    """`coefficient` and `error` are of is_dark, on the log odds; `odds_ratio` has the interval and the p.

    Where by light or by dark all stops, or none, are of the group, the log odds run to the end of the scale: there is
    neither coefficient nor error, the ratio is 0 or unknown without an interval, and p is of the score test.
    """

    stops: int
    light: Rate
    dark: Rate
    coefficient: float | None
    error: float | None
    odds_ratio: Estimate
    controls: tuple[str, ...]
    bins: Sequence[ClockBin]
    warnings: Sequence[str]
    converged: bool

    @property
    def flagged(self) -> bool:
        """Whether the group's share is lower when dark, beyond chance."""
        return self.odds_ratio.flagged() and self.odds_ratio.value is not None and self.odds_ratio.value < 1


def veil_of_darkness(
    rows: Iterable[Row],
    *,
    minute: str = "minute",
    dark: str = "dark",
    group: str = "group_stops",
    reference: str = "reference_stops",
    hold: Sequence[str] = (),
    df: int = DF,
    shifts: Sequence[int] = (),
) -> Veil | None:
    """`rows` hold one line per minute of the day, darkness (0 or 1) and value of every column in `hold`, with the
    stops of the group and of the reference. None where light and dark do not both occur at a minute or in a place that
    can be compared, or one group is missing; rows that are neither light nor dark are left out.

    `shifts` are minutes of the day at which patrols change over.
    """
    sums = sum_by(rows, [minute, dark, *hold], [group, reference])
    cells = [
        (key, own, own + other) for key, (own, other) in sums.items() if own + other and key[1] is not None
    ]
    counted = _by_clock((int(key[0]), bool(key[1]), own, stops) for key, own, stops in cells)
    light, by_dark = _share(counted, False), _share(counted, True)
    told = _fitted(cells, len(hold), df, light, by_dark)
    if told is None:
        return None
    return Veil(
        stops=light.whole + by_dark.whole,
        light=light,
        dark=by_dark,
        coefficient=told.coefficient,
        error=told.error,
        odds_ratio=told.odds_ratio,
        controls=tuple(hold),
        bins=_bins(counted),
        warnings=heap_warnings(_all_minutes(counted), shifts),
        converged=told.converged,
    )


Cell = tuple[tuple[Any, ...], int, int]  # (minute, dark, what is held …), stops of the group, all stops


@dataclass(frozen=True)
class _Darkness:
    coefficient: float | None
    error: float | None
    odds_ratio: Estimate
    converged: bool


def _fitted(cells: Sequence[Cell], held: int, df: int, light: Rate, dark: Rate) -> _Darkness | None:
    """The effect of darkness; None where nothing tells it from the clock and from what is held."""
    if not (light.whole and dark.whole and 0 < light.part + dark.part < light.whole + dark.whole):
        return None
    own, trials = (np.array([cell[index] for cell in cells], dtype=float) for index in (1, 2))
    effects = [effect([cell[0][2 + index] for cell in cells]) for index in range(held)]
    columns = _columns(cells, trials, df)
    if not told_apart(columns, effects)[1]:
        return None
    fit = fit_logit(own, trials, columns, effects)
    if any(one.part in (0, one.whole) for one in (light, dark)):
        p = two_sided(score_test(1, fit, own, trials, columns, effects))
        lowest = dark.part == 0 or light.part == light.whole
        return _Darkness(None, None, Estimate(0.0 if lowest else None, p=p), fit.converged)
    coefficient, error = float(fit.coefficients[1]), fit.error(1)
    return _Darkness(coefficient, error, log_estimate(coefficient, error), fit.converged)


def _columns(cells: Sequence[Cell], trials: Floats, df: int) -> Floats:
    """Intercept, darkness, and the spline of the clock."""
    minutes = np.array([cell[0][0] for cell in cells], dtype=float)
    columns = [np.ones(len(cells)), np.array([float(bool(cell[0][1])) for cell in cells])]
    at = knots(minutes, trials, df)
    if len(at) > 1:
        columns.append(natural_basis(minutes, at))
    return np.column_stack(columns)


Clock = dict[tuple[int, bool], tuple[int, int]]


def _by_clock(cells: Iterable[tuple[int, bool, int, int]]) -> Clock:
    """(minute, dark) → (stops of the group, all stops), over all places."""
    found: Clock = {}
    for minute, dark, own, all_stops in cells:
        before = found.get((minute, dark), (0, 0))
        found[minute, dark] = (before[0] + own, before[1] + all_stops)
    return found


def _share(counted: Clock, dark: bool) -> Rate:
    chosen = [counts for (_, darkness), counts in counted.items() if darkness == dark]
    return Rate(sum(own for own, _ in chosen), sum(stops for _, stops in chosen))


def _all_minutes(counted: Clock) -> dict[int, int]:
    stops: dict[int, int] = {}
    for (minute, _), (_, counts) in counted.items():
        stops[minute] = stops.get(minute, 0) + counts
    return stops


def _bins(counted: Clock) -> list[ClockBin]:
    """The figure's points: quarters of an hour in which it was both light and dark."""
    points = []
    for start in sorted({minute // BIN * BIN for minute, _ in counted}):
        here = {key: counts for key, counts in counted.items() if key[0] // BIN * BIN == start}
        light, dark = _share(here, False), _share(here, True)
        if light.whole and dark.whole:
            points.append(ClockBin(start, light, dark))
    return points


def eligible_place_years(
    rows: Iterable[Row],
    *,
    place: str = "place",
    year: str = "year",
    group: str,
    reference: str,
    least: int = 100,
) -> list[Row]:
    """Rows of places and years with at least `least` stops of each group, for the daylight-saving variant."""
    table = list(rows)
    sums = sum_by(table, [place, year], [group, reference])
    return [row for row in table if min(sums[row[place], row[year]]) >= least]
