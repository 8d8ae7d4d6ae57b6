"""What came of a plan, as its page tells it: what was reported, which patrols took place, and what neither can say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from insights.wording import count, percent
from prediction.models import PatrolPlan
from prediction.patrol.afterwards import Outcome, afterwards
from prediction.patrol.comparing import thirds
from prediction.patrol.patrolled import patrolled
from prediction.patrol.reasons import amount
from prediction.patrol.scoring import outcome_of

SMALL = 10
EXPOSED = 1.25  # share of minutes ÷ share of reported harm, from which an area is marked
LIMITS = (
    "What nobody logged is missing here. Nothing here says whether patrols prevented crime, moved it or brought it to light: a shift has few "
    "reports, and patrols change what is reported."
)


def came_of(plan: PatrolPlan, exact: bool) -> dict[str, Any]:
    """From the newest score that is kept, else as it stands now. Whoever may not see exact counts sees none that was reported of an area."""
    score = plan.scores.first()
    kept: Mapping[str, Any] = score.figures if score else {}
    reported = outcome_of(kept["reported"]) if kept.get("reported") else afterwards(plan)
    took = kept.get("patrolled") or patrolled(plan)
    if isinstance(reported, Outcome) and not exact and is_small(reported):
        reported = "What was reported rests on fewer than ten crimes, which are hidden from you."
    told: dict[str, Any] = {
        "score": score,
        "reported": reported if isinstance(reported, str) else reported_words(reported),
    }
    if isinstance(took, str):
        return told | {"took_place": took}
    by_area = reported.by_area if exact and isinstance(reported, Outcome) else None
    return told | {
        "took_place": patrolled_words(took),
        "caveats": list(caveats(took)),
        "areas": [_area(one, by_area, exact) for one in _touched(took["areas"])],
        "with_reported": by_area is not None,
        "hours": [_hour(plan, one) for one in took["by_hour"]],
        "thirds": [third(one) for one in thirds(plan.body["areas"], took) if one["areas"]],
    }


def reported_share(one: Mapping[str, Any], exact: bool) -> float | None:
    """An area's share of reported harm: in whole percent to whom counts are hidden, since the share of a known whole is a count."""
    share: float | None = one["reported_share"]
    return share if exact or share is None else round(share, 2)


def is_small(one: Outcome) -> bool:
    """Whether a count that the sentence tells, or the difference of two, is one of 1 to 9."""
    return any(0 < number < SMALL for number in (one.counted, one.hits, one.counted - one.hits))


def reported_words(one: Outcome) -> str:
    """What was reported, in sentences."""
    inside = "within" if one.low <= one.counted <= one.high else "outside"
    words = (
        f"{count(one.counted)} crimes that victims reported fell into the shift and its areas; {amount(one.expected) if one.expected else '0'} "
        f"were expected ({one.low} to {one.high}), so that the count lies {inside} the interval. "
        f"In {one.within} of {one.areas} areas the count lies in the area’s own interval. "
    )
    if one.pai is None or one.pei is None:
        return (
            words + "Nothing was reported, so that it cannot be told whether visits were where it happened."
        )
    return words + (
        f"{one.hits} of them fell into the {count(one.visited)} areas and hours with a planned visit, of {count(one.cells)}: PAI {one.pai:.1f} "
        f"({one.pai_low:.1f} to {one.pai_high:.1f}), PEI {one.pei:.2f} ({one.pei_low:.2f} to {one.pei_high:.2f}). One shift tells little; "
        "patrols may also have changed what was reported."
    )


def patrolled_words(one: Mapping[str, Any]) -> str:
    """Which visits were made, and where the minutes went."""
    if not one["planned"]:
        made = "No visit was planned in the hours that the log of patrols reaches. "
    else:
        made = (
            f"Of {count(one['planned'])} planned visits {count(one['made'])} were made ({percent(one['made_share'])}; "
            f"{percent(one['made_low'])} to {percent(one['made_high'])}): a unit was recorded in their area in their hour, for ten minutes or "
            f"more in {count(one['made_full'])}. Were any hour of the shift as good, it would be {count(one['made_in_shift'])}. "
        )
    return made + (
        f"{count(one['recorded'])} visits of {_minutes(one['recorded_minutes'])} minutes are recorded: {_minutes(one['minutes_as_planned'])} "
        f"minutes in areas and hours with a planned visit, {_minutes(one['minutes_else'])} in areas of the plan at other hours or without one, "
        f"{_minutes(one['minutes_outside'])} outside the plan’s areas."
    )


