"""The sets of columns that a model is given: the published ones, and figures of a row against the other groups of its district.

Whoever knows all groups of a district can reckon more than what a row says: which share of its people is the row's group, how its stop
rate lies to theirs. Those sets are compared, and never kept: a share of the population gives the group away, whatever the police did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prediction.proxy.reading import RATES, VOLUME, Rates

Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class FeatureSet:
    """`columns` gives float64[rows] by name, NaN where missing. `within`: reckoned from all groups of a district; shown, never kept."""

    name: str
    columns: Callable[[Rates], Columns]
    says: str = ""
    within: bool = False

    def table(self, rates: Rates, codes: NDArray[Any] | None = None) -> NDArray[Any]:
        """float64[rows, columns], with other labels where `codes` are given: columns that name a group then follow the new names."""
        renamed = rates if codes is None else replace(rates, codes=codes)
        return np.stack(list(self.columns(renamed).values()), axis=1)


def published(name: str, columns: tuple[str, ...]) -> FeatureSet:
    return FeatureSet(name, lambda rates: dict(zip(columns, rates.table(columns).T, strict=True)))


def _quotient(above: NDArray[Any], below: NDArray[Any]) -> NDArray[Any]:
    """NaN where there is nothing to divide by."""
    return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0))


def _summed(rates: Rates, values: NDArray[Any]) -> NDArray[Any]:
    """The sum over the groups of each row's district, float64[rows]; missing ones count nothing."""
    return np.asarray(np.bincount(rates.place, np.nan_to_num(values))[rates.place])


def _share(rates: Rates, count: str) -> NDArray[Any]:
    """Residents of the row's group ÷ residents of all groups that the district has rows of. Residents = stops a year ÷ stop rate."""
    stops, rate = rates.table((count, "stop_rate")).T
    residents = _quotient(stops, rate)
    return _quotient(residents, _summed(rates, residents))


def share_of_published(rates: Rates) -> Columns:
    """Of the residents that the stop rate was published for: of the state or city, not of the district."""
    return {"share of residents": _share(rates, "stop_rate_n")}


def share_of_district(rates: Rates) -> Columns:
    """The district's own residents are not published. Its stops divided by the state's rate stand in for them."""
    return {"share of the district": _share(rates, "stops_per_year")}


def shares_of_district(rates: Rates) -> Columns:
    """The row's own share and, on every row, the share of each group by name: the own one stands there twice."""
    own = _share(rates, "stops_per_year")
    held = np.full((rates.place.max() + 1, len(rates.groups)), np.nan)
    held[rates.place, rates.codes] = own
    named = held[rates.place].T
    return {"share of the district": own} | {
        f"share {group}": column for group, column in zip(rates.groups, named, strict=True)
    }


def ratio_to_district(rates: Rates) -> Columns:
    """Stop rate ÷ mean of the stop rates of the district's groups, one vote a group, so that how many people each has plays no part."""
    rate = rates.table(("stop_rate",))[:, 0]
    groups = _summed(rates, (~np.isnan(rate)).astype(float))
    return {"stop-rate ratio": _quotient(rate * groups, _summed(rates, rate))}


RATES_ALONE, WITH_VOLUME = "rates", "rates and volume"
OWN_SHARE, ALL_SHARES, RATIO = "own share of the district", "every share of the district", "stop-rate ratio"
SETS = (
    published("stop rate alone", RATES[:1]),
    published(RATES_ALONE, RATES),
    published(WITH_VOLUME, (*RATES, *VOLUME)),
    FeatureSet(
        "own share of the residents",
        share_of_published,
        "residents of the row's group ÷ residents of all groups, of the state or city that the stop rate is of (stop_rate_n ÷ stop_rate)",
        within=True,
    ),
    FeatureSet(
        OWN_SHARE,
        share_of_district,
        "the same of the district, of which residents are not published: stops_per_year ÷ stop_rate stands in for them",
        within=True,
    ),
    FeatureSet(
        ALL_SHARES,
        shares_of_district,
        "that share, and beside it the share of each group by name",
        within=True,
    ),
    FeatureSet(
        RATIO,
        ratio_to_district,
        "stop_rate ÷ mean stop_rate of the groups of its district, one vote a group",
        within=True,
    ),
)
FEATURES = {one.name: one for one in SETS}
PUBLISHED = [one.name for one in SETS if not one.within]
WITHIN = [one.name for one in SETS if one.within]
