"""Keeping what came of plans: what was reported in their shifts, and which patrols took place. Append-only, as the plans are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.utils import timezone

from prediction.models import PatrolPlan, PatrolScore
from prediction.patrol.afterwards import Outcome, afterwards
from prediction.patrol.comparing import thirds
from prediction.patrol.making import digest_of
from prediction.patrol.patrolled import patrolled


def score_plans() -> list[PatrolScore]:
    """Score every plan whose shift is over and of which anything is known by now; one of which more or other is known is scored anew."""
    until = timezone.localdate() + timedelta(days=1)  # somewhere it is tomorrow already
    plans = PatrolPlan.objects.filter(day__lte=until).select_related("agency").order_by("pk")
    return [score for plan in plans.iterator(chunk_size=50) if (score := score_plan(plan)) is not None]


def score_plan(plan: PatrolPlan) -> PatrolScore | None:
    """A new score; None where nothing is known, or nothing else than at the last."""
    figures = figures_of(plan)
    if not plan.is_over or (figures["reported"] is None and figures["patrolled"] is None):
        return None
    digest = digest_of(figures)
    newest = PatrolScore.objects.filter(plan=plan).first()
    if newest is not None and newest.digest == digest:
        return None
    return PatrolScore.objects.create(plan=plan, figures=figures, digest=digest)


def figures_of(plan: PatrolPlan) -> dict[str, Any]:
    """`reported` (`afterwards.Outcome`) and `patrolled` (`comparing.compare`), None where unknown; `groups`, thirds of the plan's areas."""
    reported, took = afterwards(plan), patrolled(plan)
    told = None if isinstance(took, str) else took
    return {
        "reported": as_json(reported) if isinstance(reported, Outcome) else None,
        "patrolled": told,
        "groups": thirds(plan.body["areas"], told),
    }


def as_json(found: Outcome) -> dict[str, Any]:
    return asdict(found) | {"by_area": {str(area): number for area, number in sorted(found.by_area.items())}}


def outcome_of(told: Mapping[str, Any]) -> Outcome:
    """An outcome as it was kept."""
    return Outcome(**{**told, "by_area": {int(area): number for area, number in told["by_area"].items()}})


def newest_scores(plans: Iterable[PatrolPlan]) -> dict[int, PatrolScore]:
    """The newest score of each plan that has one."""
    scores = PatrolScore.objects.filter(plan__in=list(plans)).order_by("id")
    return {score.plan_id: score for score in scores}
