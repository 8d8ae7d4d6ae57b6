"""The difference at the same place and hour, as a report. For the worker: it loads numpy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from insights.disparity.arguments import Arguments
from insights.disparity.counts import named_cells, reference_of
from insights.disparity.figures import between, written
from insights.disparity.rates import NOBODY, NOBODY_OF
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
    in_words,
    rate_columns,
)
from insights.disparity.reports import rate_cells as cells_of_rate
from insights.fairness.adjusted import Adjusted, AdjustedRates, adjusted_rates
from insights.fairness.cells import ACTIONS, hourly_cells
from insights.fairness.intervals import Rate
from insights.fairness.tables import sum_by
from insights.filters import Filters


def compute(arguments: Arguments, filters: Filters, follow: Callable[[float], None]) -> Report:
    follow(0.0)
    action = arguments.action
    found_cells = hourly_cells(filters, arguments.group, arguments.place, action)
    follow(0.5)
    cells = named_cells(found_cells, filters.codes, arguments.group, arguments.place)
    sums = {key[0]: counts for key, counts in sum_by(cells, ["group"], [action, "stops"]).items()}
    reference = reference_of(arguments, {group: counts[1] for group, counts in sums.items()})
    if reference not in sums:
        said = NOBODY_OF.format(reference) if sums else NOBODY
        return Report(warnings=(said,), notes=arguments.notes)
    found = adjusted_rates(cells, action=action, reference=reference)
    follow(1.0)
    rates = {group: Rate(*counts) for group, counts in sums.items()}
    return Report(
        headlines=tuple(_headlines(found)),
        findings=tuple(_sentence(one, arguments) for one in found.adjusted),
        warnings=tuple(_warnings(found)),
        notes=tuple(_notes(found, arguments, rates)),
        sections=_sections(found, rates, arguments, reference),
        summary={
            "reference": reference,
            "flagged": found.flagged,
            "stops": found.stops,
            "left_out": found.left_out,
        },
    )


def _headlines(found: AdjustedRates) -> list[Headline]:
    return [
        Headline(
            f"{one.group} to {one.reference}",
            written(one.difference.value, "points"),
            _interval(one),
        )
        for one in found.adjusted[:4]
        if one.difference.value is not None
    ]


def _interval(one: Adjusted) -> str:
    if one.difference.low is None:
        return "no interval: of one of the two all stops ended alike"
    return f"95% interval {between(one.difference.low, one.difference.high, 'points')}"


def _sentence(one: Adjusted, arguments: Arguments) -> str:
    if one.apart:
        return (
            f"{one.group} and {one.reference} are not met at places and hours that can be compared: nothing can be told of "
            "their difference."
        )
    size = in_words(one.difference, "points")
    begin = f"At the same {arguments.place_word} and hour, the rate of {one.group} differs from that of {one.reference} by {size}"
    if not one.flagged:
        return f"{begin}, {by_chance(one.difference)}."
    return f"{begin}. It is {'higher' if (one.difference.value or 0) > 0 else 'lower'}, beyond chance."


def _warnings(found: AdjustedRates) -> list[str]:
    said = []
    if not found.adjusted:
        said.append("No place and hour saw both outcomes for two groups: there is nothing to compare.")
    elif not found.converged:
        said.append("The fit did not settle. These figures are not to be relied on.")
    if found.left_out > found.stops / 2:
        said.append(
            f"More than half of the stops ({found.left_out:,} of {found.stops:,}) lie in places or hours in which all ended "
            "alike, and tell nothing."
        )
    return said


def _notes(found: AdjustedRates, arguments: Arguments, rates: dict[str, Rate]) -> list[str]:
    notes = [*arguments.notes]
    compared = (
        {found.adjusted[0].reference, *(one.group for one in found.adjusted)} if found.adjusted else set()
    )
    absent = [group for group in rates if group not in compared]
    if compared and absent:
        notes.append(
            f"In no comparison, since all stops where they were met ended alike: {', '.join(absent)}."
        )
    notes.append(
        f"{found.stops:,} persons stopped with a known group, {arguments.place_word} and hour; {found.left_out:,} of them in "
        "places or hours in which all ended alike, which are left out."
    )
    if found.dispersion > 1.05:
        notes.append(
            f"Cells scatter {found.dispersion:.2f} times as much as chance alone would make them; the intervals are "
            "widened for it."
        )
    return notes


def _sections(
    found: AdjustedRates, rates: dict[str, Rate], arguments: Arguments, reference: str
) -> tuple[Section, ...]:
    label = ACTIONS[arguments.action]
    rows = [_row(one, rates[one.group]) for one in found.adjusted]
    table = Table("groups", f"{label}: differences from {reference}", _columns(label), rows)
    return (Section(f"Compared with {reference}", table, _chart(table) if rows else None),)


def _columns(label: str) -> dict[str, Col]:
    return {
        "group": Col("Group", "text"),
        "reference": Col("Compared with", "text"),
        "stops": Col("Persons stopped"),
        "count": Col(label),
        **rate_columns("Rate as it is"),
        **estimate_columns(
            "Difference at the same place and hour", "difference", "points", p=True,
            meaning="Mean over all stops of the chance were the person of the group, less that were the person of the "
            "reference (average marginal difference, delta method; p of the score test).",
        ),
        **estimate_columns("Odds ratio", "odds_ratio", "ratio", meaning="Odds of the action, group ÷ reference, place and hour held."),
        "flagged": Col("Beyond chance", "yes"),
    }  # fmt: skip


def _row(one: Adjusted, rate: Rate) -> Row:
    return {
        "group": one.group,
        "reference": one.reference,
        "stops": rate.whole,
        "count": rate.part,
        **cells_of_rate(rate),
        **estimate_cells(one.difference, "difference", p=True),
        **estimate_cells(one.odds_ratio, "odds_ratio"),
        "flagged": one.flagged,
    }


def _chart(table: Table) -> dict[str, Any]:
    chart = bars(
        "Odds ratio at the same place and hour",
        table,
        "group",
        "odds_ratio",
        note="On the dashed line, 1, there is no difference.",
    )
    chart["reference"] = {"value": 1}
    return chart
