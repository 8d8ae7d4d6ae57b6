"""One reading of the facts for everything that a page asks of them.

A page shows a figure, the same figure month by month, and the first and the last month. Where no cube holds its filters,
each of the three would look at every fact. Inside `gathered` the facts are read once, summed by everything that is asked
for, and kept until the transaction ends; each question is then answered from those few sums, to the last digit the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection, transaction

from insights.filters import Filters

if TYPE_CHECKING:
    from insights.insight import Insight

TABLE = "gathered_facts"


@dataclass(frozen=True)
class Gathered:
    """Sums over the facts within some filters, by dimensions."""

    filters: Filters
    dims: frozenset[str]
    measures: frozenset[str]

    def holds(self, filters: Filters, dims: Sequence[str], measures: Sequence[str]) -> bool:
        same = filters.values == self.filters.values
        return same and self.dims.issuperset(dims) and self.measures.issuperset(measures)


_held: ContextVar[Gathered | None] = ContextVar("gathered", default=None)


def held(filters: Filters, dims: Sequence[str], measures: Sequence[str]) -> str:
    """The relation `stops` over what was gathered; empty where it does not hold what is asked."""
    found = _held.get()
    if found is None or not found.holds(filters, dims, measures):
        return ""
    return f"stops AS (\n  SELECT {', '.join([*dims, *measures]) or '1'}\n  FROM pg_temp.{TABLE}\n)"


@contextmanager
def gathered(filters: Filters, dims: Sequence[str], measures: Sequence[str]) -> Iterator[None]:
    """Inside, questions over these dimensions and measures of the relation, within these very filters, read the facts once."""
    from insights.relation import relation, summed

    columns = summed(list(dict.fromkeys(("stops", *measures))))
    common, params, _ = relation(filters, dims, columns)
    # The types of a cube's columns, so that sums over these sums are of the same kind.
    sums = ", ".join(f"sum({name})::int AS {name}" for name in columns)
    select = f"SELECT {', '.join([*dims, sums])} FROM stops GROUP BY {', '.join(dims)}"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                f"DROP TABLE IF EXISTS pg_temp.{TABLE}"
            )  # of a question before, inside a longer transaction
            cursor.execute(f"CREATE TEMP TABLE {TABLE} ON COMMIT DROP AS WITH {common}\n{select}", params)
        token = _held.set(Gathered(filters, frozenset(dims), frozenset(columns)))
        try:
            yield
        finally:
            _held.reset(token)


def for_page(insight: Insight, filters: Filters) -> AbstractContextManager[None]:
    """What a page asks of the facts, gathered: its groups by month."""
    return gathered(
        filters, tuple(dict.fromkeys((*insight.dimensions(), "year", "month"))), insight.measures()
    )
