"""A kept model applied to another table of aggregate rates. Tables only: a file that tells of persons is refused by its header.

The file is in the layout of the source `open-policing-rates`, and its figures are held to the source's bounds. Rows of fewer than 100 stops a year are left
out, and so are rows about groups that the model does not know; at least 30 rows of two groups must be left, and a row told again is no further one, so that no
single row can be written out thirty times to have it told. What comes back is how well the model tells groups apart in that table as a whole.
"""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import nan
from typing import Any

from insights.fairness.intervals import Rate
from ledger.imports.columns import UNKNOWN
from ledger.imports.published import Number
from ledger.imports.sources.open_policing_rates import OpenPolicingRates
from ledger.models import PublishedRate
from prediction.models import ModelRun
from prediction.proxy.saved import loss_of, shares_of

HEADER = tuple(OpenPolicingRates().header)
LABEL, STOPS = "subject_race", "stops_per_year"
NEEDED = ("state", LABEL, STOPS)
LEAST_STOPS, LEAST_ROWS, MOST_ROWS, MOST_BYTES = 100, 30, 50_000, 10 * 1024 * 1024
SHUFFLES = 200
FIGURES = {one.names[0]: one for one in OpenPolicingRates.columns.values() if isinstance(one, Number)}
PLACE = ("state", "city", "geography", "subgeography", LABEL)
NEVER = "This model is applied to tables of aggregate rates only, never to a person: a rate of a place says nothing of anybody in it."


class NotATable(Exception):
    """Why a file is refused, in a sentence."""


@dataclass
class Applied:
    """`told` counts rows by (group of the row, group told), `above` those of more than one stop a resident and year."""

    groups: list[str]
    rows: int
    left_out: Counter[str] = field(default_factory=Counter)
    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    above: int = 0
    loss: float = 0.0
    shuffled: list[float] = field(default_factory=list)

    @property
    def used(self) -> int:
        return sum(self.told.values())

    def rate_of(self, group: str) -> Rate:
        """Rows about the group that were told right ÷ rows about the group."""
        return Rate(self.told[group, group], sum(self.told[group, one] for one in self.groups))

    @property
    def held(self) -> list[str]:
        """Groups of which the table has rows."""
        return [group for group in self.groups if self.rate_of(group).whole]

    @property
    def accuracy(self) -> Rate:
        return Rate(sum(self.told[group, group] for group in self.groups), self.used)

    @property
    def balanced(self) -> float:
        """Mean over the groups of the share of their rows that were told right."""
        return sum(self.rate_of(group).value or 0 for group in self.held) / len(self.held)

    @property
    def null(self) -> tuple[float, float]:
        """Mean and 95th percentile of the balanced accuracy with the groups renamed in whole states."""
        ordered = sorted(self.shuffled)
        return sum(ordered) / len(ordered), ordered[int(0.95 * len(ordered))]


def apply(run: ModelRun, content: bytes) -> Applied:
    """Raises `NotATable`."""
    serving = run.serving
    groups: list[str] = serving["groups"]
    found = Applied(groups, 0)
    states, labels, told = list[str](), list[str](), list[str]()
    seen = _Seen()
    for row in _rows(content, serving["columns"]):
        found.rows += 1
        if found.rows > MOST_ROWS:
            raise NotATable(f"The file has more than {MOST_ROWS:,} rows. Split it.")
        if why := _why_not(row, groups) or seen.why_not(row, found.rows):
            found.left_out[why] += 1
            continue
        figures = {name: _figure(row[name], name, found.rows) for name in FIGURES if name in row}
        found.above += figures.get("stop_rate", 0) > 1
        shares = shares_of(serving["model"], [figures[name] for name in serving["columns"]])
        label = row[LABEL].strip()
        said = groups[max(range(len(groups)), key=lambda place: shares[place])]
        states.append(row["state"].strip())
        labels.append(label)
        told.append(said)
        found.told[label, said] += 1
        found.loss += loss_of(shares[groups.index(label)])
    if found.used < LEAST_ROWS or len(found.held) < 2:
        raise NotATable(
            f"{_numbered(found.used, 'row')} of {_numbered(len(found.held), 'group')} can be used. At least {LEAST_ROWS} rows of two groups, "
            f"each of at least {LEAST_STOPS} stops a year, make a table. {_left_out(found)}{NEVER}"
        )
    found.loss /= found.used
    found.shuffled = _shuffled(states, labels, told)
    return found


