"""Two rates compared, pooled and place by place. The machinery of `rates_by_group` and `outcome`.

Within places, pairs of rates are joined so that a place weighs by n₁n₂/N (Mantel and Haenszel 1959):

    difference  Σ wᵢ(p₁ᵢ − p₂ᵢ) / Σ wᵢ,  wᵢ = n₁ᵢ n₂ᵢ / Nᵢ      variance: Sato, Biometrics 45, 1989
    ratio       Σ a₁ᵢ n₂ᵢ/Nᵢ / Σ a₂ᵢ n₁ᵢ/Nᵢ                       variance: Greenland and Robins, Biometrics 41, 1985

Sato's variance is far too small where a group has hardly any of the action: 0 of 30 would stand against 6 of 300 with hardly
an error. So p is of Mantel and Haenszel's own test of "no difference", whose variance is Σ n₁n₂m(N − m) / N²(N − 1), m
being the actions of both; and on its way from the difference to 0 the interval goes over from the one variance to the
other, so that it leaves out 0 exactly where p is below 5 %.

Where the places scatter about the common difference more than chance allows, both errors are widened by √(Q/(k − 1)),
Q being the chi-square of k places (Birge, Physical Review 40, 1932; the usual factor of a quasi-likelihood), and by
Student's factor for a scatter known from k − 1 differences only: t ≈ z (1 + (z² + 1) / 4(k − 1)).

Beside it stands the plain mean over places, every place counting alike, as Open Policing prints it:
se = √(Σ p(1−p)/n) / number of places.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log, sqrt
from typing import Any

from insights.fairness.intervals import (
    Estimate,
    Rate,
    difference,
    estimate_with_test,
    log_estimate,
    normal_estimate,
    ratio,
)
from insights.fairness.tables import Row, others, sum_by
from insights.statistics import Z_95

Pair = tuple[Rate, Rate]
EXACT = 1e-12  # of a difference of rates: nothing smaller can be told from 0


@dataclass(frozen=True)
class Place:
    """A group and the reference in one place."""

    place: Any
    group: Rate
    reference: Rate

    @property
    def gap(self) -> float:
        return (self.group.value or 0.0) - (self.reference.value or 0.0)


@dataclass(frozen=True)
class Comparison:
    """A group against the reference. `within` figures hold the place fixed, `mean` weighs all places alike."""

    group: Any
    reference: Any
    rate: Rate
    reference_rate: Rate
    difference: Estimate
    ratio: Estimate
    within_difference: Estimate
    within_ratio: Estimate
    mean_difference: Estimate
    places: Sequence[Place]
    flagged: bool

    @cached_property
    def higher(self) -> int:
        return sum(place.gap > 0 for place in self.places)

    @cached_property
    def lower(self) -> int:
        return sum(place.gap < 0 for place in self.places)

    @property
    def reversed(self) -> bool:
        """Whether the places tell another story than all of them together (Simpson's paradox): another sign, within
        places or in most of them. A difference on one side only counts when it is beyond chance.
        """
        pooled, within = _sign(self.difference), _sign(self.within_difference)
        if not self.places:
            return False
        turned = pooled * within < 0 or pooled * (self.higher - self.lower) < 0
        return turned or (pooled != within and self.tells)

    @property
    def tells(self) -> bool:
        """Whether pooled or within places there is a difference beyond chance."""
        return self.difference.flagged() or self.within_difference.flagged()

    @property
    def warning(self) -> str:
        """The reversal in a sentence; empty when there is none."""
        if not self.reversed:
            return ""
        chance = "" if self.tells else " Neither difference is beyond chance."
        return (
            f"Pooled and place by place disagree. Over all places together the rate of {self.group} is "
            f"{_against(self.difference)} that of {self.reference}; within places it is {_apart(self.within_difference)}, "
            f"lower in {self.lower} and higher in {self.higher} of {len(self.places)} places. Read the places.{chance}"
        )


def _sign(found: Estimate) -> int:
    """−1, 0 or 1; what rounding leaves of an exact 0 is 0."""
    value = found.value or 0.0
    return 0 if abs(value) < EXACT else (1 if value > 0 else -1)


def _against(found: Estimate) -> str:
    return f"{_apart(found)} {'than' if _sign(found) else 'from'}"


def _apart(found: Estimate) -> str:
    """How far apart, and which way; a small difference is not rounded to one of nought."""
    sign, points = _sign(found), abs(found.value or 0.0) * 100
    if not sign:
        return "no different"
    size = f"{points:.1f}" if points >= 0.1 else f"{max(points, 0.001):.1g}"
    return f"{size} points {'higher' if sign > 0 else 'lower'}"


def within_difference(pairs: Sequence[Pair]) -> Estimate:
    """Mantel-Haenszel difference of the first rates from the second, with its interval and the p of their test."""
    weight = risk = first_part = second_part = under_none = 0.0
    for one, two in pairs:
        n1, n2, total = one.whole, two.whole, one.whole + two.whole
        a, c = one.part, two.part
        weight += n1 * n2 / total
        risk += (a * n2 - c * n1) / total
        first_part += (
            c * (n1 / total) ** 2 - a * (n2 / total) ** 2 + (n1 / total) * (n2 / total) * (n2 - n1) / 2
        )
        second_part += (a * (n2 - c) + c * (n1 - a)) / (2 * total)
        under_none += (n1 / total) * (n2 / total) * (a + c) * ((total - a - c) / (total - 1))
    if not weight:
        return Estimate()
    value = risk / weight
    wider = scatter(pairs, value) / weight
    here, at_none = max(0.0, value * first_part + second_part) * wider**2, under_none * wider**2
    if not at_none:
        return Estimate(value)
    return estimate_with_test(value, sqrt(here), sqrt(at_none))


def scatter(pairs: Sequence[Pair], common: float) -> float:
    """How much more the differences scatter about the common one than chance allows; 1 when not more."""
    chi_square, told = 0.0, 0
    for one, two in pairs:
        pooled = (one.part + two.part) / (one.whole + two.whole)
        variance = pooled * (1 - pooled) * (1 / one.whole + 1 / two.whole)
        if variance > 0:
            gap = one.part / one.whole - two.part / two.whole
            chi_square += (gap - common) ** 2 / variance
            told += 1
    if told < 2 or chi_square <= told - 1:
        return 1.0
    student = 1 + (Z_95**2 + 1) / (4 * (told - 1))
    return sqrt(chi_square / (told - 1)) * student


def within_ratio(pairs: Sequence[Pair]) -> Estimate:
    """Mantel-Haenszel ratio of the first rates to the second, with the variance of Greenland and Robins."""
    above = below = spread = 0.0
    for one, two in pairs:
        total = one.whole + two.whole
        above += one.part * two.whole / total
        below += two.part * one.whole / total
        spread += (one.whole * two.whole * (one.part + two.part) - one.part * two.part * total) / total**2
    if not (above and below):
        return Estimate()
    error = sqrt(max(0.0, spread / (above * below)))
    return log_estimate(log(above / below), error * scatter(pairs, within_difference(pairs).value or 0.0))


def mean_over_places(rates: Sequence[Rate]) -> Estimate:
    """Every place counting alike: mean of the rates, se = √(Σ p(1−p)/n) / places; no end is below 0 or above 1."""
    known = [rate for rate in rates if rate.value is not None]
    if not known:
        return Estimate()
    mean = sum(rate.value or 0.0 for rate in known) / len(known)
    found = normal_estimate(mean, sqrt(sum(_variance(rate) for rate in known)) / len(known))
    if found.low is None or found.high is None:
        return found
    return Estimate(mean, max(0.0, found.low), min(1.0, found.high))


def mean_difference(pairs: Sequence[Pair]) -> Estimate:
    """Every place counting alike: mean of the differences."""
    if not pairs:
        return Estimate()
    mean = sum((one.value or 0.0) - (two.value or 0.0) for one, two in pairs) / len(pairs)
    return normal_estimate(
        mean, sqrt(sum(_variance(one) + _variance(two) for one, two in pairs)) / len(pairs)
    )


def _variance(rate: Rate) -> float:
    value = rate.value or 0.0
    return value * (1 - value) / rate.whole


@dataclass(frozen=True)
class Counted:
    """Rates of groups: over all places, and by place, places in order of first appearance; none without places."""

    pooled: dict[Any, Rate]
    by_place: dict[Any, dict[Any, Rate]]


def counted(rows: Iterable[Row], *, group: str, action: str, base: str, place: str | None = None) -> Counted:
    """`rows` hold one line per group and place (or finer) with the counts `action` and `base`."""
    by_place: dict[Any, dict[Any, Rate]] = {}
    keys = [group, place] if place else [group]
    for key, counts in sum_by(rows, keys, [action, base]).items():
        by_place.setdefault(key[0], {})[key[-1]] = Rate(*counts)
    pooled = {name: _together(places.values()) for name, places in by_place.items()}
    return Counted(pooled, by_place if place else {})


def _together(rates: Collection[Rate]) -> Rate:
    return Rate(sum(rate.part for rate in rates), sum(rate.whole for rate in rates))


def compare(found: Counted, reference: Any, least: int = 1) -> list[Comparison]:
    """Every group against the reference. A place counts where both have at least `least` of the base in it.

    The flag rests on the comparison within places where there are any, else on the pooled one.
    """
    names = others(found.pooled, reference)
    return [
        _compared(
            name, reference, found.pooled, _places(found.by_place, name, reference, least), max(1, len(names))
        )
        for name in names
    ]


def _places(by_place: dict[Any, dict[Any, Rate]], group: Any, reference: Any, least: int) -> list[Place]:
    """Where both have at least `least` of the base."""
    theirs, least = by_place.get(reference, {}), max(1, least)
    return [
        Place(where, one, two)
        for where, one in by_place.get(group, {}).items()
        if one.whole >= least and (two := theirs.get(where)) is not None and two.whole >= least
    ]


def _compared(
    group: Any, reference: Any, pooled: dict[Any, Rate], places: list[Place], comparisons: int
) -> Comparison:
    one, two = pooled[group], pooled.get(reference, Rate(0, 0))
    pairs = [(place.group, place.reference) for place in places]
    together = difference(one, two)
    within = within_difference(pairs)
    return Comparison(
        group=group,
        reference=reference,
        rate=one,
        reference_rate=two,
        difference=together,
        ratio=ratio(one, two),
        within_difference=within,
        within_ratio=within_ratio(pairs),
        mean_difference=mean_difference(pairs),
        places=places,
        flagged=(within if pairs else together).flagged(comparisons),
    )
