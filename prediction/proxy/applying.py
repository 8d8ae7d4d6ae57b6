"""A kept model applied to another table of aggregate rates. Tables only: a file that tells of persons is refused by its header.

The file is in the layout of the source `open-policing-rates`. Rows of fewer than 100 stops a year are left out, and so are rows about groups that the
model does not know; at least 30 rows of two groups must be left. What comes back is how well the model tells groups apart in that table as a whole.
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
from ledger.imports.sources.open_policing_rates import OpenPolicingRates
from prediction.models import ModelRun
from prediction.proxy.saved import loss_of, shares_of

HEADER = tuple(OpenPolicingRates().header)
LABEL, STOPS = "subject_race", "stops_per_year"
NEEDED = ("state", LABEL, STOPS)
LEAST_STOPS, LEAST_ROWS, MOST_ROWS, MOST_BYTES = 100, 30, 50_000, 10 * 1024 * 1024
SHUFFLES, LARGEST = 200, 1e9
MISSING = ("", "NA")
NEVER = "This model is applied to tables of aggregate rates only, never to a person: a rate of a place says nothing of anybody in it."


class NotATable(Exception):
    """Why a file is refused, in a sentence."""


@dataclass
class Applied:
    """`told` counts rows by (group of the row, group told)."""

    groups: list[str]
    rows: int
    left_out: Counter[str] = field(default_factory=Counter)
    told: Counter[tuple[str, str]] = field(default_factory=Counter)
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
    for row in _rows(content, serving["columns"]):
        found.rows += 1
        if found.rows > MOST_ROWS:
            raise NotATable(f"The file has more than {MOST_ROWS:,} rows. Split it.")
        if why := _why_not(row, groups):
            found.left_out[why] += 1
            continue
        shares = shares_of(serving["model"], [_figure(row, name, found.rows) for name in serving["columns"]])
        label = row[LABEL].strip()
        said = groups[max(range(len(groups)), key=lambda place: shares[place])]
        states.append(row["state"].strip())
        labels.append(label)
        told.append(said)
        found.told[label, said] += 1
        found.loss += loss_of(shares[groups.index(label)])
    if found.used < LEAST_ROWS or len(found.held) < 2:
        raise NotATable(
            f"{found.used:,} rows of {len(found.held)} groups can be used. At least {LEAST_ROWS} rows of two groups, each of at least "
            f"{LEAST_STOPS} stops a year, make a table. {NEVER}"
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


def _why_not(row: Mapping[str, str], groups: Sequence[str]) -> str:
    if row[LABEL].strip() not in groups:
        return f"about a group that the model does not know (it knows {', '.join(groups)})"
    stops = row[STOPS].strip()
    try:
        enough = stops not in MISSING and float(stops) >= LEAST_STOPS
    except ValueError:
        enough = False
    return "" if enough else f"of fewer than {LEAST_STOPS} stops a year, or without their number"


def _figure(row: Mapping[str, str], name: str, number: int) -> float:
    text = row[name].strip()
    if text in MISSING:
        return nan
    try:
        value = float(text)
    except ValueError:
        value = nan
    if not 0 <= value <= LARGEST:
        raise NotATable(f"Row {number}, {name}: “{text[:40]}” is no rate or number of stops.")
    return value


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
