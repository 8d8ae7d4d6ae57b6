"""A plan as its page shows it: everything from the kept body, written for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from insights.maps import AreaMap, Figure, draw_map, outlines_of
from insights.wording import count, percent
from ledger.choices import AreaKind, OffenceGroup
from ledger.models import Area
from prediction.models import PatrolPlan
from prediction.patrol.outcome_page import EXPOSED, came_of, reported_share
from prediction.patrol.policy import Policy
from prediction.patrol.reasons import amount, changes

STALE = timedelta(days=62)  # from the end of the data to the shift


def told(plan: PatrolPlan, rounds: bool, exact: bool) -> dict[str, Any]:
    """Everything of the page but who may do what. Whoever may not see exact counts sees none that was reported of an area."""
    body = plan.body
    visited = [one for one in body["areas"] if one["visits"]]
    exposure = [_exposure(one, exact) for one in sorted(body["areas"], key=lambda one: -(one["minutes"]))]
    return {
        "areas": [_area(one) for one in sorted(visited, key=lambda one: (-one["visits"], one["name"]))],
        "exposure": exposure,
        "exposed": sum(one["marked"] for one in exposure),
        "people": any(one["residents"] for one in body["areas"]),
        "unvisited": len(body["areas"]) - len(visited),
        "units": by_unit(plan) if rounds else [],
        "rounds": rounds,
        "exact": exact,
        "finding": finding(plan),
        "warnings": warnings(plan),
        "changes": changes(body, before(plan), AreaKind(plan.kind).label),
        "map": map_of(plan),
        "judged": back_test_words(plan),
        "after": came_of(plan, exact),
        "policy_rows": policy_rows(Policy.of(body["policy"])),
        "policy_body": Policy.of(body["policy"]),
    }


def finding(plan: PatrolPlan) -> str:
    """What the plan comes to, in a sentence or two."""
    body = plan.body
    visits, minutes = len(body["visits"]), sum(one["minutes"] for one in body["visits"])
    areas = sum(bool(one["visits"]) for one in body["areas"])
    words = f"{count(visits)} visit{'' if visits == 1 else 's'} of 10 to 16 minutes, {count(minutes)} minutes together, in {areas} of {len(body['areas'])} areas."
    if body["lift"] is not None:
        words += f" The average visit meets {body['lift']:.1f} times the expected harm of a visit at a place and hour taken at random."
    if body["by_lot"]:
        drawn = "1 visit was" if body["by_lot"] == 1 else f"{count(body['by_lot'])} visits were"
        words += f" {drawn} drawn by lot, whatever is expected."
    if body["left"]:
        words += f" {count(body['left'])} more could be made, but the cap leaves them free for calls."
    return words


def warnings(plan: PatrolPlan) -> list[str]:
    """What a reader must know before using the plan."""
    last = date.fromisoformat(plan.body["learned"][1])
    if plan.day <= last:
        return [
            f"The rates were learned from crimes until {last:%-d %B %Y}, those of this day among them: this is a trial, no forecast.",
            *changed_clocks(plan),
        ]
    if plan.day - last > STALE:
        days = (plan.day - last).days
        return [
            f"The rates were learned until {last:%-d %B %Y}, {count(days)} days before this shift. Import newer crimes before you rely on it.",
            *changed_clocks(plan),
        ]
    return changed_clocks(plan)


def back_test_words(plan: PatrolPlan) -> str:
    """How right the plan's forecast was on past months, which it did not know; empty where that was not kept."""
    told = plan.run.metrics
    own = (
        told if told.get("agency") == plan.agency.name else told.get("agencies", {}).get(plan.agency.name, {})
    )
    months = [one for one in own.get("months", ()) if one["pai"] is not None and one["pei"] is not None]
    if not months:
        return ""
    pai, pei = ([one[name] for one in months] for name in ("pai", "pei"))
    return (
        f"In its back-test the areas flagged on a tenth of the land held {min(pai):.1f} to {max(pai):.1f} times their share of incidents (PAI) "
        f"and {min(pei):.2f} to {max(pei):.2f} of what as much land could have held (PEI), in {len(months)} months."
    )


