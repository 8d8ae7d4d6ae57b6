"""What a test says: sections of text, table and chart. The same report is the page, the JSON and each CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import Any

from insights.columns import HIDDEN
from insights.disparity.figures import between, written
from insights.fairness.intervals import FEW, Estimate, Rate

OVER_FEW = "_few"  # ends the name of the column that says so of a rate
Row = dict[str, Any]


@dataclass(frozen=True)
class Col:
    """A column: `style` is how its figures are written; `ends` are the keys of its interval, shown below it."""

    label: str
    style: str = "count"
    ends: tuple[str, ...] = ()
    shown: bool = True  # on the page; every column is in the downloads
    meaning: str = ""


@dataclass(frozen=True)
class Table:
    """`name` is the table's in the address of its CSV."""

    name: str
    caption: str
    columns: dict[str, Col]
    rows: list[Row]

    def as_json(self) -> dict[str, Any]:
        rows = [{key: _plain(row.get(key)) for key in self.columns} for row in self.rows]
        return {"caption": self.caption, "columns": list(self.columns), "rows": rows}


@dataclass(frozen=True)
class Section:
    title: str
    table: Table | None = None
    chart: Mapping[str, Any] | None = None
    text: tuple[str, ...] = ()


@dataclass(frozen=True)
class Headline:
    name: str
    value: str
    more: str = ""


@dataclass(frozen=True)
class Report:
    """`findings` are sentences computed from the figures; `warnings` say why not to believe them; `notes` what was done."""

    headlines: tuple[Headline, ...] = ()
    findings: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    summary: dict[str, Any] = field(default_factory=dict)
    scope: str = ""

    @property
    def tables(self) -> dict[str, Table]:
        return {section.table.name: section.table for section in self.sections if section.table}

    def as_json(self) -> dict[str, Any]:
        return {
            "summary": {key: _plain(value) for key, value in self.summary.items()},
            "findings": list(self.findings),
            "warnings": list(self.warnings),
            "notes": list(self.notes),
            "tables": {name: table.as_json() for name, table in self.tables.items()},
        }

    def as_kept(self) -> dict[str, Any]:
        """For the database: everything, as plain values. Columns as a list, since JSON in PostgreSQL keeps no order."""
        kept: dict[str, Any] = asdict(self)
        for section in kept["sections"]:
            if table := section["table"]:
                table["columns"] = [{"key": key, **column} for key, column in table["columns"].items()]
                table["rows"] = [{key: _plain(value) for key, value in row.items()} for row in table["rows"]]
        kept["summary"] = {key: _plain(value) for key, value in self.summary.items()}
        return kept


def from_kept(kept: Mapping[str, Any]) -> Report:
    """A report as it was kept."""
    sections = tuple(
        Section(
            one["title"],
            _table(one["table"]) if one["table"] else None,
            one["chart"],
            tuple(one["text"]),
        )
        for one in kept["sections"]
    )
    texts = {name: tuple(kept[name]) for name in ("findings", "warnings", "notes")}
    headlines = tuple(Headline(**one) for one in kept["headlines"])
    return Report(
        headlines=headlines, sections=sections, summary=kept["summary"], scope=kept["scope"], **texts
    )


def _table(kept: Mapping[str, Any]) -> Table:
    columns = {
        one["key"]: Col(
            **{name: value for name, value in one.items() if name not in ("key", "ends")},
            ends=tuple(one["ends"]),
        )
        for one in kept["columns"]
    }
    return Table(kept["name"], kept["caption"], columns, kept["rows"])


def _plain(value: Any) -> Any:
    """JSON has no NaN and no infinity."""
    return None if isinstance(value, float) and not isfinite(value) else value


# Columns and cells that several tests share


