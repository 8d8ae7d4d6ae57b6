"""Asks the ledger for counts at a grain: by the same tally as the pages where its measures can tell, else by the facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from django.db.models import Count

from insights.disclosure.axes import ARRESTED, AXES, DRUGS, HIT, SEARCHED, Cell, Grain, node
from insights.disclosure.tables import Ask, Table
from insights.filters import Filters, with_weekday
from ledger.choices import DurationBand

Tally = Callable[..., list[dict[str, Any]]]
# Persons with all of some marks, by measure: yes and the rest of each mark follow by inclusion and exclusion.
OVERLAPS = {
    (): "stops",
    (SEARCHED,): "searches",
    (ARRESTED,): "arrests",
    (DRUGS,): "drugs",
    (SEARCHED, ARRESTED): "searched_arrested",
    (SEARCHED, DRUGS): "searched_drugs",
    (ARRESTED, DRUGS): "arrested_drugs",
    (SEARCHED, ARRESTED, DRUGS): "all_three",
    (HIT,): "found",
    (SEARCHED, HIT): "hits",
}
MARKS = (SEARCHED, ARRESTED, DRUGS, HIT)
YES, REST = node(1), node(0)
BAND = "duration_band"
# Persons of each band of duration, by measure; the rest has no known duration.
BANDS = {DurationBand.SHORT: "d_0_15", DurationBand.MEDIUM: "d_16_30", DurationBand.LONG: "d_30_plus"}
FACTS_ONLY = {"searched", "arrested", "drugs", "hit"}  # columns that no measure tells apart


def asking(tally: Tally, everything: Filters, own: Filters | None = None) -> Ask:
    """Counts of all persons stopped, or of those outside the viewer's own agency."""

    def ask(grain: Grain) -> Table:
        table = _counted(grain, tally, everything)
        for cell, count in (_counted(grain, tally, own) if own else {}).items():
            table[cell] = table.get(cell, 0) - count
        return {cell: count for cell, count in table.items() if count}

    return ask


def _counted(grain: Grain, tally: Tally, filters: Filters) -> Table:
    columns = list(dict.fromkeys(name for axis, level in grain for name in AXES[axis].columns(level)))
    marks = _told_apart(tuple(axis for axis, level in grain if axis in MARKS and level == 1))
    plain = [name for name in columns if name not in {AXES[axis].columns(1)[0] for axis in marks}]
    if plain.count(BAND) and not marks and not FACTS_ONLY & set(plain):
        plain.remove(BAND)
        return _gathered(grain, _banded(tally(filters, plain, ["stops", *BANDS.values()])))
    if {BAND, *FACTS_ONLY} & set(plain):
        facts = with_weekday(filters.facts()).values(*columns)
        rows: Iterable[Mapping[str, Any]] = facts.annotate(stops=Count("*")).order_by()
        return _gathered(grain, rows)
    named = [OVERLAPS[some] for size in range(len(marks) + 1) for some in combinations(marks, size)]
    return _gathered(grain, _split(tally(filters, plain, named), marks))


def _told_apart(marks: tuple[int, ...]) -> tuple[int, ...]:
    """The marks if measures tell all their overlaps; finds beside an arrest or drugs only the facts can."""
    return marks if marks in OVERLAPS else tuple(axis for axis in marks if axis != HIT)


def _banded(rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Rows with the persons of each band into one row for each band and one for the rest."""
    for row in rows:
        known = {int(band): int(row[measure]) for band, measure in BANDS.items()}
        rest = {0: int(row["stops"]) - sum(known.values())}
        yield from ({**row, BAND: band, "stops": count} for band, count in (rest | known).items() if count)


def _split(rows: Iterable[Mapping[str, Any]], marks: tuple[int, ...]) -> Iterator[Mapping[str, Any]]:
    """Rows of overlaps into one row for each yes and rest of the marks."""
    for row in rows:
        for size in range(len(marks) + 1):
            for wanted in combinations(marks, size):
                yield {**row, **_marked(marks, wanted), "stops": _only(row, marks, wanted)}


def _marked(marks: tuple[int, ...], wanted: tuple[int, ...]) -> dict[str, bool]:
    return {AXES[axis].columns(1)[0]: axis in wanted for axis in marks}


def _only(row: Mapping[str, Any], marks: tuple[int, ...], wanted: tuple[int, ...]) -> int:
    """Persons with the wanted marks and none of the others."""
    others = [axis for axis in marks if axis not in wanted]
    return sum(
        (-1) ** size * int(row[OVERLAPS[tuple(sorted((*wanted, *more)))]])
        for size in range(len(others) + 1)
        for more in combinations(others, size)
    )


def _gathered(grain: Grain, rows: Iterable[Mapping[str, Any]]) -> Table:
    """Rows of codes as cells of a grain. Nodes are worked out once for each group of codes."""
    known: dict[tuple[Any, ...], int] = {}
    parts = [(axis, level, AXES[axis].columns(level)) for axis, level in grain]
    table: defaultdict[Cell, int] = defaultdict(int)
    for row in rows:
        cell = []
        for axis, level, columns in parts:
            key = (axis, *(row[name] for name in columns))
            if key not in known:
                known[key] = AXES[axis].node_of(row, level)
            cell.append(known[key])
        table[tuple(cell)] += int(row["stops"])
    return table
