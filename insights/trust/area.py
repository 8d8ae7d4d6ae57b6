"""One area's page: its trend beside the force's, and where it stands on every measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from insights.disparity.reports import Col, Headline, Report, Section, Table, estimate_columns, rate_columns
from insights.events import Marked
from insights.trust import advice, bands
from insights.trust.asked import Question
from insights.trust.compared import BAND, GAP, Level, level, quoted
from insights.trust.figures import Measured, main_measure, period_label
from insights.trust.overview import CHANGE, between_points, notes, trend_chart, trend_table
from insights.wording import interval, listed, moved, percent, points
from ledger.models import Area


def report(
    question: Question,
    place: Area,
    measured: Mapping[str, Measured],
    events: Sequence[Marked] = (),
    findings: Mapping[str, Any] | None = None,
) -> Report:
    """`measured`: every measure of the area and of the force; `findings`: of the study of the survey's measure of trust."""
    found, when = measured[question.measure], period_label(question.period)
    now = level(found, place.pk, question.period, question.design)
    rows = [
        (name, told)
        for name, one in measured.items()
        if (told := level(one, place.pk, question.period, question.design))
    ]
    studied = findings["measure"] if findings else main_measure(measured)
    said = advice.paragraph(question, place.name, place.pk, measured, findings, studied)
    sections = (
        Section("What could be done", text=(said,)),
        Section(
            "By period",
            trend_table(found, place.pk, question),
            trend_chart(found, place.pk, question, events),
        ),
        Section("Less the force", None, gap_chart(found, place.pk, question)),
        Section(f"Every measure, {when}", measures_table(place.name, when, rows)),
    )
    return Report(
        headlines=tuple(_headlines(now, when)),
        findings=tuple(_findings(place.name, found.measure, when, now, rows)),
        notes=tuple(notes(question, found)),
        sections=tuple(one for one in sections if one.text or one.chart or (one.table and one.table.rows)),
        summary={
            "area": place.name,
            "code": place.code,
            "measure": found.measure,
            "period": when,
            "could_be_done": said,
        }
        | ({"share": now.share, "gap": now.gap.value, "against": now.verdict or None} if now else {}),
    )


def _headlines(now: Level | None, when: str) -> list[Headline]:
    if now is None:
        return []
    between = interval(*now.band)
    found = [Headline(when, percent(now.share), f"95% interval {between}" if between else "no interval")]
    if now.gap.value is not None:
        told = f"{now.verdict}: {between_points(now.gap.low, now.gap.high)}" if now.verdict else "no interval"
        found.append(Headline("Less the force", signed(now.gap.value), told))
    if now.change.value is not None:
        told = between_points(now.change.low, now.change.high)
        found.append(
            Headline("Against a year before", moved(now.change.value, points(now.change.value)), told)
        )
    return found


def signed(share: float) -> str:
    return f"{100 * share:+.1f} points".replace("-", "−")


def _findings(
    name: str, measure: str, when: str, now: Level | None, rows: Sequence[tuple[str, Level]]
) -> list[str]:
    if now is None:
        return [f"There is no figure of {name} on {quoted(measure)} in {when}."]
    found = []
    if now.verdict:
        how = {bands.ABOVE: "lies above the force", bands.BELOW: "lies below the force"}
        said = how.get(now.verdict, "cannot be told apart from the force")
        found.append(
            f"{name} {said} on {quoted(measure)} in {when}: {percent(now.share)}, {signed(now.gap.value or 0)}."
        )
    for word in (bands.ABOVE, bands.BELOW):
        names = [quoted(one) for one, told in rows if told.verdict == word]
        if names:
            found.append(f"Of {len(rows)} measures it lies {word} the force on {listed(names)}.")
    if not now.verdict:
        found.append(
            "Nothing is known of how many people were asked, so it cannot be told whether it differs from the force."
        )
    return found


def gap_chart(found: Measured, number: int, question: Question) -> dict[str, Any] | None:
    """The area less the force, with its interval; a line at nought."""
    told = [(day, level(found, number, day, question.design)) for day in found.periods]
    known = [(day, one) for day, one in told if one is not None and one.gap.value is not None]
    if len(known) < 2:
        return None
    line: dict[str, Any] = {
        "label": "Less the force",
        "values": [one.gap.value for _, one in known],
        "low": [one.gap.low for _, one in known],
        "high": [one.gap.high for _, one in known],
    }
    return {
        "type": "line",
        "title": f"{quoted(found.measure)}: the area less the force, with 95% bands",
        "x": [period_label(day) for day, _ in known],
        "x_title": "Period",
        "y_title": "Points",
        "y_format": "points",
        "series": [line],
        "reference": {"value": 0, "label": "the force"},
        "note": "Where the band holds the line at nought, it cannot be told whether the area differs. Figures are in the table above.",
    }


def measures_table(name: str, when: str, rows: Sequence[tuple[str, Level]]) -> Table:
    columns = {
        "measure": Col("Measure", "text"),
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
    made = [{"measure": measure} | one.cells() for measure, one in rows]
    return Table("measures", f"{name}: every measure, {when}", columns, made)
