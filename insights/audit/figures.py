"""What an audit says of one department, as plain values for the database, and what several say together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, median
from typing import Any

from insights.audit.method import (
    ALL,
    BOUNDS,
    BUCKETS,
    LEAST,
    MEDIAN,
    MOST,
    AreaCount,
    Ranking,
    Share,
    above_median,
    deciles,
    higher_at,
    quantile,
    rank,
    share,
    spearman,
)
from insights.audit.people import BY_KEY, GROUPS

Figures = dict[str, Any]
FEWEST_AREAS = 10  # with fewer, most, median and least targeted are the same few areas
MAJORITY = 0.5


def figures_of(areas: Iterable[AreaCount]) -> Figures:
    """Buckets, groups and scale of one department."""
    ranking = rank(areas)
    keys = [group.key for group in GROUPS if any(group.key in area.people for area in ranking.areas)]
    counts = [area.predictions for area in ranking.areas]
    return {
        "areas": len(counts),
        "predictions": sum(counts),
        "people": round(sum(area.population for area in ranking.areas)),
        "without": sum(count == 0 for count in counts),
        "median_count": quantile(counts, 0.5),
        "window": ranking.window + 1,
        "told": is_told(ranking),
        "buckets": {name: _bucket(ranking, name) for name in BUCKETS},
        "groups": {key: _group(ranking, key) for key in keys},
    }


def is_told(ranking: Ranking) -> bool:
    """Whether buckets say anything: enough areas, and predictions in each of the most targeted."""
    most = ranking.bucket(MOST)
    return len(ranking.areas) >= FEWEST_AREAS and all(area.predictions for area in most)


def _bucket(ranking: Ranking, name: str) -> Figures:
    areas = ranking.bucket(name)
    predictions, people = sum(area.predictions for area in areas), sum(area.population for area in areas)
    return {
        "areas": len(areas),
        "names": [area.name for area in areas] if name != ALL else [],
        "predictions": predictions,
        "people": round(people),
        "per_head": predictions / people if people else None,
    }


def _group(ranking: Ranking, key: str) -> Figures:
    whole = share(ranking.areas, key)
    shares = {name: share(ranking.bucket(name), key) for name in BUCKETS}
    above = above_median(ranking, key)
    return {
        "shares": {name: _told(one) for name, one in shares.items()},
        "higher": {name: higher_at(shares[name], whole) for name in (MOST, MEDIAN, LEAST)},
        "change": {name: _change(shares[name], whole) for name in (MOST, MEDIAN, LEAST)},
        "above_median": {**_told(above), "by_bound": dict(above.by_bound or {})},
        "spearman": spearman(ranking, key),
        "deciles": [_told(one) for one in deciles(ranking, key)],
    }


def _told(one: Share) -> Figures:
    """A share with its 90 % bounds where the figures have margins, and the least of the study's three."""
    value, margin = one.value, one.margin
    bounded = value is not None and margin is not None
    return {
        "value": value,
        "low": max(0.0, value - margin) if bounded else None,  # type: ignore[operator]
        "high": min(1.0, value + margin) if bounded else None,  # type: ignore[operator]
        "least": min(one.by_bound.values()) if one.by_bound else None,
        "part": round(one.part.value) if one.part else None,
        "whole": round(one.whole.value) if one.whole else None,
    }


def _change(bucket: Share, whole: Share) -> Mapping[str, float]:
    """(share in the bucket − share in all) / share in all, by bound; without those where nobody is of the group."""
    if bucket.by_bound is None or whole.by_bound is None:
        return {}
    return {
        bound: bucket.by_bound[bound] / whole.by_bound[bound] - 1
        for bound in BOUNDS
        if whole.by_bound[bound] > 0
    }


# Across departments


def across(departments: Sequence[Figures]) -> dict[str, Figures]:
    """The counting tables by group: of all departments that tell the group. Of the three counts by estimates, lower and
    upper bounds the least is told, as in the study."""
    return {
        group.key: found for group in GROUPS if (found := _counted(departments, group.key))["departments"]
    }


def _counted(departments: Sequence[Figures], key: str) -> Figures:
    told = [one["groups"][key] for one in departments if key in one["groups"] and one["told"]]
    rhos = [one["spearman"] for one in told if one["spearman"] is not None]
    return {
        "label": BY_KEY[key].label,
        "departments": len(told),
        "higher": {
            name: _least_count([one["higher"][name] for one in told]) for name in (MOST, MEDIAN, LEAST)
        },
        "majority": _least_count([_majority(one) for one in told]),
        "change": {
            name: _nearest_mean([one["change"][name] for one in told]) for name in (MOST, MEDIAN, LEAST)
        },
        "mean_share": {name: _mean(one["shares"][name]["least"] for one in told) for name in BUCKETS},
        "spearman": median(rhos) if rhos else None,
        "deciles": [_mean(one["deciles"][tenth]["value"] for one in told) for tenth in range(10)],
    }


def _majority(group: Figures) -> Mapping[str, bool]:
    return {bound: found > MAJORITY for bound, found in group["above_median"]["by_bound"].items()}


def _least_count(told: Sequence[Mapping[str, bool]]) -> int:
    return min(sum(one.get(bound, False) for one in told) for bound in BOUNDS)


def _nearest_mean(changes: Sequence[Mapping[str, float]]) -> float | None:
    """Of the three means of change the one nearest to none."""
    means = [found for bound in BOUNDS if (found := _mean(one.get(bound) for one in changes)) is not None]
    return min(means, key=abs) if means else None


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
