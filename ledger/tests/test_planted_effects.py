"""What is planted in made-up stops is found in them, and nothing else."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from ledger.synthesis.calendar import Month, divide
from ledger.synthesis.daylight import sun_height
from ledger.synthesis.draw import RACES, draw, night_factor
from ledger.synthesis.effects import VIOLATIONS, Effects
from ledger.synthesis.places import FORCES
from ledger.tests.made_up import UNTIL, drawn

USA, CANADA = ([force.country for force in FORCES].index(name) for name in ("USA", "Canada"))


def rate(marks: Any, where: Any) -> float:
    return float(marks[where].mean())


def z_score(marks: Any, one: Any, other: Any) -> float:
    """How many standard errors lie between two shares; the pooled two-sample test."""
    n, m = int(one.sum()), int(other.sum())
    pooled = (marks[one].sum() + marks[other].sum()) / (n + m)
    error = float(np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m)))
    return (rate(marks, one) - rate(marks, other)) / error


# What is planted is found


def test_night_stops_end_in_arrest_as_much_more_often_as_planted() -> None:
    stops = drawn()
    ratio = rate(stops["arrested"], stops["night"]) / rate(stops["arrested"], ~stops["night"])
    assert ratio == pytest.approx(1.6, rel=0.05)


def test_dui_rises_at_night_as_planted() -> None:
    stops = drawn()
    dui = stops["violation"] == VIOLATIONS.index("DUI")
    assert rate(dui, stops["night"]) == pytest.approx(0.09, rel=0.05)
    assert rate(dui, ~stops["night"]) == pytest.approx(0.03, rel=0.05)


def test_the_young_speed_more_as_planted() -> None:
    stops = drawn()
    sober = stops["violation"] != VIOLATIONS.index("DUI")
    speeding, young = stops["violation"] == VIOLATIONS.index("Speeding"), stops["age"] < 25
    assert rate(speeding, sober & young) == pytest.approx(0.52, rel=0.03)
    assert rate(speeding, sober & ~young) == pytest.approx(0.40, rel=0.03)


def test_one_group_of_one_agency_is_searched_at_a_lower_threshold() -> None:
    stops = drawn()
    here, group = stops["force"] == USA, stops["race"] == RACES.index("Black")
    assert rate(stops["searched"], here & group) / rate(stops["searched"], here & ~group) == pytest.approx(
        1.8, rel=0.08
    )
    assert rate(stops["found"], here & group & stops["searched"]) == pytest.approx(0.31, rel=0.1)
    assert rate(stops["found"], here & ~group & stops["searched"]) == pytest.approx(0.40, rel=0.05)


def test_the_two_rates_of_the_lower_threshold_belong_together() -> None:
    """The same people, the same signal: only the threshold differs. Worked out with the normal distribution alone."""
    carry, apart, planted = 0.08, 1.378, Effects()

    def rates(threshold: float) -> tuple[float, float]:
        found = carry * (1 - NormalDist(apart).cdf(threshold))
        searched = found + (1 - carry) * (1 - NormalDist().cdf(threshold))
        return searched, found / searched

    def chance_at(threshold: float) -> float:
        odds = carry / (1 - carry) * NormalDist(apart).pdf(threshold) / NormalDist().pdf(threshold)
        return odds / (1 + odds)

    others, lower = 1.618, 1.228
    assert rates(others)[1] == pytest.approx(planted.hit_rate, abs=0.005)
    assert rates(lower)[1] == pytest.approx(planted.threshold_hit_rate, abs=0.005)
    assert rates(lower)[0] / rates(others)[0] == pytest.approx(planted.threshold_search_ratio, abs=0.01)
    assert chance_at(others) == pytest.approx(0.24, abs=0.005)
    assert chance_at(lower) == pytest.approx(0.15, abs=0.006)


def test_no_other_agency_searches_any_group_differently() -> None:
    stops = drawn()
    for force in range(len(FORCES)):
        for race in range(len(RACES)):
            here, group = stops["force"] == force, stops["race"] == race
            if (force, RACES[race]) != (USA, "Black"):
                rest = here & ~group & (stops["race"] != RACES.index("Black"))
                assert abs(z_score(stops["searched"], here & group, rest)) < 3.5
                searched = stops["searched"]
                assert abs(z_score(stops["found"], here & group & searched, rest & searched)) < 3.5


def odds_by_light(stops: dict[str, Any], force: int, race: str) -> float:
    """Odds that a driver stopped is of the race, by daylight over those in the dark."""
    here, group = stops["force"] == force, stops["race"] == RACES.index(race)
    light, dark = (rate(group, here & where) for where in (stops["light"], ~stops["light"]))
    return light / (1 - light) / (dark / (1 - dark))


def test_one_group_of_another_agency_is_stopped_more_often_by_daylight() -> None:
    assert odds_by_light(drawn(), CANADA, "Black") == pytest.approx(1.8, rel=0.12)


def test_in_no_other_agency_does_the_light_tell_who_is_stopped() -> None:
    stops = drawn()
    for force in range(len(FORCES)):
        for race in range(len(RACES)):
            here, group = stops["force"] == force, stops["race"] == race
            if force != CANADA:
                z = z_score(group, here & stops["light"], here & ~stops["light"])
                assert abs(z) < 3.5, (FORCES[force].country, RACES[race])


def test_the_sun_sets_when_almanacs_say() -> None:
    """Toronto, published: sunset 21:03 on 21 June 2026, 16:44 on 21 December; Kolkata 16:57."""
    for country, month, sunset in (
        ("Canada", 6, 21 * 60 + 3),
        ("Canada", 12, 16 * 60 + 44),
        ("India", 12, 1017),
    ):
        force = next(one for one in FORCES if one.country == country)
        afternoon = 20 * 1440 + np.arange(720, 1440)
        height = sun_height(Month(2026, month), afternoon, force)
        assert np.argmax(height < -0.833) + 720 == pytest.approx(sunset, abs=2)


@pytest.mark.parametrize(("country", "planted"), [("Canada", 0.10), ("India", 0.05), ("USA", 0.08)])
def test_each_country_has_its_drug_rate(country: str, planted: float) -> None:
    stops = drawn()
    here = stops["force"] == [force.country for force in FORCES].index(country)
    assert rate(stops["drugs"], here) == pytest.approx(planted, rel=0.05)


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_each_violation_takes_its_typical_time(violation: str) -> None:
    stops = drawn()
    plain = (stops["violation"] == VIOLATIONS.index(violation)) & ~stops["searched"] & ~stops["arrested"]
    assert np.median(stops["minutes"][plain]) == pytest.approx(Effects().minutes[violation], abs=0.6)


def test_stops_grow_by_six_in_a_hundred_a_year() -> None:
    counts = [count for _, count in divide(3_000_000, UNTIL, Effects().yearly_growth)]
    first, second, third = (sum(counts[year * 12 : year * 12 + 12]) for year in range(3))
    assert second / first == pytest.approx(1.06, abs=0.005)
    assert third / second == pytest.approx(1.06, abs=0.005)


def test_a_few_records_contradict_themselves_as_planted() -> None:
    stops = drawn()
    arrest = (stops["outcome"] == "Arrest") != stops["arrested"]
    search = (stops["search_type"] != "None") != stops["searched"]
    assert arrest.mean() == pytest.approx(0.004, rel=0.15)
    assert search.mean() == pytest.approx(0.004, rel=0.15)


def test_a_few_stops_are_entered_twice_some_minutes_later() -> None:
    doubles = total = 0
    for month in draw(300_000, 11, UNTIL):
        last: dict[str, int] = {}
        for plate, minute in zip(month.plate.tolist(), month.minute.tolist(), strict=True):
            doubles += minute - last.get(plate, -99) <= 9
            last[plate] = minute
        total += len(month)
    assert doubles / total == pytest.approx(0.001, rel=0.25)


def test_vehicles_return_and_a_few_do_so_often() -> None:
    seen = sorted(Counter(drawn()["plate"].tolist()).values(), reverse=True)
    once = sum(1 for count in seen if count == 1)
    assert 0.5 < once / len(seen) < 0.9
    assert seen[9] > 50 * np.median(seen)


def test_rush_hours_are_busy_and_the_small_hours_are_quiet() -> None:
    hours = Counter(drawn()["hour"].tolist())
    busiest = {hour for hour, _ in hours.most_common(4)}
    assert busiest <= {7, 8, 16, 17, 18}
    assert hours[3] < hours[8] / 4


# What is not planted is not found


@pytest.mark.parametrize("race", RACES)
def test_arrests_do_not_depend_on_race(race: str) -> None:
    stops = drawn()
    group = stops["race"] == RACES.index(race)
    assert abs(z_score(stops["arrested"], group, ~group)) < 3.5


def test_without_planting_nothing_is_found() -> None:
    stops = drawn(seed=12, planted=False)
    black, usa, canada = (
        stops["race"] == RACES.index("Black"),
        stops["force"] == USA,
        stops["force"] == CANADA,
    )
    sober = stops["violation"] != VIOLATIONS.index("DUI")
    young, dui = stops["age"] < 25, ~sober
    compared = {
        "night arrests": z_score(stops["arrested"], stops["night"], ~stops["night"]),
        "night DUI": z_score(dui, stops["night"], ~stops["night"]),
        "young speeding": z_score(stops["violation"] == 0, sober & young, sober & ~young),
        "searches": z_score(stops["searched"], usa & black, usa & ~black),
        "hits": z_score(stops["found"], usa & black & stops["searched"], usa & ~black & stops["searched"]),
        "drugs": z_score(stops["drugs"], usa, ~usa),
        "daylight": z_score(black, canada & stops["light"], canada & ~stops["light"]),
    }
    assert {name: z for name, z in compared.items() if abs(z) > 3.5} == {}
    assert ((stops["outcome"] == "Arrest") == stops["arrested"]).all()
    assert ((stops["search_type"] != "None") == stops["searched"]).all()


def test_the_checks_would_notice_what_is_planted() -> None:
    """The thresholds of the tests above are no sieve: the planted world fails them by far."""
    stops = drawn()
    black, usa = stops["race"] == RACES.index("Black"), stops["force"] == USA
    assert z_score(stops["arrested"], stops["night"], ~stops["night"]) > 20
    assert z_score(stops["searched"], usa & black, usa & ~black) > 20
    assert z_score(stops["drugs"], usa, stops["force"] == 1) > 20
    canada = stops["force"] == CANADA
    assert z_score(black, canada & stops["light"], canada & ~stops["light"]) > 10


def test_the_page_of_the_demonstration_tells_the_planted_figures() -> None:
    text = (Path(__file__).parents[2] / "docs" / "demo.md").read_text()
    planted = Effects()
    told = [
        f"by night ÷ by day = {planted.night_arrest_ratio}",
        f"the ratio is {night_factor(planted):.2f}",
        f"DUI is {planted.dui_by_day:.0%} of stops by day, {planted.dui_by_night:.0%} by night",
        f"Speeding is {planted.speeding_under_25:.0%} under 25 and {planted.speeding_from_25:.0%} from 25 on",
        f"in the {planted.threshold_agency}, {planted.threshold_race} drivers: searches per stop × {planted.threshold_search_ratio}",
        f"a hit in {planted.threshold_hit_rate:.0%} of them instead of {planted.hit_rate:.0%}",
        f"in {planted.veil_agency}, the odds that a driver stopped is {planted.veil_race} are {planted.veil_daylight_ratio} times",
        ", ".join(f"{country} {planted.drug_rate[country]:.0%}" for country in ("Canada", "USA", "India")),
        ", ".join(
            f"{name} {planted.minutes[name]}" for name in ("Seatbelt", "Signal", "Speeding", "Other", "DUI")
        ),
        f"by {planted.yearly_growth:.0%} a year",
        f"in {planted.arrest_contradictions:.1%} the outcome contradicts",
        f"{planted.entered_twice:.1%}, some minutes after",
    ]
    assert [words for words in told if words.replace("%", " %") not in text] == []
