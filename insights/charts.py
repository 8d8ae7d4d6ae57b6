"""Charts from a declaration: an insight names columns, this writes what `static/js/charts.js` draws.

Nothing is computed that the table does not say. Hidden figures are gaps with their mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from insights.codes import UNKNOWN
from insights.columns import HIDDEN, Column, Count, Low, Rate, Share
from insights.wording import count, in_calendar, listed, month_name

Row = dict[str, Any]
Declaration = dict[str, Any]
FEW = 6  # slices of a doughnut that can be told apart


@dataclass(frozen=True)
class Chart:
    """`x`: columns that name a category; `y`: columns drawn; `series`: columns that tell series apart (one `y` then).

    Above `cap` categories (and `cap_series` series) those with the most persons are drawn and the note says so.
    `latest` names a column of which only the highest value is drawn (the last year of a long table).
    """

    x: tuple[str, ...]
    y: tuple[str, ...]
    series: tuple[str, ...] = ()
    cap: int = 24
    cap_series: int = 12
    latest: str = ""
    hours: bool = False  # every hour of the day stands on the axis, with 0 where nobody was stopped
    last: bool = False  # too many series are cut to the last ones, not to the largest
    kind: ClassVar[str] = "bar"

    def draw(self, title: str, columns: dict[str, Column], rows: Sequence[Row]) -> Declaration:
        """The declaration of the chart for these rows."""
        rows, notes = self._of_latest(rows)
        in_time = self.x[:1] == ("year",)
        names, note = self._capped(rows, columns, self.x, self.cap, "last" if in_time else "largest")
        names = in_reading_order(names) if self.series and not in_time else names
        notes += note
        lines, note = self._lines(rows, columns)
        y = columns[self.y[0]]
        series = [_series(label, key, names, chosen, columns) for label, key, chosen in lines]
        gaps = any(value is None for one in series for value in one["values"])
        declaration: Declaration = {
            "type": self._kind(len(names), len(lines), gaps),
            "title": title,
            "x": names,
            "x_title": ", ".join(columns[key].label for key in self.x),
            "y_title": y.label if len(self.y) == 1 else "",  # else the legend says which is which
            "y_format": {"percent": "percent", "minutes": "minutes"}.get(y.format, "count"),
            "series": series,
        }
        return declaration | {"note": " ".join([*notes, *note])}

    def _kind(self, categories: int, lines: int, gaps: bool) -> str:
        return self.kind

    def _of_latest(self, rows: Sequence[Row]) -> tuple[list[Row], list[str]]:
        if not self.latest or not rows:
            return list(rows), []
        newest = max(row[self.latest] for row in rows)
        if len({row[self.latest] for row in rows}) == 1:
            return list(rows), [f"{newest} only."]
        kept = [row for row in rows if row[self.latest] == newest]
        return kept, [f"The chart shows {newest}; the table has every {self.latest}."]

    def _capped(
        self, rows: Sequence[Row], columns: dict[str, Column], keys: tuple[str, ...], cap: int, which: str
    ) -> tuple[list[str], list[str]]:
        """The categories in the order of the table, at most `cap`."""
        if keys == ("hour",) and self.hours and rows:
            return self._hours(any(row["hour"] is None for row in rows))
        sizes: dict[str, int] = dict.fromkeys(timeline(rows, keys), 0)
        for row in rows:
            size = _size(row, columns)
            sizes[name_of(row, keys)] = sizes.get(name_of(row, keys), 0) + size
        if len(sizes) <= cap:
            return list(sizes), []
        if which == "last":
            kept = set(list(sizes)[-cap:])
        else:
            kept = set(sorted(sizes, key=lambda name: (-sizes[name], name))[:cap])
        what = listed([columns[key].label.lower() for key in keys])
        chosen = f"last {cap}" if which == "last" else f"{cap} {which}"
        note = f"The chart shows the {chosen} of {count(len(sizes))} by {what}; the table has all."
        return [name for name in sizes if name in kept], [note]

    def _hours(self, unknown: bool) -> tuple[list[str], list[str]]:
        """Every hour, and behind them the stops without one."""
        return [*map(str, range(24)), *([UNKNOWN] if unknown else [])], []

    def _lines(
        self, rows: Sequence[Row], columns: dict[str, Column]
    ) -> tuple[list[tuple[str, str, dict[str, Row]]], list[str]]:
        """Label, drawn column and row by category of each series."""
        if not self.series:
            by_name = {name_of(row, self.x): row for row in rows}
            return [(columns[key].label, key, by_name) for key in self.y], []
        labels, note = self._capped(
            rows, columns, self.series, self.cap_series, "last" if self.last else "largest"
        )
        labels = labels if self.last else in_reading_order(labels)
        groups: dict[str, dict[str, Row]] = {label: {} for label in labels}
        for row in rows:
            if (label := name_of(row, self.series)) in groups:
                groups[label][name_of(row, self.x)] = row
        return [(label, self.y[0], groups[label]) for label in labels], note


class Bar(Chart):
    """Amounts side by side."""


class Line(Chart):
    """Amounts over time; bars while there is but one point."""

    kind = "line"

    def _kind(self, categories: int, lines: int, gaps: bool) -> str:
        return "line" if categories > 1 else "bar"

    def _hours(self, unknown: bool) -> tuple[list[str], list[str]]:
        """A line leads from hour to hour: what has no hour has no place on it."""
        return [*map(str, range(24))], ["Stops without a time are in the table only."] if unknown else []


class Grid(Chart):
    """Amounts by two groups, as depth of colour; bars while there is but one series."""

    kind = "grid"

    def _kind(self, categories: int, lines: int, gaps: bool) -> str:
        return "grid" if lines > 1 else "bar"


class Doughnut(Chart):
    """Parts of a whole, while it is one whole with few parts; bars otherwise."""

    kind = "doughnut"

    def _kind(self, categories: int, lines: int, gaps: bool) -> str:
        return "doughnut" if lines == 1 and 1 < categories <= FEW and not gaps else "bar"


STEPS = {("year",): 1, ("year", "quarter"): 4, ("year", "month"): 12}  # periods of a year


def timeline(rows: Sequence[Row], keys: tuple[str, ...]) -> list[str]:
    """Every period from the first row's to the last one's, those without a row too; nothing for other axes."""
    if keys not in STEPS or not rows:
        return []
    steps = STEPS[keys]
    places = (
        [row["year"] * steps + row.get(keys[-1], 1) - 1 for row in rows]
        if steps > 1
        else [row["year"] for row in rows]
    )
    periods = [divmod(place, steps) for place in range(min(places), max(places) + 1)]
    return [
        name_of({"year": year, keys[-1]: rest + 1} if steps > 1 else {"year": year}, keys)
        for year, rest in periods
    ]


def name_of(row: Row, keys: tuple[str, ...]) -> str:
    """What a row is called on an axis: “India, Male”, “Mar 2026”, “Q1 2026”."""
    if keys == ("year", "month"):
        return month_name(row["year"], row["month"], short=True)
    if keys == ("year", "quarter"):
        return f"Q{row['quarter']} {row['year']}"
    return ", ".join(UNKNOWN if row[key] is None else str(row[key]) for key in keys)


def in_reading_order(names: Sequence[str]) -> list[str]:
    """By number or letter, Unknown last: where rows are spread over two axes, the order of the table is neither's."""
    return sorted(
        names,
        key=lambda name: (
            name == UNKNOWN,
            not name.isdecimal(),
            int(name) if name.isdecimal() else 0,
            in_calendar(name),
        ),
    )


