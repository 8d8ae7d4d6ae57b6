"""The veil of darkness and its variants, as a report. For the worker: it loads numpy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from insights.disparity.arguments import Arguments
from insights.disparity.counts import reference_of
from insights.disparity.figures import between, written
from insights.disparity.reports import (
    Col,
    Headline,
    Report,
    Row,
    Section,
    Table,
    by_chance,
    estimate_cells,
    estimate_columns,
    in_words,
    rate_columns,
)
from insights.disparity.reports import rate_cells as cells_of_rate
from insights.fairness.cells import GROUPS, stops_by_group
from insights.fairness.evening_cells import Evenings, eligible_months, evening_cells
from insights.fairness.veil import Veil, eligible_place_years, veil_of_darkness
from insights.filters import Filters

LEAST_DST = 100
MOST_NOTES = 8
NO_TWO_GROUPS = "Two groups with stops are needed, and within these filters there are not two."
NO_EVENINGS = (
    "No stops of the two groups lie in the intertwilight period, light and dark both. The times of stops, and where the "
    "agency is (by coordinates of stops, or its time zone), must be recorded."
)


def compute(arguments: Arguments, filters: Filters, follow: Callable[[float], None]) -> Report:
    follow(0.0)
    two = pair_of(arguments, filters)
    if two is None:
        return Report(warnings=(NO_TWO_GROUPS,), notes=arguments.notes)
    (one, one_code), (reference, reference_code) = two
    kind = 1 if arguments.stops == "vehicle" else None
    read: dict[str, Any] = {
        "group": arguments.group,
        "one": one_code,
        "reference": reference_code,
        "place": arguments.place,
        "kind": kind,
        "months": eligible_months(filters, arguments.group, arguments.place),
    }
    evenings = evening_cells(filters, **read)
    follow(0.4)
    changes = evening_cells(filters, **read, season=True)
    follow(0.8)
    found = variants(evenings, changes, arguments)
    follow(1.0)
    main = found[0][1]
    if main is None:
        return Report(warnings=(NO_EVENINGS,), notes=_notes(arguments, evenings))
    return Report(
        headlines=_headlines(main, one),
        findings=tuple(_sentence(name, veil, one, reference) for name, veil in found if veil),
        warnings=(*main.warnings, *_unsettled(found)),
        notes=_notes(arguments, evenings),
        sections=_sections(found, main, one, reference),
        summary={"group": one, "reference": reference, "flagged": main.flagged, "stops": main.stops},
    )


def pair_of(arguments: Arguments, filters: Filters) -> tuple[tuple[str, int], tuple[str, int]] | None:
    """The two groups with their codes: those asked for, else the largest as reference and the next largest."""
    labels = filters.codes.labels(arguments.group)
    sizes = {
        labels.get(row["group"], ""): (row["stops"], row["group"])
        for row in stops_by_group(filters, arguments.group)
    }
    counts = {label: stops for label, (stops, _) in sizes.items()}
    reference = reference_of(arguments, counts, other_than=arguments.compared)
    rest = {label: stops for label, stops in counts.items() if label != reference}
    compared = arguments.compared or max(rest, key=lambda label: rest[label], default="")
    if compared == reference or compared not in sizes or reference not in sizes:
        return None
    return (compared, sizes[compared][1]), (reference, sizes[reference][1])


def variants(evenings: Evenings, changes: Evenings, arguments: Arguments) -> list[tuple[str, Veil | None]]:
    """Without place, with place, and around the changes of the clock."""
    cells, shifts = evenings.drawn.rows, arguments.shifts
    near = eligible_place_years(
        changes.drawn.rows, group="group_stops", reference="reference_stops", least=LEAST_DST
    )
    return [
        ("Clock held", veil_of_darkness(cells, shifts=shifts)),
        (f"Clock and {arguments.place_word} held", veil_of_darkness(cells, hold=("place",), shifts=shifts)),
        (
            "Around a change of the clock only",
            veil_of_darkness(near, hold=("place", "season"), shifts=shifts),
        ),
    ]


def _headlines(main: Veil, one: str) -> tuple[Headline, ...]:
    ratio = main.odds_ratio
    return (
        Headline(
            "Odds ratio of darkness",
            written(ratio.value, "ratio"),
            f"95% interval {between(ratio.low, ratio.high, 'ratio')}" if ratio.low is not None else "no interval",
        ),
        Headline(f"{one}, by light", written(main.light.value, "percent"), f"{main.light.part:,} of {main.light.whole:,}"),
        Headline(f"{one}, by dark", written(main.dark.value, "percent"), f"{main.dark.part:,} of {main.dark.whole:,}"),
    )  # fmt: skip


def _sentence(name: str, veil: Veil, one: str, reference: str) -> str:
    if veil.odds_ratio.low is None:
        return _at_the_end(name, veil, one)
    size = in_words(veil.odds_ratio, "ratio")
    begin = f"{name}: the odds that the driver stopped is {one} rather than {reference} are {size} times as high in the dark"
    if not veil.odds_ratio.flagged():
        return f"{begin}, {by_chance(veil.odds_ratio, 1.0)}."
    if veil.flagged:
        return f"{begin}: lower, beyond chance, as where being seen leads to being stopped."
    return f"{begin}: higher, beyond chance. That is not the pattern of stops that follow from being seen."


def _unsettled(found: list[tuple[str, Veil | None]]) -> tuple[str, ...]:
    names = [name for name, veil in found if veil and not veil.converged]
    return tuple(f"{name}: the fit did not settle. Its figures are not to be relied on." for name in names)


def _at_the_end(name: str, veil: Veil, one: str) -> str:
    """Where by light or by dark all stops, or none, are of the group: there is no ratio with an interval."""
    counts = (f"{rate.part:,} of {rate.whole:,}" for rate in (veil.light, veil.dark))
    begin = "{}: {} of the stops by light and {} by dark are of {}. No odds ratio with an interval can be given".format(
        name, *counts, one
    )
    if not veil.odds_ratio.flagged():
        return f"{begin}; {by_chance(veil.odds_ratio)}."
    return f"{begin}; the share is {'lower' if veil.flagged else 'higher'} in the dark, beyond chance."


def _notes(arguments: Arguments, evenings: Evenings) -> tuple[str, ...]:
    drawn, where = evenings.drawn, evenings.notes
    more = (f"… and {len(where) - MOST_NOTES:,} agencies more.",) if len(where) > MOST_NOTES else ()
    left_out = (
        (
            f"{drawn.months_left_out:,} months of agencies are left out, with {drawn.stops_left_out:,} persons stopped: they "
            f"have fewer than 50 stops, or {GROUPS[arguments.group].lower()} or time is recorded for less than half.",
        )
        if drawn.months_left_out
        else ()
    )
    return (*arguments.notes, *left_out, *where[:MOST_NOTES], *more)


def _sections(
    found: list[tuple[str, Veil | None]], main: Veil, one: str, reference: str
) -> tuple[Section, ...]:
    columns = {
        "variant": Col("Variant", "text"),
        "stops": Col("Persons stopped"),
        **rate_columns(f"{one}, by light", "light"),
        **rate_columns(f"{one}, by dark", "dark"),
        "coefficient": Col("Coefficient of darkness", "plain"),
        "error": Col("Standard error", "plain"),
        **estimate_columns("Odds ratio", "odds_ratio", "ratio", p=True, meaning="Below 1: the group's share is lower in the dark."),
        "flagged": Col("Beyond chance", "yes"),
    }  # fmt: skip
    rows: list[Row] = [_variant_row(name, veil) for name, veil in found]
    table = Table("variants", f"{one} and {reference}, odds of darkness", columns, rows)
    return (Section("The test and its variants", table), _by_clock(main, one, reference))


def _by_clock(main: Veil, one: str, reference: str) -> Section:
    columns = {
        "minute": Col("From", "clock"),
        "stops": Col("Persons stopped"),
        **rate_columns("By light", "light"),
        **rate_columns("By dark", "dark"),
    }
    bins = [
        {
            "minute": one_bin.minute,
            "stops": one_bin.light.whole + one_bin.dark.whole,
            **cells_of_rate(one_bin.light, "light"),
            **cells_of_rate(one_bin.dark, "dark"),
        }
        for one_bin in main.bins
    ]
    table = Table("clock", f"Share of {one} by quarter of an hour", columns, bins)
    return Section("By the clock", table, _clock_chart(bins, one, reference) if bins else None)


def _variant_row(name: str, veil: Veil | None) -> Row:
    if veil is None:
        return {"variant": f"{name}: too few stops by light, by dark or of a group"}
    return {
        "variant": name,
        "stops": veil.stops,
        **cells_of_rate(veil.light, "light"),
        **cells_of_rate(veil.dark, "dark"),
        "coefficient": veil.coefficient,
        "error": veil.error,
        **estimate_cells(veil.odds_ratio, "odds_ratio", p=True),
        "flagged": veil.odds_ratio.flagged(),
    }


def _clock_chart(bins: list[Row], one: str, reference: str) -> dict[str, Any]:
    return {
        "type": "line",
        "title": f"Share of {one} among {one} and {reference}, by the clock",
        "x": [written(row["minute"], "clock") for row in bins],
        "x_title": "Time of day",
        "y_title": f"Share of {one}",
        "y_format": "percent",
        "series": [
            {
                "label": label,
                "values": [row[key] for row in bins],
                "low": [row[f"{key}_low"] for row in bins],
                "high": [row[f"{key}_high"] for row in bins],
            }
            for label, key in (("By light", "light"), ("By dark", "dark"))
        ],
        "note": "If being seen led to being stopped, the line by dark would lie below the line by light.",
    }