def changed_clocks(plan: PatrolPlan) -> list[str]:
    """What becomes of the hour that is skipped or comes twice, where the shift has one."""
    first = datetime.combine(plan.day, time(plan.start))
    skipped, repeated = (
        [f"{first + timedelta(hours=place):%H:%M}" for place in plan.body.get(name, ())]
        for name in ("skipped", "repeated")
    )
    return [
        *(f"Clocks go forward at {at} and skip an hour: nothing is planned in it." for at in skipped),
        *(
            f"The hour from {at} comes twice, as clocks go back: its visits are for the first time, the second is free for calls; what is expected is "
            "of both."
            for at in repeated
        ),
    ]


def before(plan: PatrolPlan) -> Mapping[str, Any] | None:
    """The plan before this one, for the same agency and kind of areas."""
    found = PatrolPlan.objects.filter(agency=plan.agency_id, kind=plan.kind, pk__lt=plan.pk).first()
    return found.body if found else None


def _area(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **one,
        "expected_words": amount(one["expected"]),
        "interval": f"{one['low']} to {one['high']}",
        "share": percent(one["minutes_share"]) if one["minutes_share"] is not None else "–",
    }


def _exposure(one: Mapping[str, Any], exact: bool) -> dict[str, Any]:
    """Minutes per head beside the share of reported harm; unknown stays unknown."""
    people, mine, reported = one["residents"], one["minutes_share"], reported_share(one, exact)
    ratio = mine / reported if mine is not None and reported else None
    return {
        "area": one["area"],
        "name": one["name"],
        "minutes": one["minutes"],
        "share": percent(mine) if mine is not None else "–",
        "reported": percent(reported) if reported is not None else "–",
        "ratio": f"{ratio:.2f}" if ratio is not None else "–",
        "marked": ratio is not None and ratio > EXPOSED,
        "per_head": f"{1000 * one['minutes'] / people:,.1f}" if people else "unknown",
        "residents": _people(people, one["residents_year"]),
    }


def _people(number: int | None, year: int | None) -> str:
    if not number:
        return "unknown"
    return f"{count(number)} ({year})" if year else count(number)


def by_unit(plan: PatrolPlan) -> list[dict[str, Any]]:
    """The rounds of each unit, by the clock."""
    first = datetime.combine(plan.day, time(plan.start))
    names = {one["area"]: one["name"] for one in plan.body["areas"]}
    found: dict[int, list[dict[str, Any]]] = {unit: [] for unit in range(1, plan.units + 1)}
    for one in plan.body["visits"]:
        found[one["unit"]].append(
            {
                "at": f"{first + timedelta(minutes=one['start']):%H:%M}",
                "minutes": one["minutes"],
                "area": names[one["area"]],
                "expected": amount(one["expected"]) if one["expected"] else "0",
                "interval": f"{one['low']}–{one['high']}",
                "type": one["type"] or "–",
                "lift": f"{one['lift']:.1f}" if one.get("lift") is not None else "",
            }
        )
    return [{"unit": unit, "visits": visits} for unit, visits in found.items()]


def map_of(plan: PatrolPlan) -> AreaMap | None:
    kind = AreaKind(plan.kind).label
    figures = [
        Figure(
            one["area"],
            f"{kind} {one['name']}",
            float(one["visits"]),
            f"{one['visits']} visits, {amount(one['expected']) if one['expected'] else '0'} crimes expected",
            short=one["name"],
        )
        for one in plan.body["areas"]
    ]
    areas = Area.objects.filter(agency=plan.agency_id, kind=plan.kind)
    return draw_map(
        "plan",
        outlines_of(areas),
        figures,
        title=f"Visits by {kind.lower()}",
        unit="visits in the shift",
        write=lambda value: count(int(value)),
        hatched_means="not in this plan",
        named=plan.kind in (AreaKind.BEAT, AreaKind.ZONE),
        table="plan-areas",
    )


def policy_rows(policy: Policy) -> list[dict[str, Any]]:
    """The declared table: weight and kind of patrol by group of offences."""
    return [
        {
            "group": str(group.label),
            "weight": f"{policy.severity[group.value]:g}" if group.value in policy.severity else "left out",
            "type": policy.types.get(group.value) or "none",
        }
        for group in OffenceGroup
    ]
