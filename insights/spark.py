"""A trend as a small drawing: lines and points in an SVG of fixed size, put together on the server and read out in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from insights.relation import Month
from insights.trend import Point, Trend
from insights.wording import FORMATS, month_name

WIDTH, HEIGHT, EDGE = 200, 36, 4


@dataclass(frozen=True)
class Spark:
    """`lines`: points of each unbroken run; `dots`: months alone between gaps, and the last month; `marks`: where events lie."""

    lines: list[str]
    dots: list[tuple[float, float]]
    says: str
    marks: tuple[float, ...] = ()
    width: int = WIDTH
    height: int = HEIGHT
    name: str = ""

    @classmethod
    def of(cls, trend: Trend, events: Sequence[Month] = ()) -> Spark | None:
        """None while there are not two months to show."""
        known = [point for point in trend.points if point.value is not None]
        if len(known) < 2:
            return None
        runs = _runs(trend.points)
        place = _Place(trend.points)
        lines = [" ".join(f"{x:g},{y:g}" for x, y in map(place, run)) for run in runs if len(run) > 1]
        alone = [place(run[0]) for run in runs if len(run) == 1]
        shown = {point.month for point in trend.points}
        marks = tuple(place.across(month) for month in dict.fromkeys(events) if month in shown)
        dots = list(dict.fromkeys([*alone, place(known[-1])]))
        return cls(lines, dots, _said(trend, known), marks, name=_name(trend))


def _runs(points: Sequence[Point]) -> list[list[Point]]:
    """Neighbouring months that all have a figure."""
    runs: list[list[Point]] = [[]]
    for point in points:
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


class _Place:
    """Where a month stands: from left to right in time, from the lowest figure to the highest."""

    def __init__(self, points: Sequence[Point]) -> None:
        values = [point.value for point in points if point.value is not None]
        self.first, self.least, self.most = points[0].month, min(values), max(values)
        self.step = (WIDTH - 2 * EDGE) / max(1, len(points) - 1)

    def across(self, month: Month) -> float:
        months = (month[0] - self.first[0]) * 12 + month[1] - self.first[1]
        return round(EDGE + months * self.step, 1)

    def __call__(self, point: Point) -> tuple[float, float]:
        share = (
            ((point.value or 0) - self.least) / (self.most - self.least) if self.most > self.least else 0.5
        )
        return self.across(point.month), round(HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE), 1)


def _said(trend: Trend, known: Sequence[Point]) -> str:
    """The drawing in words; months whose figure is hidden are not among them."""
    write = FORMATS[trend.column.format]
    least, most = (edge(known, key=lambda point: point.value or 0) for edge in (min, max))
    ends = [f"{write(point.value or 0)} in {month_name(*point.month, short=True)}" for point in (least, most)]
    return f"{_name(trend)}: lowest {ends[0]}, highest {ends[1]}."


def _name(trend: Trend) -> str:
    first, last = (month_name(*point.month, short=True) for point in (trend.points[0], trend.points[-1]))
    return f"{trend.column.label} by month, {first} to {last}"
