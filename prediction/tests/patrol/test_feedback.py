"""Why a plan may not be fed with what patrols discover: the urn of Ensign and others (Runaway feedback loops, FAT* 2018).

Two areas with the same crime. Each day the patrol goes where the planner sends it; what it discovers there is added to the records.
What patrols discover then decides where they go: the first chance findings are never forgotten. Weighting each by 1 ÷ the chance of
the patrol cures it, where that chance is known; plans here leave such offences out, which needs no such knowledge.
"""

from __future__ import annotations

import random
from statistics import quantiles

from ledger.choices import OffenceGroup as Group
from prediction.patrol.planning import allocate
from prediction.patrol.policy import Policy

DAYS, RUNS, FOUND, REPORTED = 800, 40, 0.1, 0.3
Records = dict[int, dict[int, float]]  # area → group → number


def harm_of(records: Records, groups: tuple[int, ...]) -> dict[tuple[int, int], float]:
    return {
        (area, 0): sum(by_group.get(group, 0.0) for group in groups) for area, by_group in records.items()
    }


def share_after(seed: int, groups: tuple[int, ...], corrected: bool = False) -> float:
    """Share of patrols that the planner sends to the first area in the end. It begins with a few records more."""
    rng = random.Random(seed)
    records: Records = {
        0: {Group.DRUGS: 12.0, Group.THEFT: 12.0},
        1: {Group.DRUGS: 10.0, Group.THEFT: 10.0},
    }
    share = shared(records, groups)
    for _ in range(DAYS):
        sent = 0 if rng.random() < share else 1
        if rng.random() < FOUND:
            records[sent][Group.DRUGS] += 1 / (share if sent == 0 else 1 - share) if corrected else 1.0
        for area in (0, 1):
            if rng.random() < REPORTED:  # victims report wherever the patrol is
                records[area][Group.THEFT] += 1
        share = shared(records, groups)
    return share


def shared(records: Records, groups: tuple[int, ...]) -> float:
    """By the planner itself: fifty visits come out in proportion to harm; an area is never quite left out."""
    visits = allocate(harm_of(records, groups), [0, 1], 1, 50, cap=99).by_area
    return min(0.98, max(0.02, visits[0] / 50))


def spread(groups: tuple[int, ...], corrected: bool = False) -> float:
    """How far from an even share nine in ten runs stay."""
    return quantiles((abs(share_after(seed, groups, corrected) - 0.5) for seed in range(RUNS)), n=10)[-1]


def test_discovered_offences_run_away_and_reported_ones_do_not() -> None:
    discovered, reported = spread((Group.DRUGS,)), spread((Group.THEFT,))
    assert reported < 0.06
    assert discovered > 0.12
    assert discovered > 2 * reported
    assert spread((Group.DRUGS,), corrected=True) < 0.75 * discovered


def test_a_plan_never_reads_what_patrols_discover_whatever_weight_it_is_given() -> None:
    policy = Policy(
        severity={**Policy().severity, Group.DRUGS: 99.0, Group.WEAPONS: 99.0, Group.DISORDER: 99.0}
    )
    assert not {Group.DRUGS, Group.WEAPONS, Group.DISORDER, Group.OTHER} & {*policy.groups}
    records: Records = {0: {Group.DRUGS: 1e6, Group.THEFT: 1.0}, 1: {Group.THEFT: 1.0}}
    assert allocate(harm_of(records, policy.groups), [0, 1], 1, 10, cap=99).by_area == {0: 5, 1: 5}
