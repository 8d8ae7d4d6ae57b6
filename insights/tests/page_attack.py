"""A reader who may not see small counts, with a pencil: collects pages as JSON and subtracts whatever can be subtracted.

Every figure is put down as a box: for each axis the set of leaves (months, hours, races …) that it counts. Rates and
shares are multiplied out. Whenever a known box lies in another and they differ on one axis only, so is their difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from insights.columns import HIDDEN
from ledger.choices import NIGHT_HOURS, AgeBand

Leaves = frozenset[Any]
Box = frozenset[tuple[str, Leaves]]  # an axis that is not named is whole
Cut = Mapping[str, Iterable[Any]]
SEARCHED, ARRESTED, DRUGS = {"searched": ["yes"]}, {"arrested": ["yes"]}, {"drugs": ["yes"]}
LASTED: Cut = {"duration": ["short", "medium", "long"]}
COUNTS: dict[str, Cut] = {
    "stops": {},
    "searches": SEARCHED,
    "arrests": ARRESTED,
    "drug_stops": DRUGS,
    "durations": LASTED,
    "running_stops": {},
    "running_arrests": ARRESTED,
    "hits": {**SEARCHED, "hit": ["yes"]},
    "citations": {"outcome": ["Citation"]},
    "warnings": {"outcome": ["Warning"]},
}
# a fraction's key → what it counts, and the column it is a fraction of
FRACTIONS: dict[str, tuple[Cut, str]] = {
    "search_rate": (SEARCHED, "stops"),
    "arrest_rate": (ARRESTED, "stops"),
    "share_0_15": ({"duration": ["short"]}, "durations"),
    "share_16_30": ({"duration": ["medium"]}, "durations"),
    "share_30_plus": ({"duration": ["long"]}, "durations"),
}
RATE_OF: dict[str, Cut] = {
    "arrest-rate-by-age-band": ARRESTED,
    "search-rate-by-race-and-gender": SEARCHED,
    "night-arrest-rate": ARRESTED,
    "drug-rate-by-country": DRUGS,
    "arrest-rate-by-country-and-violation": ARRESTED,
    "searches-by-country": SEARCHED,
    "yearly-stops-and-arrests": ARRESTED,
    "top-arrest-violations": ARRESTED,
}
PARTS = (
    "hits",
    "searches",
    "arrests",
    "drug_stops",
    "citations",
    "warnings",
)  # of which a reader's rate may be
SHARES_OF_ALL = ("stops-by-hour", "violations-under-25", "most-common-violations")
WORDS = ("violation", "race", "gender", "outcome", "searched", "arrested", "drugs")


class Notebook:
    """What is known, and what was hidden. `leaves` of each axis are public: filters and unfiltered pages list them."""

    def __init__(self, leaves: Mapping[str, Leaves]) -> None:
        self.leaves = leaves
        self.known: dict[Box, int] = {}
        self.hidden: set[Box] = set()
        self.clashes: list[Box] = []

    def cut(self, box: Box, narrowed: Cut) -> Box:
        """A box narrowed further."""
        left = dict(box)
        for axis, some in narrowed.items():
            left[axis] = left.get(axis, self.leaves[axis]) & frozenset(some)
        return frozenset((axis, some) for axis, some in left.items() if some != self.leaves[axis])

    def read(self, page: Mapping[str, Any]) -> None:
        """Put down every figure of a page."""
        base = self.cut(frozenset(), dict(self._filtered(page["filters"])))
        if page["slug"] == "violations-under-25":
            base = self.cut(base, {"age_band": ["0-17", "18-24"]})
        for key, value in page["summary"].items():
            if key in COUNTS:
                self._note(self.cut(base, COUNTS[key]), value)
        for row in page["rows"]:
            self._read_row(page, row, base)

    def _read_row(self, page: Mapping[str, Any], row: Mapping[str, Any], base: Box) -> None:
        group = self.cut(base, dict(self._labels(row)))
        for key, counted in COUNTS.items():
            if key in row:
                whose = self._so_far(base, row) if key.startswith("running") else group
                self._note(self.cut(whose, counted), row[key])
        fractions = dict(FRACTIONS)
        if page["slug"] in RATE_OF:
            fractions["rate"] = RATE_OF[page["slug"]], "stops"
        elif page["slug"] == "explore" and "rate" in row:
            part = next(name for name in PARTS if name in row)
            fractions["rate"] = COUNTS[part], "searches" if part == "hits" else "stops"
        for key, (counted, below) in fractions.items():
            self._note_product(self.cut(group, counted), row.get(key), row.get(below))
        if "share" in row and page["slug"] in (*SHARES_OF_ALL, "explore"):
            self._note_product(group, row["share"], page["summary"]["stops"])
        if "either" in row:
            self._note_both(group, row)

    def _so_far(self, base: Box, row: Mapping[str, Any]) -> Box:
        past = [month for month in self.leaves["month"] if month[0] <= row["year"]]
        return self.cut(base, {"place": self._places(country=row["country"]), "month": past})

    def _labels(self, row: Mapping[str, Any]) -> Iterator[tuple[str, Iterable[Any]]]:
        yield from _labels(row)
        # Agencies of this ledger are named as their country, and posts after it.
        places = {name: row[name] for name in ("country", "agency", "post") if name in row}
        if places:
            yield "place", self._places(**places)

    def _places(self, country: str = "", agency: str = "", post: str = "") -> list[Any]:
        return [
            place
            for place in self.leaves["place"]
            if place[0] in (country or place[0],)
            and place[0] in (agency or place[0],)
            and place[1] in (post or place[1],)
        ]

    def _note(self, box: Box, figure: Any) -> None:
        if figure == HIDDEN:
            self.hidden.add(box)
        elif self.known.setdefault(box, figure) != figure:
            self.clashes.append(box)

    def _note_product(self, box: Box, fraction: Any, whole: Any) -> None:
        if fraction is not None and HIDDEN not in (fraction, whole):
            self._note(box, round(fraction * whole))

    def _note_both(self, group: Box, row: Mapping[str, Any]) -> None:
        parts = (row.get("searches", HIDDEN), row.get("arrests", HIDDEN), row["either"])
        if HIDDEN not in parts:
            self._note(self.cut(group, {**SEARCHED, **ARRESTED}), parts[0] + parts[1] - parts[2])

    def _filtered(self, filters: Mapping[str, Any]) -> Iterator[tuple[str, Iterable[Any]]]:
        for name in WORDS:
            if name in filters:
                yield name, [filters[name]]
        if {"country", "agency"} & set(filters):
            yield "place", self._places(filters.get("country", ""), filters.get("agency", ""))
        if {"date_after", "date_before"} & set(filters):
            first, last = filters.get("date_after", "0000-01"), filters.get("date_before", "9999-12")
            yield (
                "month",
                [one for one in self.leaves["month"] if first[:7] <= f"{one[0]:04}-{one[1]:02}" <= last[:7]],
            )
        if {"hour_min", "hour_max"} & set(filters):
            yield "hour", _hours(filters.get("hour_min", 0), filters.get("hour_max", 23))
        if {"age_min", "age_max"} & set(filters):
            yield "age_band", _bands(filters.get("age_min", 0), filters.get("age_max", 120))

    def subtract(self, rounds: int = 2) -> dict[Box, int]:
        """What differences of known boxes give beyond what was shown; in the second round, differences of those too."""
        pool = dict(self.known)
        for _ in range(rounds):
            pool |= {box: count for box, count in self._differences(pool) if box not in pool}
        return {box: count for box, count in pool.items() if box not in self.known}

    def _differences(self, pool: Mapping[Box, int]) -> Iterator[tuple[Box, int]]:
        for (axis, rest), parts in self._lines(pool).items():
            for leaves, count in _remainders(parts):
                yield rest | {(axis, leaves)}, count

    def _lines(self, pool: Mapping[Box, int]) -> dict[tuple[str, Box], dict[Leaves, int]]:
        """Known boxes that differ on one axis only, side by side."""
        lines: defaultdict[tuple[str, Box], dict[Leaves, int]] = defaultdict(dict)
        for box, count in pool.items():
            named = dict(box)
            for axis, every in self.leaves.items():
                rest = frozenset(part for part in box if part[0] != axis)
                lines[axis, rest][named.get(axis, every)] = count
        return {line: parts for line, parts in lines.items() if len(parts) > 1}


def _remainders(parts: Mapping[Leaves, int]) -> Iterator[tuple[Leaves, int]]:
    """Each whole less one part of it, and each whole less all single leaves known in it."""
    for pair in combinations(parts, 2):
        small, large = sorted(pair, key=len)
        if small < large:
            yield large - small, parts[large] - parts[small]
    for whole, count in parts.items():
        single = [leaves for leaves in parts if len(leaves) == 1 and leaves < whole]
        if rest := whole.difference(*single):
            yield rest, count - sum(parts[leaves] for leaves in single)


def _labels(row: Mapping[str, Any]) -> Iterator[tuple[str, Iterable[Any]]]:
    for name in ("violation", "race", "gender", "age_band", "outcome", "weekday", "hour"):
        if name in row:
            yield name, [row[name]]
    if "period" in row and "hour" not in row:
        night = [hour for hour in range(24) if hour in NIGHT_HOURS]
        named = {"Night": night, "Day": set(range(24)) - set(night), "Unknown": [None]}
        yield "hour", named[row["period"]]
    if "year" in row:
        yield "month", [(row["year"], month) for month in _months(row)]


def _months(row: Mapping[str, Any]) -> Iterable[int]:
    if "month" in row:
        return [row["month"]]
    return range(row["quarter"] * 3 - 2, row["quarter"] * 3 + 1) if "quarter" in row else range(1, 13)


def _hours(first: int, last: int) -> list[int]:
    if first <= last:
        return list(range(first, last + 1))
    return [*range(first, 24), *range(last + 1)]


def _bands(least: int, most: int) -> list[str]:
    floors = AgeBand.floors()
    tops = {code: floors.get(code + 1, 121) - 1 for code in floors}
    return [AgeBand(code).label for code in floors if floors[code] <= most and tops[code] >= least]
