"""Tables of the card of a run of crime by the hour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prediction.crime.backtest import BackTest
from prediction.crime.cells import LeftOut
from prediction.crime.coverage import Stretch
from prediction.crime.rivals import AREA_HOUR, BASE


def tables_of(name: str, covered: Sequence[Stretch], kept: LeftOut, test: BackTest) -> list[dict[str, Any]]:
    """Months of the back-test of an agency, how often intervals held, what is left out."""
    columns = ("month", "happened", "expected", "deviance", "area_hour", "base")
    coverage = test.coverage
    place = "area" if test.cells.kind not in kept.without_place else test.cells.kind
    return [
        {
            "title": f"{name}: month by month of the back-test",
            "note": "Mean Poisson deviance of an area's hour of the day in the month; lower is better.",
            "columns": [
                "Month",
                "Happened",
                "Expected",
                "Deviance",
                AREA_HOUR.capitalize(),
                BASE.capitalize(),
            ],
            "rows": [[_cell(row[column], column) for column in columns] for row in test.by_month],
        },
        {
            "title": f"{name}: how often 95% intervals held",
            "note": "Cells by Poisson; totals by Poisson and by the negative binomial, whose spread is of the months before.",
            "columns": ["Level", "Poisson", "Negative binomial"],
            "rows": [
                ["An area's hour of the day in a month", f"{coverage['cell']:.1%}", "–"],
                ["An area's month", f"{coverage['area_poisson']:.1%}", f"{coverage['area']:.1%}"],
                [
                    "All areas' hour of the day in a month",
                    f"{coverage['hour_poisson']:.1%}",
                    f"{coverage['hour']:.1%}",
                ],
                ["All areas' month", f"{coverage['month_poisson']:.1%}", f"{coverage['month']:.1%}"],
            ],
        },
        {
            "title": f"{name}: what is left out",
            "note": "Incidents of covered days that say no hour or no area are in no rate.",
            "columns": ["Covered days", "Incidents", "Without an hour", "Without an area"],
            "rows": [
                [
                    ", ".join(f"{run.first} to {run.last}" for run in covered),
                    f"{kept.incidents:,}",
                    f"{kept.without_hour:,}",
                    f"{kept.without_place[place]:,}",
                ]
            ],
        },
    ]


def _cell(value: float | str, column: str) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if column in ("happened", "expected") else f"{value:.4f}"
