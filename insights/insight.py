"""The insight: one question, one table. A subclass declares what is its own; `insights/catalogue/` lists them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

from insights.charts import Chart
from insights.codes import UNKNOWN, Codes
from insights.columns import HIDDEN, NUMBERS, Column, Count, Label, Rank, Share
from insights.filters import Filters
from insights.findings import Finding
from insights.relation import (
    DERIVED,
    DIMENSIONS,
    Months,
    Result,
    Rows,
    base_dimensions,
    run_sql,
    share_sql,
    tally,
    tally_sql,
)
from insights.statistics import ranks
from insights.viewer import NO_VEHICLES, Viewer
from insights.wording import in_calendar

SQL = Path(__file__).parent / "sql"
GROUPS = ("Activity", "Outcomes", "Searches", "Time", "Places", "People")


@dataclass(frozen=True)
class Answer:
    """What an insight says within some filters. `columns`, `rows` and `summary` are what every form of output shows."""

    slug: str
    title: str
    question: str
    filters: dict[str, str | int]
    columns: list[str]
    rows: Rows
    summary: dict[str, Any]
    notes: tuple[str, ...] = ()
    sql: str = ""
    reads: str = ""  # the relation that the figures were read from
    exact: bool = True
    hidden: int = 0  # figures that are "[c]"
    raw: Rows = field(
        default_factory=list, repr=False
    )  # codes and measures of each row, for hiding small counts

    def as_json(self) -> dict[str, Any]:
        names = ("slug", "title", "question", "filters", "columns", "rows", "summary")
        return {name: getattr(self, name) for name in names} | {"notes": list(self.notes)}


class Insight:
    """One question. State the columns; say how rows come about by one of: the columns alone (grouped by the labels,
    measures summed), `sql` (a file over the relation `stops`), or `fetch` overridden."""

    slug: ClassVar[str]
    title: ClassVar[str]
    question: ClassVar[str]
    group: ClassVar[str]
    why: ClassVar[str]
    limits: ClassVar[tuple[str, ...]]
    definitions: ClassVar[dict[str, str]] = {}
    columns: ClassVar[dict[str, Column]]
    headline: ClassVar[dict[str, Column]] = {"stops": Count("Persons stopped", "stops")}
    within: ClassVar[Mapping[str, tuple[int, ...]]] = {}  # codes of a dimension to which the question keeps
    sql: ClassVar[str] = ""
    reads: ClassVar[tuple[str, ...]] = ()  # dimensions that `sql` reads beside the labels
    order: ClassVar[tuple[str, ...]]
    at_least: ClassVar[int] = 0  # fewest persons stopped of a row to be listed
    limit: ClassVar[int | None] = None
    chart: ClassVar[Chart]
    finding: ClassVar[Finding]
    vehicles: ClassVar[bool] = False
    # Filters that single out whom a measure counts here, where its name does not say it.
    counted: ClassVar[Mapping[str, Mapping[str, str]]] = {}

    def answer(self, filters: Filters, viewer: Viewer) -> Answer:
        """The answer as this viewer may see it. Raises `FilterError` for filters that are not the viewer's to use."""
        filters = viewer.reach(filters, self.vehicles)
        if self.vehicles and not viewer.sees_vehicles:
            return self._empty(filters)
        found = self.fetch(filters)
        answer = replace(
            self._empty(filters, ()),
            rows=self.complete(found.rows, filters.codes),
            summary=self.summarise(found.rows),
            sql=found.sql,
            reads=found.reads,
            exact=viewer.sees_exact(filters),
            raw=found.rows,
        )
        if not answer.exact:
            from insights.disclosure import protect  # it reads the kinds of column declared here

            own = viewer.agency.pk if viewer.agency else None
            answer = protect(answer, self, filters, tally, own=own, covers=viewer.covers)
        return replace(answer, rows=self.arrange(answer.rows), raw=[])

    def _empty(self, filters: Filters, notes: tuple[str, ...] = (NO_VEHICLES,)) -> Answer:
        return Answer(
            slug=self.slug,
            title=self.title,
            question=self.question,
            filters=filters.as_words(),
            columns=list(self.columns),
            rows=[],
            summary={},
            notes=(*notes, *filters.notes),
        )

    def fetch(self, filters: Filters) -> Result:
        """Groups in codes with their measures (and windows over rows, under their columns' names)."""
        return run_sql(self.select(), filters, self.dimensions(), self.measures())

    def select(self) -> str:
        """SQL over the relation `stops`: the file, or what the columns declare."""
        if self.sql:
            return (SQL / self.sql).read_text()
        shares = {k: share_sql(c.of, c.within) for k, c in self.columns.items() if isinstance(c, Share)}
        kept = [f"{name} IN ({', '.join(map(str, codes))})" for name, codes in self.within.items()]
        return tally_sql(self.labels(), self.measures(), shares, " AND ".join(kept))

    def labels(self) -> tuple[str, ...]:
        """The dimensions that name a row and are columns of the relation."""
        named = [column.dimension for column in self.columns.values() if isinstance(column, Label)]
        return tuple(name for name in named if name in DIMENSIONS or (name in DERIVED and not self.sql))

    def dimensions(self) -> tuple[str, ...]:
        """The dimensions that the question reads."""
        return base_dimensions((*self.labels(), *self.within, *self.reads))

    def measures(self) -> tuple[str, ...]:
        """The measures on which columns and headline rest, each once."""
        listed = [*self.columns.values(), *self.headline.values()]
        return tuple(dict.fromkeys(name for column in listed for name in column.measures))

    def complete(self, raw: Rows, codes: Codes) -> Rows:
        """Every column of each row: labels for codes, rates and intervals from measures."""
        named = [name for name in self.labels() if name not in NUMBERS and name not in DERIVED]
        labels = {name: codes.labels(name) for name in named}
        return [{key: self._cell(key, row, labels) for key in self.columns} for row in raw]

    def _cell(self, key: str, row: dict[str, Any], labels: dict[str, dict[int, str]]) -> Any:
        column = self.columns[key]
        if key in labels:
            return labels[key].get(row[key], UNKNOWN)
        if isinstance(column, Label):
            return None if column.dimension == "hour" and row[key] < 0 else row[key]
        return column.value(key, row)

    def summarise(self, raw: Rows) -> dict[str, Any]:
        """The headline's figures, over all rows of the filter."""
        total = {name: sum(row[name] for row in raw) for name in self._summed()}
        return {key: column.value(key, total) for key, column in self.headline.items()}

    def _summed(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for column in self.headline.values() for name in column.measures))

    def arrange(self, rows: Rows) -> Rows:
        """Ranked, sorted and limited by what is shown: a hidden figure has no rank and comes last, by label."""
        for key, column in self.columns.items():
            if isinstance(column, Rank):
                shown = [None if row[column.of] == HIDDEN else row[column.of] for row in rows]
                places = zip(rows, ranks(shown), strict=True)
                rows = [row | {key: HIDDEN if row[column.of] == HIDDEN else place} for row, place in places]
        if self.at_least:
            rows = [row for row in rows if row["stops"] != HIDDEN and row["stops"] >= self.at_least]
        return sorted(rows, key=self._place)[: self.limit]

    def _place(self, row: dict[str, Any]) -> tuple[Any, ...]:
        place: list[Any] = []
        for name in self.order:
            value = row[name.removeprefix("-")]
            lacking = value is None or value == HIDDEN
            place += [lacking, 0 if lacking else -value if name.startswith("-") else in_calendar(value)]
        return tuple(place)

    @property
    def shows_time(self) -> bool:
        """Whether the chart runs along years, on an axis or from row to row."""
        return "year" in (*self.chart.x, *self.chart.series)

    def matches(self, wanted: str) -> bool:
        """Whether every word looked for occurs in title, question or group."""
        text = f"{self.title} {self.question} {self.group} {self.slug}".lower()
        return all(word in text for word in wanted.lower().split())

    def in_short(self, filters: Filters, viewer: Viewer) -> str:
        """The computed sentence alone, for lists of insights. Of vehicles it says nothing: looks at them are noted."""
        if self.vehicles:
            return "Vehicles are shown on the page to those who may read stops."
        return self.finding(self.answer(filters, viewer))

    def remarks(self, answer: Answer, months: Months = None) -> tuple[str, ...]:
        """What a reader of these very figures must know, by rule. `months`: the first and the last with a stop."""
        return ()
