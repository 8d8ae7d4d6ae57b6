"""The first page of trust: the force's trend, where each area stands against it, and all measures side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from insights.disparity.reports import Col, Headline, Report, Section, Table, estimate_columns, rate_columns
from insights.events import Marked
from insights.trust import bands
from insights.trust.asked import Question
from insights.trust.compared import BAND, GAP, Level, counted, level, levels, quoted, standing
from insights.trust.figures import FORCE, Measured, period_label
from insights.wording import interval, moved, percent, points, signed_points

CHANGE = "The share less that of a year before, of other people; its interval by Newcombe."


def report(
    question: Question, found: Measured, force: dict[str, Measured], events: Sequence[Marked] = ()
) -> Report:
    """`found`: the measure asked for, of all areas; `force`: every measure, of the force."""
    day, design = question.period, question.design
    rows = levels(found, day, design)
    whole = level(found, FORCE, day, design)
    when, many = period_label(day), plural(question)
    findings = [_of_force(whole, found.measure, when)] if whole else []
    if whole:
        findings.append(standing(rows, found.measure, when, many))
    sections = [
        Section(
            "The force by period",
            trend_table(found, FORCE, question),
            trend_chart(found, FORCE, question, events),
        ),
        Section(f"{many.capitalize()} against the force, {when}", table_of(rows, many, found.measure, when)),
        Section("Every measure, of the force", measures_table(force, question)),
    ]
    return Report(
        headlines=tuple(_headlines(whole, rows, when, many)),
        findings=tuple(findings),
        notes=tuple(notes(question, found)),
        sections=tuple(one for one in sections if one.table is None or one.table.rows),
        summary={"survey": question.survey.slug, "measure": found.measure, "period": when}
        | _assumed(question)
        | ({"share": whole.share, "low": whole.band[0], "high": whole.band[1]} if whole else {})
        | {name.replace(" ", "_"): number for name, number in counted(rows).items()},
    )


def plural(question: Question) -> str:
    """What the areas of the survey are called, many of them."""
    kind = question.survey.kind.replace("-", " ")
    return {"county": "counties", "city": "cities"}.get(kind, f"{kind}s")


def _assumed(question: Question) -> dict[str, Any]:
    return {"asked": question.design.asked, "design_effect": question.design.effect}


def _of_force(whole: Level, measure: str, when: str) -> str:
    said = f"{quoted(measure)} stood at {percent(whole.share)} in {when}"
    change = whole.change
    if change.value is None:
        return f"{said}; there is no figure of a year before."
    said += f", {moved(change.value, points(change.value))} on a year before"
    if change.low is None:
        return f"{said}."
    clear = "beyond" if whole.moved != bands.CANNOT_TELL else "within"
    return f"{said}, {clear} what sampling alone would bring ({between_points(change.low, change.high)})."


def between_points(low: float | None, high: float | None) -> str:
    """“−3.1 to −0.9 points”."""
    if low is None or high is None:
        return "no interval"
    return f"{signed_points(low)} to {signed_points(high)} points"


def _headlines(whole: Level | None, rows: list[Level], when: str, many: str) -> list[Headline]:
    found = []
    if whole:
        between = interval(*whole.band)
        found.append(
            Headline(
                f"The force, {when}",
                percent(whole.share),
                f"95% interval {between}" if between else "no interval",
            )
        )
        if whole.change.value is not None:
            found.append(
                Headline(
                    "Against a year before",
                    moved(whole.change.value, points(whole.change.value)),
                    between_points(whole.change.low, whole.change.high),
                )
            )
    told = counted(rows)
    if sum(told.values()):
        names = {
            bands.ABOVE: "Above the force",
            bands.BELOW: "Below the force",
            bands.CANNOT_TELL: "Cannot tell",
        }
        found += [
            Headline(names[name], str(number), f"of {len(rows)} {many}") for name, number in told.items()
        ]
    return found


def notes(question: Question, found: Measured) -> list[str]:
    """What was assumed and what the figures are."""
    with_base = any(one.base for by_day in found.shares.values() for one in by_day.values())
    told = []
    if with_base:
        told.append("Where a figure says how many people were asked, that number is used.")
    if question.design.asked:
        told += _number_assumed(question, question.design.asked, question.design.effect)
    elif not with_base:
        told.append(
            "Nothing is known of how many people were asked, so no interval is given. You can assume a number above."
        )
    if len(found.periods) > 1 and question.survey.usual_asked:
        told.append(
            "Figures of this survey by borough are usually of the twelve months up to the day. Neighbouring quarters then share three "
            "quarters of their people: a change from one quarter to the next is not a change between two samples, so changes here are "
            "over a year."
        )
    return told


def _number_assumed(question: Question, asked: int, effect: float) -> list[str]:
    """How many people are taken to have been asked, and how wide that makes an interval."""
    known = question.survey.usual_asked
    why = (
        "the survey's own statement of its design, not a count of who answered"
        if asked == known
        else "as asked for on this page"
    )
    plain, more = (100 * bands.half_width(0.5, asked / one) for one in (1.0, max(effect, 1.5)))
    used = (
        f"The intervals here use a design effect of {effect:g}."
        if effect > 1
        else "The intervals here use none."
    )
    return [
        f"The figures come without the number of people asked. {asked:,} of each area are assumed ({why}), and of the force that "
        f"number for each area.",
        f"At 50% this gives ±{plain:.1f} points for an area if people were drawn at random; with a design effect of "
        f"{max(effect, 1.5):g}, which weighting and clustering bring, ±{more:.1f}. {used}",
    ]


def trend_table(found: Measured, area: int, question: Question) -> Table:
    """The share of one area (0: the force) in each period, the newest first."""
    rows = [_trend_row(found, area, day, question) for day in reversed(found.periods) if found.at(area, day)]
    columns = {
        "period": Col("Period", "text"),
        "ends": Col("Last day", "text", shown=False),
        **rate_columns("Share", "share", meaning=BAND),
    }
    if area != FORCE:
        columns |= {
            "force": Col("The force", "percent"),
            **estimate_columns("Gap to the force", "gap", "points", meaning=GAP),
        }
    return Table("trend", f"{quoted(found.measure)} by period", columns, rows)


def _trend_row(found: Measured, area: int, day: date, question: Question) -> dict[str, Any]:
    told = level(found, area, day, question.design)
    assert told is not None, "asked of periods that have a figure"  # noqa: S101
    force = found.force(day)
    about = {"period": period_label(day), "ends": day.isoformat(), "force": force.share if force else None}
    return about | told.cells()


def trend_chart(
    found: Measured, area: int, question: Question, events: Sequence[Marked] = ()
) -> dict[str, Any]:
    """The area's line with its band, and beside it the force's."""
    days = [day for day in found.periods if found.at(area, day)]
    labels = [period_label(day) for day in days]
    lines = [_line(found, area, days, question, "The force" if area == FORCE else found.areas[area].name)]
    if area != FORCE and found.shares.get(FORCE):
        lines.append(_line(found, FORCE, days, question, "The force"))
    marked = [{"at": at, "number": one.number} for one in events if (at := _at(one, days))]
    return {
        "type": "line",
        "title": f"{quoted(found.measure)} by period, with 95% bands"
        if lines[0].get("low")
        else f"{quoted(found.measure)} by period",
        "x": labels,
        "x_title": "Period",
        "y_title": "Share of people asked",
        "y_format": "percent",
        "from_zero": False,
        "series": lines,
        "events": marked,
        "note": "The axis does not begin at nought."
        + (" Numbers mark the events listed below." if marked else ""),
    }


def _line(found: Measured, area: int, days: list[date], question: Question, label: str) -> dict[str, Any]:
    figures = [found.at(area, day) for day in days]
    ends = [
        bands.band(one.share, found.size(question.design, area, day)) if one else (None, None)
        for one, day in zip(figures, days, strict=True)
    ]
    line: dict[str, Any] = {"label": label, "values": [one.share if one else None for one in figures]}
    if any(low is not None for low, _ in ends):
        line |= {"low": [low for low, _ in ends], "high": [high for _, high in ends]}
    return line


def _at(marked: Marked, days: list[date]) -> str:
    """The first period that ends on the event's day or after."""
    day = next((one for one in days if one >= marked.event.day), None)
    return period_label(day) if day else ""


