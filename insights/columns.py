"""Kinds of column of an insight. A kind knows on which measures a cell rests and how it is computed from them.

Whoever must know which cell gives which count away (small counts), how a figure is written (page, table, chart) or
what it means (docs) asks the kind; the insight only declares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from insights.statistics import wilson

HIDDEN = "[c]"
NUMBERS = ("year", "quarter", "month", "hour")
WORDS = {
    "stops": "persons stopped",
    "searches": "persons searched",
    "arrests": "persons arrested",
    "drugs": "persons in drug-related stops",
    "either": "persons searched or arrested",
    "hits": "persons searched with something found",
    "citations": "persons cited",
    "warnings": "persons warned",
    "durations": "persons whose stop has a known duration",
    "minutes_n": "persons whose stop has a known duration",
    "d_0_15": "persons stopped for up to 15 minutes",
    "d_16_30": "persons stopped for 16 to 30 minutes",
    "d_30_plus": "persons stopped for more than 30 minutes",
}
DIMENSION_WORDS = {
    "country": "country",
    "agency": "agency",
    "post": "post",
    "year": "year",
    "month": "month",
    "quarter": "quarter",
    "hour": "hour",
    "period": "day or night",
    "weekday": "weekday",
    "violation": "violation",
    "outcome": "outcome",
    "gender": "gender",
    "race": "race",
    "age_band": "age band",
}

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """What every kind owes: its label (given first), its format (text, count, percent, minutes, change), its measures, its meaning."""

    label: str
    format: ClassVar[str] = "count"

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures of the same row on which the cell rests."""
        return ()

    def value(self, key: str, raw: Row) -> Any:
        """The cell, from the row's measures; windows over rows come from SQL under the column's own key."""
        return raw[key]

    def meaning(self) -> str:
        """One sentence of definition; empty where the label says it."""
        return ""


@dataclass(frozen=True)
class Label(Column):
    """A group: the word of a code, or a plain number for year, month and hour."""

    dimension: str

    @property
    def format(self) -> str:  # type: ignore[override]
        return "number" if self.dimension in NUMBERS else "text"


@dataclass(frozen=True)
class Count(Column):
    """How many."""

    of: str

    @property
    def measures(self) -> tuple[str, ...]:
        return (self.of,)

    def value(self, key: str, raw: Row) -> int:
        return int(raw[self.of])

    def meaning(self) -> str:
        return f"Number of {WORDS.get(self.of, self.of)}."


@dataclass(frozen=True)
class Rate(Column):
    """A part of the row's own persons: `of` divided by `per`, a fraction; null when there is nothing to divide by."""

    of: str
    per: str
    format: ClassVar[str] = "percent"

    @property
    def measures(self) -> tuple[str, ...]:
        return (self.of, self.per)

    def value(self, key: str, raw: Row) -> float | None:
        return raw[self.of] / raw[self.per] if raw[self.per] else None

    def meaning(self) -> str:
        return f"{WORDS.get(self.of, self.of).capitalize()} ÷ {WORDS.get(self.per, self.per)}."


@dataclass(frozen=True)
class Low(Column):
    """Lower end of the 95 % interval of a rate (Wilson)."""

    of: str
    part: str
    whole: str
    format: ClassVar[str] = "percent"

    @property
    def measures(self) -> tuple[str, ...]:
        return (self.part, self.whole)

    def value(self, key: str, raw: Row) -> float | None:
        return wilson(raw[self.part], raw[self.whole])[0]


@dataclass(frozen=True)
class High(Low):
    """Upper end of the same interval."""

    def value(self, key: str, raw: Row) -> float | None:
        return wilson(raw[self.part], raw[self.whole])[1]


@dataclass(frozen=True)
class Share(Column):
    """The row's part of a whole of several rows: all rows, or those that agree in the dimensions of `within`."""

    of: str
    within: tuple[str, ...] = ()
    format: ClassVar[str] = "percent"

    @property
    def measures(self) -> tuple[str, ...]:
        return (self.of,)

    def meaning(self) -> str:
        whole = " and ".join(DIMENSION_WORDS[name] for name in self.within)
        whose = f" of the same {whole}" if self.within else " in the table"
        return f"{WORDS.get(self.of, self.of).capitalize()} ÷ all {WORDS.get(self.of, self.of)}{whose}."


@dataclass(frozen=True)
class Mean(Column):
    """Mean minutes: tenths of minutes summed, divided by ten times the persons whose duration is known."""

    total: str
    n: str
    format: ClassVar[str] = "minutes"

    @property
    def measures(self) -> tuple[str, ...]:
        return (self.total, self.n)

    def value(self, key: str, raw: Row) -> float | None:
        return raw[self.total] / (10 * raw[self.n]) if raw[self.n] else None

    def meaning(self) -> str:
        return f"Minutes recorded or the middle of the band recorded, summed ÷ {WORDS[self.n]}."


@dataclass(frozen=True)
class Rank(Column):
    """Place by another column, 1 the highest; equal figures share a place. Given when the rows are arranged."""

    of: str

    def value(self, key: str, raw: Row) -> None:
        return None

    def meaning(self) -> str:
        return "Place among the rows shown, 1 the highest; equal rates share a place."


@dataclass(frozen=True)
class Running(Column):
    """Sum of a measure from the first row up to this one, `along` a dimension, within each group."""

    of: str
    along: str
    within: tuple[str, ...]

    @property
    def measures(self) -> tuple[str, ...]:
        return (self.of,)

    def meaning(self) -> str:
        return f"{WORDS[self.of].capitalize()} from the first {self.along} up to this one."


@dataclass(frozen=True)
class Change(Column):
    """A measure ÷ the same measure of the row before, less 1; null in the first row of each group."""

    of: str
    along: str
    within: tuple[str, ...]
    format: ClassVar[str] = "change"

    @property
    def measures(self) -> tuple[str, ...]:
        return (self.of,)

    def meaning(self) -> str:
        return f"{WORDS[self.of].capitalize()} ÷ those of the {self.along} before in the table, less 1."


@dataclass(frozen=True)
class Ratio(Column):
    """One rate divided by another; only in a summary, where the insight computes it."""

    of: str
    per: str
    format: ClassVar[str] = "ratio"

    @property
    def measures(self) -> tuple[str, ...]:
        return (self.of, self.per)

    def meaning(self) -> str:
        return "One rate ÷ the other."


def rate_of(of: str, label: str, per: str = "stops", key: str = "rate") -> dict[str, Column]:
    """The three columns of a rate: itself and the ends of its interval."""
    prefix = "" if key == "rate" else key.removesuffix("rate")
    return {
        key: Rate(label, of, per),
        f"{prefix}low": Low(f"{label}, low", key, of, per),
        f"{prefix}high": High(f"{label}, high", key, of, per),
    }


def ends_of(columns: Mapping[str, Column], key: str) -> tuple[str, ...]:
    """The keys of a rate's interval, low and high; none where it has no interval."""
    if not isinstance(columns[key], Rate):
        return ()
    ends = [
        (isinstance(column, High), name)
        for name, column in columns.items()
        if isinstance(column, Low) and column.of == key
    ]
    return tuple(name for _, name in sorted(ends))
