"""The rows of an answer as parts of axes, and which of them are hidden for each measure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from insights.columns import Label
from insights.disclosure.axes import ARRESTED, DRUGS, DURATION, HIT, LEVELS, OUTCOME, SEARCHED, node
from insights.disclosure.boxes import Box, Hidden, Key, Labels, Page, Part, Sieve
from insights.disclosure.narrowing import box_of, labels_of, so_far
from insights.filters import Filters
from ledger.choices import Outcome

if TYPE_CHECKING:
    from insights.insight import Insight

SEARCH = {SEARCHED: Part(1, frozenset({node(1)}))}
ARREST = {ARRESTED: Part(1, frozenset({node(1)}))}
DRUG = {DRUGS: Part(1, frozenset({node(1)}))}
FOUND = {HIT: Part(1, frozenset({node(1)}))}
LASTED = {DURATION: Part(1, frozenset({node(1)}))}
BANDS = {
    name: {DURATION: Part(2, frozenset({node(1, band)}))}
    for band, name in enumerate(("d_0_15", "d_16_30", "d_30_plus"), start=1)
}
OUTCOMES = {
    name: {OUTCOME: Part(1, frozenset({node(outcome)}))}
    for name, outcome in (
        ("no_action", Outcome.NO_ACTION),
        ("warnings", Outcome.WARNING),
        ("citations", Outcome.CITATION),
        ("summonses", Outcome.SUMMONS),
        ("arrest_outcomes", Outcome.ARREST),
    )
}
# Whom a measure counts: a figure rests on all of these parts of its group.
PARTS: dict[str, tuple[Box, ...]] = {
    "stops": ({},),
    "searches": (SEARCH,),
    "arrests": (ARREST,),
    "drugs": (DRUG,),
    "searched_arrested": (SEARCH | ARREST,),
    "either": (SEARCH, ARREST, SEARCH | ARREST),
    "hits": (SEARCH | FOUND,),
    "durations": (LASTED,),
    "minutes_n": (LASTED,),
    "minutes_x10": (LASTED, *BANDS.values()),
    **{name: (one,) for name, one in (BANDS | OUTCOMES).items()},
}


class Groups:
    """The groups of a page. Without a sieve nothing is hidden; where a filter or label is not known here, everything."""

    def __init__(self, insight: Insight, filters: Filters, sieve: Sieve | None) -> None:
        self.insight, self.sieve = insight, sieve
        self.labels = {key: c.dimension for key, c in insight.columns.items() if isinstance(c, Label)}
        self.names: dict[int, tuple[str, ...]] = {}  # axis -> the labels on it
        self.parts: dict[int, Labels] = {}  # axis -> what each label is of it
        self.box = self._box(filters)
        self.found: dict[tuple[str, str], Hidden] = {}
        if sieve and self.box is not None:
            for name in self.labels.values():
                axis = LEVELS[name][0]
                self.names[axis] = (*self.names.get(axis, ()), name)
            for axis, names in self.names.items():
                self.parts[axis] = labels_of(sieve, axis, names, self.box.get(axis))

    def _box(self, filters: Filters) -> Box | None:
        known = set(self.labels.values()) <= set(LEVELS)
        return box_of(self.sieve, filters, self.insight.within) if self.sieve and known else None

    def key_of(self, raw: Mapping[str, Any]) -> Key:
        """The label of a row on each grouped axis."""
        return tuple(tuple(raw[name] for name in names) for names in self.names.values())

    def codes_of(self, key: Key) -> dict[str, Any]:
        """The code of each label of a row."""
        pairs = zip(self.names.values(), key, strict=True)
        return {name: code for names, label in pairs for name, code in zip(names, label, strict=True)}

    def along(self, name: str) -> set[Any]:
        """Every code that a label takes within the filters."""
        axis = LEVELS[name][0]
        at = self.names[axis].index(name) if axis in self.names else 0
        return {label[at] for label in self.parts.get(axis, {})}

    def hides(self, measure: str, raw: Mapping[str, Any], rows: str = "each") -> bool:
        return self.key_of(raw) in self._hidden(measure, rows)

    def hides_total(self, measure: str) -> bool:
        return () in self._hidden(measure, "all")

    def hidden_keys(self) -> Iterator[Key]:
        """Every group whose number of persons is hidden, those in which nobody stands included."""
        if self.sieve and self.box is not None:
            yield from self._hidden("stops", "each").among(list(self.parts.values()))

    def _hidden(self, measure: str, rows: str) -> Hidden:
        """Hidden rows of a measure: of `each` group, of `all` in sum, or summed up to each along a dimension."""
        if (measure, rows) not in self.found:
            self.found[measure, rows] = self._look(measure, rows) if self.sieve else Hidden()
        return self.found[measure, rows]

    def _look(self, measure: str, rows: str) -> Hidden:
        hidden = Hidden()
        if self.sieve is None or self.box is None or measure not in PARTS:
            hidden.hide_everything()
            return hidden
        parts = {} if rows == "all" else dict(self.parts)
        if rows not in ("all", "each"):
            axis = LEVELS[rows][0]
            parts[axis] = so_far(self.sieve, axis, parts[axis])
        fixed = {axis: part for axis, part in self.box.items() if axis not in parts}
        for counted in PARTS[measure]:
            hidden.update(Page(self.sieve, self.sieve.within(fixed, counted), parts).hidden())
        return hidden
