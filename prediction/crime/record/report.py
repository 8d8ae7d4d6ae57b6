"""The record as tables: forecasts, back-tests and patrol plans, in the numbers that were kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from insights.columns import HIDDEN
from insights.disparity.reports import Col, Report, Row, Section, Table

PLANNED = ("agency", "areas", "day", "start", "hours", "units", "state", "made", "digest", "scored")
REPORTED = (
    "counted",
    "expected",
    "low",
    "high",
    "within",
    "hits",
    "visited",
    "cells",
    "pai",
    "pai_low",
    "pai_high",
)
REPORTED_MORE = ("pei", "pei_low", "pei_high")
TOOK_PLACE = ("planned", "made", "made_share", "made_low", "made_high", "recorded", "recorded_minutes")
SHARES = ("coverage_cells", "coverage_areas", "flagged_land", "made_share", "made_low", "made_high")
MEANINGS = {
    "expected": "Incidents of the month in all areas, or of the shift in the plan’s.",
    "low": "Lower end of the 95% interval of that count.",
    "high": "Upper end of the 95% interval of that count.",
    "within": "Of a month: whether what happened lies in the interval. Of a plan: areas whose count lies in their own.",
    "deviance": "Mean of 2 (y ln(y/μ) − y + μ) over areas and hours of the day; lower is better.",
    "deviance_flat": "The same with every hour alike.",
    "coverage_cells": "Share of areas’ hours in their 95% interval.",
    "coverage_areas": "Share of areas’ months in their 95% interval.",
    "pai": "Share of incidents in what was flagged ÷ its share of the land (of a plan: of areas and hours).",
    "pei": "Those incidents ÷ the most that as much land could have held.",
    "made": "Of forecasts and plans: when. Of visits: in whose area and hour a unit was recorded.",
    "hits": "Crimes in areas and hours with a planned visit.",
}


def report_of(
    says: str,
    columns: Sequence[str],
    forecasts: list[Row],
    tests: Sequence[Mapping[str, Any]],
    plans: Sequence[Mapping[str, Any]],
) -> Report:
    tested = [
        {"agency": one["agency"], "areas": one["areas"], **month} for one in tests for month in one["months"]
    ]
    scored = [
        name for name in columns if name not in ("made", "learned_until", "months_ahead", "digest", "scored")
    ]
    tables = [
        Table("forecasts", "Forecasts, the newest month first", _columns(columns), forecasts),
        Table("backtests", "Back-tests of the run in use", _columns(scored), tested),
        Table(
            "plans",
            "Patrol plans, the newest first",
            _columns(_plan_columns()),
            [_plan(one) for one in plans],
        ),
    ]
    return Report(
        findings=(says,),
        notes=(
            "As they were made, and how right each was afterwards. None can be altered: the database refuses it.",
        ),
        sections=tuple(Section(table.caption, table) for table in tables),
        summary={"forecasts": len(forecasts), "plans": len(plans)},
    )


def _columns(names: Sequence[str]) -> dict[str, Col]:
    return {name: Col(_label(name), _style(name), meaning=MEANINGS.get(name, "")) for name in names}


def _label(name: str) -> str:
    words = name.replace("_", " ")
    return f"{words[:3].upper()}{words[3:]}" if words.startswith(("pai", "pei")) else words.capitalize()


def _style(name: str) -> str:
    if name in SHARES:
        return "percent"
    return "ratio" if name.startswith(("pai", "pei")) else "fraction" if name.startswith("deviance") else ""


def _plan_columns() -> list[str]:
    took_place = [f"visits_{name}" for name in TOOK_PLACE]
    return [*PLANNED, *REPORTED, *REPORTED_MORE, *took_place]


def _plan(one: Mapping[str, Any]) -> Row:
    """A plan in one row. What is hidden from the reader stays so in every cell that is told of it."""
    reported, took = one["reported"], one["patrolled"]
    row: Row = {name: one[name] for name in PLANNED}
    for name in (*REPORTED, *REPORTED_MORE):
        row[name] = HIDDEN if reported == HIDDEN else (reported or {}).get(name)
    for name in TOOK_PLACE:
        row[f"visits_{name}"] = (took or {}).get(name)
    return row
