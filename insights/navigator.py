"""Which relation answers a question cheapest: a cube, a cube and the facts of broken months or years, or the facts.

The answer is the same whichever is read; only the time differs. The rule: of the cubes that hold everything the question
groups by and the filters name, take the one with the fewest rows to read, the facts' rows for uncovered days included.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from insights.filters import OLDEST, Filters
from insights.measures import MEASURES
from insights.models import CUBES, Cube
from insights.sizes import Sizes
from ledger.choices import AgeBand, Outcome

MARKS = ("searched", "arrested", "drugs")
# Persons with all marks of a set, by measure: what every filter on marks recorded "yes" is answered from.
OVERLAPS = {
    frozenset(): "stops",
    frozenset({"searched"}): "searches",
    frozenset({"arrested"}): "arrests",
    frozenset({"drugs"}): "drugs",
    frozenset({"searched", "arrested"}): "searched_arrested",
    frozenset({"searched", "drugs"}): "searched_drugs",
    frozenset({"arrested", "drugs"}): "arrested_drugs",
    frozenset(MARKS): "all_three",
}
MARKS_OF = {measure: marks for marks, measure in OVERLAPS.items()}
OUTCOMES = {
    Outcome.NO_ACTION: "no_action",
    Outcome.WARNING: "warnings",
    Outcome.CITATION: "citations",
    Outcome.SUMMONS: "summonses",
    Outcome.ARREST: "arrest_outcomes",
}
OUTCOMES_ALL = " - ".join(["stops", *OUTCOMES.values()])  # what is left has an unknown outcome


@dataclass(frozen=True)
class Route:
    """A way to the answer. `cube` None reads the facts alone; `covered` are the first and last day the cube answers for."""

    cube: type[Cube] | None
    covered: tuple[date | None, date | None]
    rest: tuple[tuple[date | None, date | None], ...]
    conditions: tuple[str, ...]
    params: tuple[Any, ...]
    measures: dict[str, str]
    cost: float

    @property
    def reads(self) -> str:
        """What was read, for the page."""
        if self.cube is None:
            return "facts"
        return self.cube.__name__ + (" and facts" if self.rest else "")


def best_route(filters: Filters, dims: Collection[str], measures: Sequence[str], sizes: Sizes) -> Route:
    """The cheapest way to these groups and measures within the filters."""
    measures = list(dict.fromkeys(["stops", *measures]))  # every arm asks whether a cell holds anybody
    routes = [_facts_route(filters, measures, sizes)]
    for cube in CUBES:
        if route := _cube_route(cube, filters, dims, measures, sizes):
            routes.append(route)
    return min(routes, key=lambda route: route.cost)


def _facts_route(filters: Filters, measures: Sequence[str], sizes: Sizes) -> Route:
    days = (filters.values.get("date_after"), filters.values.get("date_before"))
    cost = sizes.facts * sizes.share(filters) * sizes.part_of_time(*days)
    return Route(None, days, (), (), (), {name: MEASURES[name] for name in measures}, cost * FACT_WEIGHT)


FACT_WEIGHT = 1.5  # a fact is read from a wider row than a cell of a cube


def _cube_route(
    cube: type[Cube], filters: Filters, dims: Collection[str], measures: Sequence[str], sizes: Sizes
) -> Route | None:
    """The way through a cube; None when it does not hold what is asked."""
    held = _columns(cube)
    if not set(dims) <= held or not set(measures) <= set(cube.columns()):
        return None
    conditions = _Conditions()
    shown = _based(cube, filters, measures, conditions)
    if shown is None or not _take_filters(held, filters, conditions):
        return None
    covered, rest = whole_periods(
        cube.grain, filters.values.get("date_after"), filters.values.get("date_before")
    )
    if covered is None:
        return None
    conditions.add_days(cube, covered)
    cost = (
        sizes.cells(cube) * (sizes.share(filters) if "agency" in held else 1) * sizes.part_of_time(*covered)
    )
    cost += sum(sizes.facts * sizes.share(filters) * sizes.part_of_time(*days) * FACT_WEIGHT for days in rest)
    return Route(cube, covered, rest, tuple(conditions.sql), tuple(conditions.params), shown, cost + 50)


@cache
def _columns(cube: type[Cube]) -> frozenset[str]:
    return frozenset(cube.key_columns()) | {"country"}


class _Conditions:
    """SQL conditions over a cube with their values."""

    def __init__(self) -> None:
        self.sql: list[str] = []
        self.params: list[Any] = []

    def add(self, sql: str, *params: Any) -> None:
        self.sql.append(sql)
        self.params.extend(params)

    def add_days(self, cube: type[Cube], days: tuple[date | None, date | None]) -> None:
        names, width = ("(year, month)", 2) if cube.grain == "month" else ("year", 1)
        for day, sign in zip(days, (">=", "<="), strict=True):
            if day is not None:
                values = (day.year, day.month)[:width]
                self.add(f"{names} {sign} ({', '.join(['%s'] * width)})", *values)


def _take_filters(held: frozenset[str], filters: Filters, conditions: _Conditions) -> bool:
    """Turn the filters on dimensions into conditions; False when the cube lacks one of them."""
    values = filters.values
    if "vehicle" in values:
        return False
    for name in ("country", "agency", "post", "violation", "race", "gender"):
        if name in values:
            if name not in held:
                return False
            conditions.add(f"{name} = ANY(%s)", list(values[name].codes))
    return _take_ages(held, values, conditions) and _take_hours(held, values, conditions)


def _take_ages(held: frozenset[str], values: Any, conditions: _Conditions) -> bool:
    youngest, oldest = values.get("age_min"), values.get("age_max")
    if youngest is None and oldest is None:
        return True
    bands = bands_between(youngest, oldest)
    if bands is None or "age_band" not in held:
        return False
    conditions.add("age_band = ANY(%s)", bands)
    return True


def _take_hours(held: frozenset[str], values: Any, conditions: _Conditions) -> bool:
    first, last = values.get("hour_min"), values.get("hour_max")
    if first is None and last is None:
        return True
    if "hour" not in held:
        return False
    first, last = first if first is not None else 0, last if last is not None else 23
    hours = range(first, last + 1) if first <= last else [*range(first, 24), *range(last + 1)]
    conditions.add("hour = ANY(%s)", list(hours))
    return True


def bands_between(youngest: int | None, oldest: int | None) -> list[int] | None:
    """Codes of the age bands that a range of ages covers wholly; None when it cuts through one."""
    floors = AgeBand.floors()
    tops = {code: floors.get(code + 1, OLDEST + 1) - 1 for code in floors}
    least, most = youngest if youngest is not None else 0, oldest if oldest is not None else OLDEST
    least = 0 if least <= 1 else least  # no recorded age is below 1
    inside = [code for code, floor in floors.items() if least <= floor and tops[code] <= most]
    touched = [code for code, floor in floors.items() if floor <= most and least <= tops[code]]
    return inside if inside == touched else None


def _based(
    cube: type[Cube], filters: Filters, measures: Sequence[str], conditions: _Conditions
) -> dict[str, str] | None:
    """Expression of each measure in this cube under the filters on outcome and marks; None when it cannot tell."""
    marks = {name: filters.values[name] for name in MARKS if name in filters.values}
    outcome = filters.values.get("outcome")
    if "outcome" in _columns(cube):
        for name, value in marks.items():
            conditions.add(f"{name}_mark = %s", int(value))
        if outcome:
            conditions.add("outcome = ANY(%s)", list(outcome.codes))
        return {name: name for name in measures}
    if outcome:
        counted = _outcome_expression(outcome.codes)
        return {"stops": counted} if not marks and set(measures) <= {"stops"} else None
    return _rebased(marks, measures)


def _outcome_expression(codes: Collection[int]) -> str:
    """Persons with one of some outcomes, from the measures that every cube holds."""
    return " + ".join(OUTCOMES[Outcome(code)] if code else f"({OUTCOMES_ALL})" for code in codes)


def _rebased(marks: dict[str, bool], measures: Sequence[str]) -> dict[str, str] | None:
    """Measures among those who carry the marks. A "no" means recorded so, which overlaps cannot tell from unknown."""
    if not marks:
        return {name: name for name in measures}
    if not all(marks.values()) or not set(measures) <= set(MARKS_OF):
        return None
    return {name: OVERLAPS[MARKS_OF[name] | frozenset(marks)] for name in measures}


Days = tuple[date | None, date | None]


def whole_periods(grain: str, first: date | None, last: date | None) -> tuple[Days | None, tuple[Days, ...]]:
    """The whole months (or years) inside a range of days, and the broken rests at its ends.

    The first answer is None when no whole period lies inside. An open end is whole.
    """
    start = first and _next_start(grain, first)
    end = last and _last_end(grain, last)
    if start and end and start > end:
        return None, ((first, last),)
    rest: list[Days] = []
    if first and start and start > first:
        rest.append((first, start - timedelta(days=1)))
    if last and end and end < last:
        rest.append((end + timedelta(days=1), last))
    return (start, end), tuple(rest)


def _next_start(grain: str, day: date) -> date:
    """The first day of the first period that begins on or after a day."""
    if grain == "year":
        return day if (day.month, day.day) == (1, 1) else date(day.year + 1, 1, 1)
    return day if day.day == 1 else _month_after(day)


def _last_end(grain: str, day: date) -> date:
    """The last day of the last period that ends on or before a day."""
    after = day + timedelta(days=1)
    begun = date(after.year, 1, 1) if grain == "year" else after.replace(day=1)
    return begun - timedelta(days=1)


def _month_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
