"""What could be done in one area: where it lies furthest below the others on what moves with trust. One computed paragraph.

It names answers to look at first, with the size of the association and how unsure both are. It promises no effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

from insights.fairness.intervals import Estimate, normal_estimate
from insights.statistics import Z_95
from insights.trust import bands
from insights.trust.asked import Question
from insights.trust.compared import quoted
from insights.trust.drivers import clear_drivers, held
from insights.trust.figures import FORCE, Measured, period_label
from insights.trust.overview import between_points
from insights.wording import listed, percent, points

NOT_STUDIED = (
    "What moves with {measure} has not been computed yet, so nothing can be said of what could be done here."
)
NO_DRIVER = (
    "No answer of the survey moves with {measure} inside areas beyond what chance would bring, so it cannot be told from these "
    "figures what could be done in {name}."
)
NO_NUMBER = (
    "Nothing is known of how many people were asked, so it cannot be told where {name} lies below the others, and nothing is said of what "
    "could be done."
)
NOTHING_BELOW = (
    "On none of the {count} answers that move with {measure} inside areas ({names}) does {name} lie below the other areas beyond what "
    "sampling would bring in {when}. Which of them to look at first cannot be told from this survey."
)
CAVEAT = (
    "This is an association among answers of the same people, not the effect of a measure: whether raising one of them would raise the other cannot "
    "be told from these figures."
)


@dataclass(frozen=True)
class Lag:
    """An answer that moves with trust, and how far the area lies from the others on it. Shares and differences as fractions."""

    name: str
    share: float
    gap: Estimate  # the area less all other areas together
    associated: Estimate  # what goes with closing the gap: slope times the gap, of trust
    spans: int
    held: int

    @property
    def below(self) -> bool:
        return self.gap.high is not None and self.gap.high < 0


def lags(
    question: Question, area: int, measured: Mapping[str, Measured], findings: Mapping[str, Any]
) -> list[Lag]:
    """The answers that move with trust, the one on which the area lies furthest below the others first."""
    found = [
        _lag(question, area, measured[one["name"]], one)
        for one in clear_drivers(findings)
        if one["name"] in measured
    ]
    known = [one for one in found if one is not None and one.gap.value is not None]
    return sorted(known, key=lambda one: one.gap.value or 0)


def _lag(question: Question, area: int, found: Measured, driver: Mapping[str, Any]) -> Lag | None:
    day, design = question.period, question.design
    figure, force = found.at(area, day), found.force(day)
    if figure is None or force is None:
        return None
    size, whole = found.size(design, area, day), found.size(design, FORCE, day)
    gap = Estimate(figure.share - force.share)
    if size and whole and whole > size:
        part = size / whole
        rest = min(1.0, max(0.0, (force.share - part * figure.share) / (1 - part)))
        gap = bands.difference(figure.share, size, rest, whole - size)
    return Lag(found.measure, figure.share, gap, associated(gap, driver), len(driver["spans"]), held(driver))


def associated(gap: Estimate, driver: Mapping[str, Any]) -> Estimate:
    """Slope times the gap, turned to a rise, with the error of both: var = slope² var(gap) + gap² var(slope).

    (The delta method for a product of two independent estimates; errors are read off the 95 % intervals.)
    """
    effect, sd = driver["effect"], driver["sd"]
    if gap.value is None or gap.low is None or gap.high is None or not sd:
        return Estimate()
    slope, slope_error = effect["value"] / sd, (effect["high"] - effect["low"]) / (2 * Z_95) / sd
    gap_error = (gap.high - gap.low) / (2 * Z_95)
    return normal_estimate(
        -slope * gap.value, sqrt((slope * gap_error) ** 2 + (gap.value * slope_error) ** 2)
    )


def paragraph(
    question: Question,
    name: str,
    area: int,
    measured: Mapping[str, Measured],
    findings: Mapping[str, Any] | None,
    measure: str,
) -> str:
    """For a reader at the mayor's office or the force. `measure`: what was studied."""
    told = quoted(measure)
    if findings is None:
        return NOT_STUDIED.format(measure=told)
    drivers = clear_drivers(findings)
    if not drivers:
        return NO_DRIVER.format(measure=told, name=name)
    found = lags(question, area, measured, findings)
    if not found or all(one.gap.low is None for one in found):
        return NO_NUMBER.format(name=name)
    below = [one for one in found if one.below]
    if not below:
        names = listed([quoted(one["name"]) for one in drivers])
        when = period_label(question.period)
        return NOTHING_BELOW.format(count=len(drivers), measure=told, names=names, name=name, when=when)
    return " ".join(
        [
            _first(question, name, below[0], len(drivers), told),
            *_others(below[1:]),
            _size(below[0], told),
            CAVEAT,
        ]
    )


def _first(question: Question, name: str, lag: Lag, drivers: int, told: str) -> str:
    gap = lag.gap
    one = "the one answer that moves" if drivers == 1 else f"the {drivers} answers that move"
    where = "on" if drivers == 1 else "of"
    verb = "lies below the other areas" if drivers == 1 else "lies furthest below the other areas"
    head = f"In {period_label(question.period)}, {where} {one} with {told} inside areas, {name} {verb}"
    tail = f"{quoted(lag.name)}: {percent(lag.share)}, {points(gap.value or 0)} below ({between_points(gap.low, gap.high)})."
    return (
        f"{head}: {tail}"
        if drivers == 1
        else f"{head} on {tail} If one thing is to be looked at first, it is this."
    )


def _others(below: list[Lag]) -> list[str]:
    if not below:
        return []
    told = [
        f"{quoted(one.name)} ({points(one.gap.value or 0)} below, {between_points(one.gap.low, one.gap.high)})"
        for one in below
    ]
    return [f"It also lies below on {listed(told)}."]


def _size(lag: Lag, told: str) -> str:
    """What has gone with a rise of that size, and whether it did at all times."""
    amount = lag.associated
    if amount.value is None or amount.low is None or amount.high is None:
        return ""
    said = (
        f"Where an area rose by as much as {quoted(lag.name)} lacks here, more than others did and against its own past, {told} was "
        f"{points(amount.value)} higher ({between_points(amount.low, amount.high)})"
    )
    if amount.low <= 0:
        said += "; with the errors of both it cannot be told whether that is more than nothing"
    if lag.held < lag.spans:
        said += f"; the association was clear in {lag.held} of {lag.spans} spans of the years studied"
    return f"{said}."
