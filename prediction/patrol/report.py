"""A patrol plan as it is taken away: areas with their reasons, exposure and, for those who may see them, the rounds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from insights.disparity.reports import Col, Report, Row, Section, Table
from ledger.choices import AreaKind
from prediction.models import PatrolPlan
from prediction.patrol.outcome_page import came_of, reported_share
from prediction.patrol.showing import finding, warnings

NOTES = (
    "About a place and a time. A plan is no reasonable suspicion and not about any person. From crimes that victims reported; what patrols "
    "discover is left out.",
    "Intervals are Poisson’s, 95%. The kind of patrol follows from the expected mix of offences by the policy’s table; nothing was learned.",
)
EXPECTED = {
    "expected": Col(
        "Expected",
        "fraction",
        meaning="Crimes that victims report, in the area and shift (of a visit: in its hour).",
    ),
    "low": Col("Low", meaning="Lower end of the 95% interval of that count."),
    "high": Col("High", meaning="Upper end of the 95% interval of that count."),
}
AREAS = {
    "area": Col("Area", "text"),
    "visits": Col("Visits"),
    "by_lot": Col("Of them by lot"),
    "minutes": Col("Minutes"),
    **EXPECTED,
    "reason": Col("Why", "text"),
    "patrol": Col("Kind of patrol", "text"),
    "without_enforcement": Col("Without enforcement", "text"),
    "residents": Col("Residents", meaning="As imported; empty where unknown."),
    "residents_year": Col("Year of residents", "number"),
    "minutes_per_1000": Col("Minutes per 1,000 residents", "ratio"),
    "share_of_minutes": Col("Share of minutes", "percent"),
    "share_of_reported_harm": Col("Share of reported harm", "percent"),
    "ratio": Col("Ratio", "ratio", meaning="Share of minutes ÷ share of reported harm."),
}
VISITS = {
    "unit": Col("Unit", "number"),
    "at": Col("At", "text", meaning="By the agency’s clock."),
    "minutes": Col("Minutes"),
    "area": Col("Area", "text"),
    **EXPECTED,
    "patrol": Col("Kind of patrol", "text"),
}


def report_of(plan: PatrolPlan, rounds: bool, exact: bool) -> Report:
    """Everything of the plan. `rounds`: with when a unit will be where; `exact`: with what was reported of an area."""
    areas = sorted(plan.body["areas"], key=lambda one: (-one["visits"], one["name"]))
    tables = [
        Table(
            "areas",
            "Areas of the plan, those with the most visits first",
            AREAS,
            [_area(one, exact) for one in areas],
        )
    ]
    if rounds:
        tables.append(Table("rounds", "Visits by unit and clock", VISITS, _visits(plan)))
    return Report(
        findings=(finding(plan), came_of(plan, exact)["reported"]),
        warnings=tuple(warnings(plan)),
        notes=NOTES,
        sections=tuple(Section(table.caption, table) for table in tables),
        summary={
            "agency": plan.agency.name,
            "areas": AreaKind(plan.kind).label,
            "shift_begins": plan.begins.isoformat(timespec="minutes"),
            "hours": plan.hours,
            "units": plan.units,
            "state": plan.state,
            "made": plan.made_at.isoformat(timespec="seconds"),
            "lift": plan.body["lift"],
            "policy": f"version {plan.policy.pk}" if plan.policy else "built in",
            "learned_until": plan.body["learned"][1],
            "seed": str(plan.seed),
            "digest": plan.digest,
        },
    )


def _area(one: Mapping[str, Any], exact: bool) -> Row:
    people, mine, reported = one["residents"], one["minutes_share"], reported_share(one, exact)
    return {
        **{
            key: one[key]
            for key in ("visits", "by_lot", "minutes", "low", "high", "residents", "residents_year")
        },
        "area": one["name"],
        "expected": round(one["expected"], 4),
        "reason": f"{one['reason']} {one['trend']}" if exact else one["reason"],
        "patrol": one["type"],
        "without_enforcement": one["option"],
        "minutes_per_1000": round(1000 * one["minutes"] / people, 4) if people else None,
        "share_of_minutes": None if mine is None else round(mine, 6),
        "share_of_reported_harm": None if reported is None else round(reported, 6),
        "ratio": round(mine / reported, 4) if mine is not None and reported else None,
    }


def _visits(plan: PatrolPlan) -> list[Row]:
    first = datetime.combine(plan.day, time(plan.start))
    names = {one["area"]: one["name"] for one in plan.body["areas"]}
    return [
        {
            "unit": one["unit"],
            "at": f"{first + timedelta(minutes=one['start']):%Y-%m-%d %H:%M}",
            "minutes": one["minutes"],
            "area": names[one["area"]],
            "expected": round(one["expected"], 4),
            "low": one["low"],
            "high": one["high"],
            "patrol": one["type"],
        }
        for one in sorted(plan.body["visits"], key=lambda one: (one["unit"], one["start"]))
    ]
