"""Stops against a benchmark: rate, ratio and residual disparity of each group."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from insights.disparity import benchmarks
from insights.disparity.arguments import Arguments
from insights.disparity.benchmarks import CAUTION, People
from insights.disparity.counts import Counts, hidden_note, named_cells, of_groups, reference_of, unknown_note
from insights.disparity.figures import written
from insights.disparity.reports import (
    Col,
    Headline,
    Report,
    Row,
    Section,
    Table,
    bars,
    by_chance,
    estimate_cells,
    estimate_columns,
    hidden_cells,
    in_words,
    scatter,
)
from insights.fairness.benchmark import AgainstBenchmark, against_benchmark, stop_rate
from insights.fairness.cells import rate_cells
from insights.filters import FilterError, Filters
from insights.relation import months_of
from insights.viewer import Viewer

NONE_YET = (
    "There is no benchmark yet. An analyst can type one in, or import figures of areas (population by group, with source "
    "and year)."
)


def report(arguments: Arguments, filters: Filters, viewer: Viewer) -> Report:
    people = chosen(arguments, filters)
    if people is None:
        return Report(warnings=(NONE_YET,))
    arguments = replace(arguments, group=people.group)
    counts = of_groups(viewer, filters, people.group)
    both = [row for row in counts.rows if row["group"] in people.people]
    sizes = {row["group"]: people.people[row["group"]] for row in both}
    reference = reference_of(arguments, sizes)
    years = years_of(filters)
    if reference not in sizes:
        return Report(
            warnings=(_nothing(arguments, both),),
            notes=(people.says, *hidden_note(counts.hidden, "group", "groups")),
        )
    rows = [{"group": row["group"], "stops": row["stops"], "people": sizes[row["group"]]} for row in both]
    found = against_benchmark(rows, reference=reference, years=years)
    return Report(
        headlines=_headlines(found, reference),
        findings=tuple(_sentence(one, reference) for one in found if one.group != reference),
        warnings=(CAUTION, *_mismatches(people, filters)),
        notes=_notes(arguments, people, counts, years),
        sections=_sections(found, counts, people, arguments, filters, viewer, reference, years),
        summary={"reference": reference, "years": round(years, 4), "benchmark": people.says},
    )


def chosen(arguments: Arguments, filters: Filters) -> People | None:
    """The benchmark asked for, else the first on offer. Raises `FilterError` when there is none of the name."""
    offered = benchmarks.choices(filters.codes)
    key = arguments.benchmark or next(iter(offered), "")
    if not key:
        return None
    people = benchmarks.find(key, filters.codes)
    if people is None:
        raise FilterError(
            {
                "benchmark": [
                    "None of its measures names a group that stops are recorded by. Choose another benchmark."
                ]
            }
        )
    return people


def years_of(filters: Filters) -> float:
    """Months from the first to the last with a stop within the days of the filters, ÷ 12."""
    months = months_of(filters.only("date_after", "date_before"))
    if months is None:
        return 1.0
    (first_year, first_month), (last_year, last_month) = months
    return ((last_year - first_year) * 12 + last_month - first_month + 1) / 12


def _nothing(arguments: Arguments, both: list[Row]) -> str:
    if arguments.reference and both:
        return f"{arguments.reference} has no people in this benchmark, or no stops within these filters. Choose another group."
    return "No group of this benchmark is shown with stops within these filters."


def _headlines(found: list[AgainstBenchmark], reference: str) -> tuple[Headline, ...]:
    others = sorted((one for one in found if one.group != reference), key=lambda one: -one.people)
    return tuple(
        Headline(
            f"{one.group} to {reference}",
            written(one.disparity.value, "ratio"),
            f"times the stops per person; 95% interval {written(one.disparity.low, 'ratio')} to "
            f"{written(one.disparity.high, 'ratio')}",
        )
        for one in others[:4]
        if one.disparity.value is not None
    )


def _sentence(one: AgainstBenchmark, reference: str) -> str:
    size = in_words(one.disparity, "ratio")
    if one.disparity.value is None:
        return f"{one.group}: no ratio can be given."
    if not one.flagged:
        return f"{one.group} are stopped {size} times as often per person as {reference}, {by_chance(one.disparity, 1.0)}."
    word = "more" if one.disparity.value > 1 else "less"
    residual = in_words(one.residual, "residual")
    return (
        f"{one.group} are stopped {word} often than {reference}, {size} times per person, beyond chance; their share of "
        f"stops against their share of the people: {residual}."
    )


def _mismatches(people: People, filters: Filters) -> tuple[str, ...]:
    """Where stops and benchmark are plainly not of the same place."""
    if people.agency is not None and not filters.is_agency(people.agency.pk):
        return (
            f"This benchmark is of {people.agency}. Choose that agency in the filters, or the ratios mean nothing.",
        )
    return ()


def _notes(arguments: Arguments, people: People, counts: Counts, years: float) -> tuple[str, ...]:
    left = [row["group"] for row in counts.rows if row["group"] not in people.people]
    notes = [*arguments.notes, f"Benchmark: {people.says}", f"The stops are of {years:.2f} years."]
    if left:
        notes.append(f"Not in the benchmark, and left out of all shares: {', '.join(left)}.")
    if people.unused:
        listed = ", ".join(people.unused[:6])
        more = f" and {len(people.unused) - 6} more" if len(people.unused) > 6 else ""
        notes.append(f"Measures of the figures that name no group, not used: {listed}{more}.")
    return (*notes, *unknown_note(arguments, counts), *hidden_note(counts.hidden, "group", "groups"))


COLUMNS = {
    "group": Col("Group", "text"),
    "stops": Col("Persons stopped"),
    "people": Col("People"),
    "rate": Col("Stops per 1,000 people a year", "per thousand", meaning="Stops ÷ (people × years)."),
    **estimate_columns(
        "Ratio", "ratio", "ratio", p=True,
        meaning="Rate ÷ the reference's; exp(ln ratio ± 1.96 √(1/a + 1/b)), stops being events.",
    ),
    "share": Col("Share of stops", "percent"),
    "people_share": Col("Share of people", "percent"),
    **estimate_columns(
        "Residual disparity", "residual", "residual",
        meaning="(Share of stops ÷ share of people − 1) × 100, of the groups in the table.",
    ),
    "flagged": Col("Ratio beyond chance", "yes"),
}  # fmt: skip


def _sections(
    found: list[AgainstBenchmark],
    counts: Counts,
    people: People,
    arguments: Arguments,
    filters: Filters,
    viewer: Viewer,
    reference: str,
    years: float,
) -> tuple[Section, ...]:
    rows: list[Row] = [_row(one) for one in found]
    for row in counts.hidden:
        if row["group"] in people.people:
            names = {"group": row["group"], "people": people.people[row["group"]]}
            rows.append(hidden_cells(COLUMNS, names))
    table = Table("groups", f"Stops against the benchmark, compared with {reference}", COLUMNS, rows)
    chart = bars(
        "Residual disparity", table, "group", "residual", y_title="Per cent above or below the benchmark"
    )
    main = Section(f"Compared with {reference}", table, chart)
    if not people.by_area or not viewer.sees_exact(filters):
        return (main,)
    by_area = _by_area(people, filters, reference, years)
    return (main, by_area) if by_area else (main,)


def _row(one: AgainstBenchmark) -> Row:
    return {
        "group": one.group,
        "stops": one.stops,
        "people": one.people,
        "rate": one.rate,
        **estimate_cells(one.disparity, "ratio", p=True),
        "share": one.share,
        "people_share": one.people_share,
        **estimate_cells(one.residual, "residual"),
        "flagged": None if one.disparity.low is None else one.flagged,
    }


def _by_area(people: People, filters: Filters, reference: str, years: float) -> Section | None:
    """Stop rates area by area, where stops are recorded by the areas of the benchmark."""
    cells = [
        row for row in rate_cells(filters, people.group, "area", "searches") if row["place"] in people.by_area
    ]
    if not cells:
        return None
    numbers = {row["place"]: row["place"] for row in cells}
    names = named_cells(cells, filters.codes, people.group, "area")
    keys = sorted(cells, key=lambda row: (row["place"], row["group"]))
    columns = {
        "place": Col("Area", "text"),
        "group": Col("Group", "text"),
        "stops": Col("Persons stopped"),
        "people": Col("People"),
        "rate": Col("Stops per 1,000 people a year", "per thousand"),
    }
    rows = []
    for cell, named in zip(keys, names, strict=True):
        living = people.by_area[numbers[cell["place"]]].get(named["group"], 0)
        rate = stop_rate(named["stops"], living, years)
        rows.append(
            {
                "place": named["place"],
                "group": named["group"],
                "stops": named["stops"],
                "people": living,
                "rate": rate,
            }
        )
    table = Table("areas", "Stops per person by area", columns, rows)
    return Section("By area", table, *_area_chart(rows, reference))


def _area_chart(rows: list[Row], reference: str) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """The scatter of areas, and in how many each group's rate is higher."""
    base = {
        row["place"]: row["rate"] for row in rows if row["group"] == reference and row["rate"] is not None
    }
    points: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["group"] != reference and row["rate"] is not None and row["place"] in base:
            point = {"x": base[row["place"]], "y": row["rate"], "n": row["people"], "label": row["place"]}
            points.setdefault(row["group"], []).append(point)
    text = tuple(
        f"{group}: the rate is higher than that of {reference} in {sum(one['y'] > one['x'] for one in some):,} of "
        f"{len(some):,} areas."
        for group, some in points.items()
    )
    if max((len(some) for some in points.values()), default=0) < 2:
        return None, text
    chart = scatter(
        "Stops per person and year: each point is an area",
        points,
        x_title=f"Rate of {reference}",
        y_title="Rate of the group",
        note="On the dashed line both rates are equal. Larger points hold more people.",
        y_format="count",
    )
    return chart, text