def rate_columns(label: str, key: str = "rate", meaning: str = "") -> dict[str, Col]:
    """A rate with the ends of its interval, and whether it is over few."""
    low, high = f"{key}_low", f"{key}_high"
    return {
        key: Col(label, "percent", (low, high), meaning=meaning),
        low: Col(f"{label}, low", "percent", shown=False),
        high: Col(f"{label}, high", "percent", shown=False),
        f"{key}{OVER_FEW}": Col(f"{label}, over fewer than {FEW}", "yes", shown=False),
    }


def rate_cells(rate: Rate, key: str = "rate") -> Row:
    low, high = rate.interval
    return {key: rate.value, f"{key}_low": low, f"{key}_high": high, f"{key}{OVER_FEW}": rate.few}


def estimate_columns(label: str, key: str, style: str, p: bool = False, meaning: str = "") -> dict[str, Col]:
    """An estimate with the ends of its interval, and if wanted its p."""
    low, high = f"{key}_low", f"{key}_high"
    columns = {
        key: Col(label, style, (low, high), meaning=meaning),
        low: Col(f"{label}, low", style, shown=False),
        high: Col(f"{label}, high", style, shown=False),
    }
    return columns | ({f"{key}_p": Col("p", "p", shown=False)} if p else {})


def estimate_cells(estimate: Estimate, key: str, p: bool = False) -> Row:
    cells = {key: estimate.value, f"{key}_low": estimate.low, f"{key}_high": estimate.high}
    return cells | ({f"{key}_p": estimate.p} if p else {})


def hidden_cells(columns: Mapping[str, Col], named: Row) -> Row:
    """A row of which nothing but its names may be shown."""
    return dict.fromkeys(columns, HIDDEN) | named


def bars(
    title: str, table: Table, x: str, y: str, *, y_title: str = "", n: str = "", note: str = ""
) -> dict[str, Any]:
    """A chart of bars with whiskers, one bar a row."""
    column = table.columns[y]
    series: dict[str, Any] = {"label": column.label, "values": _values(table.rows, y)}
    if column.ends:
        series |= {
            end: _values(table.rows, key) for end, key in zip(("low", "high"), column.ends, strict=True)
        }
    if n:
        series["n"] = _values(table.rows, n)
    if any(row.get(y) == HIDDEN for row in table.rows):
        series["marks"] = [HIDDEN if row.get(y) == HIDDEN else None for row in table.rows]
    return {
        "type": "bar",
        "title": title,
        "x": [str(row[x]) for row in table.rows],
        "x_title": table.columns[x].label,
        "y_title": y_title or column.label,
        "y_format": "percent" if column.style == "percent" else "count",
        "series": [series],
        "note": note,
    }


def _values(rows: Sequence[Row], key: str) -> list[Any]:
    return [None if row.get(key) == HIDDEN else _plain(row.get(key)) for row in rows]


def scatter(
    title: str,
    points: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    x_title: str,
    y_title: str,
    note: str = "",
    y_format: str = "percent",
) -> dict[str, Any]:
    """A chart of places: `points` by series, each point `x, y, n, label`. The diagonal is where both rates are equal."""
    series = [{"label": label, "points": list(some)} for label, some in points.items()]
    return {
        "type": "scatter",
        "title": title,
        "x_title": x_title,
        "y_title": y_title,
        "y_format": y_format,
        "series": series,
        "note": note,
        "x": [],
    }


def in_words(estimate: Estimate, style: str) -> str:
    """“1.2 points (0.8 to 1.6)”, or without an interval where there is none."""
    if estimate.value is None:
        return "not to be told"
    text = written(estimate.value, style)
    if estimate.low is None or estimate.high is None:
        return text
    return f"{text} ({between(estimate.low, estimate.high, style)})"


def by_chance(estimate: Estimate, nothing: float = 0.0) -> str:
    """Why a difference is no finding; `nothing` is the figure of no difference. An interval that leaves it out is one of
    several, and among several such an interval comes about by chance.
    """
    low, high = estimate.low, estimate.high
    if low is not None and high is not None and (low > nothing or high < nothing):
        return "a difference that chance alone can make where so many groups are compared"
    return "a difference that chance alone can make"
