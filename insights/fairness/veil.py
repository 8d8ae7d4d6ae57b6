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

import numpy as np

from insights.fairness.heaping import heap_warnings
from insights.fairness.intervals import Estimate, Rate, log_estimate
from insights.fairness.logit import effect, fit_logit
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
    """`coefficient` and `error` are of is_dark, on the log odds; `odds_ratio` has the interval and the p."""

    stops: int
    light: Rate
    dark: Rate
    coefficient: float
    error: float
    odds_ratio: Estimate
    controls: tuple[str, ...]
    bins: Sequence[ClockBin]
    warnings: Sequence[str]
    converged: bool

    @property
    def flagged(self) -> bool:
        """Whether the group's share is lower when dark, beyond chance."""
        return self.odds_ratio.flagged() and (self.odds_ratio.value or 1.0) < 1


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
    stops of the group and of the reference. None where light and dark do not both occur, or one group is missing.

    `shifts` are minutes of the day at which patrols change over.
    """
    sums = sum_by(rows, [minute, dark, *hold], [group, reference])
    cells = [(key, own, own + other) for key, (own, other) in sums.items() if own + other]
    own, trials = (np.array([cell[index] for cell in cells], dtype=float) for index in (1, 2))
    darkness = np.array([float(bool(cell[0][1])) for cell in cells])
    if not cells or not 0 < own.sum() < trials.sum() or not 0 < trials @ darkness < trials.sum():
        return None
    minutes = np.array([cell[0][0] for cell in cells], dtype=float)
    at = knots(minutes, trials, df)
    columns = [np.ones(len(cells)), darkness]
    if len(at) > 1:
        columns.append(natural_basis(minutes, at))
    held = [effect([cell[0][2 + index] for cell in cells]) for index in range(len(hold))]
    fit = fit_logit(own, trials, np.column_stack(columns), held)
    estimate = log_estimate(float(fit.coefficients[1]), fit.error(1))
    counted = _by_clock((int(cell[0][0]), bool(cell[0][1]), cell[1], cell[2]) for cell in cells)
    return Veil(
        stops=int(trials.sum()),
        light=_share(counted, False),
        dark=_share(counted, True),
        coefficient=float(fit.coefficients[1]),
        error=fit.error(1),
        odds_ratio=estimate,
        controls=tuple(hold),
        bins=_bins(counted),
        warnings=heap_warnings(_all_minutes(counted), shifts),
        converged=fit.converged,
    )


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
