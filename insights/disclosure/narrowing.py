"""What filters and rows leave of each axis."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from insights.disclosure.axes import AGE, AXES, CLOCK, LEVELS, TIME, codes_of, lift
from insights.disclosure.boxes import Box, Labels, Part, Sieve
from insights.filters import Filters
from ledger.choices import AgeBand

Codes = tuple[int, ...]
Test = tuple[int, int, Callable[[Codes], bool]]  # axis, level, whether a node with these codes stays
WORDS = ("country", "agency", "post", "violation", "outcome", "race", "gender")
MARKS = ("searched", "arrested", "drugs")
BOUNDS = ("date_after", "date_before", "age_min", "age_max", "hour_min", "hour_max")
PERIODS = {-1: "Unknown", 0: "Day", 1: "Night"}
MONTHS, HOURS, BANDS = AXES[TIME].depth, AXES[CLOCK].depth, AXES[AGE].depth


def box_of(sieve: Sieve, filters: Filters, within: Mapping[str, Iterable[int]]) -> Box | None:
    """What the filters, and the groups to which an insight keeps, leave of each axis; None where that is not known."""
    unknown = set(filters.values) - {*WORDS, *MARKS, *BOUNDS}
    if unknown or set(within) - set(LEVELS):
        return None
    tests = [*_tests(filters.values), *(_among(name, codes) for name, codes in within.items())]
    found = {axis: _left(sieve, axis, [test for test in tests if test[0] == axis]) for axis, _, _ in tests}
    return {axis: part for axis, part in found.items() if not sieve.is_whole(axis, part)}


def _tests(values: Mapping[str, Any]) -> list[Test]:
    tests = [_among(name, values[name].codes) for name in WORDS if name in values]
    tests += [_among(name, [int(values[name])]) for name in MARKS if name in values]
    bounds = {name: values.get(name) for name in BOUNDS}
    if first := bounds["date_after"]:
        tests.append((TIME, MONTHS, lambda codes: (codes[0], codes[-1]) >= (first.year, first.month)))
    if last := bounds["date_before"]:
        tests.append((TIME, MONTHS, lambda codes: (codes[0], codes[-1]) <= (last.year, last.month)))
    tests += _age_tests(bounds["age_min"], bounds["age_max"])
    return tests + _hour_tests(bounds["hour_min"], bounds["hour_max"])


def _among(name: str, wanted: Iterable[int]) -> Test:
    kept = frozenset(wanted)
    return (*LEVELS[name], lambda codes: codes[-1] in kept)


def _age_tests(least: int | None, most: int | None) -> list[Test]:
    """Bands that reach into the bounds; they are whole bands by now. Whose age is unknown is within no bounds."""
    if least is None and most is None:
        return []
    floors = AgeBand.floors()
    kept = {
        code
        for code, floor in floors.items()
        if (most is None or floor <= most) and (least is None or floors.get(code + 1, least + 1) > least)
    }
    return [(AGE, BANDS, lambda codes: codes[0] in kept)]


def _hour_tests(first: int | None, last: int | None) -> list[Test]:
    if first is None and last is None:
        return []
    first, last = first or 0, 23 if last is None else last
    kept = range(first, last + 1) if first <= last else (*range(first, 24), *range(last + 1))
    return [(CLOCK, HOURS, lambda codes: codes[-1] in kept)]


def _left(sieve: Sieve, axis: int, tests: list[Test]) -> Part:
    level = max(level for _, level, _ in tests)
    kept = [
        number
        for number in sieve.nodes(axis, level)
        if all(passes(codes_of(lift(number, level - at), at)) for _, at, passes in tests)
    ]
    return sieve.coarsest(axis, Part(level, frozenset(kept)))


def labels_of(sieve: Sieve, axis: int, names: tuple[str, ...], part: Part | None) -> Labels:
    """For each group of rows, named by codes of levels of an axis, what it is of that axis within the filters."""
    level = max(LEVELS[name][1] for name in names)
    depth = max(level, part.level if part else 0)
    groups: dict[Hashable, set[int]] = {}
    for number in sieve.nodes(axis, depth):
        if part is None or lift(number, depth - part.level) in part.nodes:
            codes = codes_of(number, depth)
            groups.setdefault(tuple(_shown(name, codes) for name in names), set()).add(number)
    return {label: sieve.coarsest(axis, Part(depth, frozenset(nodes))) for label, nodes in groups.items()}


def _shown(name: str, codes: Codes) -> int | str:
    code = codes[LEVELS[name][1] - 1]
    return PERIODS[code] if name == "period" else code


def so_far(sieve: Sieve, axis: int, labels: Mapping[Any, Part]) -> Labels:
    """Every label with all that come before it: what a running total counts."""
    depth = max((part.level for part in labels.values()), default=1)
    grown: dict[Hashable, Part] = {}
    before: frozenset[int] = frozenset()
    for label in sorted(labels):
        before |= sieve.deeper(axis, labels[label], depth).nodes
        grown[label] = sieve.coarsest(axis, Part(depth, before))
    return grown