def table_of(rows: list[Level], many: str, measure: str, when: str) -> Table:
    columns = {
        "area": Col("Area", "text"),
        **rate_columns("Share", "share", meaning=BAND),
        **estimate_columns("Gap to the force", "gap", "points", meaning=GAP),
        "against": Col(
            "Against the force",
            "text",
            meaning="Above or below where the whole interval of the gap is; else it cannot be told.",
        ),
        **estimate_columns("Change in a year", "change", "points", meaning=CHANGE),
        "moved": Col(
            "Moved",
            "text",
            meaning="Up or down where the whole interval of the change is; else it cannot be told.",
        ),
    }
    made = [{"area": one.name, "number": one.area} | one.cells() for one in rows]
    return Table("areas", f"{many.capitalize()}: {quoted(measure)}, {when}", columns, made)


def measures_table(force: dict[str, Measured], question: Question) -> Table:
    rows = []
    for name, found in force.items():
        if told := level(found, FORCE, question.period, question.design):
            rows.append({"measure": name} | told.cells())
    columns = {
        "measure": Col("Measure", "text"),
        **rate_columns("Share", "share", meaning=BAND),
        **estimate_columns("Change in a year", "change", "points", meaning=CHANGE),
        "moved": Col("Moved", "text"),
    }
    return Table("measures", f"Every measure of the force, {period_label(question.period)}", columns, rows)
