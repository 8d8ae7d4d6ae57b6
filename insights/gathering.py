"""One reading of the facts for everything that a page asks of them.

A page shows a figure, the same figure month by month, and the first and the last month. Where no cube holds its filters,
each of the three would look at every fact. Inside `gathered` the facts are read once, summed by everything that is asked
for, and kept until the transaction ends; each question is then answered from those few sums, to the last digit the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from django.db import connection, transaction

from insights.filters import Filters

if TYPE_CHECKING:
    from insights.insight import Insight
    from insights.viewer import Viewer

TABLE = "gathered_facts"
MOST_GROUPS = 5_000_000  # beyond it, groups are read as slowly as the facts, and for each question anew


@dataclass(frozen=True)
class Gathered:
    """Sums over the facts within some filters, by dimensions."""

    table: str
    filters: Filters
    dims: frozenset[str]
    measures: frozenset[str]

    def holds(self, filters: Filters, dims: Sequence[str], measures: Sequence[str]) -> bool:
        same = filters.values == self.filters.values
        return same and self.dims.issuperset(dims) and self.measures.issuperset(measures)


_held: ContextVar[tuple[Gathered, ...]] = ContextVar("gathered", default=())


def held(filters: Filters, dims: Sequence[str], measures: Sequence[str]) -> str:
    """The relation `stops` over what was gathered; empty where nothing that was holds what is asked."""
    for one in _held.get():
        if one.holds(filters, dims, measures):
            return (
                f"stops AS (\n  SELECT {', '.join([*dims, *measures]) or '1'}\n  FROM pg_temp.{one.table}\n)"
            )
    return ""


@contextmanager
def gathered(filters: Filters, dims: Sequence[str], measures: Sequence[str]) -> Iterator[None]:
    """Inside, questions over these dimensions and measures of the relation, within these very filters, read the facts once."""
    from insights.relation import relation, summed

    dims, columns = tuple(dict.fromkeys(dims)), summed(list(dict.fromkeys(("stops", *measures))))
    common, params, _ = relation(filters, dims, columns)
    # The types of a cube's columns, so that sums over these sums are of the same kind.
    sums = ", ".join(f"sum({name})::int AS {name}" for name in columns)
    select = f"SELECT {', '.join([*dims, sums])} FROM stops GROUP BY {', '.join(dims)}"
    one = Gathered(f"{TABLE}_{len(_held.get())}", filters, frozenset(dims), frozenset(columns))
    with transaction.atomic():
        with connection.cursor() as cursor:
            # There is one already when a longer transaction goes from question to question.
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{one.table}")
            # How many groups there are is guessed far too high, which would leave all the work to one processor.
            cursor.execute("SET LOCAL parallel_tuple_cost = 0")
            cursor.execute(f"CREATE TEMP TABLE {one.table} ON COMMIT DROP AS WITH {common}\n{select}", params)
        token = _held.set((*_held.get(), one))
        try:
            yield
        finally:
            _held.reset(token)


@contextmanager
def for_page(insight: Insight, filters: Filters, viewer: Viewer) -> Iterator[None]:
    """What a page asks of the facts, gathered: its groups by month, and what hiding small counts asks of all persons."""
    from insights.disclosure.asked import dimensions_asked, measures_asked

    dims, measures = (*insight.dimensions(), "year", "month"), insight.measures()
    asked = (*dimensions_asked(insight, filters), "year", "month"), measures_asked(insight, filters)
    if viewer.sees_exact(filters) or too_many(asked[0], filters):
        with gathered(filters, dims, measures):
            yield
        return
    if not filters.values:  # all persons are asked for in any case
        with gathered(filters, (*dims, *asked[0]), (*measures, *asked[1])):
            yield
        return
    with gathered(filters, dims, measures), gathered(Filters({}, filters.codes), *asked):
        yield


def too_many(dims: Sequence[str], filters: Filters) -> bool:
    """Whether all persons by these dimensions may be so many groups that each question is answered sooner by itself."""
    from insights.sizes import sizes

    known = sizes()
    years = known.last.year - known.first.year + 1 if known.first and known.last else 1
    room = {"year": years, "month": 12, "hour": 25}
    apart = set(dims) - ({"country", "agency"} if "post" in dims else set())  # a post says which these are
    groups = prod(room[name] if name in room else len(filters.codes.labels(name)) for name in apart)
    return min(groups, known.facts) > MOST_GROUPS
