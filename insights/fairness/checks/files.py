"""Checks that need a whole published file: found by name below a folder, and measured by the shipped functions."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from insights.fairness.benchmark import against_benchmark
from insights.fairness.checks import predictions
from insights.fairness.outcome import outcome_test
from insights.fairness.rates_by_group import rates_by_group
from insights.trust.bands import difference

Row = dict[str, Any]


@dataclass(frozen=True)
class Missing:
    """`file` says what is wanted, for the list of skipped checks."""

    file: str


# What comes of a file that has the name, and something else in it.
NOT_AS_PUBLISHED = (OSError, csv.Error, LookupError, ValueError, TypeError, AttributeError, StopIteration)


def measure_file(check: Mapping[str, Any], data: Path | None) -> float | Missing:
    """Our figure from the check's file, or which file is missing."""
    try:
        if check["measure"] in predictions.MEASURES:
            return _measure_folder(check, data)
        return _measure_file(check, data)
    except NOT_AS_PUBLISHED:
        return Missing(f"{check['file']} (as published: the file of this name cannot be read so)")


def _measure_file(check: Mapping[str, Any], data: Path | None) -> float | Missing:
    name, measure = check["file"], MEASURES[check["measure"]]
    whole, fits = WHOLE.get(check["measure"], ("", lambda rows: True))
    path = _found(name, data)
    if path is None or not fits(read(path)):
        return Missing(f"{name}{whole}")
    return measure(read(path), check)


def _measure_folder(check: Mapping[str, Any], data: Path | None) -> float | Missing:
    """Our figure from the file's folder and those beside it."""
    name = check["file"]
    needs_all = check["measure"].startswith("audit_")
    path = _found(name, data)
    if path is None or (needs_all and not predictions.is_whole(path.parent)):
        return Missing(f"{name}{predictions.WHOLE if needs_all else ''}")
    return predictions.MEASURES[check["measure"]](path.parent, check)


def _found(name: str, data: Path | None) -> Path | None:
    return next((path for path in sorted(data.rglob(name)) if path.is_file()), None) if data else None


def read(path: Path) -> tuple[Row, ...]:
    """The rows; read anew when the file has changed."""
    told = path.stat()
    return _read(path, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, size: int) -> tuple[Row, ...]:
    with path.open(newline="", encoding="utf-8-sig") as lines:
        return tuple(csv.DictReader(lines))


# A file of the right name may be a part of the published one: what is wanted, in words and as a test, by measure.
def _whole_rhode_island(rows: tuple[Row, ...]) -> bool:
    return len(rows) == 91_741


WHOLE: dict[str, tuple[str, Callable[[tuple[Row, ...]], bool]]] = {
    **dict.fromkeys(
        ("ri_rows", "ri_search_rate", "ri_share_of_men", "ri_drug_rate"),
        (" (the whole file of 91,741 rows)", _whole_rhode_island),
    ),
    "op_hit_rate": (
        " (the whole file of 400 places)",
        lambda rows: len({(row["state"], row["location_variable"]) for row in rows}) == 400,
    ),
    "op_threshold": (" (with Colorado)", lambda rows: any(row["state"] == "CO" for row in rows)),
}


def _chosen(rows: Iterable[Row], check: Mapping[str, Any]) -> list[Row]:
    wanted = check.get("where", {})
    return [row for row in rows if all(row[column] == value for column, value in wanted.items())]


def _share(rows: list[Row], hit: Callable[[Row], bool]) -> float:
    table = [{"group": "all", "stops": 1, "searches": int(hit(row))} for row in rows]
    return rates_by_group(table, reference="all", place=None).rates[0].rate.value or 0.0


def _is_true(text: str) -> bool:
    return text.strip().lower() == "true"


def _ri_search_rate(rows: tuple[Row, ...], check: Mapping[str, Any]) -> float:
    return _share(_chosen(rows, check), lambda row: _is_true(row["search_conducted"]))


