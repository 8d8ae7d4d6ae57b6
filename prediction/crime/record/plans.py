"""Patrol plans in the record: what each expected, and what was reported in its shift. Plans keep themselves; nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from insights.viewer import Viewer
from insights.wording import count, percent
from prediction.crime.record.scoring import THIRDS
from prediction.crime.telling import figure
from prediction.models import PatrolPlan
from prediction.patrol.afterwards import Outcome, afterwards

PLANS_SHOWN = 12
HIDDEN, LEAST = "[c]", 10  # counts below this are hidden from those who may not see them


def newest_plans(viewer: Viewer) -> list[dict[str, Any]]:
    """The newest plans, each with its outcome or why it cannot be told yet, and whom its minutes went to."""
    plans = PatrolPlan.objects.select_related("agency", "verdict")[:PLANS_SHOWN]
    return [_shown(plan, viewer.exact or viewer.agency == plan.agency) for plan in plans]


def _shown(plan: PatrolPlan, exact: bool) -> dict[str, Any]:
    outcome = afterwards(plan)
    row: dict[str, Any] = {"plan": plan, "groups": _written(groups(plan.body["areas"]))}
    return row | ({"why": outcome} if isinstance(outcome, str) else _scored(outcome, exact))


def _scored(found: Outcome, exact: bool) -> dict[str, Any]:
    small = not exact and (0 < found.counted < LEAST or 0 < found.hits < LEAST)
    return {
        "scored": True,
        "expected": figure(found.expected),
        "span": f"{count(found.low)} to {count(found.high)}",
        "reported": HIDDEN if small else count(found.counted),
        "within": found.low <= found.counted <= found.high,
        "areas": f"{count(found.within)} of {count(found.areas)}",
        "pai": HIDDEN if small else "–" if found.pai is None else f"{found.pai:.2f}",
        "pei": HIDDEN if small else "–" if found.pei is None else f"{found.pei:.2f}",
    }


def groups(areas: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Thirds of a plan's areas by their share of reported harm: that share, and the share of the minutes that they get."""
    order = sorted(areas, key=lambda one: (one["reported_share"] or 0.0, one["area"]))
    found = []
    for place, name in enumerate(THIRDS):
        part = order[place * len(order) // 3 : (place + 1) * len(order) // 3]
        found.append(
            {
                "group": name,
                "areas": len(part),
                "reported": sum(one["reported_share"] or 0.0 for one in part),
                "minutes": sum(one["minutes_share"] or 0.0 for one in part),
            }
        )
    return found


def _written(found: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [
        {
            "name": one["group"],
            "areas": count(one["areas"]),
            "reported": percent(one["reported"]),
            "minutes": percent(one["minutes"]),
        }
        for one in found
    ]