def caveats(one: Mapping[str, Any]) -> Iterator[str]:
    """What is missing or odd in the log, counted."""
    if one["beyond_log"]:
        yield (
            f"The log reaches {one['known_hours']} of the shift’s {one['hours']} hours: {count(one['beyond_log'])} visits planned for the others "
            "are left out, as nobody knows."
        )
    if one["unplaced"]:
        yield (
            f"{count(one['unplaced'])} recorded visits ({_minutes(one['minutes_unplaced'])} minutes) name no place that is known here: were they "
            f"planned ones, {count(one['made_most'])} would have been made."
        )
    if one["unmeasured"]:
        yield f"Of {count(one['unmeasured'])} recorded visits no length is told: their minutes are missing."
    if one["long"]:
        yield f"{count(one['long'])} recorded visits last more than two hours, as in a log that was not closed."
    found = one["placed_by"]
    yield f"Places were told by their point within the areas’ boundaries ({count(found['boundary'])}) or by their name ({count(found['name'])})."
    yield LIMITS


def _touched(areas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Areas with a planned or a recorded visit, the most minutes recorded first."""
    kept = [one for one in areas if one["planned"] or one["recorded"] or one["recorded_minutes"]]
    return sorted(kept, key=lambda one: (-one["recorded_minutes"], -one["planned"], one["name"]))


def _area(one: Mapping[str, Any], by_area: Mapping[int, int] | None, exact: bool) -> dict[str, Any]:
    share, reported = one["share"], reported_share(one, exact)
    ratio = share / reported if share is not None and reported else None
    return {
        "name": one["name"],
        "planned": one["planned"],
        "made": one["made"],
        "recorded": one["recorded"],
        "planned_minutes": _minutes(one["planned_minutes"]),
        "minutes": _minutes(one["recorded_minutes"]),
        "per_1000": "unknown" if one["per_1000"] is None else f"{one['per_1000']:,.1f}",
        "share": "–" if share is None else percent(share),
        "reported_share": "–" if reported is None else percent(reported),
        "ratio": "–" if ratio is None else f"{ratio:.2f}",
        "marked": ratio is not None and ratio > EXPOSED,
        "crimes": None if by_area is None else count(by_area.get(one["area"], 0)),
    }


def _hour(plan: PatrolPlan, one: Mapping[str, Any]) -> dict[str, Any]:
    at = datetime.combine(plan.day, time(plan.start)) + timedelta(hours=one["hour"])
    return {
        **{name: count(one[name]) for name in ("planned", "made", "recorded")},
        "at": f"{at:%H:%M}",
        "known": one["known"],
        "planned_minutes": _minutes(one["planned_minutes"]),
        "minutes": _minutes(one["recorded_minutes"]),
        "elsewhere": _minutes(one["elsewhere_minutes"]),
    }


def third(one: Mapping[str, Any]) -> dict[str, str]:
    """A third of the plan's areas; unknown stays unknown."""

    def share(name: str) -> str:
        return "unknown" if one.get(name) is None else percent(one[name])

    def minutes(name: str) -> str:
        return "unknown" if one.get(name) is None else f"{one[name]:,.1f}"

    return {
        "name": one["group"],
        "areas": count(one["areas"]),
        "reported": percent(one["reported"]),
        "minutes": percent(one["minutes"]),
        "per_1000": minutes("per_1000"),
        "patrolled": share("patrolled"),
        "patrolled_per_1000": minutes("patrolled_per_1000"),
    }


def _minutes(number: float) -> str:
    return f"{number:,.0f}"
