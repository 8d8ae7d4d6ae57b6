"""Small drawings put together on the server: a line for every area, and a grid of London's boroughs as tiles.

The boundaries of London's boroughs are not part of the survey. The grid keeps who lies beside whom, roughly, and gives
every borough the same room; it is no map, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from insights.trust.bands import Design, band
from insights.trust.figures import FORCE, Figure, Measured, period_label
from insights.wording import percent

WIDTH, HEIGHT, EDGE = 160, 56, 4
ROWS = (
    ". . . . Enfield . . .",
    ". Harrow . Barnet Haringey Waltham_Forest . .",
    "Hillingdon Ealing Brent Camden Islington Hackney Redbridge Havering",
    "Hounslow Hammersmith_and_Fulham Kensington_and_Chelsea Westminster City_of_London Tower_Hamlets Newham Barking_and_Dagenham",
    ". Richmond_upon_Thames Wandsworth Lambeth Southwark Lewisham Greenwich Bexley",
    ". . Kingston_upon_Thames Merton Croydon Bromley . .",
    ". . . Sutton . . . .",
)
PLACES = {
    name.replace("_", " "): (row, column)
    for row, names in enumerate(ROWS)
    for column, name in enumerate(names.split())
    if name != "."
}
SHORT = {
    "Barking and Dagenham": "Bark",
    "Hammersmith and Fulham": "H&F",
    "Kensington and Chelsea": "K&C",
    "Kingston upon Thames": "King",
    "Richmond upon Thames": "Rich",
    "Tower Hamlets": "Tow",
    "Waltham Forest": "Walt",
    "City of London": "City",
}
MARKS = {"above": "▲", "below": "▼", "cannot tell": "≈", "": ""}


@dataclass(frozen=True)
class Multiple:
    """One area's line with its band, on the scale of all; `force`: points of the force's line."""

    area: int
    name: str
    line: str
    band: str
    force: str
    says: str
    last: str
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True)
class Scale:
    """From days and shares to places in a drawing."""

    days: Sequence[date]
    least: float
    most: float

    def x(self, day: date) -> float:
        whole = (self.days[-1] - self.days[0]).days or 1
        return round(EDGE + (day - self.days[0]).days / whole * (WIDTH - 2 * EDGE), 1)

    def y(self, share: float) -> float:
        part = (share - self.least) / (self.most - self.least) if self.most > self.least else 0.5
        return round(HEIGHT - EDGE - part * (HEIGHT - 2 * EDGE), 1)

    def points(self, pairs: Sequence[tuple[date, float]]) -> str:
        return " ".join(f"{self.x(day):g},{self.y(share):g}" for day, share in pairs)


def multiples(found: Measured, design: Design) -> list[Multiple]:
    """A small line for every area, all on one scale. A gap in the figures is drawn through and the line's words count figures."""
    if len(found.periods) < 2:
        return []
    own = {area: by_day for area, by_day in found.shares.items() if area != FORCE and area in found.areas}
    shares = [one.share for by_day in [*own.values(), found.shares.get(FORCE, {})] for one in by_day.values()]
    scale = Scale(found.periods, min(shares), max(shares))
    force = scale.points(_pairs(found.shares.get(FORCE, {})))
    return [
        _multiple(area, place.name, own[area], design, scale, force)
        for area, place in found.areas.items()
        if area in own
    ]


def _pairs(by_day: Mapping[date, Figure]) -> list[tuple[date, float]]:
    return [(day, by_day[day].share) for day in sorted(by_day)]


def _multiple(
    area: int, name: str, by_day: Mapping[date, Figure], design: Design, scale: Scale, force: str
) -> Multiple:
    pairs = _pairs(by_day)
    ends = [(day, band(share, design.size(by_day[day].base))) for day, share in pairs]
    known = [(day, low, high) for day, (low, high) in ends if low is not None and high is not None]
    around = [(day, min(high, scale.most)) for day, _, high in known]
    around += [(day, max(low, scale.least)) for day, low, _ in reversed(known)]
    (first, start), (last, end) = pairs[0], pairs[-1]
    says = f"{name}: {percent(start)} in {period_label(first)}, {percent(end)} in {period_label(last)}, {len(pairs)} figures."
    return Multiple(area, name, scale.points(pairs), scale.points(around), force, says, percent(end))


