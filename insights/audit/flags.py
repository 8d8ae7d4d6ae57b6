"""Predictions that ask for a second look: each flag with its evidence. A flag is a reason to ask, not a finding of fault."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from insights.audit import abroad, spots
from insights.audit.bodies import Body, Spot
from insights.audit.counting import Counted
from insights.audit.nearby import Sensitive, near

SHOWN = 12  # lines of evidence that a page shows; the count is of all

# What a place's name says that it is. Whole words, so that “Copper Street” is no station.
TARGETS: dict[str, re.Pattern[str]] = {
    "police station": re.compile(
        r"\b(police|sheriff'?s?|gendarmerie|constabulary)\b.{0,30}\b(station|dept\.?|department|headquarters|hq|office|precinct)\b"
        r"|\b(police|pd) hq\b",
        re.IGNORECASE,
    ),
    "hospital": re.compile(r"\b(hospital|medical cent(er|re)|clinic|infirmary)\b", re.IGNORECASE),
    "school": re.compile(
        r"\b(elementary|primary|middle|high|secondary|public|nursery|charter)?\s*(school|kindergarten|college|university)\b",
        re.IGNORECASE,
    ),
    "public housing": re.compile(
        r"\b(public housing|housing (authority|project|estate)|council estate|section 8)\b", re.IGNORECASE
    ),
    "place of worship": re.compile(
        r"\b(mosque|masjid|church|synagogue|temple|gurdwara|matam)\b", re.IGNORECASE
    ),
    "protest": re.compile(r"\b(protests?|demonstrations?|rally|march|roundabout of|picket)\b", re.IGNORECASE),
}
MADE_UP = re.compile(
    r"\b(demo|demonstration (client|department|data)|test|sample|example|invented|training)\b", re.IGNORECASE
)
# Of a place only words that no street has: there are training centres and test tracks.
INVENTED = re.compile(r"\b(demo|invented|made[- ]up|dummy)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Flag:
    """`says` is a sentence of figures; `rows` the evidence: place, predictions, why."""

    key: str
    title: str
    says: str
    predictions: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)


def kind_of(label: str) -> str:
    """What a label says the place is; empty when it says nothing of that kind. “High School Road” is a road."""
    plain = re.sub(
        r"\b\w+\s+(school|church|hospital|mosque|temple|college)\s+(st|street|rd|road|ave|avenue|lane|ln)\b",
        " ",
        label,
        flags=re.I,
    )
    plain = re.sub(
        r"\b(school|church|hospital|mosque|temple|college)\s+(st|street|rd|road|ave|avenue|lane|ln)\b",
        " ",
        plain,
        flags=re.I,
    )
    return next((kind for kind, pattern in TARGETS.items() if pattern.search(plain)), "")


def flags_of(body: Body, counted: Counted, sensitive: Sequence[Sensitive] = ()) -> list[Flag]:
    """Every flag that the body earns, in reading order."""
    places = spots.places(body.spots)
    return [
        *_whose(body),
        *_abroad(body),
        *_targets(places, sensitive),
        *_constant(places, body.days),
        *_outside(body, counted),
    ]


def _whose(body: Body) -> Iterator[Flag]:
    """Departments that are demonstrations, or that no list knows."""
    reasons = []
    if body.facts.get("usable") is False:
        reasons.append("The list of departments calls it not usable.")
    if "client" in body.facts and not body.facts.get("listed"):
        reasons.append("No imported list of departments names it.")
    elif "client" in body.facts and not body.facts.get("ucr_code"):
        reasons.append("The list of departments gives no police agency’s code for it.")
    called = MADE_UP.search(body.name)
    named = body.name if called else next((text for text in _labels(body) if INVENTED.search(text)), "")
    if named:
        reasons.append(f"It is called, or has a place called, “{named[:80]}”.")
    if reasons and not body.ours:
        yield Flag("demonstration", "May be a demonstration, not a department at work", " ".join(reasons))


def _labels(body: Body) -> list[str]:
    return sorted({spot.label for spot in body.spots if spot.label})


def _abroad(body: Body) -> Iterator[Flag]:
    home = body.facts.get("home", "")
    middle = abroad.middle(body.spots)
    if not home or middle is None or home in (found := abroad.countries_at(*middle)):
        return
    where = f", in or near {' or '.join(found)}" if found else ""
    yield Flag(
        "abroad",
        "Its predictions lie abroad",
        f"The middle of its predictions is {middle[1]:.3f}, {middle[0]:.3f}{where}; most clients of this vendor are in "
        f"{abroad.WORDS.get(home, home)}.",
        sum(spot.count for spot in body.spots),
    )


def _targets(places: Sequence[spots.Place], sensitive: Sequence[Sensitive]) -> Iterator[Flag]:
    rows = []
    for one in places:
        if kind := kind_of(one.name):
            rows.append(_row(one, f"Its name says: {kind}."))
        elif sensitive and (found := near(one.longitude, one.latitude, sensitive)):
            rows.append(_row(one, f"{found[1]:.0f} m from {found[0].name} ({found[0].kind})."))
    if rows:
        number = sum(row["predictions"] for row in rows)
        all_of = sum(one.predictions for one in places)
        says = f"{number:,} of {all_of:,} predictions ({number / all_of:.1%}) point at {_places(len(rows))} of a kind that should not be a target."
        yield Flag("targets", "At places that should not be targets", says, number, rows[:SHOWN])


def _constant(places: Sequence[spots.Place], days: int | None) -> Iterator[Flag]:
    rows = [_row(one, _how_often(one, days)) for one in places if spots.is_constant(one, days)]
    if rows:
        says = (
            f"{_places(len(rows)).capitalize()} {'was' if len(rows) == 1 else 'were'} predicted nearly every day of {days:,}. "
            "A prediction that never changes tells a patrol nothing new."
        )
        yield Flag(
            "constant",
            "The same places again and again",
            says,
            sum(row["predictions"] for row in rows),
            rows[:SHOWN],
        )


def _how_often(one: spots.Place, days: int | None) -> str:
    share, rate = spots.share_of_days(one, days), spots.per_day(one, days) or 0.0
    if share is not None:
        return f"On {len(one.days):,} of {days:,} days ({share:.0%})."
    return f"{rate:.1f} a day on average over {days:,} days."


def _outside(body: Body, counted: Counted) -> Iterator[Flag]:
    if not counted.outside:
        return
    number = sum(spot.count for spot in counted.outside)
    share = number / (number + counted.inside)
    rows = [_row(one, "In none of the declared areas.") for one in spots.places(counted.outside)]
    says = f"{number:,} predictions ({share:.1%}) at {_places(len(rows))} lie in none of the {len(body.areas):,} areas."
    yield Flag("outside", "Outside the declared area", says, number, rows[:SHOWN])


def _row(one: spots.Place, why: str) -> dict[str, Any]:
    return {
        "place": one.name,
        "longitude": one.longitude,
        "latitude": one.latitude,
        "predictions": one.predictions,
        "why": why,
    }


def _places(number: int) -> str:
    return "one place" if number == 1 else f"{number:,} places"


__all__ = ["Flag", "Spot", "flags_of", "kind_of"]
