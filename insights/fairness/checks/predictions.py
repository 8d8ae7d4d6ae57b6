"""Checks of the audit of predictions: The Markup's 38 departments and Plainfield, from the folders as published."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from statistics import fmean, median
from typing import Any

from insights.audit.figures import Figures, across
from insights.audit.matching import Outcome, Report, outcome, types
from insights.audit.published_files import MAPS, PLACES, clients, read_departments

Check = Mapping[str, Any]
DEPARTMENTS = 38
# What the study calls our groups.
NAMES = {
    "black": "African American",
    "latino": "Latino",
    "asian": "Asian",
    "white": "White",
    "poor": "Less than 45k",
}
CLOSE = 0.03  # of Spearman's correlation: figures of people in the published maps are not those of the study


def is_whole(folder: Path) -> bool:
    """Whether maps and places of all departments are beside the table of correlations."""
    return len(clients(folder.parent)) == DEPARTMENTS


def _departments(folder: Path) -> dict[str, Figures]:
    return read_departments(folder.parent)


@lru_cache(maxsize=1)
def _across(folder: Path) -> dict[str, Figures]:
    return across(list(_departments(folder).values()))


@cache
def _published(folder: Path) -> dict[tuple[str, str], float]:
    """Spearman's correlation by department and the study's name of the group."""
    found: dict[tuple[str, str], float] = {}
    for name in ("race", "income"):
        with (folder / f"{name}_corr_pred_count.csv").open(newline="", encoding="utf-8") as lines:
            found |= {(row["department"], row["demo"]): float(row["value"]) for row in csv.DictReader(lines)}
    return found


def _distances(folder: Path, group: str) -> list[float]:
    theirs, ours = _published(folder), _departments(folder)
    return [
        abs(figures["groups"][group]["spearman"] - theirs[client, NAMES[group]])
        for client, figures in ours.items()
    ]


def _lowest_tenth_as_theirs(folder: Path, check: Check) -> float:
    """As the study, which counts a department without areas in a tenth as a share of 0."""
    told = [one["groups"][check["group"]]["deciles"] for one in _departments(folder).values()]
    return fmean(tenths[check["tenth"] - 1]["value"] or 0.0 for tenths in told)


# Plainfield


@lru_cache(maxsize=1)
def _plainfield(folder: Path) -> Outcome:
    """Within the days that the study names."""
    with (folder / "crime_with_predictions.csv").open(newline="", encoding="utf-8-sig") as lines:
        rows = [row for row in csv.DictReader(lines) if _in_study(row["date"])]
    return outcome(
        Report(types(row["accurate_pred_type"]), types(row["actual_pred_type"]), int(row["num_preds"]))
        for row in rows
        if row["can_be_predicted"] == "True"
    )


def _in_study(day: str) -> bool:
    return date(2018, 2, 25) <= datetime.strptime(day, "%m/%d/%Y").date() <= date(2018, 12, 18)


MEASURES: dict[str, Callable[[Path, Check], float]] = {
    "audit_predictions": lambda folder, check: float(
        sum(one["placed"] for one in _departments(folder).values())
    ),
    "audit_higher": lambda folder, check: _across(folder)[check["group"]]["higher"][check["bucket"]],
    "audit_majority": lambda folder, check: _across(folder)[check["group"]]["majority"],
    "audit_change": lambda folder, check: _across(folder)[check["group"]]["change"][check["bucket"]],
    "audit_mean_share": lambda folder, check: _across(folder)[check["group"]]["mean_share"][check["bucket"]],
    "audit_spearman": lambda folder, check: _across(folder)[check["group"]]["spearman"],
    "audit_distance": lambda folder, check: median(_distances(folder, check["group"])),
    "audit_close": lambda folder, check: float(
        sum(one <= CLOSE for one in _distances(folder, check["group"]))
    ),
    "audit_tenth": _lowest_tenth_as_theirs,
    "plainfield_reports": lambda folder, check: float(_plainfield(folder).reports),
    "plainfield_hits": lambda folder, check: float(_plainfield(folder).hits),
    "plainfield_right": lambda folder, check: float(_plainfield(folder).right),
}
WHOLE = f" with {MAPS}/ and {PLACES}/ of {DEPARTMENTS} departments beside its folder"
