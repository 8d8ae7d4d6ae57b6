"""The hierarchical model of the threshold test: its log density and gradient. See `threshold` for what it is for.

For each group r and place d an officer sees a signal x and searches when it exceeds t:

    carrying: x ~ N(δ, 1), a share φ of people        not carrying: x ~ N(0, 1)
    φ[r,d] = logit⁻¹(μ_φ + φ_r + φ_d)    δ[r,d] = exp(μ_δ + δ_r + δ_d)    t[r,d] = t_r + σ_r z[r,d]

Of the stops of a cell, those searched with a find, searched without, and not searched are then multinomial with

    φ Φ(δ − t),    (1 − φ) Φ(−t),    φ Φ(t − δ) + (1 − φ) Φ(t)

which is the product searches ~ Binomial(stops, search rate), hits ~ Binomial(searches, hit rate). Priors, all times
the prior scale: μ and t_r ~ N(0, 1), effects of groups and places ~ 0.1 N(0, 1), σ_r half-normal; z ~ N(0, 1).
No group or place is taken as the base: effects are shrunk to their common mean.

Source: Simoiu, Corbett-Davies and Goel, Annals of Applied Statistics 11, 2017; Pierson, Corbett-Davies and Goel, 2018;
Stanford Open Policing Project, `threshold_test_hierarchical_identified.stan` (priors).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]  # of float64; products with integer arrays count too
Codes = NDArray[Any]  # of int64

EFFECT = 0.1  # prior spread of the effects of groups and places


@dataclass(frozen=True)
class Counts:
    """One cell a group and place: stops, searches and hits, with the codes of group and place."""

    group: Codes
    place: Codes
    stops: Floats
    searches: Floats
    hits: Floats
    groups: int
    places: int

    @property
    def parameters(self) -> int:
        return 2 + 4 * self.groups + 2 * self.places + len(self.stops)

    @cached_property
    def parts(self) -> list[slice]:
        """Where in the parameter vector each part of `Parameters` lies."""
        sizes = [2, *[self.groups] * 4, *[self.places] * 2, len(self.stops)]
        ends = np.cumsum(sizes).tolist()
        return [slice(end - size, end) for size, end in zip(sizes, ends, strict=True)]

    @cached_property
    def by_group(self) -> Floats:
        """Cells × groups, 1 where the cell is of the group: sums cells by group."""
        return np.eye(self.groups)[self.group]

    @cached_property
    def by_place(self) -> Floats:
        return np.eye(self.places)[self.place]


@dataclass(frozen=True)
class Cells:
    """What the parameters say of each cell; leading axes are those of the parameters."""

    log_odds: Floats  # of carrying
    delta: Floats
    threshold: Floats

    @property
    def phi(self) -> Floats:
        return np.asarray(1 / (1 + np.exp(-self.log_odds)))


@dataclass(frozen=True)
class Parameters:
    """The parameter vector in its parts, all on the standard scale of their priors."""

    mu: Floats  # (…, 2): of log odds of carrying, of log delta
    phi_group: Floats
    delta_group: Floats
    threshold_group: Floats
    log_sigma: Floats
    phi_place: Floats
    delta_place: Floats
    z: Floats


def split(q: Floats, counts: Counts) -> Parameters:
    return Parameters(*(q[..., part] for part in counts.parts))


def cells_of(q: Floats, counts: Counts, scale: float = 1.0) -> Cells:
    one = split(q, counts)
    effects = EFFECT * scale
    log_odds = scale * one.mu[..., :1] + effects * (
        one.phi_group[..., counts.group] + one.phi_place[..., counts.place]
    )
    log_delta = scale * one.mu[..., 1:] + effects * (
        one.delta_group[..., counts.group] + one.delta_place[..., counts.place]
    )
    sigma = scale * np.exp(one.log_sigma)
    threshold = scale * one.threshold_group[..., counts.group] + sigma[..., counts.group] * one.z
    return Cells(log_odds, np.exp(np.minimum(log_delta, 6.0)), threshold)


def log_density(q: Floats, counts: Counts, scale: float = 1.0) -> tuple[Floats, Floats]:
    """Log posterior density up to a constant, and its gradient, for each row of q."""
    cells = cells_of(q, counts, scale)
    value, by_odds, by_delta, by_threshold = _likelihood(cells, counts)
    one = split(q, counts)
    sigma = np.exp(one.log_sigma)
    # Half-normal sigma, and the Jacobian of its logarithm.
    prior = -0.5 * np.sum(q * q, axis=-1) + np.sum(
        0.5 * one.log_sigma**2 - 0.5 * sigma**2 + one.log_sigma, axis=-1
    )
    by_log_delta = by_delta * cells.delta
    effects = EFFECT * scale
    gradient = -q + np.concatenate(
        [
            scale * by_odds.sum(axis=-1, keepdims=True),
            scale * by_log_delta.sum(axis=-1, keepdims=True),
            effects * (by_odds @ counts.by_group),
            effects * (by_log_delta @ counts.by_group),
            scale * (by_threshold @ counts.by_group),
            scale * sigma * ((by_threshold * one.z) @ counts.by_group) + one.log_sigma - sigma**2 + 1.0,
            effects * (by_odds @ counts.by_place),
            effects * (by_log_delta @ counts.by_place),
            scale * sigma[..., counts.group] * by_threshold,
        ],
        axis=-1,
    )
    return value + prior, gradient


def blended_density(q: Floats, counts: Counts, weights: Floats, scale: float = 1.0) -> tuple[Floats, Floats]:
    """The same posterior in coordinates the sampler can move in: y instead of z, with z = (y − w t_r) / σ_r^w.

    w = 0 is z itself, right for cells that tell little; w = 1 is the threshold, right for cells that tell much
    (Papaspiliopoulos, Roberts and Sköld, Statistical Science 22, 2007). In between, each cell has its own.
    """
    z, shrink = _unblended(q, counts, weights)
    value, by = log_density(np.concatenate([q[..., : -z.shape[-1]], z], axis=-1), counts, scale)
    one, by_z = split(q, counts), by[..., -z.shape[-1] :]
    logs = weights @ counts.by_group
    value = value - np.sum(logs * one.log_sigma, axis=-1)
    by_threshold = -(weights * shrink * by_z) @ counts.by_group
    by_log_sigma = -(weights * z * by_z) @ counts.by_group - logs
    at = 2 + 2 * counts.groups
    gradient = np.concatenate([by[..., : -z.shape[-1]], shrink * by_z], axis=-1)
    gradient[..., at : at + counts.groups] += by_threshold
    gradient[..., at + counts.groups : at + 2 * counts.groups] += by_log_sigma
    return value, gradient


def _unblended(q: Floats, counts: Counts, weights: Floats) -> tuple[Floats, Floats]:
    one = split(q, counts)
    shrink = np.exp(-weights * one.log_sigma[..., counts.group])
    return (one.z - weights * one.threshold_group[..., counts.group]) * shrink, shrink


def unblend(q: Floats, counts: Counts, weights: Floats) -> Floats:
    """From y back to z."""
    z, _ = _unblended(q, counts, weights)
    return np.concatenate([q[..., : -z.shape[-1]], z], axis=-1)


def blend(q: Floats, counts: Counts, weights: Floats) -> Floats:
    """From z to y."""
    one = split(q, counts)
    grown = np.exp(weights * one.log_sigma[..., counts.group])
    y = weights * one.threshold_group[..., counts.group] + grown * one.z
    return np.concatenate([q[..., : -y.shape[-1]], y], axis=-1)


def weights_at(q: Floats, counts: Counts, scale: float = 1.0) -> Floats:
    """How much each cell tells about its threshold: information × variance over one more than that, at the point."""
    small = 1e-4
    cells = cells_of(q, counts, scale)
    slopes = [
        _likelihood(Cells(cells.log_odds, cells.delta, cells.threshold + step), counts)[3]
        for step in (small, -small)
    ]
    told = np.maximum(0.0, -(slopes[0] - slopes[1]) / (2 * small))
    variance = (scale * np.exp(split(q, counts).log_sigma[..., counts.group])) ** 2
    return np.asarray(told * variance / (1 + told * variance))


def _likelihood(cells: Cells, counts: Counts) -> tuple[Floats, Floats, Floats, Floats]:
    """Log likelihood, and its derivatives by the log odds of carrying, delta and threshold of each cell."""
    from scipy.special import log_expit, log_ndtr

    hit, miss = counts.hits, counts.searches - counts.hits
    rest = counts.stops - counts.searches
    t, gap = cells.threshold, cells.delta - cells.threshold
    carrying, clean = log_expit(cells.log_odds), log_expit(-cells.log_odds)
    seen, unseen, passed, alone = log_ndtr(gap), log_ndtr(-gap), log_ndtr(-t), log_ndtr(t)
    not_searched = np.logaddexp(carrying + unseen, clean + alone)
    value = hit * (carrying + seen) + miss * (clean + passed) + rest * not_searched
    share = np.exp(carrying + unseen - not_searched)  # of those not searched, the share that carried
    phi = np.exp(carrying)
    up_gap, up_hidden = _slope(gap, seen), _slope(gap, unseen)
    by_odds = hit * (1 - phi) - miss * phi + rest * (share * (1 - phi) - (1 - share) * phi)
    by_delta = hit * up_gap - rest * share * up_hidden
    by_threshold = -by_delta - miss * _slope(t, passed) + rest * (1 - share) * _slope(t, alone)
    return value.sum(axis=-1), by_odds, by_delta, by_threshold


def _slope(x: Floats, log_probability: Floats) -> Floats:
    """Normal density at x over the probability whose logarithm is given."""
    return np.asarray(np.exp(np.minimum(-0.5 * x * x - 0.9189385332046727 - log_probability, 300.0)))


def rates_of(cells: Cells) -> tuple[Floats, Floats]:
    """Search rate and hit rate of each cell."""
    from scipy.special import ndtr

    found = cells.phi * ndtr(cells.delta - cells.threshold)
    searched = found + (1 - cells.phi) * ndtr(-cells.threshold)
    return searched, found / np.maximum(searched, 1e-300)


def threshold_probability(cells: Cells) -> Floats:
    """The chance of carrying of a person just at the threshold: φN(t; δ, 1) / (φN(t; δ, 1) + (1 − φ)N(t; 0, 1))."""
    against = -cells.log_odds - cells.threshold * cells.delta + 0.5 * cells.delta**2
    return np.asarray(1 / (1 + np.exp(np.clip(against, -700, 700))))
