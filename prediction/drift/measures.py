"""How much a month differs from a reference period: plain figures from counts, with what chance alone would make.

PSI = sum over values of (p - q) ln(p / q), with p the month's shares and q the reference's; half a person is added to every value.
Between two samples of one world it is about chi-square(values - 1) · (1/n + 1/m) (Yurdakul and Naranjo, Statistical properties of the
population stability index, Journal of Risk Model Validation, 2020), so a small month is not taken for a changed one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import log
from typing import Any

from insights.statistics import wilson
from prediction.models.drift import DriftState

WATCH_PSI, DRIFT_PSI = 0.10, 0.25  # the usual thresholds
WATCH_MISSING, DRIFT_MISSING = 0.05, 0.10  # change of the share that is missing
DRIFT_CALIBRATION = 0.25  # relative difference of what was said and what happened
SURE = 0.99  # of chance alone fewer than one in a hundred months goes beyond
LEAST = 50  # persons: a smaller month tells nothing
Counts = Mapping[int, int]  # persons by value
ORDER = {DriftState.DRIFT: 0, DriftState.WATCH: 1, DriftState.OK: 2}


@dataclass(frozen=True)
class Measure:
    """One thing looked at. `value` is compared with `watch` and `drift`; `chance` is what chance alone may make of it."""

    name: str  # kind and subject, such as “psi violation”
    kind: str  # psi, missing, base rate, calibration
    subject: str
    value: float
    watch: float
    drift: float
    chance: float
    state: str
    told: str
    reference: int  # persons
    month: int
    since: str = ""  # the first month, written 2026-10, since which it has not been as before

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def state_of(value: float, watch: float, drift: float, chance: float) -> DriftState:
    """Beyond a threshold and beyond chance."""
    if value <= chance or value < watch:
        return DriftState.OK
    return DriftState.DRIFT if value >= drift else DriftState.WATCH


def psi(reference: Counts, month: Counts) -> tuple[float, float]:
    """The population stability index and what chance alone may make of it."""
    from scipy.stats import chi2

    values = sorted({*reference, *month})
    n, m = (sum(counts.get(value, 0) for value in values) for counts in (reference, month))
    if len(values) < 2 or not n or not m:
        return 0.0, 0.0
    found = 0.0
    for value in values:
        q = (reference.get(value, 0) + 0.5) / (n + 0.5 * len(values))
        p = (month.get(value, 0) + 0.5) / (m + 0.5 * len(values))
        found += (p - q) * log(p / q)
    return found, float(chi2.ppf(SURE, len(values) - 1)) * (1 / n + 1 / m)


def shift(kind: str, subject: str, label: str, reference: Counts, month: Counts) -> Measure:
    """PSI of the known values of one thing."""
    n, m = sum(reference.values()), sum(month.values())
    value, chance = psi(reference, month) if min(n, m) >= LEAST else (0.0, 0.0)
    state = state_of(value, WATCH_PSI, DRIFT_PSI, chance)
    told = f"{label}: PSI {value:.3f}"
    if min(n, m) < LEAST:
        told = f"{label}: too few known to tell ({n:,} and {m:,})"
    return Measure(f"{kind} {subject}", kind, subject, value, WATCH_PSI, DRIFT_PSI, chance, state, told, n, m)


def missing(subject: str, label: str, reference: tuple[int, int], month: tuple[int, int]) -> Measure:
    """Change of the share that is missing; each pair is missing and all."""
    before, now = (part / whole if whole else 0.0 for part, whole in (reference, month))
    low, high = wilson(*month)
    chance = max(now - (low or 0.0), (high or 0.0) - now)
    value = abs(now - before)
    enough = month[1] >= LEAST
    state = state_of(value, WATCH_MISSING, DRIFT_MISSING, chance) if enough else DriftState.OK
    told = f"{label}: missing in {now:.1%}, before {before:.1%}"
    return Measure(
        *(f"missing {subject}", "missing", subject, value, WATCH_MISSING, DRIFT_MISSING),
        *(chance, state, told, reference[1], month[1]),
    )


def calibration(subject: str, label: str, said: float, happened: int, persons: int) -> Measure:
    """What a run in use said of new stops, beside what happened. `value`: |said - happened| / happened share."""
    share = happened / persons
    low, high = wilson(happened, persons)
    inside = (low or 0.0) <= said <= (high or 0.0)
    value = abs(said - share) / share if share else 0.0
    state = DriftState.OK if inside else DriftState.DRIFT if value >= DRIFT_CALIBRATION else DriftState.WATCH
    told = f"{label}: said {said:.1%}, happened {share:.1%} ({low:.1%} to {high:.1%})"
    return Measure(
        *(f"calibration {subject}", "calibration", subject, value, 0.0, DRIFT_CALIBRATION, 0.0, state, told),
        *(0, persons),
    )


def worst(measures: list[Measure]) -> DriftState:
    return DriftState(
        min((one.state for one in measures), key=lambda state: ORDER[DriftState(state)], default="ok")
    )
