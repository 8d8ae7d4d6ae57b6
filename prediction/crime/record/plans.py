"""Patrol plans in the record: what each expected, what was reported in its shift, and which of its visits took place."""

from __future__ import annotations

from typing import Any

from insights.viewer import Viewer
from insights.wording import count, percent
from prediction.crime.telling import figure
from prediction.models import PatrolPlan, PatrolScore
from prediction.patrol.afterwards import Outcome, afterwards
from prediction.patrol.comparing import thirds
from prediction.patrol.outcome_page import is_small, third
from prediction.patrol.patrolled import patrolled
from prediction.patrol.scoring import newest_scores, outcome_of

PLANS_SHOWN = 12
HIDDEN = "[c]"  # counts below ten, for those who may not see them
FEW_PLANS = 500  # that a download holds, the newest


def newest_plans(viewer: Viewer) -> list[dict[str, Any]]:
    """The newest plans, each with its outcome or why it cannot be told yet, and whom its minutes went to."""
    plans = list(PatrolPlan.objects.select_related("agency", "verdict")[:PLANS_SHOWN])
    scores = newest_scores(plans)
    return [_shown(plan, scores.get(plan.pk), _sees_exact(viewer, plan)) for plan in plans]


def _sees_exact(viewer: Viewer, plan: PatrolPlan) -> bool:
    return viewer.exact or viewer.agency == plan.agency


def _shown(plan: PatrolPlan, score: PatrolScore | None, exact: bool) -> dict[str, Any]:
    """From the score that is kept, what it lacks as it stands now."""
    kept: dict[str, Any] = score.figures if score else {}
    outcome = outcome_of(kept["reported"]) if kept.get("reported") else afterwards(plan)
    took = kept.get("patrolled") or patrolled(plan)
    told = None if isinstance(took, str) else took
    row = {
        "plan": plan,
        "score": score,
        "groups": [third(one) for one in thirds(plan.body["areas"], told) if one["areas"]],
        "made": _made(told),
    }
    return row | ({"why": outcome} if isinstance(outcome, str) else _scored(outcome, exact))


def _made(took: dict[str, Any] | None) -> str:
    if took is None:
        return "unknown"
    if not took["planned"]:
        return "none planned"
    interval = f"{percent(took['made_low'])} to {percent(took['made_high'])}"
    return f"{count(took['made'])} of {count(took['planned'])}, {percent(took['made_share'])} ({interval})"


def _scored(found: Outcome, exact: bool) -> dict[str, Any]:
    hidden = not exact and is_small(found)

    def ratio(value: float | None) -> str:
        return HIDDEN if hidden else "–" if value is None else f"{value:.2f}"

    return {
        "scored": True,
        "expected": figure(found.expected),
        "span": f"{count(found.low)} to {count(found.high)}",
        "reported": HIDDEN if hidden else count(found.counted),
        "within": found.low <= found.counted <= found.high,
        "areas": f"{count(found.within)} of {count(found.areas)}",
        "pai": ratio(found.pai),
        "pai_span": f"{ratio(found.pai_low)} to {ratio(found.pai_high)}",
        "pei": ratio(found.pei),
        "pei_span": f"{ratio(found.pei_low)} to {ratio(found.pei_high)}",
        "told": not hidden and found.pai is not None and found.pei is not None,
    }


def kept_plans(viewer: Viewer) -> list[dict[str, Any]]:
    """For machines: the newest plans with the figures of their newest score, None where nothing is known."""
    plans = list(PatrolPlan.objects.select_related("agency", "verdict").defer("body")[:FEW_PLANS])
    scores = newest_scores(plans)
    return [_row(plan, scores.get(plan.pk), _sees_exact(viewer, plan)) for plan in plans]


def _row(plan: PatrolPlan, score: PatrolScore | None, exact: bool) -> dict[str, Any]:
    figures: dict[str, Any] = (
        dict(score.figures) if score else {"reported": None, "patrolled": None, "groups": None}
    )
    reported = figures["reported"]
    if reported and not exact:
        told = {name: value for name, value in reported.items() if name != "by_area"}
        figures["reported"] = HIDDEN if is_small(outcome_of(reported)) else told
    return {
        "agency": plan.agency.name,
        "areas": plan.kind,
        "day": plan.day.isoformat(),
        "start": plan.start,
        "hours": plan.hours,
        "units": plan.units,
        "state": plan.state,
        "made": plan.made_at.isoformat(timespec="seconds"),
        "digest": plan.digest,
        "scored": score.at.isoformat(timespec="seconds") if score else None,
        **figures,
    }
