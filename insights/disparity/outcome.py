"""The outcome test on searches that officers were free to make."""

from __future__ import annotations

from insights.disparity.arguments import RESULT_LABELS, Arguments
from insights.disparity.counts import Counts, named_cells, reference_of
from insights.disparity.figures import written
from insights.disparity.rates import comparison_table, groups_table, place_table, scatter_of
from insights.disparity.reports import Headline, Report, Row, Section, bars, by_chance, in_words
from insights.fairness.cells import search_cells
from insights.fairness.comparison import Comparison
from insights.fairness.months import Drawn
from insights.fairness.outcome import OutcomeTest, outcome_test
from insights.fairness.rates_by_group import RatesByGroup
from insights.filters import Filters
from insights.viewer import Viewer

NOTHING = (
    "No searches with a recorded result that officers were free to make lie within these filters. Take a filter away, or "
    "take in searches without a recorded ground."
)

NOTHING_OF = "No such searches of persons recorded as {} lie within these filters. Choose another group."


def report(arguments: Arguments, filters: Filters, viewer: Viewer) -> Report:
    drawn, cells = cells_of(arguments, filters)
    cells = [row for row in cells if row["searches"]]
    sizes: dict[str, int] = {}
    for row in cells:
        sizes[row["group"]] = sizes.get(row["group"], 0) + row["searches"]
    reference = reference_of(arguments, sizes)
    if reference not in sizes:
        said = NOTHING_OF.format(reference) if sizes else NOTHING
        return Report(warnings=(said,), notes=drawn_notes(arguments, drawn))
    found = outcome_test(cells, reference=reference, least=arguments.least)
    return Report(
        headlines=_headlines(found),
        findings=tuple(_sentence(one) for one in found.comparisons),
        warnings=tuple(found.warnings),
        notes=drawn_notes(arguments, drawn),
        sections=_sections(found, Counts(cells), arguments, reference),
        summary={"reference": reference, "flagged": found.flagged},
    )


def cells_of(arguments: Arguments, filters: Filters) -> tuple[Drawn, list[Row]]:
    """Stops, searches and hits by group and place, in words."""
    drawn = search_cells(
        filters, arguments.group, arguments.place, arguments.result, arguments.unknown_ground == "yes"
    )
    return drawn, named_cells(drawn.rows, filters.codes, arguments.group, arguments.place)


def drawn_notes(arguments: Arguments, drawn: Drawn) -> tuple[str, ...]:
    """Months left out, and which searches count."""
    notes = [*arguments.notes]
    if drawn.months_left_out:
        notes.append(
            f"{drawn.months_left_out:,} of {drawn.months + drawn.months_left_out:,} months of agencies are left out, with "
            f"{drawn.stops_left_out:,} persons stopped: they have fewer than 50 stops, or what the test rests on is "
            "recorded for less than half of them."
        )
    ground = "are counted too" if arguments.unknown_ground == "yes" else "are left out"
    notes.append(
        "Searches after an arrest, for an inventory or by warrant are left out, and so are those whose result was not "
        f"recorded. Searches without a recorded ground {ground}."
    )
    return tuple(notes)


def _headlines(found: OutcomeTest) -> tuple[Headline, ...]:
    largest = sorted(found.rates, key=lambda one: -one.rate.whole)[:4]
    return tuple(
        Headline(
            f"{one.group}: hit rate",
            written(one.rate.value, "percent"),
            f"{one.rate.part:,} of {one.rate.whole:,} searches{' (few)' if one.rate.few else ''}",
        )
        for one in largest
    )


def _sentence(one: Comparison) -> str:
    if one.rate.few or one.reference_rate.few:
        return f"{one.group}: too few searches for a comparison with {one.reference}."
    told = one.within_difference if one.places else one.difference
    where = f"within {len(one.places)} place{'s' if len(one.places) != 1 else ''}" if one.places else "pooled"
    size = f"Searches of {one.group} against {one.reference}, {where}: {in_words(told, 'points')}"
    if not one.flagged:
        return f"{size}, {by_chance(told)}."
    if (told.value or 0) < 0:
        return (
            f"{size}. They find less, beyond chance: a sign that {one.group} are searched on less evidence."
        )
    return f"{size}. They find more, beyond chance."


def _sections(found: OutcomeTest, cells: Counts, arguments: Arguments, reference: str) -> tuple[Section, ...]:
    label = RESULT_LABELS[arguments.result]
    as_rates = RatesByGroup("hits", found.rates, found.comparisons)
    groups = groups_table(as_rates, [], arguments, label, "Searches")
    chart = bars("Hit rate: share of searches that found something", groups, "group", "rate", n="stops")
    by_place = place_table(cells, arguments, label, "hits", "searches", "Searches")
    points = scatter_of(found.comparisons, reference, "Hit rate", arguments, cells)
    left_out = (
        f"{len(found.left_out):,} place(s) with fewer than {arguments.least:,} searches of the groups compared are in no "
        "comparison within places.",
    )
    return (
        Section("All places together", groups, chart),
        Section(f"Compared with {reference}", comparison_table(found.comparisons)),
        Section(f"By {arguments.place_word}", by_place, points, left_out if found.left_out else ()),
    )
