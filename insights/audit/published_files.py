"""The Markup's files of 38 departments as published, read without the ledger: for the check of our arithmetic.

Each department has its block groups with people (`geojson/`) and its predicted places (`pred_count_by_dept/`). The study
counted predictions by block group from the places, and so do we: the counts that the maps carry leave some out. A map may
hold block groups that it marks as another department's; they are that department's.
"""

from __future__ import annotations

import csv
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from insights.audit.figures import Figures, figures_of
from insights.audit.method import AreaCount
from insights.audit.people import of_measures
from insights.audit.placing import place

MAPS, PLACES = "geojson", "pred_count_by_dept"
MAP_ENDING = "-geojson-with-data.json"


def clients(folder: Path) -> list[str]:
    """Departments of which both files are there."""
    places = {path.stem for path in (folder / PLACES).glob("*.csv")}
    maps = {path.name.removesuffix(MAP_ENDING) for path in (folder / MAPS).glob(f"*{MAP_ENDING}")}
    return sorted(places & maps)


@lru_cache(maxsize=2)
def read_departments(folder: Path) -> dict[str, Figures]:
    """The audit of each department, with `outside`: its predictions in none of its areas."""
    return {client: _audited(folder, client) for client in clients(folder)}


def _audited(folder: Path, client: str) -> Figures:
    features = _features(folder, client)
    found = place(*_points(folder, client), [one["geometry"] for one in features])
    counts = [0] * len(features)
    outside = 0
    for at, number in zip(found, _numbers(folder, client), strict=True):
        if at < 0:
            outside += number
        else:
            counts[at] += number
    own = [
        _area(one["properties"], count)
        for one, count in zip(features, counts, strict=True)
        if one["properties"]["client"] == client
    ]
    return figures_of(own) | {"outside": outside, "placed": sum(counts)}


def _features(folder: Path, client: str) -> list[dict[str, Any]]:
    text = (folder / MAPS / f"{client}{MAP_ENDING}").read_text(encoding="utf-8")
    features: list[dict[str, Any]] = json.loads(text)["features"]
    return features


def _rows(folder: Path, client: str) -> list[dict[str, str]]:
    with (folder / PLACES / f"{client}.csv").open(newline="", encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


def _points(folder: Path, client: str) -> tuple[list[float], list[float]]:
    rows = _rows(folder, client)
    return [float(row["lon"]) for row in rows], [float(row["lat"]) for row in rows]


def _numbers(folder: Path, client: str) -> list[int]:
    return [int(row["pred_count"]) for row in _rows(folder, client)]


def _area(properties: dict[str, Any], count: int) -> AreaCount:
    measures = [(name, value, None) for name, value in properties.items() if isinstance(value, int)]
    return AreaCount(properties["id"], count, of_measures(measures))
