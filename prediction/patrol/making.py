"""Making a plan and keeping it, with everything that was shown: policy, areas, visits, reasons."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Sequence
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
    run = served()
    if run is None:
        raise Impossible(
            "No forecast of crime is in use. Have an analyst train it and sign it off, then plan."
        )
    try:
        told_of(run, asked.agency.pk)
    except Abstains as why:
        raise Impossible(str(why)) from why
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
        "areas": _told_areas(asked, run, areas, policy, expected, harm, given, planned, come),
        "visits": [
            _told_visit(one, expected, policy, lift({(one.area, one.hour): 1}, harm, ids, come))
            for one in planned
        ],
        "cells": [[area, hour, sum(mix.values())] for (area, hour), mix in sorted(expected.counts.items())],
    }


def _told_areas(
    asked: Asked,
    run: Served,
    areas: Sequence[Area],
    policy: Policy,
    expected: Demand,
    harm: dict[Any, float],
    given: Allocation,
    planned: Sequence[Visit],
    come: int,
) -> list[dict[str, Any]]:
    ids = [area.pk for area in areas]
    reported, people = demands.reported_harm(run, ids, policy), demands.residents(ids)
    recent = demands.recent(asked.agency, asked.kind, ids, policy, run.run.data_last)
    by_area, minutes, of_harm = given.by_area, Counter[int](), Counter[int]()
    for visit in planned:
        minutes[visit.area] += visit.minutes
    for (area, _), number in harm.items():
        of_harm[area] += number  # type: ignore[assignment]
    whole, all_reported, all_minutes = sum(of_harm.values()), sum(reported.values()), sum(minutes.values())
    ranked = {area: place for place, (area, _) in enumerate(of_harm.most_common(), 1)}
    found = []
    for area in areas:
        mix = expected.mix(area.pk)
        count = sum(mix.values())
        low, high = demands.span(count)
        residents, year = people.get(area.pk, (None, None))
        told = {
            "area": area.pk,
            "name": area.name,
            "expected": count,
            "low": low,
            "high": high,
            "harm_share": of_harm[area.pk] / whole if whole else None,
            "reported_share": reported.get(area.pk, 0.0) / all_reported if all_reported else None,
            "visits": by_area[area.pk],
            "lift": lift(
                {cell: times for cell, times in given.visits.items() if cell[0] == area.pk}, harm, ids, come
            ),
            "by_lot": sum(times for (one, _), times in given.by_lot.items() if one == area.pk),
            "minutes": minutes[area.pk],
            "minutes_share": minutes[area.pk] / all_minutes if all_minutes else None,
            "residents": residents,
            "residents_year": year,
            "rank": ranked.get(area.pk),
            "recent": list(recent.get(area.pk, (0, 0))),
            "mix": {str(group): number for group, number in sorted(mix.items())},
            "type": suggested_patrol(mix, policy.types),
        }
        told["reason"] = reason_for(told, len(areas), asked.hours)
        told["trend"] = trend(*recent.get(area.pk, (0, 0)))
        told["option"] = option_for(mix)
        found.append(told)
    return found


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