@dataclass(frozen=True)
class Tile:
    area: int
    name: str
    short: str
    row: int
    column: int
    figure: str
    verdict: str
    mark: str

    @property
    def look(self) -> str:
        return self.verdict.replace(" ", "-") or "none"


def tiles(names: Mapping[int, str], figures: Mapping[int, tuple[float, str]]) -> list[Tile]:
    """London's boroughs as tiles, row by row; nothing where any area is no borough of London.

    `figures`: share and verdict by area.
    """
    if not names or not set(names.values()) <= set(PLACES):
        return []
    made = []
    for area, name in names.items():
        share, told = figures.get(area, (None, ""))
        row, column = PLACES[name]
        figure = "–" if share is None else f"{share:.0%}"
        made.append(Tile(area, name, SHORT.get(name, name[:4]), row, column, figure, told, MARKS[told]))
    return sorted(made, key=lambda one: (one.row, one.column))


DOT_ROW, DOT_TEXT, DOT_PLOT, DOT_TOP = 32, 200, 320, 26


@dataclass(frozen=True)
class Dot:
    name: str
    y: float
    x: float
    low: float
    high: float
    clear: bool
    says: str


@dataclass(frozen=True)
class Dots:
    """A dot plot: estimates with whiskers on one axis; `nought` is where nothing would be."""

    rows: list[Dot]
    ticks: list[tuple[float, str]]
    nought: float
    says: str
    width: int = DOT_TEXT + DOT_PLOT + 20
    text: int = DOT_TEXT - 12

    @property
    def height(self) -> int:
        return DOT_TOP + DOT_ROW * len(self.rows) + 26

    @property
    def bottom(self) -> int:
        return DOT_TOP + DOT_ROW * len(self.rows)


def dot_plot(pairs: Sequence[tuple[str, Mapping[str, float | None]]]) -> Dots | None:
    """`pairs`: name and estimate (value, low, high) in fractions; drawn in points."""
    known = [
        (name, float(one["value"]), float(one["low"]), float(one["high"]))
        for name, one in pairs
        if one["value"] is not None and one["low"] is not None and one["high"] is not None
    ]
    if not known:
        return None
    least = min(0.0, *(low for *_, low, _ in known))
    most = max(0.0, *(high for *_, high in known))
    room = (most - least) or 1.0
    least, most = least - room * 0.04, most + room * 0.04

    def place(value: float) -> float:
        return round(DOT_TEXT + (value - least) / (most - least) * DOT_PLOT, 1)

    rows = [
        Dot(
            name,
            DOT_TOP + DOT_ROW * (at + 0.5),
            place(value),
            place(low),
            place(high),
            low > 0 or high < 0,
            f"{name}: {100 * value:+.2f} points, {100 * low:+.2f} to {100 * high:+.2f}",
        )
        for at, (name, value, low, high) in enumerate(known)
    ]
    ticks = [(place(one), f"{100 * one:+g}".replace("-", "−") if one else "0") for one in _steps(least, most)]
    return Dots(rows, ticks, place(0), "; ".join(row.says for row in rows))


def _steps(least: float, most: float) -> list[float]:
    """About five round amounts between the ends, nought among them. However wide: few areas have intervals without bounds."""
    round_ones = (one * 10.0**power for power in count(-4) for one in (0.5, 1, 2, 2.5, 5))
    step = next(one for one in round_ones if (most - least) / one <= 7)
    first, last = int(least / step), int(most / step)
    return [round(step * at, 6) for at in range(first, last + 1)]
