"""What hiding small counts will ask of the whole ledger for a page: so that it can be gathered in one reading."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import TYPE_CHECKING

from insights.columns import Label
from insights.disclosure.axes import AXES, DURATION, LEVELS, TIME
from insights.disclosure.counts import BANDS, MARKS, OVERLAPS
from insights.disclosure.groups import PARTS
from insights.disclosure.narrowing import WORDS
from insights.filters import Filters

if TYPE_CHECKING:
    from insights.insight import Insight

BOUNDS = {"date_after": "month", "date_before": "month", "age_min": "age_band", "age_max": "age_band"}
BOUNDS |= {"hour_min": "hour", "hour_max": "hour"}


def dimensions_asked(insight: Insight, filters: Filters) -> tuple[str, ...]:
    """The columns of the axes on which the page groups or narrows, marks and durations apart: these are measures."""
    labels = [column.dimension for column in insight.columns.values() if isinstance(column, Label)]
    narrowed = [BOUNDS.get(name, name) for name in filters.values if name in BOUNDS or name in WORDS]
    measured = {"outcome"} if _outcomes(insight) else set()
    levels = [LEVELS[name] for name in (*labels, *narrowed, *insight.within, *measured) if name in LEVELS]
    plain = [(axis, level) for axis, level in levels if axis not in (*MARKS, DURATION)]
    return tuple(dict.fromkeys(name for axis, level in plain for name in AXES[axis].columns(level)))


def _outcomes(insight: Insight) -> bool:
    return any(LEVELS["outcome"][0] in part for part in _parts(insight))


def _parts(insight: Insight) -> Iterable[Iterable[int]]:
    """The axes of each part that a measure of the page rests on."""
    return [box.keys() for name in insight.measures() for box in PARTS.get(name, ())]


def measures_asked(insight: Insight, filters: Filters) -> tuple[str, ...]:
    """The measures from which persons with and without each mark, and of each duration, follow."""
    axes = {axis for part in _parts(insight) for axis in part}
    axes |= {LEVELS[name][0] for name in filters.values if LEVELS.get(name, (TIME,))[0] in MARKS}
    marks = [axis for axis in MARKS if axis in axes]
    some = [one for size in range(len(marks) + 1) for one in combinations(marks, size)]
    bands = BANDS.values() if DURATION in axes else ()
    return tuple(dict.fromkeys((*(OVERLAPS[one] for one in some if one in OVERLAPS), *bands)))
