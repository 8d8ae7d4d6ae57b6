"""Drawing stops, a month at a time, as arrays of codes. Only uniform random numbers are used: they stay the same for ever.

The order of drawing is the order of causes, so that every planted rate is exact in expectation:
time → race (by force, in one of them by daylight) → violation (by night and age) → search (by country, violation, race) → hit → arrest (by violation and night) → drugs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from ledger.choices import NIGHT_HOURS
from ledger.synthesis.calendar import Month, divide, draw_minutes
from ledger.synthesis.daylight import is_light
from ledger.synthesis.effects import (
    ARREST_BY_DAY,
    FINDS,
    REST,
    SEARCH_FACTOR,
    SEARCH_RATE,
    TICKET_RATE,
    VIOLATIONS,
    Effects,
)
from ledger.synthesis.places import FORCES, OFFICERS_A_POST
from ledger.synthesis.plates import draw_vehicles, plates

RACES = ("Asian", "Black", "Hispanic", "Other", "White")
AGES = tuple(range(16, 85))
TICKET, WARNING, ARREST = "Ticket", "Warning", "Arrest"
# An arrest goes with the search's luck, with the hit's, or with its own. Each rate stays exact, but they go together.
WITH_SEARCH, WITH_HIT = 0.35, 0.20


@dataclass
class Stops:
    """Stops of one month: arrays of equal length. `minute` counts from the month's begin; texts are plain labels."""

    month: Month
    minute: Any
    force: Any
    post: Any
    officer: Any
    gender: Any
    age: Any
    race: Any
    violation: Any
    searched: Any
    search_type: Any
    found: Any
    contraband: Any
    arrested: Any
    outcome: Any
    minutes: Any
    drugs: Any
    plate: Any

    def __len__(self) -> int:
        return len(self.minute)

    @property
    def hour(self) -> Any:
        return self.minute // 60 % 24

    @property
    def night(self) -> Any:
        import numpy as np

        return np.isin(self.hour, NIGHT_HOURS)

    def reordered(self, order: Any) -> Stops:
        arrays = {f.name: getattr(self, f.name)[order] for f in fields(self) if f.name != "month"}
        return Stops(month=self.month, **arrays)


def draw(total: int, seed: int, until: Month, effects: Effects | None = None) -> Iterator[Stops]:
    """`total` stops of the 36 months up to `until`, month by month. The same arguments always give the same stops."""
    effects = effects or Effects()
    for month, count in divide(total, until, effects.yearly_growth):
        if count:
            yield _draw_month(month, count, total, seed, effects)


