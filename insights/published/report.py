"""What the page of published rates says: headlines, and sentences computed from the tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from insights.disparity.figures import written
from insights.disparity.reports import Headline, Report, Row
from insights.published import ranking, sections
from insights.published.form import Question
from insights.published.ranking import Against, Averaged, Pooled
from insights.published.reading import LEVELS, Pair, Place
from insights.published.sections import DIVIDES
from insights.wording import count, listed, percent

FAR = 0.1  # a tenth: from here on the yearly stops of districts differ from the published sum so much that it is said


def report(
    held: Sequence[Place], pairs: Sequence[Pair], columns: Sequence[Row], question: Question
) -> Report:
    """`held` are the places that were asked for, `pairs` the districts drawn, `columns` the profile of the whole table."""
    joined = ranking.pooled(held, question.group)
    against = ranking.ratios(held, question.reference, question.group)
    averages = ranking.averages(held)
    return Report(
        headlines=_headlines(held, joined, against),
        findings=(*_of_ratios(against, question), *_of_averages(held, averages), *_of_columns(columns)),
        warnings=_warnings(held),
        notes=(*_notes(joined), *([] if question.group else _lacking(held))),
        sections=(
            sections.by_stops(joined),
            sections.by_rate(joined),
            sections.by_ratio(against, question),
            sections.drawn(against, pairs, question),
            sections.averaged(averages),
            sections.profile(columns),
        ),
        summary=_summary(held, joined, against),
    )


def _headlines(
    held: Sequence[Place], joined: Sequence[Pooled], against: Sequence[Against]
) -> tuple[Headline, ...]:
    levels = [
        f"{count(len({one.place for one in held if one.level == level}))} {label.lower()}"
        for level, label in LEVELS.items()
        if any(one.level == level for one in held)
    ]
    top = ranking.by_rate(joined, 1)
    lines = [Headline("Places", listed(levels) or "none", f"{count(sum(one.rows for one in held))} rows")]
    if top:
        lines.append(
            Headline("Highest rate", _per_thousand(top[0].rate.value), f"per 1,000 residents, {top[0].name}")
        )
    if against:
        first = against[0]
        lines.append(
            Headline("Highest ratio", written(first.ratio.value, "ratio"), f"{first.group}, {first.place}")
        )
    return tuple(lines)


def _summary(held: Sequence[Place], joined: Sequence[Pooled], against: Sequence[Against]) -> dict[str, Any]:
    return {
        "places": len(joined),
        "rows": sum(one.rows for one in held),
        "rate_values": len({(one.level, one.rate) for one in held if one.rate is not None}),
        "comparisons": len(against),
        "higher": sum((one.ratio.value or 0) > 1 for one in against),
    }


def _warnings(held: Sequence[Place]) -> tuple[str, ...]:
    """Places whose rows disagree on what is one figure, stand there twice, or say what no rate says."""
    told = (
        (
            [one for one in held if one.torn],
            "Rows of {} disagree on the stop rate of the place or the stops behind it; it is left out. Look for two imports of one table.",
        ),
        (
            [one for one in held if one.repeated and not one.torn],
            "Districts of {} stand there twice for one group, so what is drawn of them counts twice. Look for two imports of one table.",
        ),
        (
            [one for one in held if (one.rate or 0) > 1],
            "Stop rates of {} are above 1, more than one stop a resident and year. If the table has percentages, undo its import and divide them by 100.",
        ),
    )
    return tuple(sentence.format(_some(places)) for places, sentence in told if places)


def _some(places: Sequence[Place]) -> str:
    names = sorted({one.place for one in places})
    return listed(names if len(names) <= 5 else [*names[:4], f"{count(len(names) - 4)} more places"])


def _notes(joined: Sequence[Pooled]) -> tuple[str, ...]:
    far = sorted(
        (one for one in joined if one.stops and one.district_stops / one.stops > 1 + FAR),
        key=lambda one: -one.district_stops / one.stops,
    )
    notes = [
        "The tables say of no year. Rates of places are means over the years that each recorded, and these differ.",
        "The published stops are means of a year while the counts behind them span several, so our intervals are wider than the counts would give.",
    ]
    if far:
        most = far[0]
        notes.append(
            f"In {count(len(far))} of {count(len(joined))} places the yearly stops of the districts add up to over a tenth more than the stops behind "
            f"the rate ({most.name}: {count(round(most.district_stops))} against {count(round(most.stops))}), since districts recorded different years."
        )
    return tuple(notes)


def _lacking(held: Sequence[Place]) -> list[str]:
    """Places that are ranked by fewer groups than others: their joined rate is of these alone."""
    groups = {one.group for one in held}
    without = {one.place: set(groups) for one in held}
    for one in held:
        if one.people:
            without[one.place].discard(one.group)
    told = [f"{place} (no {listed(sorted(some))})" for place, some in sorted(without.items()) if some]
    if not told:
        return []
    shown = listed(told if len(told) <= 5 else [*told[:4], f"{count(len(told) - 4)} more"])
    return [
        f"Not every place has a stop rate of every group, and the stops behind it: {shown}. There the joined stops and rate are of the others alone."
    ]


def _of_ratios(against: Sequence[Against], question: Question) -> list[str]:
    found = []
    for group in dict.fromkeys(sorted(one.group for one in against)):
        own = [one for one in against if one.group == group]
        higher = [one for one in own if (one.ratio.low or 0) > 1]
        lower = [one for one in own if one.ratio.high is not None and one.ratio.high < 1]
        found.append(
            f"{group}: stopped more often per resident than {question.reference} in {count(len(higher))} of {count(len(own))} places, less often in "
            f"{count(len(lower))} (beyond the 95% interval of each)."
        )
    return found


def _of_averages(held: Sequence[Place], averages: Sequence[Averaged]) -> list[str]:
    """Why the column may not be averaged, from the data at hand."""
    rows, values = sum(one.rows for one in held), sum(one.rate_values for one in held)
    if rows <= values or not averages:
        return []
    places: dict[str, int] = {}
    for one in held:
        places[one.place] = places.get(one.place, 0) + one.rows
    largest = max(places, key=lambda name: places[name])
    worst = max(averages, key=lambda one: abs(one.too_high))
    word = "above" if worst.too_high > 0 else "below"
    return [
        f"stop_rate is one figure a place and group: {count(values)} figures stand on {count(rows)} rows, once for each district. {largest} alone has "
        f"{percent(places[largest] / rows)} of the rows.",
        f"So a mean over rows counts a place by its districts, not its people: for {worst.group} in {LEVELS[worst.level].lower()} it is "
        f"{_per_thousand(worst.over_rows)} per 1,000, {percent(abs(worst.too_high))} {word} the {_per_thousand(worst.over_people)} of all its residents.",
    ]


def _of_columns(columns: Sequence[Row]) -> list[str]:
    found = []
    for level, label in LEVELS.items():
        lacking = [
            one
            for one in columns
            if one["level"] == level and one["rows"] and one["missing"] / one["rows"] > 0.3
        ]
        for missing in dict.fromkeys(one["missing"] for one in lacking):
            names = [one["name"] for one in lacking if one["missing"] == missing]
            rows = next(one["rows"] for one in lacking if one["missing"] == missing)
            found.append(
                f"{label}: {listed(names)} {'are' if len(names) > 1 else 'is'} missing in {count(missing)} of {count(rows)} rows ({percent(missing / rows)})."
            )
    return found


def _per_thousand(value: float | None) -> str:
    return written(value, "per thousand")


def meanings() -> list[tuple[str, str]]:
    """What each published column divides by."""
    return list(DIVIDES.items())