def _rows(content: bytes, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    if len(content) > MOST_BYTES:
        raise NotATable(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotATable("The file is no text in UTF-8. Save it as CSV (UTF-8).") from None
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(lines, [])]
        _check(header, columns)
        for number, cells in enumerate(lines, start=1):
            if not any(cells):
                continue
            if len(cells) != len(header):
                raise NotATable(f"Row {number} has {len(cells)} cells, the header {len(header)}.")
            yield dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise NotATable(f"The file is no CSV that can be read: {error}.") from None


def _check(header: Sequence[str], columns: Sequence[str]) -> None:
    """A table of aggregate rates has the source's columns and no others."""
    other = [name for name in header if name not in HEADER]
    if other:
        raise NotATable(
            f"“{other[0][:40]}” is no column of a table of aggregate rates. The columns are: {', '.join(HEADER)}. {NEVER}"
        )
    if len(set(header)) < len(header):
        raise NotATable("A column stands twice in the header.")
    if missing := [name for name in dict.fromkeys((*NEEDED, *columns)) if name not in header]:
        raise NotATable(
            f"The column “{missing[0]}” is missing; the model needs {', '.join(dict.fromkeys((*NEEDED, *columns)))}."
        )


class _Seen:
    """Rows by what they are about: the place and the group, where the file names places. One told again is no further one, and none is one
    whose stop rate the model may have learned, which stands on every row of its state and group: knowing it again proves nothing.
    """

    def __init__(self) -> None:
        self.told: dict[tuple[str, ...], tuple[str, ...]] = {}
        rates = PublishedRate.objects.current().values_list("state", "group", "stop_rate")  # type: ignore[misc]
        self.learned = set(rates.distinct())

    def why_not(self, row: Mapping[str, str], number: int) -> str:
        rate = _figure(row["stop_rate"], "stop_rate", number) if "stop_rate" in row else None
        if (row["state"].strip(), row[LABEL].strip(), rate) in self.learned:
            return "of the published rates that the model learned from, or may have"
        cells = tuple(cell.strip() for cell in row.values())
        key = tuple(row[name].strip() for name in PLACE) if set(PLACE) <= row.keys() else cells
        first = self.told.setdefault(key, cells)
        if first != cells:
            raise NotATable(
                f"Row {number} gives other figures than an earlier row for the same place and group. A table has one row for each."
            )
        if first is cells:
            return ""
        return "told already by an earlier row"


def _why_not(row: Mapping[str, str], groups: Sequence[str]) -> str:
    if row[LABEL].strip() not in groups:
        return f"about a group that the model does not know (it knows {', '.join(groups)})"
    stops = FIGURES[STOPS].value(row[STOPS].strip())
    if stops is not None and float(stops) >= LEAST_STOPS:
        return ""
    return f"of fewer than {LEAST_STOPS} stops a year, or without their number"


def _figure(text: str, name: str, number: int) -> float:
    """The figure as the source reads it: a percentage is no rate, and infinity no number."""
    text, column = text.strip(), FIGURES[name]
    if text.lower() in UNKNOWN:
        return nan
    value = column.value(text)
    if value is None:
        raise NotATable(
            f"Row {number}, {name}: “{text[:40]}” is not {column.what} between {column.lowest:g} and {column.highest:,.10g}."
        )
    return float(value)


def _left_out(found: Applied) -> str:
    told = [f"{_numbered(rows, 'row')} {why}" for why, rows in found.left_out.items()]
    return f"Left out: {'; '.join(told)}. " if told else ""


def _numbered(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _shuffled(states: list[str], labels: list[str], told: list[str]) -> list[float]:
    """Balanced accuracy of the same answers when the groups are renamed in whole states: what stands on every row of a state and
    group, such as a published stop rate, stays one figure."""
    groups, found = sorted(set(labels)), list[float]()
    drawn = random.Random(1)  # noqa: S311 - a null distribution needs no secret
    for _ in range(SHUFFLES):
        names = {
            state: dict(zip(groups, drawn.sample(groups, len(groups)), strict=True))
            for state in _once(states)
        }
        mixed = [names[state][label] for state, label in zip(states, labels, strict=True)]
        held = Counter(mixed)
        right = Counter(one for one, said in zip(mixed, told, strict=True) if one == said)
        found.append(sum(right[group] / count for group, count in held.items()) / len(held))
    return found


def _once(states: list[str]) -> list[str]:
    """Each state once, in an order that does not hang on the process."""
    return sorted(set(states))


def shown(found: Applied) -> dict[str, Any]:
    """For the page: figures in plain values."""
    mean, high = found.null
    return {
        "applied": found,
        "left_out": list(found.left_out.items()),
        "mean": mean,
        "high": high,
        "beyond": found.balanced > high,
        "loss": found.loss,
        "rows": [
            (group, found.rate_of(group), [found.told[group, one] for one in found.groups])
            for group in found.held
        ],
    }
