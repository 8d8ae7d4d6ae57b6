"""Plans of a made-up agency, without a forecast behind them: for pages and rights."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from ledger.choices import OffenceGroup as Group
from ledger.models import Agency, Area
from ledger.tests.factories import make_user
from prediction.models import PatrolPlan
from prediction.patrol.making import digest_of
from prediction.patrol.policy import Policy
from prediction.patrol.reasons import option_for, reason_for, trend
from prediction.tests.served import serve_example


def make_plan(agency: Agency, day: date | None = None, user: Any = None, **body: Any) -> PatrolPlan:
    """Two areas, one of which is visited three times by one unit between 18:00 and 20:00; by default tomorrow."""
    areas = [
        Area.objects.get_or_create(kind="beat", name=name, agency=agency)[0].pk for name in ("101", "102")
    ]
    told = {
        "policy": Policy().told(),
        "learned": ["2024-01-01", f"{timezone.localdate() - timedelta(days=20)}"],
        "lift": 1.5,
        "left": 3,
        "by_lot": 1,
        "groups": list(Policy().groups),
        "areas": [_area(areas[0], "101", 3, 2.5, 1), _area(areas[1], "102", 0, 0.5, 2)],
        "visits": [
            {
                "unit": 1,
                "start": 10 + 25 * place,
                "minutes": 12,
                "area": areas[0],
                "hour": place // 2,
                "expected": 0.4,
                "low": 0,
                "high": 2,
                "type": "Foot Patrol",
            }
            for place in range(3)
        ],
        "cells": [[areas[0], 0, 1.5], [areas[0], 1, 1.0], [areas[1], 0, 0.5]],
    } | body
    return PatrolPlan.objects.create(
        agency=agency,
        kind="beat",
        day=day or timezone.localdate() + timedelta(days=1),
        start=18,
        hours=2,
        units=1,
        run=serve_example(),
        seed=1,
        body=told,
        digest=digest_of(told),
        user=user or make_user("Analyst"),
    )


def _area(pk: int, name: str, visits: int, expected: float, rank: int) -> dict[str, Any]:
    mix = {str(Group.THEFT.value): expected}
    told = {
        "area": pk,
        "name": name,
        "expected": expected,
        "low": 0,
        "high": 6,
        "harm_share": expected / 3,
        "reported_share": 0.5,
        "visits": visits,
        "by_lot": 1 if visits else 0,
        "minutes": 12 * visits,
        "minutes_share": 1.0 if visits else 0.0,
        "residents": 3600 if visits else None,
        "residents_year": 2020 if visits else None,
        "rank": rank,
        "recent": [7, 3],
        "mix": mix,
        "type": "Foot Patrol",
    }
    return told | {
        "reason": reason_for(told, 2, 2),
        "trend": trend(7, 3),
        "option": option_for({int(group): number for group, number in mix.items()}),
    }
