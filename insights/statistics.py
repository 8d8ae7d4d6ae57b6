"""Intervals and ranks. Plain Python: the web process loads no numerical library."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, sqrt

Z_95 = 1.959963984540054  # the 97.5 % point of the normal distribution

Interval = tuple[float | None, float | None]


def wilson(part: float, whole: float) -> Interval:
    """95 % score interval of `part` in `whole` (Wilson 1927); nothing when there is no whole.

    The set of p for which |part/whole - p| <= z * sqrt(p (1 - p) / whole). It stays inside 0 and 1, where the ends are
    set exactly when none or all are counted.
    """
    if not whole:
        return None, None
    p, z2 = part / whole, Z_95 * Z_95
    centre = (p + z2 / (2 * whole)) / (1 + z2 / whole)
    half = Z_95 / (1 + z2 / whole) * sqrt(p * (1 - p) / whole + z2 / (4 * whole * whole))
    return (0.0 if part == 0 else centre - half, 1.0 if part == whole else centre + half)


def rate_ratio(
    part: int, whole: int, other_part: int, other_whole: int
) -> tuple[float | None, float | None, float | None]:
    """Ratio of two independent rates with its 95 % interval on the log scale (Katz and others, Biometrics 34, 1978).

    exp(ln r ± z * sqrt(1/part - 1/whole + 1/other_part - 1/other_whole)); nothing when either part is 0, where neither
    the logarithm nor its variance exists.
    """
    if not (part and other_part and whole and other_whole):
        return None, None, None
    ratio = (part / whole) / (other_part / other_whole)
    spread = Z_95 * sqrt(1 / part - 1 / whole + 1 / other_part - 1 / other_whole)
    return ratio, exp(log(ratio) - spread), exp(log(ratio) + spread)


def ranks(values: Sequence[float | None]) -> list[int | None]:
    """Place of each value, 1 the highest; equal values share a place and the next one is left free (1, 2, 2, 4)."""
    known = sorted((value for value in values if value is not None), reverse=True)
    return [None if value is None else known.index(value) + 1 for value in values]
