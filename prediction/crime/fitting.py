"""The rate of incidents: a product of few shapes, each held back towards a coarser one as far as its incidents are few.

    rate(area, group, weekday, hour, month)
      = level(group) · place(area, group) · season(month of the year) · week(group, weekday, hour) · tilt(area, hour, pool) / norm

`level`: incidents of all areas per hour in recent months, divided by the areas. `place`: how many times the mean area's.
`week`: the shape of the week in all areas, mean 1. `tilt`: the area's hours against all areas' hours. `norm` keeps the mean
over the week. What groups lend each other comes from two pools: offences that victims report are held towards such offences
alone, so that what patrols discover never moves a rate by which patrols are planned; all others towards all. Every factor is (incidents + held) / (expected + held): the posterior mean of a Poisson rate under a Gamma
prior worth `held` incidents (Clayton and Kaldor, Biometrics 43, 1987). Older months count less, by half each half-life.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from prediction.crime.cells import Array, Cells
from prediction.crime.offences import GROUPS, VICTIM_REPORTED

REPORTED = np.array([GROUPS.index(group) for group in VICTIM_REPORTED])
POOL = np.array([0 if group in VICTIM_REPORTED else 1 for group in GROUPS])  # of each group
FEW = 5.0  # incidents that the level of recent months is held with to the level of all


WORDS = {
    "level_half_life": "half-life of the level (months)",
    "area_half_life": "half-life of places and shapes (months)",
    "place_held": "incidents that hold an area to the mean area",
    "group_held": "an area’s group to its place in all groups",
    "tilt_held": "an area’s hours to all areas’ hours",
    "week_held": "a group’s week to the week of all groups",
    "season_held": "a month of the year to none",
}


@dataclass(frozen=True)
class Settings:
    """Chosen on months before those that the model is judged on. Half-lives in months, the others in incidents."""

    level_half_life: float = 6
    area_half_life: float = 12
    place_held: float = 2  # of an area, towards the mean area
    group_held: float = 10  # of an area's group, towards the area's place in all groups
    tilt_held: float = 200  # of an area's hours, towards all areas' hours
    week_held: float = 400  # of a group's week, towards the week of all groups
    season_held: float = np.inf  # of a month of the year, towards none; infinite: no season

    def as_json(self) -> dict[str, float | str]:
        """In words, for the card: months and incidents."""
        return {
            WORDS[name]: value if np.isfinite(value) else "none (no season)"
            for name, value in asdict(self).items()
        }


@dataclass
class Rates:
    """The fitted shapes: `base` float[N, G] incidents per hour, `week` float[G, 168] and `tilt` float[N, G, 24] about 1."""

    base: Array
    week: Array
    tilt: Array
    season: Array  # float[12]

    def per_hour(self, areas: slice = slice(None)) -> Array:
        """Incidents per hour before the season, float[N, G, 168]."""
        return np.asarray(self.base[areas, :, None] * self.week[None] * np.tile(self.tilt[areas], 7))

    def in_month(self, month: int, hours: Array) -> Array:
        """Incidents expected in a month of `hours` float[168], by area, group and hour of the day: float[N, G, 24]."""
        of_day = (self.week * hours).reshape(len(self.week), 7, 24).sum(axis=1)
        return np.asarray(self.base[:, :, None] * of_day[None] * self.tilt * self.season[month % 12])


def fit(cells: Cells, until: int, settings: Settings) -> Rates:
    """Learn from the months before place `until`."""
    slow, quick = (_weights(until, half) for half in (settings.area_half_life, settings.level_half_life))
    season = seasons(cells, until, settings.season_held)
    week = _weeks(cells, until, slow, settings.week_held)
    counts = np.tensordot(slow, cells.by_group[:until], 1)  # [N, G]
    tilt = _tilts(cells, until, slow, settings.tilt_held)
    level = _levels(cells, until, (slow, quick), season)
    base = level / len(cells.areas) * _places(counts, settings)
    of_day = week.reshape(len(week), 7, 24).mean(axis=1)
    return Rates(base / (tilt * of_day).mean(axis=2), week, tilt, season)


def pools(counts: Array) -> list[Array]:
    """Places of the groups that victims report, and of all; the latter twice where nothing was reported. `counts`: by group."""
    every = np.arange(len(GROUPS))
    return [REPORTED if counts[REPORTED].any() else every, every]


def _weights(until: int, half_life: float) -> Array:
    """Half as much each half-life back; the newest month counts as 1."""
    return np.asarray(0.5 ** (np.arange(until - 1, -1, -1) / half_life))


def _weeks(cells: Cells, until: int, weight: Array, held: float) -> Array:
    """The week of each group, float[G, 168], mean 1.

    The week of each pool is held towards weekday times hour, each group's towards that of its pool.
    """
    counts = np.tensordot(weight, cells.city[:, :until], (0, 1))
    hours = weight @ cells.hours[:until]
    every = np.stack([_week_of(counts[pool].sum(axis=0), hours, held) for pool in pools(counts.sum(axis=1))])
    groups = _held(counts, (every * hours)[POOL], held) / hours
    return np.asarray(groups / groups.mean(axis=-1, keepdims=True))


def _week_of(total: Array, hours: Array, held: float) -> Array:
    """Incidents per hour of the week, held towards weekday times hour, float[168]."""
    week, passed = total.reshape(7, 24), hours.reshape(7, 24)
    product = np.outer(week.sum(1) / passed.sum(1), week.sum(0) / passed.sum(0)).ravel()
    return np.asarray(_held(total, product * hours, held) / hours)


def _held(counts: Array, expected: Array, held: float) -> Array:
    """Counts with `held` more, spread as expected."""
    return np.asarray(counts + held * expected / expected.sum(axis=-1, keepdims=True))


def _levels(cells: Cells, until: int, weights: tuple[Array, Array], season: Array) -> Array:
    """Incidents per hour of all areas by group, without the season, float[G]."""
    slow, quick = weights
    by_month = cells.city[:, :until].sum(axis=2)
    of_year = season[(cells.origin + np.arange(until)) % 12]
    passed = cells.hours[:until].sum(axis=1) * of_year
    long_run = by_month @ slow / (slow @ passed)
    recent = quick @ passed
    return np.asarray((by_month @ quick + FEW) / (recent + FEW / np.maximum(long_run, 1e-12)))


def _places(counts: Array, settings: Settings) -> Array:
    """How many times the mean area's each area has, by group, float[N, G]; the mean over areas is 1."""
    mean, held = counts.mean(axis=0), settings.place_held
    every = np.stack(
        [
            (counts[:, pool].sum(axis=1) + held) / (mean[pool].sum() + held)
            for pool in pools(counts.sum(axis=0))
        ],
        axis=1,
    )
    return np.asarray((counts + settings.group_held * every[:, POOL]) / (mean + settings.group_held))


