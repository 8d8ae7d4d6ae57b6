"""Rates by group: pooled, by place, and the scatter of places."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from insights.disparity.arguments import Arguments
from insights.disparity.counts import (
    PLACE_WORDS,
    Counts,
    hidden_note,
    of_groups,
    of_places,
    reference_of,
    unknown_note,
)
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
    rate_columns,
    scatter,
)
from insights.disparity.reports import rate_cells as cells_of_rate
from insights.fairness.cells import ACTIONS, BASES
from insights.fairness.comparison import Comparison
from insights.fairness.intervals import Rate
from insights.fairness.rates_by_group import RatesByGroup, rates_by_group
from insights.filters import Filters
from insights.viewer import Viewer

NOBODY = "There are no stops within these filters. Take one of the filters away."
NOBODY_OF = "Nobody recorded as {} is shown within these filters. Choose another group."
MOST_POINTS = 2000


def report(arguments: Arguments, filters: Filters, viewer: Viewer) -> Report:
    action = arguments.action
    pooled = of_groups(viewer, filters, arguments.group, action)
    places = of_places(viewer, filters, arguments.group, arguments.place, action)
    reference = reference_of(arguments, {row["group"]: row["stops"] for row in pooled.rows})
    if not pooled.rows:
        return Report(
            warnings=(_nothing(arguments, pooled),), notes=hidden_note(pooled.hidden, "group", "groups")
        )
    if reference not in {row["group"] for row in pooled.rows}:
        return Report(warnings=(NOBODY_OF.format(reference),))
    found = compared(pooled.rows, places.rows, action, reference, arguments.least)
    return Report(
        headlines=tuple(_headlines(found, arguments)),
        findings=tuple(sentence(one, arguments) for one in found.comparisons),
        warnings=tuple(_warnings(found)),
        notes=_notes(arguments, pooled, places),
        sections=_sections(found, pooled, places, arguments, reference),
        summary={"reference": reference, "flagged": found.flagged},
    )


def compared(
    pooled: list[Row], places: list[Row], action: str, reference: str, least: int = 1, base: str = "stops"
) -> RatesByGroup:
    """Pooled figures from all persons, unknown places included; figures within places from the places."""
    over_all = rates_by_group(pooled, action=action, base=base, reference=reference, place=None)
    within = rates_by_group(places, action=action, base=base, reference=reference, least=least)
    by_group = {one.group: one for one in within.comparisons}
    means = {one.group: one.mean for one in within.rates}
    comparisons = [
        _joined(one, by_group.get(one.group), len(over_all.comparisons)) for one in over_all.comparisons
    ]
    rates = [replace(one, mean=means.get(one.group, one.mean)) for one in over_all.rates]
    return RatesByGroup(action, rates, comparisons)


def _joined(pooled: Comparison, within: Comparison | None, comparisons: int) -> Comparison:
    """The flag rests on the comparison within places where there is one."""
    if within is None or not within.places:
        return pooled
    return replace(
        pooled,
        within_difference=within.within_difference,
        within_ratio=within.within_ratio,
        mean_difference=within.mean_difference,
        places=within.places,
        flagged=within.within_difference.flagged(comparisons),
    )


def _nothing(arguments: Arguments, pooled: Counts) -> str:
    if pooled.hidden:
        return "Every figure is hidden: within these filters there are too few persons in each group."
    if arguments.action in BASES:
        return "Of no stop within these filters was it recorded whether the person was frisked. Choose another action."
    return NOBODY


def _headlines(found: RatesByGroup, arguments: Arguments) -> list[Headline]:
    label = ACTIONS[arguments.action]
    return [
        Headline(
            f"{one.group}: {label.lower()}",
            written(one.rate.value, "percent"),
            f"{one.rate.part:,} of {one.rate.whole:,}{' (few)' if one.rate.few else ''}",
        )
        for one in sorted(found.rates, key=lambda one: -one.rate.whole)[:4]
    ]


def sentence(one: Comparison, arguments: Arguments) -> str:
    """What the comparison says, and no more."""
    if one.rate.few or one.reference_rate.few:
        return f"{one.group}: too few persons for a comparison with {one.reference}."
    told, where = one.difference, "over all places together"
    if one.places:
        told, where = one.within_difference, f"within {PLACE_WORDS[arguments.place]}"
    size = in_words(told, "points")
    if not one.flagged:
        return f"{one.group} against {one.reference}, {where}: {size}, {by_chance(told)}."
    word = "higher" if (told.value or 0) > 0 else "lower"
    return f"{one.group} against {one.reference}, {where}: {size}. The rate is {word}, beyond chance."


def _warnings(found: RatesByGroup) -> list[str]:
    return [one.warning for one in found.comparisons if one.warning]


def _notes(arguments: Arguments, pooled: Counts, places: Counts) -> tuple[str, ...]:
    least = (
        (f"A place counts in a comparison with at least {arguments.least:,} persons of both groups.",)
        if arguments.least > 1
        else ()
    )
    frisks = (
        ("Rates of frisks are of the persons of whom it was recorded whether they were frisked.",)
        if arguments.action in BASES
        else ()
    )
    return (
        *arguments.notes,
        *unknown_note(arguments, pooled),
        *frisks,
        *least,
        *hidden_note([*pooled.hidden, *places.hidden], "group or place", "groups and places"),
    )


def _sections(
    found: RatesByGroup, pooled: Counts, places: Counts, arguments: Arguments, reference: str
) -> tuple[Section, ...]:
    label = ACTIONS[arguments.action]
    groups = groups_table(found, pooled.hidden, arguments, label)
    chart = bars(f"{label}, share of persons stopped", groups, "group", "rate", n="stops")
    comparisons = comparison_table(found.comparisons)
    by_place = place_table(places, arguments, label, arguments.action)
    points = scatter_of(found.comparisons, reference, label, arguments, places)
    return (
        Section("All places together", groups, chart),
        Section(f"Compared with {reference}", comparisons),
        Section(f"By {arguments.place_word}", by_place, points),
    )


def groups_table(
    found: RatesByGroup,
    hidden: list[Row],
    arguments: Arguments,
    label: str,
    base_label: str = "Persons stopped",
) -> Table:
    columns = {
        "group": Col(arguments.group_word.capitalize(), "text"),
        "stops": Col(base_label),
        "count": Col(label),
        **rate_columns("Rate", meaning=f"{label} ÷ {base_label.lower()}, with Wilson's 95% interval."),
        **estimate_columns(
            "Mean of places",
            "mean",
            "percent",
            meaning="Mean of the places' rates, each place counting alike, ± 1.96 standard errors.",
        ),
    }
    rows: list[Row] = [
        {
            "group": one.group,
            "stops": one.rate.whole,
            "count": one.rate.part,
            **cells_of_rate(one.rate),
            **estimate_cells(one.mean, "mean"),
        }
        for one in found.rates
    ]
    rows += [hidden_cells(columns, {"group": row["group"]}) for row in hidden]
    return Table("groups", f"{label} by {arguments.group_word}", columns, rows)


def comparison_table(comparisons: list[Comparison]) -> Table:
    columns = {
        "group": Col("Group", "text"),
        "reference": Col("Compared with", "text"),
        **estimate_columns(
            "Difference, pooled", "difference", "points", p=True, meaning="Rate less the reference's, all places together (Newcombe's interval)."
        ),
        **estimate_columns("Ratio, pooled", "ratio", "ratio", meaning="Rate ÷ the reference's."),
        **estimate_columns(
            "Difference within places", "within_difference", "points", p=True,
            meaning="Differences of the places joined (Mantel-Haenszel with the p of their test; Sato's variance; widened "
            "where places scatter).",
        ),
        **estimate_columns("Ratio within places", "within_ratio", "ratio"),
        "higher": Col("Places higher"),
        "lower": Col("Places lower"),
        "places": Col("Places compared"),
        "flagged": Col("Beyond chance", "yes", meaning="At 5%, shared among the groups compared."),
    }  # fmt: skip
    rows = [
        {
            "group": one.group,
            "reference": one.reference,
            **estimate_cells(one.difference, "difference", p=True),
            **estimate_cells(one.ratio, "ratio"),
            **estimate_cells(one.within_difference, "within_difference", p=True),
            **estimate_cells(one.within_ratio, "within_ratio"),
            "higher": one.higher,
            "lower": one.lower,
            "places": len(one.places),
            "flagged": one.flagged,
        }
        for one in comparisons
    ]
    return Table("comparisons", "Groups compared", columns, rows)


def place_table(
    places: Counts,
    arguments: Arguments,
    label: str,
    action: str,
    base: str = "stops",
    base_label: str = "Persons stopped",
) -> Table:
    columns = {
        "place": Col(arguments.place_word.capitalize(), "text"),
        "group": Col(arguments.group_word.capitalize(), "text"),
        "stops": Col(base_label),
        "count": Col(label),
        **rate_columns("Rate"),
    }
    rows: list[Row] = []
    for row in places.rows:
        rate = Rate(row[action], row[base])
        names = {"place": row["place"], "group": row["group"]}
        rows.append(names | {"stops": rate.whole, "count": rate.part, **cells_of_rate(rate)})
    rows += [hidden_cells(columns, {"place": row["place"], "group": row["group"]}) for row in places.hidden]
    rows.sort(key=lambda row: str(row["place"]))
    return Table("places", f"{label} by {arguments.place_word}", columns, rows)


def scatter_of(
    comparisons: list[Comparison], reference: str, label: str, arguments: Arguments, places: Counts
) -> dict[str, Any] | None:
    """Places as points: the reference's rate across, the group's up. None with fewer than two places."""
    points = {
        one.group: [
            {
                "x": place.reference.value,
                "y": place.group.value,
                "n": place.group.whole + place.reference.whole,
                "label": str(place.place),
            }
            for place in one.places
        ]
        for one in comparisons
    }
    most = max((len(some) for some in points.values()), default=0)
    if most < 2:
        return None
    kept = {group: some[:MOST_POINTS] for group, some in points.items() if some}
    return scatter(
        f"{label}: each point is a place",
        kept,
        x_title=f"Rate of {reference}",
        y_title="Rate of the group",
        note="On the dashed line both rates are equal; above it the group's is higher. Larger points hold more persons.",
    )
