"""What else would have been said: simpler rules and other models, each from the months before the one that is forecast.

A rival answers with incidents of all groups expected in a month by area and hour of the day, float[N, 24].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from prediction.crime.cells import Array, Cells

MOST_AREAS = 500  # above it the forest and the boosted trees take longer than a night's job may
DAYS_OF_ATLSHIELD = 30  # its sums over all years are divided by this
TREES = 100
Forecast = Callable[[Cells, int, int], Array]  # cells, place of the month (those before it are known), seed


@dataclass(frozen=True)
class Rival:
    name: str
    forecast: Forecast
    what: str
    heavy: bool = False


def _of_day(hours: Array) -> Array:
    """Hours that pass in a month by hour of the day, float[24], from hours of the week."""
    return np.asarray(hours.reshape(7, 24).sum(axis=0))


def area_mean(cells: Cells, until: int, seed: int = 0) -> Array:
    """Incidents per hour of each area in all months, every hour alike."""
    rate = cells.by_hour[:until].sum(axis=(0, 2)) / cells.hours[:until].sum()
    return np.asarray(np.outer(rate, _of_day(cells.hours[until])))


def area_hour_mean(cells: Cells, until: int, seed: int = 0) -> Array:
    """Incidents per hour of each area and hour of the day in all months."""
    passed = _of_day(cells.hours[:until].sum(axis=0))
    return np.asarray(cells.by_hour[:until].sum(axis=0) / passed * _of_day(cells.hours[until]))


def cell_mean(cells: Cells, until: int, seed: int = 0) -> Array:
    """The mean of area, month of the year, weekday and hour; of areas and hours where the month of the year is new."""
    same = _same_month(cells, until)
    passed = cells.hours[same].sum(axis=0)
    if not passed.any():
        return area_hour_mean(cells, until)
    here = np.isin(cells.month, same)
    flat = cells.area[here] * 168 + cells.slot[here]
    counts = np.bincount(flat, cells.count[here], minlength=len(cells.areas) * 168).reshape(-1, 168)
    share = np.divide(cells.hours[until], passed, out=np.zeros(168), where=passed > 0)
    return np.asarray((counts * share).reshape(-1, 7, 24).sum(axis=1))


def seasonal_naive(cells: Cells, until: int, seed: int = 0) -> Array:
    """What happened in the same month last year, else in the last month; for as many days."""
    same = _same_month(cells, until)
    month = same[-1] if same else max(place for place in range(until) if cells.hours[place].any())
    share = cells.hours[until].sum() / cells.hours[month].sum()
    return np.asarray(cells.by_hour[month] * share)


def _same_month(cells: Cells, until: int) -> list[int]:
    return [place for place in range(until % 12, until, 12) if cells.hours[place].any()]


def atlshield(cells: Cells, until: int, seed: int = 0) -> Array:
    """A random forest on sums over all years by area, month of the year and hour, without the empty ones, divided by 30."""
    return np.asarray(_atlshield_a_day(cells, until, seed) * cells.hours[until].sum() / 24)


def rounded_up(said: Array, hours: Array) -> Array:
    """A month's forecast as ATLShield shows it: whole incidents a day in every hour, rounded up."""
    days = hours.sum() / 24
    return np.asarray(np.ceil(said / days) * days)


def _atlshield_a_day(cells: Cells, until: int, seed: int) -> Array:
    from sklearn.ensemble import RandomForestRegressor

    of_year = (cells.origin + np.arange(until)) % 12
    sums = np.stack([cells.by_hour[:until][of_year == month].sum(axis=0) for month in range(12)])
    month, area, hour = np.nonzero(sums)
    forest = RandomForestRegressor(n_estimators=TREES, random_state=seed, n_jobs=1)
    forest.fit(np.column_stack([area, month, hour]), sums[month, area, hour])
    areas, hours = np.meshgrid(np.arange(len(cells.areas)), np.arange(24), indexing="ij")
    asked = np.column_stack([areas.ravel(), np.full(areas.size, (cells.origin + until) % 12), hours.ravel()])
    return np.asarray(forest.predict(asked).reshape(areas.shape) / DAYS_OF_ATLSHIELD)


def boosting(cells: Cells, until: int, seed: int = 0) -> Array:
    """Gradient boosting with the Poisson loss on area (by its mean rate), month of the year, weekday and hour.

    A cell holds all months of one month of the year, weighted by the hours that passed.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    rate = cells.by_hour[:until].sum(axis=(0, 2)) / cells.hours[:until].sum()
    rows, seen, weights = [], [], []
    for of_year in range(12):
        places = [
            place for place in range((of_year - cells.origin) % 12, until, 12) if cells.hours[place].any()
        ]
        passed = cells.hours[places].sum(axis=0) if places else np.zeros(168)
        if not passed.any():
            continue
        here = np.isin(cells.month, places)
        flat = cells.area[here] * 168 + cells.slot[here]
        counts = np.bincount(flat, cells.count[here], minlength=len(rate) * 168).reshape(-1, 168)
        known = passed > 0
        rows.append(_features(rate, of_year)[np.tile(known, len(rate))])
        seen.append((counts[:, known] / passed[known]).ravel())
        weights.append(np.tile(passed[known], len(rate)))
    model = HistGradientBoostingRegressor(
        loss="poisson", learning_rate=0.1, max_iter=80, min_samples_leaf=200, random_state=seed
    )
    model.fit(np.concatenate(rows), np.concatenate(seen), sample_weight=np.concatenate(weights))
    said = model.predict(_features(rate, (cells.origin + until) % 12)).reshape(-1, 168)
    return np.asarray((said * cells.hours[until]).reshape(-1, 7, 24).sum(axis=1))


def _features(rate: Array, of_year: int) -> Array:
    """Area's mean rate, month of the year, weekday and hour of every area and hour of the week, float[N · 168, 4]."""
    slots = np.arange(168)
    return np.column_stack(
        [
            np.repeat(rate, 168),
            np.full(len(rate) * 168, of_year),
            np.tile(slots // 24, len(rate)),
            np.tile(slots % 24, len(rate)),
        ]
    )


BASE = "area mean, every hour alike"
AREA_HOUR = "area × hour mean"
SEASONAL = "same month last year"
ATLSHIELD = "random forest as ATLShield trains it"
AS_SHOWN = "the same as ATLShield shows it"  # at least one in each hour
RIVALS: tuple[Rival, ...] = (
    Rival(BASE, area_mean, "How many an area has, without any pattern of hours: the base rate."),
    Rival(AREA_HOUR, area_hour_mean, "All months alike."),
    Rival("area × month × weekday × hour mean", cell_mean, "Cells of their own, most of which are empty."),
    Rival(SEASONAL, seasonal_naive, "Where there is no last year: the last month."),
    Rival("gradient boosting, Poisson", boosting, "On area, month, weekday and hour.", heavy=True),
    Rival(ATLSHIELD, atlshield, "Sums over all years ÷ 30, empty cells left out.", heavy=True),
)
