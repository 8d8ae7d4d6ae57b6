"""Published figures recomputed by the shipped functions from published counts: the proof of our arithmetic.

`published.json` holds what others printed (`theirs`), the counts it rests on, its tolerance and its source. A figure
whose counts are not published is not a check. Checks of whole files run where the file is given and are else skipped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from insights.fairness.checks.files import Missing, measure_file
from insights.fairness.checks.formulas import FORMULAS

PUBLISHED = Path(__file__).parent / "published.json"


@dataclass(frozen=True)
class Check:
    """`passed` when ours is no further from theirs than the tolerance."""

    name: str
    source: str
    theirs: float
    ours: float
    tolerance: float

    @property
    def passed(self) -> bool:
        return abs(self.ours - self.theirs) <= self.tolerance * (1 + 1e-9)


@dataclass(frozen=True)
class Skipped:
    """A check whose file is not there; `missing` names it."""

    name: str
    source: str
    missing: str


@dataclass(frozen=True)
class Difference:
    """A printed figure that does not follow from the counts or files published beside it, whoever computes it; `why` says
    the reason. Shown, not checked."""

    name: str
    source: str
    theirs: float
    ours: float
    why: str


@dataclass(frozen=True)
class Results:
    checks: list[Check]
    skipped: list[Skipped]
    differences: list[Difference]

    @property
    def failed(self) -> int:
        return sum(not check.passed for check in self.checks)


def published() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    return found


def compute(formula: str, inputs: Mapping[str, int]) -> float:
    """Our figure. None, where a count makes it impossible, fails every comparison as NaN."""
    value = FORMULAS[formula](inputs)
    return float("nan") if value is None else float(value)


def run_checks(data: Path | None = None) -> Results:
    """All checks of counts; and those of files, from a folder (searched with all below it) if one is given."""
    book = published()
    source = {key: _cited(entry) for key, entry in book["sources"].items()}
    done = [
        Check(
            one["name"],
            source[one["source"]],
            one["theirs"],
            compute(one["formula"], one["inputs"]),
            one["tolerance"],
        )
        for one in book["checks"]
    ]
    skipped = []
    for one in book["file_checks"]:
        ours = measure_file(one, data)
        if isinstance(ours, Missing):
            skipped.append(Skipped(one["name"], source[one["source"]], ours.file))
        else:
            done.append(Check(one["name"], source[one["source"]], one["theirs"], ours, one["tolerance"]))
    differences = [
        Difference(
            one["name"],
            source[one["source"]],
            one["theirs"],
            compute(one["formula"], one["inputs"]),
            one["why"],
        )
        for one in book["differences"]
    ]
    return Results(done, skipped, [*differences, *_differences_of_files(book, data)])


def _differences_of_files(book: Mapping[str, Any], data: Path | None) -> list[Difference]:
    """Those that a file shows, where it is given."""
    found = []
    for one in book["file_differences"]:
        ours = measure_file(one, data)
        if not isinstance(ours, Missing):
            cited = _cited(book["sources"][one["source"]])
            found.append(Difference(one["name"], cited, one["theirs"], ours, one["why"]))
    return found


def _cited(entry: Mapping[str, str]) -> str:
    return "; ".join(part for part in (entry["title"], entry["where"], entry["url"]) if part)


def as_json(results: Results) -> dict[str, Any]:
    """What command and page give as JSON, which has no NaN: a figure that came to nothing is null, and failed."""
    return {
        "checks": [
            asdict(check) | {"ours": check.ours if isfinite(check.ours) else None, "passed": check.passed}
            for check in results.checks
        ],
        "skipped": [asdict(one) for one in results.skipped],
        "differences": [asdict(one) for one in results.differences],
        "passed": len(results.checks) - results.failed,
        "failed": results.failed,
    }