def _ri_share_of_men(rows: tuple[Row, ...], check: Mapping[str, Any]) -> float:
    return _share(
        [row for row in _chosen(rows, check) if row["driver_gender"]], lambda row: row["driver_gender"] == "M"
    )


def _ri_drug_rate(rows: tuple[Row, ...], check: Mapping[str, Any]) -> float:
    return _share(list(rows), lambda row: _is_true(row["drugs_related_stop"]))


def _open_policing(rows: tuple[Row, ...], state: str = "") -> list[Row]:
    """The threshold test's counts by group and place, of one state or all; only places with all three groups."""
    table = [
        {
            "group": row["driver_race"].split()[0],
            "place": (row["state"], row["location_variable"]),
            "stops": int(row["num_stops"]),
            "searches": int(row["num_searches"]),
            "hits": int(row["num_hits"]),
        }
        for row in rows
        if not state or row["state"] == state
    ]
    groups = Counter(row["place"] for row in table)
    return [row for row in table if groups[row["place"]] == 3]


def _op_hit_rate(rows: tuple[Row, ...], check: Mapping[str, Any]) -> float:
    """All places together."""
    found = outcome_test(_open_policing(rows), reference="White")
    return next(one.rate.value for one in found.rates if one.group == check["group"]) or 0.0


def _op_threshold(rows: tuple[Row, ...], check: Mapping[str, Any]) -> float:
    """Threshold of the group over the state's places, weighed by all stops of a place."""
    return _state_thresholds(rows, check["state"])[check["group"]]


# One fit serves the checks of all groups. The rows are kept with it, so that no others can come to stand at their address.
_fitted: dict[tuple[int, str], tuple[tuple[Row, ...], dict[str, float]]] = {}


def _state_thresholds(rows: tuple[Row, ...], state: str) -> dict[str, float]:
    from insights.fairness.threshold import threshold_test

    key = (id(rows), state)
    if key not in _fitted:
        found = threshold_test(_open_policing(rows, state), reference="White", least=1)
        thresholds = found.thresholds if found else {}
        _fitted[key] = rows, {group: estimate.value or 0.0 for group, estimate in thresholds.items()}
    return _fitted[key][1]


def _count(text: str) -> int:
    """A count as reports print it: 648846 or 648,846."""
    return int(text.replace(",", ""))


def _residual(rows: tuple[Row, ...], check: Mapping[str, Any]) -> float:
    """`rows`: group, stops, residents."""
    table = [
        {"group": r["group"], "stops": _count(r["stops"]), "people": _count(r["residents"])} for r in rows
    ]
    found = against_benchmark(table, reference="White")
    return next(one.residual.value for one in found if one.group == check["group"]) or 0.0


def _pas_force_share(rows: tuple[Row, ...], check: Mapping[str, Any]) -> float:
    """The force's figure, which every borough's row of the quarter and measure repeats; NaN if they differ."""
    told = {row["MPS"] for row in _chosen(rows, check)}
    if not told:
        raise LookupError("no row of the quarter and measure")
    return float(told.pop().replace(",", ".")) if len(told) == 1 else float("nan")


def _pas_force_change(rows: tuple[Row, ...], check: Mapping[str, Any]) -> float:
    before = {"where": {**check["where"], "Date": check["before"]}}
    now, then = _pas_force_share(rows, check), _pas_force_share(rows, before)
    return difference(now, None, then, None).value or 0.0


MEASURES: dict[str, Callable[[tuple[Row, ...], Mapping[str, Any]], float]] = {
    "ri_rows": lambda rows, check: float(len(rows)),
    "ri_search_rate": _ri_search_rate,
    "ri_share_of_men": _ri_share_of_men,
    "ri_drug_rate": _ri_drug_rate,
    "op_hit_rate": _op_hit_rate,
    "op_threshold": _op_threshold,
    "residual": _residual,
    "pas_force_share": _pas_force_share,
    "pas_force_change": _pas_force_change,
}
