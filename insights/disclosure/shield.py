"""Hides small counts, and what would give them away, in an answer before anybody without exact figures sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from insights.codes import UNKNOWN
from insights.columns import HIDDEN, NUMBERS, Change, Column, Label, Rank, Ratio, Running
from insights.disclosure.boxes import Key, Sieve
from insights.disclosure.counts import Tally, asking
from insights.disclosure.groups import Groups
from insights.disclosure.swaps import Cover, is_small
from insights.disclosure.tables import Tables
from insights.filter_fields import Word
from insights.filters import Filters

if TYPE_CHECKING:
    from insights.insight import Answer, Insight

MOST_HIDDEN_ROWS = 200  # a page with nothing to show lists no more rows than this
SOME = (
    "[c] stands for a count from 1 to 9, or for a figure from which such a count could be worked out; rates, shares and "
    "intervals go with their counts. Groups of nobody beside hidden groups are hidden too."
)
ALL = "Every figure is hidden: within these filters there are too few persons in each group. Take a filter away to see more."
# What a count leaves over: of whom the rest is.
WHOLE_OF = {
    **dict.fromkeys(("searches", "arrests", "drugs", "either", "searched_arrested"), "stops"),
    **dict.fromkeys(("citations", "warnings"), "stops"),
    "hits": "searches",
}
Row = dict[str, Any]


def protect(
    answer: Answer,
    insight: Insight,
    filters: Filters,
    tally: Tally,
    own: int | None = None,
    complementary: bool = True,
    covers: dict[str, Any] | None = None,
) -> Answer:
    """The answer with "[c]" for what must not be known. `own`: the agency that the viewer sees exactly.

    `covers` keeps what was worked out of the whole ledger for the next answer to the same viewer. `complementary` off
    hides the small counts alone; it is there to show in a test that this does not do.
    """
    kept = {} if covers is None else covers
    if complementary and "sieve" not in kept:
        everything = Filters({}, filters.codes)
        own_filters = Filters({"agency": Word("", (own,))}, filters.codes) if own is not None else None
        kept["sieve"] = Sieve(Cover(Tables(asking(tally, everything, own_filters))))
    sieve = kept["sieve"] if complementary else None
    return Shield(insight, filters, Groups(insight, filters, sieve)).over(answer)


class Shield:
    """Hides figure by figure: each asks its groups whether what it rests on is hidden."""

    def __init__(self, insight: Insight, filters: Filters, groups: Groups) -> None:
        self.insight, self.filters, self.groups = insight, filters, groups

    def over(self, answer: Answer) -> Answer:
        """The answer with every hidden figure as "[c]", and hidden groups of nobody added."""
        rows = [self._row(row, raw, answer.raw) for row, raw in zip(answer.rows, answer.raw, strict=True)]
        rows += self._rows_of_nobody(answer.raw)
        summary = self._summary(answer)
        figures = [value for row in rows for key, value in row.items() if self._is_figure(key)]
        hidden = sum(value == HIDDEN for value in [*figures, *summary.values()])
        nothing = bool(figures) and all(value == HIDDEN for value in figures)
        if nothing and len(rows) > MOST_HIDDEN_ROWS:
            rows = []
        note = (ALL if nothing else SOME,) if hidden else ()
        return replace(answer, rows=rows, summary=summary, notes=(*note, *answer.notes), hidden=hidden)

    def _is_figure(self, key: str) -> bool:
        return not isinstance(self.insight.columns[key], (Label, Rank))

    def _row(self, row: Row, raw: Row, others: list[Row]) -> Row:
        return {
            key: HIDDEN if self._is_figure(key) and self._hides(key, value, raw, others) else value
            for key, value in row.items()
        }

    def _hides(self, key: str, value: Any, raw: Row, others: list[Row]) -> bool:
        column = self.insight.columns[key]
        if isinstance(column, Running):
            return is_small(value) or self.groups.hides(column.of, raw, column.along)
        if isinstance(column, Change):
            return self._hides_change(column, raw, others)
        return any(self._hides_measure(name, raw) for name in column.measures)

    def _hides_measure(self, measure: str, raw: Mapping[str, Any]) -> bool:
        return _is_small(measure, raw) or self.groups.hides(measure, raw)

    def _hides_change(self, column: Change, raw: Row, others: list[Row]) -> bool:
        """A change rests on its row and the one before. Hidden groups between must not become known as empty."""
        if self._hides_measure(column.of, raw):
            return True
        mates = {
            row[column.along]: row for row in others if all(row[name] == raw[name] for name in column.within)
        }
        before = {step for step in {*mates, *self.groups.along(column.along)} if step < raw[column.along]}
        for step in sorted(before, reverse=True):
            empty = {**raw, column.along: step, column.of: 0}
            if self._hides_measure(column.of, mates.get(step, empty)):
                return True
            if step in mates:
                return False
        return False

    def _rows_of_nobody(self, raw: list[Row]) -> list[Row]:
        """Rows of hidden groups in which nobody stands: left out, they would be known to be empty."""
        there = {self.groups.key_of(row) for row in raw}
        return [self._named(key) for key in self.groups.hidden_keys() if key not in there]

    def _named(self, key: Key) -> Row:
        codes = self.groups.codes_of(key)
        labels = self.groups.labels
        return {
            name: self._word(labels[name], codes[labels[name]]) if name in labels else HIDDEN
            for name in self.insight.columns
        }

    def _word(self, dimension: str, code: Any) -> Any:
        if isinstance(code, str):
            return code
        if dimension in NUMBERS:
            return None if dimension == "hour" and code < 0 else code
        return self.filters.codes.labels(dimension).get(code, UNKNOWN)

    def _summary(self, answer: Answer) -> Row:
        headline = self.insight.headline
        return {
            key: HIDDEN if self._hides_figure(headline[key], answer.raw) else value
            for key, value in answer.summary.items()
        }

    def _hides_figure(self, column: Column, raw: list[Row]) -> bool:
        """Whether a figure of the headline is hidden; a ratio rests on every row."""
        if isinstance(column, Ratio):
            return any(self._hides_measure(name, row) for name in column.measures for row in raw)
        named = {"stops", *column.measures, *(WHOLE_OF.get(name, "stops") for name in column.measures)}
        total = {name: sum(row[name] for row in raw) for name in named if not raw or name in raw[0]}
        return any(_is_small(name, total) or self.groups.hides_total(name) for name in column.measures)


def _is_small(measure: str, raw: Mapping[str, Any]) -> bool:
    """Whether a count of a row is small, or what it leaves over of the row's persons is."""
    if measure == "minutes_x10":
        return False
    whole = WHOLE_OF.get(measure, "")
    rest = raw[whole] - raw[measure] if whole in raw else 0
    return is_small(raw[measure]) or is_small(rest)