def _size(row: Row, columns: dict[str, Column]) -> int:
    """Persons behind a row as far as they are shown."""
    return row["stops"] if "stops" in columns and isinstance(row["stops"], int) else 0


def _figure(value: Any) -> Any:
    return None if value == HIDDEN else value


def _base_of(columns: dict[str, Column], key: str) -> str:
    """The column that counts those of whom a rate is; empty where the table has none."""
    rate = columns[key]
    if not isinstance(rate, Rate):
        return ""
    return next((name for name, one in columns.items() if isinstance(one, Count) and one.of == rate.per), "")


def _series(
    label: str, key: str, names: Sequence[str], chosen: dict[str, Row], columns: dict[str, Column]
) -> Declaration:
    rows = [chosen.get(name) for name in names]
    absent = (
        0 if isinstance(columns[key], (Count, Share)) else None
    )  # nobody stopped: a count of 0, but no rate
    out: Declaration = {
        "label": label,
        "values": [absent if row is None else _figure(row[key]) for row in rows],
    }
    ends = {type(c).__name__.lower(): k for k, c in columns.items() if isinstance(c, Low) and c.of == key}
    for end, name in ends.items():
        out[end] = [None if row is None else _figure(row[name]) for row in rows]
    if base := _base_of(columns, key):
        out["n"] = [None if row is None else _figure(row[base]) for row in rows]
    if any(row is not None and row[key] == HIDDEN for row in rows):
        out["marks"] = [HIDDEN if row is not None and row[key] == HIDDEN else None for row in rows]
    return out
