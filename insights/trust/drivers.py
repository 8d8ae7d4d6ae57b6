"""What a study found, as a report: effects with intervals, beside the pooled correlation that misleads, and their stability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp
from typing import Any

from insights.disparity.reports import Col, Headline, Report, Row, Section, Table
from insights.trust.compared import quoted
from insights.trust.overview import between_points
from insights.trust.policing import LOG
from insights.wording import listed

UP, DOWN, NOT_TOLD = "rises with it", "falls with it", "cannot tell"
METHOD = (
    "Two-way fixed effects: the share of an area in a period = slopes × the measures + the area's own level + the period's own level + error. "
    "What an area always has, and what happens everywhere at once, is taken away; what is left is whether an area whose measure "
    "rose more than elsewhere saw its share rise more. All measures are in together. An effect is the slope times one standard "
    "deviation of the measure after the same taking away.",
    "Intervals: 95%, from standard errors clustered by area (with t of areas less one), since figures of one area overlap and hang "
    "together. Beside them, percentiles of 2,000 draws of whole areas.",
    "It is association, not cause. The measures are answers of the same people in the same interview: who feels well treated may say so "
    "to every question, and what moves all answers at once looks here as if one moved another.",
)
POLICING_METHOD = (
    "The same model with figures of the ledger in place of answers: searches and recorded crime as logarithms (a change is relative, "
    "and the number of residents goes into the area's own level), and the share of searches that found something. They are of the quarter "
    "before the survey's, so that they come first. It is association: searches are sent where things happen that also move trust."
)


def direction(estimate: Mapping[str, float | None]) -> str:
    low, high = estimate["low"], estimate["high"]
    if low is None or high is None:
        return NOT_TOLD
    return UP if low > 0 else DOWN if high < 0 else NOT_TOLD


def report(findings: Mapping[str, Any]) -> Report:
    """Of one study, as `insights.trust.study` keeps it."""
    measure = findings["measure"]
    answers, policing = findings["perceptions"], findings["policing"]
    sections = [
        *_sections(answers, "Other answers", "drivers", measure),
        *_sections(policing, "Policing figures of the quarter before", "policing", measure),
    ]
    told = [one for one in (answers, policing) if "drivers" in one]
    return Report(
        headlines=tuple(_headlines(answers)) if "drivers" in answers else (),
        findings=tuple(_says(answers, measure)),
        notes=(*METHOD, *_chance(answers), *((POLICING_METHOD,) if "drivers" in policing else ())),
        sections=tuple(sections),
        summary={"survey": findings["survey"], "measure": measure}
        | (
            {key: answers[key] for key in ("areas", "periods", "rows", "r2", "first", "last")}
            if told and "drivers" in answers
            else {}
        ),
    )


def _chance(found: Mapping[str, Any]) -> list[str]:
    """How many intervals would exclude nought by chance alone."""
    number = len(found.get("drivers", ()))
    return (
        [
            f"{number} intervals are looked at together: if nothing moved with it, about {0.05 * number:.1f} of them would still exclude nought."
        ]
        if number
        else []
    )


def _headlines(found: Mapping[str, Any]) -> list[Headline]:
    span = f"{found['first']} to {found['last']}"
    return [
        Headline(
            "Figures compared",
            f"{found['rows']:,}",
            f"{found['areas']} areas in {found['periods']} periods, {span}",
        ),
        Headline(
            "Explained inside areas",
            f"{found['r2']:.0%}",
            "of the variance left after areas and periods, by all measures together",
        ),
    ]


def by_effect(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return sorted(found["drivers"], key=lambda one: -(one["effect"]["value"] or 0))


def _says(found: Mapping[str, Any], measure: str) -> list[str]:
    """Which measures move with trust inside areas, and which only seem to."""
    if "drivers" not in found:
        return [found["why"]]
    rows = by_effect(found)
    up = [one for one in rows if direction(one["effect"]) == UP]
    said = []
    if up:
        first = up[0]
        said.append(
            f"Inside areas, {quoted(measure)} moves most with {quoted(first['name'])}: where that rose by one standard deviation "
            f"({100 * first['sd']:.1f} points) more than elsewhere, {quoted(measure)} rose by {100 * first['effect']['value']:.2f} points "
            f"({between_points(first['effect']['low'], first['effect']['high'])})."
        )
    if up[1:]:
        said.append(f"So do {listed([quoted(one['name']) for one in up[1:]])}, apart from the first.")
    unsure = [one for one in rows if direction(one["effect"]) == NOT_TOLD]
    if unsure:
        said.append(
            f"Of {listed([quoted(one['name']) for one in unsure])} it cannot be told: the interval holds nought."
        )
    misleading = [one for one in unsure if (one["pooled"]["value"] or 0) > 0.5]
    if misleading:
        words = [f"{quoted(one['name'])} ({one['pooled']['value']:.2f})" for one in misleading]
        said.append(
            f"Taken over all figures, {listed(words)} correlate{'s' if len(words) == 1 else ''} highly with it all the same: areas differ and all "
            "figures fell together, which says nothing about what moves with what."
        )
    if not up:
        said.append(f"No measure moves with {quoted(measure)} inside areas beyond what chance would bring.")
    return said


def _sections(found: Mapping[str, Any], title: str, name: str, measure: str) -> list[Section]:
    if "drivers" not in found:
        return [Section(title, text=(found["why"],))]
    made = [Section(title, _table(found, name, measure))]
    if len(found["spans"]) > 1:
        made.append(Section(f"{title}: does it last?", _spans(found, name), text=(_lasting(found),)))
    return made


def _table(found: Mapping[str, Any], name: str, measure: str) -> Table:
    columns = {
        "name": Col("Measure", "text"),
        **_estimate("Effect of one standard deviation", "effect", "effect"),
        "told": Col("Inside areas", "text"),
        **_estimate("By drawing areas again", "drawn", "effect"),
        "width": Col(
            "One standard deviation",
            "text",
            meaning="Of the measure after areas and periods are taken away. Of logarithms: how many times as much.",
        ),
        "sd": Col("One standard deviation, as a number", "plain", shown=False),
        **_estimate(
            "Correlation inside areas",
            "alone",
            "correlation",
            "Of this measure alone, after areas and periods are taken away.",
        ),
        **_estimate(
            "Correlation of all figures",
            "pooled",
            "correlation",
            "Of the figures as they are. It mixes areas and the common trend in.",
        ),
    }
    return Table(name, f"What goes with {quoted(measure)}", columns, [_row(one) for one in by_effect(found)])


def _estimate(label: str, key: str, style: str, meaning: str = "") -> dict[str, Col]:
    low, high = f"{key}_low", f"{key}_high"
    return {
        key: Col(label, style, (low, high), meaning=meaning),
        low: Col(f"{label}, low", style, shown=False),
        high: Col(f"{label}, high", style, shown=False),
    }


def _row(one: Mapping[str, Any]) -> Row:
    row: Row = {"name": one["name"], "sd": one["sd"], "width": width(one), "told": direction(one["effect"])}
    for key in ("effect", "drawn", "alone", "pooled"):
        row |= {key: one[key]["value"], f"{key}_low": one[key]["low"], f"{key}_high": one[key]["high"]}
    return row


def width(one: Mapping[str, Any]) -> str:
    """One standard deviation in words: points of a share; of a logarithm, how many times as much."""
    return f"{exp(one['sd']):.2f} times" if one["name"].endswith(LOG) else f"{100 * one['sd']:.1f} points"


def _spans(found: Mapping[str, Any], name: str) -> Table:
    columns: dict[str, Col] = {"name": Col("Measure", "text")}
    for at, (first, last) in enumerate(found["spans"]):
        columns |= _estimate(f"{first} to {last}", f"span{at}", "effect")
    columns["lasting"] = Col(
        "Held",
        "text",
        meaning="In how many of the spans the whole interval lay on the side of the effect over all periods.",
    )
    rows = []
    for one in by_effect(found):
        row: Row = {"name": one["name"], "lasting": f"{held(one)} of {len(one['spans'])}"}
        for at, told in enumerate(one["spans"]):
            row |= {f"span{at}": told["value"], f"span{at}_low": told["low"], f"span{at}_high": told["high"]}
        rows.append(row)
    return Table(f"{name}-spans", "Effects in each span of periods", columns, rows)


def held(one: Mapping[str, Any]) -> int:
    """In how many spans an effect had the direction it has over all periods, beyond its interval."""
    whole = direction(one["effect"])
    if whole == NOT_TOLD:
        side = UP if (one["effect"]["value"] or 0) > 0 else DOWN
        return sum(direction(told) == side for told in one["spans"])
    return sum(direction(told) == whole for told in one["spans"])


def _lasting(found: Mapping[str, Any]) -> str:
    clear = [one for one in found["drivers"] if direction(one["effect"]) != NOT_TOLD]
    spans = len(found["spans"])
    lasting = [quoted(one["name"]) for one in clear if held(one) == spans]
    passing = [quoted(one["name"]) for one in clear if held(one) < spans]
    said = []
    if lasting:
        said.append(f"{listed(lasting)} held in each of {spans} spans.")
    if passing:
        said.append(
            f"{listed(passing)} did not hold in every span: read {'it' if len(passing) == 1 else 'them'} with care."
        )
    return " ".join(said) or "Nothing was clear over all periods, so there is nothing that could last."


def dots(found: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Name and effect for the drawing, the largest first; none where there is no fit."""
    return [(one["name"], one["effect"]) for one in by_effect(found)] if "drivers" in found else []


def clear_drivers(findings: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]]:
    """Answers that rise with trust inside areas beyond their interval, the largest effect first."""
    found = findings["perceptions"] if findings else {}
    return [one for one in by_effect(found) if direction(one["effect"]) == UP] if "drivers" in found else []
