"""Why an area is in a plan, in sentences computed from its figures; and what could be done there besides enforcement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from insights.wording import count, percent
from ledger.choices import OffenceGroup
from prediction.patrol.policy import ANYWHERE, NOT_ENFORCEMENT


def reason_for(told: Mapping[str, Any], areas: int, hours: int) -> str:
    """“1.9 crimes are expected in these 8 hours (0 to 5), 3rd of 79 areas by harm; most are theft from vehicle (61%).”"""
    if not told["expected"]:
        return "Nothing is expected here. " + _visited(told)
    mix = {int(group): number for group, number in told["mix"].items()}
    first = leading(mix)
    share = mix[first] / told["expected"]
    most = "most are" if share > 0.5 else "the largest part is"
    return (
        f"{amount(told['expected'])} crimes are expected in these {hours} hours ({told['low']} to {told['high']}), "
        f"{ordinal(told['rank'])} of {areas} areas by harm; {most} {str(OffenceGroup(first).label).lower()} ({percent(share)}). "
        f"{_visited(told)}"
    )


def trend(now: int, before: int) -> str:
    """The last four weeks of the data against the four before, said to differ only beyond chance."""
    if not now + before:
        return "Nothing was reported here in the last eight weeks of the data."
    told = (
        f"Reported here in the last four weeks of the data: {count(now)}, in the four before: {count(before)}"
    )
    # Of now + before crimes half fall in either part by chance; two standard deviations are their root.
    if abs(now - before) <= 2 * (now + before) ** 0.5:
        return f"{told}, no more than chance."
    return f"{told}, {'more' if now > before else 'fewer'} than chance."


def _visited(told: Mapping[str, Any]) -> str:
    if told.get("lift") is not None:
        return f"A visit here meets {told['lift']:.1f} times the expected harm of one taken at random. {_by_lot(told)}".strip()
    return _by_lot(told)


def _by_lot(told: Mapping[str, Any]) -> str:
    if told["by_lot"] and told["by_lot"] == told["visits"]:
        return "Visited by lot only." if told["by_lot"] > 1 else "One visit, by lot."
    if told["by_lot"]:
        return f"{told['by_lot']} of {told['visits']} visits by lot."
    return ""


def option_for(mix: Mapping[int, float]) -> str:
    """What could be done besides enforcement about the offences that lead."""
    return NOT_ENFORCEMENT.get(leading(mix), ANYWHERE) if mix else ANYWHERE


def leading(mix: Mapping[int, float]) -> int:
    """The group with the most; of equal ones that of the lowest code."""
    return max(sorted(mix), key=lambda group: mix[group])


def amount(number: float) -> str:
    """Two digits that count: 0.034, 0.27, 1.9, 12."""
    if number >= 10:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 1 else f"{number:.2g}"


def ordinal(place: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    ending = "th" if 10 <= place % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"


def changes(now: Mapping[str, Any], before: Mapping[str, Any] | None, named: str) -> list[str]:
    """What changed since the plan before, the largest first: at most six areas, as shares of all visits."""
    if before is None:
        return ["This is the first plan for these areas."]
    mine, theirs = _shares(now), _shares(before)
    moved = sorted(
        ((name, mine.get(name, 0.0) - theirs.get(name, 0.0)) for name in mine.keys() | theirs.keys()),
        key=lambda one: (-abs(one[1]), one[0]),
    )
    told = [
        f"{named} {name}: {abs(by) * 100:.1f} points {'more' if by > 0 else 'less'} of all visits "
        f"({percent(theirs.get(name, 0.0))} before, {percent(mine.get(name, 0.0))} now)."
        for name, by in moved[:6]
        if abs(by) >= 0.005
    ]
    if now["policy"] != before["policy"]:
        told.insert(0, "The policy is another one.")
    return told or ["No area’s share of the visits moved by half a point or more."]


def _shares(body: Mapping[str, Any]) -> dict[str, float]:
    whole = sum(one["visits"] for one in body["areas"])
    return {one["name"]: one["visits"] / whole for one in body["areas"]} if whole else {}
