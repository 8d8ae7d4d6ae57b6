"""Hides small counts, and what would give them away, in an answer before anybody without exact figures sees it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from insights.codes import UNKNOWN
from insights.columns import HIDDEN, NUMBERS, Change, Column, Label, Rank, Ratio, Running
from insights.disclosure.axes import ARRESTED, DRUGS, DURATION, LEVELS, SEARCHED, node
from insights.disclosure.boxes import Box, Hidden, Labels, Page, Part, Sieve
from insights.disclosure.counts import Tally, asking
from insights.disclosure.narrowing import box_of, labels_of, so_far
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
SEARCH = {SEARCHED: Part(1, frozenset({node(1)}))}
ARREST = {ARRESTED: Part(1, frozenset({node(1)}))}
DRUG = {DRUGS: Part(1, frozenset({node(1)}))}
LASTED = {DURATION: Part(1, frozenset({node(1)}))}
BANDS = {
    name: {DURATION: Part(2, frozenset({node(1, band)}))}
    for band, name in enumerate(("d_0_15", "d_16_30", "d_30_plus"), start=1)
}
# Whom a measure counts: a figure rests on all of these parts of its group.
PARTS: dict[str, tuple[Box, ...]] = {
    "stops": ({},),
    "searches": (SEARCH,),
    "arrests": (ARREST,),
    "drugs": (DRUG,),
    "searched_arrested": (SEARCH | ARREST,),
    "either": (SEARCH, ARREST, SEARCH | ARREST),
    "durations": (LASTED,),
    "minutes_n": (LASTED,),
    "minutes_x10": (LASTED, *BANDS.values()),
    **{name: (band,) for name, band in BANDS.items()},
}
MARKED = ("searches", "arrests", "drugs", "either", "searched_arrested")
Key = tuple[Hashable, ...]


def protect(
    answer: Answer,
    insight: Insight,
    filters: Filters,
    tally: Tally,
    own: int | None = None,
    complementary: bool = True,
) -> Answer:
    """The answer with "[c]" for what must not be known. `own`: the agency that the viewer sees exactly.

    `complementary` off hides the small counts alone; it is there to show in a test that this does not do.
    """
    everything = Filters({}, filters.codes)
    own_filters = Filters({"agency": Word("", (own,))}, filters.codes) if own is not None else None
    sieve = Sieve(Cover(Tables(asking(tally, everything, own_filters))))
    shield = Shield(insight, filters, sieve if complementary else None)
    return shield.over(answer)


class Shield:
    """What is hidden of one answer."""

    def __init__(self, insight: Insight, filters: Filters, sieve: Sieve | None) -> None:
        self.insight, self.filters, self.sieve = insight, filters, sieve
        self.labels = {key: c.dimension for key, c in insight.columns.items() if isinstance(c, Label)}
        self.box: Box | None = None
        self.groups: dict[int, Labels] = {}
        self.names: dict[int, tuple[str, ...]] = {}
        self.found: dict[tuple[str, str], Hidden] = {}
        if sieve:
            self._narrow(sieve)

    def _narrow(self, sieve: Sieve) -> None:
        """The box of the page and its groups, if all of its filters and labels are known here."""
        insight = self.insight
        if not set(self.labels.values()) <= set(LEVELS):
            return
        self.box = box_of(sieve, self.filters, insight.within)
        if self.box is None:
            return
        for name in self.labels.values():
            axis = LEVELS[name][0]
            self.names[axis] = (*self.names.get(axis, ()), name)
        self.groups = {
            axis: labels_of(sieve, axis, names, self.box.get(axis)) for axis, names in self.names.items()
        }

    def hidden(self, measure: str, rows: str = "each") -> Hidden:
        """Hidden rows of a measure: of each group, of `all` of them in sum, or summed up to each along a dimension."""
        if (measure, rows) not in self.found:
            self.found[measure, rows] = self._look(measure, rows)
        return self.found[measure, rows]

    def _look(self, measure: str, rows: str) -> Hidden:
        hidden = Hidden()
        if self.sieve is None:
            return hidden
        if self.box is None or measure not in PARTS:
            hidden.hide_everything()
            return hidden
        groups = dict(self.groups)
        fixed = {axis: part for axis, part in self.box.items() if rows == "all" or axis not in groups}
        if rows == "all":
            groups = {}
        elif rows != "each":
            axis = LEVELS[rows][0]
            groups[axis] = so_far(self.sieve, axis, groups[axis])
        for part in PARTS[measure]:
            hidden.update(Page(self.sieve, self._met(fixed, part), groups).hidden())
        return hidden

    def _met(self, fixed: Box, part: Box) -> Box:
        assert self.sieve
        both = {axis: self.sieve.meet(axis, fixed[axis], part[axis]) for axis in fixed.keys() & part.keys()}
        return {**fixed, **part, **both}

    def key_of(self, raw: Mapping[str, Any]) -> Key:
        """The label of a row on each grouped axis."""
        return tuple(tuple(raw[name] for name in names) for names in self.names.values())

    def over(self, answer: Answer) -> Answer:
        """The answer with every hidden figure as "[c]", and hidden groups of nobody added."""
        rows = [self._row(row, raw, answer.raw) for row, raw in zip(answer.rows, answer.raw, strict=True)]
        rows += self._rows_of_nobody(answer)
        summary = self._summary(answer)
        figures = [value for row in rows for key, value in row.items() if self._is_figure(key)]
        hidden = sum(value == HIDDEN for value in [*figures, *summary.values()])
        nothing = bool(rows) and HIDDEN in figures and all(value == HIDDEN for value in figures)
        if nothing and len(rows) > MOST_HIDDEN_ROWS:
            rows = []
        note = (ALL if nothing else SOME,) if hidden else ()
        return replace(answer, rows=rows, summary=summary, notes=(*note, *answer.notes), hidden=hidden)

    def _is_figure(self, key: str) -> bool:
        return not isinstance(self.insight.columns[key], (Label, Rank))

    def _row(
        self, row: dict[str, Any], raw: Mapping[str, Any], others: list[dict[str, Any]]
    ) -> dict[str, Any]:
        return {
            key: HIDDEN if self._is_figure(key) and self._hides(key, value, raw, others) else value
            for key, value in row.items()
        }

    def _hides(self, key: str, value: Any, raw: Mapping[str, Any], others: list[dict[str, Any]]) -> bool:
        column = self.insight.columns[key]
        if isinstance(column, Running):
            return is_small(value) or self.key_of(raw) in self.hidden(column.of, column.along)
        if isinstance(column, Change):
            return self._hides_change(column, raw, others)
        return any(self._hides_measure(name, raw) for name in column.measures)

    def _hides_measure(self, measure: str, raw: Mapping[str, Any]) -> bool:
        return _is_small(measure, raw) or self.key_of(raw) in self.hidden(measure)

    def _hides_change(self, column: Change, raw: Mapping[str, Any], others: list[dict[str, Any]]) -> bool:
        """A change rests on its row and on the one before; hidden groups between them are not to be known as empty."""
        if self._hides_measure(column.of, raw):
            return True
        mates = {
            other[column.along]: other
            for other in others
            if all(other[name] == raw[name] for name in column.within)
        }
        for step in sorted(self._steps(column, mates), reverse=True):
            if step < raw[column.along]:
                before = mates.get(step, {**raw, column.along: step, column.of: 0})
                if self._hides_measure(column.of, before):
                    return True
                if step in mates:
                    return False
        return False

    def _steps(self, column: Change, mates: Mapping[Any, Any]) -> set[Any]:
        axis, _ = LEVELS[column.along]
        at = self.names[axis].index(column.along) if axis in self.names else 0
        return {*mates, *(label[at] for label in self.groups.get(axis, {}))}  # type: ignore[index]

    def _rows_of_nobody(self, answer: Answer) -> list[dict[str, Any]]:
        """Rows of hidden groups in which nobody stands: left out, they would be known to be empty."""
        if self.sieve is None or self.box is None:
            return []
        there = {self.key_of(raw) for raw in answer.raw}
        hidden = self.hidden("stops")
        return [self._named(key) for key in hidden.among(list(self.groups.values())) if key not in there]

    def _named(self, key: Key) -> dict[str, Any]:
        codes = {
            name: code
            for names, label in zip(self.names.values(), key, strict=True)
            for name, code in zip(names, label, strict=True)  # type: ignore[call-overload]
        }
        return {
            column: self._word(self.labels[column], codes[self.labels[column]])
            if column in self.labels
            else HIDDEN
            for column in self.insight.columns
        }

    def _word(self, dimension: str, code: Any) -> Any:
        if dimension in NUMBERS:
            return None if dimension == "hour" and code < 0 else code
        if isinstance(code, str):
            return code
        return self.filters.codes.labels(dimension).get(code, UNKNOWN)

    def _summary(self, answer: Answer) -> dict[str, Any]:
        headline = self.insight.headline
        return {
            key: HIDDEN if self._hides_figure(headline[key], answer.raw) else value
            for key, value in answer.summary.items()
        }

    def _hides_figure(self, column: Column, raw: list[dict[str, Any]]) -> bool:
        if isinstance(column, Ratio):
            return any(self._hides_measure(name, row) for name in column.measures for row in raw)
        total = {name: sum(row[name] for row in raw) for name in ("stops", *column.measures)}
        return any(_is_small(name, total) or () in self.hidden(name, "all") for name in column.measures)


def _is_small(measure: str, raw: Mapping[str, Any]) -> bool:
    """Whether a count of a row is small, or what it leaves over of the row's persons is."""
    if measure == "minutes_x10":
        return False
    return is_small(raw[measure]) or (
        measure in MARKED and "stops" in raw and is_small(raw["stops"] - raw[measure])
    )