def _draw_month(month: Month, count: int, total: int, seed: int, effects: Effects) -> Stops:
    import numpy as np

    random = np.random.Generator(np.random.PCG64([seed, month.number]))
    minute = draw_minutes(random, month, count)
    night = np.isin(minute // 60 % 24, NIGHT_HOURS)
    force = _pick(random.random(count), [force.share for force in FORCES])
    age = np.array(AGES)[_pick(random.random(count), _age_weights())]
    race = _draw_race(random, month, minute, force, effects)
    violation = _draw_violation(random, night, age, effects)
    chances = random.random((4, count))
    search_rate, hit_rate = _search_rates(force, violation, race, effects)
    searched = chances[0] < search_rate
    found = searched & (chances[1] < hit_rate)
    contraband = np.where(found, _pick(random.random(count), list(FINDS.values())), -1)
    arrested = _luck(chances, random) < _arrest_rates(violation, night, effects)
    drugs = _draw_drugs(random, force, contraband, search_rate * hit_rate, effects)
    post = _pick_by(random, force, [_falling(len(force.posts)) for force in FORCES])
    stops = Stops(
        month=month,
        minute=minute,
        force=force,
        post=post,
        officer=post * OFFICERS_A_POST + _pick(random.random(count), _falling(OFFICERS_A_POST)),
        gender=np.where(random.random(count) < np.array([force.men for force in FORCES])[force], "M", "F"),
        age=age,
        race=race,
        violation=violation,
        searched=searched,
        search_type=_search_type(random, searched, effects),
        found=found,
        contraband=contraband,
        arrested=arrested,
        outcome=_outcome(random, arrested, violation, effects),
        minutes=_duration(random, violation, searched, arrested, effects),
        drugs=drugs,
        plate=_draw_plates(random, force, total),
    )
    return _enter_some_twice(random, stops, effects.entered_twice)


def _pick(chance: Any, weights: list[float]) -> Any:
    """Index of a choice by its weight, for each of many chances."""
    import numpy as np

    edges = np.cumsum(weights)
    return np.searchsorted(edges / edges[-1], chance, side="right")


def _pick_by(random: Any, group: Any, weights: list[list[float]]) -> Any:
    """As `_pick`, with weights of its own for each group."""
    import numpy as np

    chance, picked = random.random(len(group)), np.zeros(len(group), dtype=np.int64)
    for code, own in enumerate(weights):
        picked[group == code] = _pick(chance[group == code], own)
    return picked


def _falling(count: int) -> list[float]:
    """Weights of posts and officers: the second is two thirds as busy as the first, and so on, never idle."""
    return [1 / (place + 2) for place in range(count)]


def _age_weights() -> list[float]:
    """Many drivers in their twenties and thirties, few old ones."""
    import numpy as np

    age = np.array(AGES, dtype=float)
    weights: list[float] = (np.exp(-(np.log((age - 8) / 24) ** 2) / 0.55) / (age - 8)).tolist()
    return weights


def _draw_race(random: Any, month: Month, minute: Any, force: Any, effects: Effects) -> Any:
    """By the force's shares; one force stops one group more often while it is light."""
    import numpy as np

    shares = [dict(one.races) for one in FORCES]
    seen = FORCES[[one.country for one in FORCES].index(effects.veil_agency)]
    shares.append(
        {**seen.races, effects.veil_race: seen.races[effects.veil_race] * effects.veil_daylight_ratio}
    )
    by_light = (force == FORCES.index(seen)) & is_light(month, minute, seen)
    group = np.where(by_light, len(FORCES), force)
    return _pick_by(random, group, [[own[race] for race in RACES] for own in shares])


def _draw_violation(random: Any, night: Any, age: Any, effects: Effects) -> Any:
    """DUI by night or day; of the rest, Speeding by age; the others by fixed shares."""
    import numpy as np

    chances = random.random((3, len(age)))
    dui = chances[0] < np.where(night, effects.dui_by_night, effects.dui_by_day)
    speeding = chances[1] < np.where(age < 25, effects.speeding_under_25, effects.speeding_from_25)
    rest = np.array([VIOLATIONS.index(name) for name in REST])[_pick(chances[2], list(REST.values()))]
    return np.where(dui, VIOLATIONS.index("DUI"), np.where(speeding, VIOLATIONS.index("Speeding"), rest))


def _by_violation(rates: dict[str, float], violation: Any) -> Any:
    import numpy as np

    return np.array([rates[name] for name in VIOLATIONS])[violation]


def _search_rates(force: Any, violation: Any, race: Any, effects: Effects) -> tuple[Any, Any]:
    """Chance of a search, and of a hit in it; one group of one agency is searched at a lower threshold."""
    import numpy as np

    lower = (force == [f.country for f in FORCES].index(effects.threshold_agency)) & (
        race == RACES.index(effects.threshold_race)
    )
    rate = np.array([SEARCH_RATE[f.country] for f in FORCES])[force] * _by_violation(SEARCH_FACTOR, violation)
    rate = np.where(lower, rate * effects.threshold_search_ratio, rate)
    return rate, np.where(lower, effects.threshold_hit_rate, effects.hit_rate)


def _luck(chances: Any, random: Any) -> Any:
    """A uniform chance for the arrest, shared with the search's or the hit's in part of the stops."""
    import numpy as np

    pick = random.random(chances.shape[1])
    with_hit = np.where(pick < WITH_SEARCH + WITH_HIT, chances[1], chances[2])
    return np.where(pick < WITH_SEARCH, chances[0], with_hit)


def night_factor(effects: Effects) -> float:
    """Factor on every violation's arrest rate at night, such that all violations together give the planted ratio.

    The mix of violations differs at night (more DUI, which ends in arrest more often); the factor makes up the rest.
    """
    by_day, by_night = (
        sum(share * ARREST_BY_DAY[name] for name, share in _mix(dui, effects).items())
        for dui in (effects.dui_by_day, effects.dui_by_night)
    )
    return effects.night_arrest_ratio * by_day / by_night


def _mix(dui: float, effects: Effects) -> dict[str, float]:
    """Shares of the violations when `dui` of all stops are for DUI, over all ages."""
    weights = _age_weights()
    young = sum(w for age, w in zip(AGES, weights, strict=True) if age < 25) / sum(weights)
    speeding = young * effects.speeding_under_25 + (1 - young) * effects.speeding_from_25
    rest = {name: (1 - dui) * (1 - speeding) * share for name, share in REST.items()}
    return {"DUI": dui, "Speeding": (1 - dui) * speeding} | rest


def _arrest_rates(violation: Any, night: Any, effects: Effects) -> Any:
    import numpy as np

    rates = _by_violation(ARREST_BY_DAY, violation)
    return np.where(night, rates * night_factor(effects), rates)


def _draw_drugs(random: Any, force: Any, contraband: Any, hit_chance: Any, effects: Effects) -> Any:
    """Drug-related: drugs were found, or it was marked for another reason, so that each country has its planted rate."""
    import numpy as np

    rate = np.array([effects.drug_rate[f.country] for f in FORCES])[force]
    found_chance = hit_chance * FINDS["Drugs"]
    otherwise = 1 - (1 - rate) / (1 - found_chance)
    return (contraband == list(FINDS).index("Drugs")) | (random.random(len(force)) < otherwise)


def _search_type(random: Any, searched: Any, effects: Effects) -> Any:
    """The kind of search; in a few records it contradicts the mark."""
    import numpy as np

    kind = np.where(random.random(len(searched)) < 0.6, "Vehicle Search", "Frisk")
    wrong = random.random(len(searched)) < effects.search_contradictions
    return np.where(searched ^ wrong, kind, "None")


def _outcome(random: Any, arrested: Any, violation: Any, effects: Effects) -> Any:
    """The outcome; in a few records it contradicts the mark."""
    import numpy as np

    milder = np.where(random.random(len(arrested)) < _by_violation(TICKET_RATE, violation), TICKET, WARNING)
    wrong = random.random(len(arrested)) < effects.arrest_contradictions
    return np.where(arrested ^ wrong, ARREST, milder)


def _duration(random: Any, violation: Any, searched: Any, arrested: Any, effects: Effects) -> Any:
    """Whole minutes, spread around the violation's median by a log-logistic law; a search and an arrest take longer."""
    import numpy as np

    chance = random.random(len(violation)).clip(1e-6, 1 - 1e-6)
    spread = _by_violation(effects.minutes, violation) * (chance / (1 - chance)) ** 0.3
    return np.rint(spread + 8 * searched + 22 * arrested).clip(1, 200).astype(int)


def _draw_plates(random: Any, force: Any, total: int) -> Any:
    import numpy as np

    texts = np.empty(len(force), dtype="U12")
    for code, own in enumerate(FORCES):
        here = force == code
        vehicles = draw_vehicles(random, int(here.sum()), int(total * own.share))
        texts[here] = plates(own.plate, vehicles)
    return texts


def _enter_some_twice(random: Any, stops: Stops, share: float) -> Stops:
    """Replace a few stops by a second entry of the one before, some minutes later."""
    import numpy as np

    twice = random.random(len(stops)) < share
    twice[0] = False
    source = np.arange(len(stops)) - twice
    again = stops.reordered(source)
    later = again.minute + np.where(twice, 2 + (random.random(len(stops)) * 8).astype(int), 0)
    again.minute = np.minimum(later, stops.month.days * 1440 - 1)
    return again.reordered(np.argsort(again.minute, kind="stable"))
