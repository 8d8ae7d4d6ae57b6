"""The threshold test with its posterior checks and its sensitivity to the priors. For the worker: it loads numpy, scipy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from insights.disparity.arguments import Arguments
from insights.disparity.counts import reference_of
from insights.disparity.figures import between, written
from insights.disparity.outcome import cells_of, drawn_notes
from insights.disparity.reports import (
    Headline,
    Report,
    Row,
    in_words,
)
from insights.disparity.threshold_tables import Fits, sections_of
from insights.fairness.threshold import LEAST_PLACES, SCALES, Gap, ThresholdTest, threshold_test
from insights.fairness.threshold_model import EFFECT
from insights.fairness.threshold_sampling import Effort
from insights.filters import Filters

MAIN = 1.0  # the scale of the priors that is reported; the others are its sensitivity
MOST_PLACES = 300  # beyond it the sampler would need hours; the places with the most searches are taken
Follow = Callable[[float], None]


def compute(arguments: Arguments, filters: Filters, follow: Follow) -> Report:
    follow(0.0)
    drawn, cells = cells_of(arguments, filters)
    groups = eligible_groups(cells, arguments.least)
    reference = reference_of(arguments, groups)
    kept, cut = largest_places([row for row in cells if row["group"] in groups])
    fits = (
        {}
        if reference not in groups or len(groups) < 2
        else fit_all(kept, reference, arguments.least, follow)
    )
    main = fits.get(MAIN)
    notes = (*drawn_notes(arguments, drawn), *_group_note(cells, groups, arguments.least), *cut)
    if main is None:
        return Report(warnings=(_too_few(arguments),), notes=notes)
    return Report(
        headlines=_headlines(main, reference),
        findings=tuple(_sentence(gap, main) for gap in main.gaps),
        warnings=tuple(_warnings(main, fits)),
        notes=(*notes, _method_note(main)),
        sections=sections_of(main, fits, arguments, reference),
        summary={
            "reference": reference,
            "flagged": main.flagged,
            "converged": main.converged,
            "rhat": round(main.rhat, 4),
            "effective_size": round(main.effective_size),
            "months": drawn.months,
        },
    )


def fit_all(cells: list[Row], reference: str, least: int, follow: Follow) -> Fits:
    """The test under each scale of the priors; progress is shared among them."""
    fits: Fits = {}
    for index, scale in enumerate(SCALES):

        def part(share: float, at: int = index) -> None:
            follow((at + share) / len(SCALES))

        effort = Effort() if scale == MAIN else Effort(attempts=2)
        fits[scale] = threshold_test(
            cells, reference=reference, least=least, scale=scale, effort=effort, follow=part
        )
        if fits[scale] is None:
            break
    return fits


def eligible_groups(cells: list[Row], least: int) -> dict[str, int]:
    """Groups with enough searches in three places or more, and their searches. A place needs enough of every group
    compared, so a group that is rarely searched anywhere would leave no place for the others.
    """
    enough: dict[str, int] = {}
    searches: dict[str, int] = {}
    for row in cells:
        searches[row["group"]] = searches.get(row["group"], 0) + row["searches"]
        enough[row["group"]] = enough.get(row["group"], 0) + (row["searches"] >= least)
    return {group: count for group, count in searches.items() if enough[group] >= LEAST_PLACES}


def largest_places(cells: list[Row]) -> tuple[list[Row], tuple[str, ...]]:
    searches: dict[Any, int] = {}
    for row in cells:
        searches[row["place"]] = searches.get(row["place"], 0) + row["searches"]
    if len(searches) <= MOST_PLACES:
        return cells, ()
    kept = set(sorted(searches, key=lambda place: (-searches[place], str(place)))[:MOST_PLACES])
    note = f"Of {len(searches):,} places the {MOST_PLACES} with the most searches are in the test."
    return [row for row in cells if row["place"] in kept], (note,)


def _group_note(cells: list[Row], groups: dict[str, int], least: int) -> tuple[str, ...]:
    left = list(dict.fromkeys(row["group"] for row in cells if row["group"] not in groups))
    if not left:
        return ()
    return (f"Left out, with {least:,} searches in fewer than {LEAST_PLACES} places: {', '.join(left)}.",)


def _too_few(arguments: Arguments) -> str:
    return (
        f"The test wants {LEAST_PLACES} places or more with {arguments.least:,} searches of each group compared. Within "
        "these filters there are not so many. Take a filter away, choose smaller places, or set the least lower."
    )


def _method_note(main: ThresholdTest) -> str:
    return (
        f"Method: {main.method}. R-hat {main.rhat:.3f}, effective size {main.effective_size:,.0f}. Priors (scale "
        f"{main.scale:g}): means and thresholds of groups N(0, 1), effects of groups and places N(0, {EFFECT:g}), spread "
        "of thresholds half-normal."
    )


def _headlines(main: ThresholdTest, reference: str) -> tuple[Headline, ...]:
    return tuple(
        Headline(
            f"{group}: threshold",
            written(found.value, "percent"),
            f"95% credible interval {between(found.low, found.high, 'percent')}",
        )
        for group, found in sorted(main.thresholds.items(), key=lambda item: item[0] != reference)
    )


def _sentence(gap: Gap, main: ThresholdTest) -> str:
    size = in_words(gap.difference, "points")
    begin = f"{gap.group} against {gap.reference}: the threshold differs by {size}"
    if not main.converged:
        return f"{begin}; the chains did not agree, so this is not to be relied on."
    if not gap.flagged:
        return f"{begin}, a difference that the data do not settle."
    if gap.below > 0.5:
        return f"{begin}: {gap.group} are searched on less evidence (probability {min(gap.below, 0.999):.3f} or more)."
    return f"{begin}: {gap.group} are searched on more evidence."


def _warnings(main: ThresholdTest, fits: Fits) -> list[str]:
    said = []
    if not main.converged:
        said.append(
            f"The chains of the sampler did not agree (R-hat {main.rhat:.2f}). Do not rely on these figures."
        )
    if not main.check.describes:
        said.append(
            "The model does not describe these counts: fewer search or hit rates lie inside their predictive intervals "
            "than should. Do not rely on these figures."
        )
    unsettled = [
        f"{scale:g}" for scale, one in fits.items() if one is not None and not one.converged and scale != MAIN
    ]
    if unsettled:
        said.append(
            f"With priors of scale {' and '.join(unsettled)} the chains did not agree: those rows of the sensitivity tell "
            "nothing."
        )
    if hangs_on_priors(fits):
        said.append(
            "A finding changes with the scale of the priors. A finding that hangs on them is no finding."
        )
    return said


def hangs_on_priors(fits: Fits) -> bool:
    """Whether some gap is flagged under one scale and not under another, or turns its sign while flagged."""
    told = [
        tuple((gap.group, gap.flagged, gap.flagged and gap.below > 0.5) for gap in one.gaps)
        for one in fits.values()
        if one is not None and one.converged
    ]
    return len(set(told)) > 1
