"""The study of one measure: panels from the figures, their fits, and what is kept of them. For worker and commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from insights.trust import figures
from insights.trust.figures import Measured, Survey
from insights.trust.policing import Cells, policing, quarter_before, quarter_of

if TYPE_CHECKING:
    from insights.fairness.intervals import Estimate
    from insights.trust.panel import Panel

SPANS = 3
TOO_SMALL = (
    "There is too little to say anything: at least 8 areas with figures of all measures in at least 4 periods are needed, in which "
    "the measures differ from one another."
)
NO_POLICING = (
    "The ledger holds no stops, searches or recorded crimes whose area is one of the survey's (or an LSOA in one) over whole quarters, so "
    "nothing can be said of how they go with “{measure}”."
)
FEW_POLICING = (
    "The ledger's policing figures meet the survey's in {areas} areas and {periods} quarters. At least 8 areas and 4 quarters in which all of "
    "them are known are needed, so nothing is said."
)
Named = tuple[list[str], list[tuple[int, Any]], "Panel"]  # names of x, keys of rows (area, period), panel


def study(survey: Survey, measure: str) -> dict[str, Any]:
    """What moves with a measure inside areas: the other measures together, and policing figures together."""
    measured = figures.all_measured(survey)
    return {
        "survey": survey.slug,
        "measure": measure,
        "perceptions": _perceptions(measured, measure),
        "policing": _policing(survey, measured[measure]),
    }


def _perceptions(measured: Mapping[str, Measured], measure: str) -> dict[str, Any]:
    names = [name for name in measured if name != measure]
    outcome = measured[measure]
    rows = []
    for area in outcome.areas:
        for day in outcome.periods:
            told = [outcome.at(area, day), *(measured[name].at(area, day) for name in names)]
            if all(one is not None for one in told):
                rows.append((area, day, *(one.share for one in told if one is not None)))
    return _fitted(names, rows, figures.period_label) or {"why": TOO_SMALL}


def _policing(survey: Survey, outcome: Measured) -> dict[str, Any]:
    """Trust of a quarter beside the policing of the quarter before: what came first may have moved what came after."""
    found = policing(survey)
    names = [*found]
    rows = [
        (area, day, figure.share, *values)
        for area in outcome.areas
        for day in outcome.periods
        if (figure := outcome.at(area, day)) and (values := _values(found, names, area, day))
    ]
    areas, periods = ({row[at] for row in rows} for at in (0, 1))
    fitted = _fitted(names, rows, figures.period_label)
    if fitted:
        return fitted
    if not rows:
        return {"why": NO_POLICING.format(measure=outcome.measure)}
    return {"why": FEW_POLICING.format(areas=len(areas), periods=len(periods))}


def _values(found: Mapping[str, Cells], names: list[str], area: int, day: Any) -> list[float]:
    """The figures of the quarter before; nothing unless all are known."""
    key = (area, quarter_before(quarter_of(day)))
    values = [found[name][key] for name in names if key in found[name]]
    return values if len(values) == len(names) else []


def _fitted(names: list[str], rows: list[tuple[Any, ...]], label: Any) -> dict[str, Any] | None:
    """Everything that is kept of one panel; None where it is too small. `rows`: area, period, y, x…"""
    from insights.trust import panel as fixed_effects

    if not names or not rows:
        return None
    periods = sorted({row[1] for row in rows})
    made = _panel(rows, periods)
    found = fixed_effects.fit(made)
    if found is None:
        return None
    spans = fixed_effects.by_spans(made, SPANS)
    return {
        "areas": found.areas,
        "periods": found.periods,
        "rows": found.rows,
        "first": label(periods[0]),
        "last": label(periods[-1]),
        "r2": found.r2,
        "drivers": [
            {
                "name": name,
                "sd": found.spreads[at],
                "effect": kept(found.effects[at]),
                "drawn": kept(found.drawn[at]),
                "alone": kept(found.alone[at]),
                "pooled": kept(found.pooled[at]),
                "spans": [kept(effects[at]) for _, _, effects in spans],
            }
            for at, name in enumerate(names)
        ],
        "spans": [[label(periods[first]), label(periods[last])] for first, last, _ in spans],
    }


def _panel(rows: list[tuple[Any, ...]], periods: list[Any]) -> Panel:
    """The rows as columns of numbers, areas and periods by their place."""
    import numpy as np

    from insights.trust.panel import Panel

    areas = sorted({row[0] for row in rows})
    table = np.array([row[2:] for row in rows], dtype=float)
    return Panel(
        table[:, 0],
        table[:, 1:],
        np.array([areas.index(row[0]) for row in rows]),
        np.array([periods.index(row[1]) for row in rows]),
    )


def kept(estimate: Estimate) -> dict[str, float | None]:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}
