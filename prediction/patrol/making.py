"""Making a plan and keeping it, with everything that was shown: policy, areas, visits, reasons."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpRequest

from ledger.audit import record
from ledger.choices import AuditVerb
from ledger.models import Agency, Area
from prediction.crime.hours import Abstains, told_of
from prediction.crime.rates import Served, areas_with_rates, served
from prediction.models import PatrolPlan
from prediction.patrol import demand as demands
from prediction.patrol.demand import Demand, Shift
from prediction.patrol.planning import Allocation, Impossible, allocate, lift
from prediction.patrol.policy import Policy
from prediction.patrol.reasons import option_for, reason_for, trend
from prediction.patrol.rounds import Visit, angles, rounds
from prediction.patrol.types import suggested_patrol
from prediction.patrol.versions import policy_in_force

SEED_BITS = 53  # a whole number that JSON keeps


@dataclass(frozen=True)
class Asked:
    """What a plan is asked for. `areas` empty: all of the kind."""

    agency: Agency
    kind: str
    day: date
    start: int
    hours: int
    units: int
    areas: tuple[int, ...] = ()


def make_plan(
    asked: Asked, user: Any, request: HttpRequest | None = None, seed: int | None = None
) -> PatrolPlan:
    """Plan and keep it. Raises `Impossible` with a sentence where there is nothing to plan from."""
    if asked.units < 1 or not 1 <= asked.hours <= 24 or not 0 <= asked.start < 24:
        raise Impossible(
            "A plan needs a unit at least, and a shift of 1 to 24 hours that begins at an hour from 0 to 23."
        )
    run = _forecast_for(asked.agency)
    areas = _areas(asked, run)
    policy, version = policy_in_force()
    seed = secrets.randbits(SEED_BITS) if seed is None else seed
    body = body_of(asked, run, areas, policy, seed)
    with transaction.atomic():
        plan = PatrolPlan.objects.create(
            agency=asked.agency,
            kind=asked.kind,
            day=asked.day,
            start=asked.start,
            hours=asked.hours,
            units=asked.units,
            run=run.run,
            policy=version,
            seed=seed,
            body=body,
            digest=digest_of(body),
            user=user,
        )
        record(request, AuditVerb.ADMINISTRATION, "patrol plan", plan.key, user=user, act="made")
    return plan


def _forecast_for(agency: Agency) -> Served:
    """The run in use, where it says something of the agency."""
    run = served()
    if run is None:
        raise Impossible(
            "No forecast of crime is in use. Have an analyst train it and sign it off, then plan."
        )
    try:
        told_of(run, agency.pk)
    except Abstains as why:
        raise Impossible(str(why)) from why
    return run


def digest_of(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _areas(asked: Asked, run: Served) -> list[Area]:
    known = set(areas_with_rates(run, asked.kind, asked.agency.pk))
    chosen = known & set(asked.areas) if asked.areas else known
    if not chosen:
        raise Impossible("The forecast in use knows none of these areas. Choose others, or train it anew.")
    return list(Area.objects.filter(pk__in=chosen).order_by("name"))


def body_of(asked: Asked, run: Served, areas: Sequence[Area], policy: Policy, seed: int) -> dict[str, Any]:
    """The plan as plain JSON. The same seed and forecast give the same plan."""
    ids = [area.pk for area in areas]
    zone = ZoneInfo(asked.agency.time_zone)
    shift = Shift(datetime.combine(asked.day, time(asked.start)), asked.hours, zone)
    expected = demands.demand_of(run, ids, shift, policy)
    harm = expected.harm(policy)
    given = allocate(
        harm,
        ids,
        asked.hours,
        asked.units * policy.visits_an_hour,
        least=policy.floor,
        cap=policy.cap,
        explore=policy.explore,
        seed=seed,
        reported=demands.reported_harm(run, ids, policy),
        skipped=shift.skipped,
    )
    come = asked.hours - len(shift.skipped)
    planned = rounds(
        given.visits, asked.hours, asked.units, policy.travel, seed, angles(demands.middles(ids))
    )
    return {
        "policy": policy.told(),
        "learned": [run.run.data_first.isoformat(), run.run.data_last.isoformat()],
        "lift": lift(given.visits, harm, ids, come),
        "skipped": shift.skipped,
        "repeated": shift.repeated,
        "left": given.left,
        "by_lot": sum(given.by_lot.values()),
        "groups": list(policy.groups),
        "areas": _Areas(asked, run, areas, policy, expected, given, planned).told(come),
        "visits": [
            _told_visit(one, expected, policy, lift({(one.area, one.hour): 1}, harm, ids, come))
            for one in planned
        ],
        "cells": [[area, hour, sum(mix.values())] for (area, hour), mix in sorted(expected.counts.items())],
    }


class _Areas:
    """The areas of a plan in plain words and figures; what is summed over all of them is summed once."""

    def __init__(
        self,
        asked: Asked,
        run: Served,
        areas: Sequence[Area],
        policy: Policy,
        expected: Demand,
        given: Allocation,
        planned: Sequence[Visit],
    ) -> None:
        self.asked, self.areas, self.policy = asked, areas, policy
        self.expected, self.given = expected, given
        self.ids = [area.pk for area in areas]
        self.harm = expected.harm(policy)
        self.reported = demands.reported_harm(run, self.ids, policy)
        self.people = demands.residents(self.ids)
        self.recent = demands.recent(asked.agency, asked.kind, self.ids, policy, run.run.data_last)
        self.minutes = _summed((visit.area, visit.minutes) for visit in planned)
        self.of_harm = _summed((area, number) for (area, _), number in self.harm.items())
        self.sums = tuple(sum(one.values()) for one in (self.of_harm, self.reported, self.minutes))
        self.ranked = {area: place for place, (area, _) in enumerate(self.of_harm.most_common(), 1)}

    def told(self, come: int) -> list[dict[str, Any]]:
        """Every area, in the order of their names. `come`: hours of the shift that there are."""
        return [self._told(area, come) for area in self.areas]

    def _told(self, area: Area, come: int) -> dict[str, Any]:
        told = self._of_demand(area) | self._of_visits(area, come) | self._of_people(area)
        recent = self.recent.get(area.pk, (0, 0))
        return told | {
            "recent": list(recent),
            "reason": reason_for(told, len(self.areas), self.asked.hours),
            "trend": trend(*recent),
            "option": option_for(self.expected.mix(area.pk)),
        }

    def _of_demand(self, area: Area) -> dict[str, Any]:
        """What is expected, the area's share of expected and of reported harm, and its place by the former."""
        mix = self.expected.mix(area.pk)
        count = sum(mix.values())
        low, high = demands.span(count)
        all_harm, all_reported, _ = self.sums
        return {
            "area": area.pk,
            "name": area.name,
            "expected": count,
            "low": low,
            "high": high,
            "harm_share": _share(self.of_harm[area.pk], all_harm),
            "reported_share": _share(self.reported.get(area.pk, 0.0), all_reported),
            "rank": self.ranked.get(area.pk),
            "mix": {str(group): number for group, number in sorted(mix.items())},
            "type": suggested_patrol(mix, self.policy.types),
        }

    def _of_visits(self, area: Area, come: int) -> dict[str, Any]:
        """Visits and minutes, their lift, and how many visits were drawn by lot."""
        mine = {cell: times for cell, times in self.given.visits.items() if cell[0] == area.pk}
        return {
            "visits": self.given.by_area[area.pk],
            "lift": lift(mine, self.harm, self.ids, come),
            "by_lot": sum(times for (one, _), times in self.given.by_lot.items() if one == area.pk),
            "minutes": self.minutes[area.pk],
            "minutes_share": _share(self.minutes[area.pk], self.sums[2]),
        }

    def _of_people(self, area: Area) -> dict[str, Any]:
        residents, year = self.people.get(area.pk, (None, None))
        return {"residents": residents, "residents_year": year}


def _summed(pairs: Iterable[tuple[int, Any]]) -> Counter[int]:
    found: Counter[int] = Counter()
    for area, number in pairs:
        found[area] += number
    return found


def _share(part: float, whole: float) -> float | None:
    """Of the sum over all areas; None where that is nothing."""
    return part / whole if whole else None


def _told_visit(visit: Visit, expected: Demand, policy: Policy, better: float | None) -> dict[str, Any]:
    mix = expected.counts.get((visit.area, visit.hour), {})
    low, high = demands.span(sum(mix.values()))
    return {
        "unit": visit.unit,
        "start": visit.start,
        "minutes": visit.minutes,
        "area": visit.area,
        "hour": visit.hour,
        "expected": sum(mix.values()),
        "low": low,
        "high": high,
        "lift": better,
        "type": suggested_patrol(mix, policy.types),
    }
