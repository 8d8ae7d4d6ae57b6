"""What an audit of our own predictions tells whoever sees no exact figures: crimes in tens, and none from 1 to 9.

The page of hot spots and that of a patrol plan do the same; the audit of the same predictions must not give back what they hide.
What is told is computed from what is shown, so that nothing can be worked out of it. Audits of vendors rest on published files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from insights.audit import right
from insights.columns import HIDDEN
from insights.disparity.reports import Report, Row, Section, rate_cells
from insights.fairness.intervals import Rate
from insights.models import PredictionAudit

LEAST_SHOWN = 10
RATES = {"recall": ("foreseen", "reports"), "hit": ("right", "made")}  # parts are crimes or rest on them
CRIMES = ("reports", "foreseen", "right")
Outcome = dict[str, Any]


def report_for(audit: PredictionAudit, report: Report, exact: bool) -> Report:
    """The kept report as a reader may see it."""
    if exact or not audit.ours:
        return report
    told, shown = audit.outcome, outcome_for(audit, exact)
    own = {*right.findings(told)}
    heads = {*right.headlines(told)}
    return replace(
        report,
        headlines=(*(one for one in report.headlines if one not in heads), *right.headlines(shown)),
        findings=(*(one for one in report.findings if one not in own), *right.findings(shown)),
        sections=tuple(_section(one) for one in report.sections),
    )


def outcome_for(audit: PredictionAudit, exact: bool) -> Outcome | None:
    """The figures in short; None where a count of theirs is hidden."""
    told: Outcome | None = audit.outcome
    if exact or not audit.ours or not told:
        return told
    shown = {name: _count(told[name]) for name in CRIMES}
    if HIDDEN in shown.values():
        return None
    hits = Rate(min(shown["right"], told["made"]), told["made"]).value if told["made"] else None
    recall = Rate(shown["foreseen"], shown["reports"]).value
    return told | shown | {"hit_share": hits, "recall": recall}


def _section(section: Section) -> Section:
    if section.table is None or section.table.name not in right.TABLES:
        return section
    return replace(section, table=replace(section.table, rows=[_row(row) for row in section.table.rows]))


def _row(row: Row) -> Row:
    shown = row | {name: _count(row[name]) for name in CRIMES if name in row}
    for key, (part, whole) in RATES.items():
        if key in row:
            shown |= _rate(key, shown[part], shown[whole])
    return shown


def _rate(key: str, part: Any, whole: Any) -> Mapping[str, Any]:
    if HIDDEN in (part, whole):
        return dict.fromkeys(rate_cells(Rate(0, 0), key), HIDDEN)
    return rate_cells(Rate(min(part, whole), whole), key)


def _count(number: int | None) -> Any:
    if number is None:
        return None
    return HIDDEN if 0 < number < LEAST_SHOWN else round(number, -1)