def _tilts(cells: Cells, until: int, weight: Array, held: float) -> Array:
    """Each area's hours against those of all areas, by its pool, float[N, G, 24]."""
    reported = np.tensordot(weight, cells.by_hour_reported[:until], 1)
    found = [_tilt(reported, held), _tilt(np.tensordot(weight, cells.by_hour[:until], 1), held)]
    return np.stack(found if reported.any() else [found[1]] * 2, axis=1)[:, POOL]


def _tilt(counts: Array, held: float) -> Array:
    """float[N, 24], from counts of that shape."""
    share = (counts.sum(axis=0) + 1) / (counts.sum() + 24)
    own = (counts + held * share) / (counts.sum(axis=1, keepdims=True) + held)
    return np.asarray(own / share)


def seasons(cells: Cells, until: int, held: float) -> Array:
    """The months of the year against the year around them, float[12], mean 1.

    The year around a month: the six months before and after, those at both ends by half. Months without such a year tell
    nothing; nor do a few incidents, which are held towards 1.
    """
    season = np.ones(12)
    if not np.isfinite(held):
        return season
    counts, passed = cells.city[:, :until].sum(axis=(0, 2)), cells.hours[:until].sum(axis=1)
    window = np.array([0.5, *[1] * 11, 0.5])
    happened, expected = np.zeros(12), np.zeros(12)
    for month in range(6, until - 6):
        around = slice(month - 6, month + 7)
        if (passed[around] > 0).all():
            rate = window @ counts[around] / (window @ passed[around])
            of_year = (cells.origin + month) % 12
            happened[of_year] += counts[month]
            expected[of_year] += rate * passed[month]
    season = (happened + held) / (expected + held)
    return np.asarray(season / season.mean())
