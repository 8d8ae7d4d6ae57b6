"""What is flagged, with its evidence, and what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from insights.audit import spots
from insights.audit.bodies import Body, Spot
from insights.audit.counting import BY_AREA, BY_COUNT, BY_PLACE, count
from insights.audit.flags import Flag, flags_of, kind_of
from insights.audit.nearby import Sensitive
from insights.tests.audit.made_up import FIRST, SIDE, SOUTH, WEST, area, spot, town


def flagged(body: Body, *sensitive: Sensitive) -> dict[str, Flag]:
    return {flag.key: flag for flag in flags_of(body, count(body), sensitive)}


# Counting by area


def test_points_are_counted_in_their_area_and_the_others_told() -> None:
    counted = count(town(areas=12, spots=[spot(3, 5), spot(4, 2), spot(99, 7)]))
    assert {one.name: one.predictions for one in counted.areas if one.predictions} == {"A03": 5, "A04": 2}
    assert (sum(one.count for one in counted.outside), counted.basis) == (7, BY_PLACE)


def test_an_area_that_a_prediction_names_goes_before_its_point() -> None:
    named = [
        Spot(4, area="A02"),
        spot(3, 1, area="A05"),
        Spot(2, area="unknown"),
        Spot(8, label="Main Street"),
    ]
    counted = count(town(areas=12, spots=named))
    assert {one.name: one.predictions for one in counted.areas if one.predictions} == {"A02": 4, "A05": 1}
    assert ([one.area for one in counted.outside], counted.nameless, counted.basis) == (
        ["unknown"],
        8,
        BY_AREA,
    )


def test_without_places_the_counts_of_the_file_stand() -> None:
    counted = count(replace(town(spots=[]), areas=[replace(area(1), counted=9), area(2)]))
    assert ([one.predictions for one in counted.areas], counted.basis) == ([9, 0], BY_COUNT)


# Flags


def test_an_ordinary_body_earns_no_flag() -> None:
    body = town(spots=[spot(at, 1, label=f"{at} High School Road") for at in range(15)], facts={})
    assert flagged(body) == {}


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Riverside Police Station", "police station"),
        ("Sheriff's Office, 2 Court St", "police station"),
        ("St Mary's Hospital", "hospital"),
        ("Lincoln Elementary School", "school"),
        ("Oak Park public housing", "public housing"),
        ("Hillside Housing Authority, block 4", "public housing"),
        ("Pearl mosque", "place of worship"),
        ("Site of the protest of 14 February", "protest"),
        ("12 High School Road", ""),
        ("Hospital Lane 3", ""),
        ("Copper Street", ""),
        ("Policeman's Corner", ""),
        ("", ""),
    ],
)
def test_a_name_says_what_a_place_is(label: str, kind: str) -> None:
    assert kind_of(label) == kind


def test_predictions_at_a_hospital_are_flagged_with_their_number() -> None:
    body = town(spots=[spot(1, 3, label="City Hospital"), spot(2, 9, label="Mill Lane")])
    flag = flagged(body)["targets"]
    assert (flag.predictions, flag.rows[0]["place"], flag.rows[0]["why"]) == (
        3,
        "City Hospital",
        "Its name says: hospital.",
    )
    assert "3 of 12 predictions (25.0%)" in flag.says


def test_a_listed_place_within_half_a_box_is_flagged_and_no_farther() -> None:
    school = Sensitive("Elm School", "school", WEST + 1.5 * SIDE, SOUTH + SIDE / 2 + 100 / 111_320)
    row = flagged(town(spots=[spot(1, 3)]), school)["targets"].rows[0]
    assert row["why"] == "100 m from Elm School (school)."
    far = Sensitive("Elm School", "school", WEST + 1.5 * SIDE, SOUTH + SIDE / 2 + 110 / 111_320)
    assert "targets" not in flagged(town(spots=[spot(1, 3)]), far)


def test_a_place_predicted_nearly_every_day_is_flagged_by_its_days() -> None:
    daily = [spot(1, 1, FIRST + timedelta(days=at)) for at in range(96)]
    often = [spot(2, 3, FIRST + timedelta(days=at)) for at in range(95)]
    found = flagged(town(spots=[*daily, *often]))["constant"]
    assert [row["predictions"] for row in found.rows] == [96]
    assert found.rows[0]["why"] == "On 96 of 100 days (96%)."


def test_without_days_more_than_one_prediction_a_day_is_flagged() -> None:
    found = flagged(town(spots=[spot(1, 101), spot(2, 100)]))["constant"]
    assert [row["why"] for row in found.rows] == ["1.0 a day on average over 100 days."]


def test_without_a_period_nothing_is_said_of_days() -> None:
    assert "constant" not in flagged(town(spots=[spot(1, 9999)], first_day=None))


def test_predictions_outside_the_declared_area_are_flagged() -> None:
    flag = flagged(town(spots=[spot(1, 6), spot(50, 2)]))["outside"]
    assert flag.says == "2 predictions (25.0%) at one place lie in none of the 20 areas."


def test_without_areas_nothing_lies_outside_them() -> None:
    assert "outside" not in flagged(town(areas=0, spots=[spot(1, 6)]))


@pytest.mark.parametrize(
    ("facts", "name", "words"),
    [
        ({"client": "x"}, "X", "No imported list of departments names it."),
        ({"client": "x", "listed": True, "ucr_code": "NJ1", "usable": False}, "X", "calls it not usable"),
        ({"client": "x", "listed": True}, "X", "no police agency’s code"),
        ({"client": "x", "listed": True, "ucr_code": "NJ1"}, "Demo client", "“Demo client”"),
        ({"client": "x", "listed": True, "ucr_code": "NJ1"}, "Democracy Springs", ""),
    ],
)
def test_departments_that_may_be_demonstrations(facts: dict[str, Any], name: str, words: str) -> None:
    found = flagged(town(name=name, facts=facts))
    assert (words in found["demonstration"].says) if words else ("demonstration" not in found)


def test_places_are_told_as_invented_only_by_words_that_no_street_has() -> None:
    known = {"client": "x", "listed": True, "ucr_code": "NJ1"}
    real = [spot(1, 1, label="Job Training Center"), spot(2, 1, label="Test Track Road")]
    assert flagged(town(name="X", spots=real, facts=known)) == {}
    invented = [*real, spot(3, 1, label="Pearl Square (invented)")]
    assert "Pearl Square" in flagged(town(name="X", spots=invented, facts=known))["demonstration"].says


def test_our_own_forecasts_are_no_demonstration() -> None:
    assert "demonstration" not in flagged(town(name="Test town", ours=True))


def test_predictions_in_bahrain_of_a_vendor_at_home_in_america_lie_abroad() -> None:
    manama = [Spot(4, 50.58, 26.22), Spot(1, 50.55, 26.15)]
    flag = flagged(town(spots=manama, areas=0, facts={"home": "USA"}))["abroad"]
    assert "in or near Bahrain" in flag.says
    assert flag.predictions == 5
    assert "abroad" not in flagged(town(facts={"home": "USA"}))
    assert "abroad" not in flagged(town(spots=manama, areas=0))


# In time


def test_places_are_told_by_month_with_the_months_between() -> None:
    dated = [
        spot(1, 2, FIRST, label="a"),
        spot(2, 3, FIRST, label="b"),
        spot(1, 1, FIRST + timedelta(days=60), label="a"),
    ]
    found = spots.places(dated)
    assert spots.months(found) == ["2026-01", "2026-02", "2026-03"]
    assert spots.leading_by_month(found) == {"2026-01": ("b", 3, 5), "2026-03": ("a", 1, 1)}


def test_a_prediction_of_several_days_covers_each_and_equal_places_go_by_name() -> None:
    long = Spot(1, label="b", day=FIRST, until=FIRST + timedelta(days=6))
    found = spots.places([long, Spot(1, label="a")])
    assert [(one.name, len(one.days)) for one in found] == [("a", 0), ("b", 7)]
    backwards = Spot(1, label="c", day=FIRST, until=FIRST - timedelta(days=5))
    assert len(spots.places([backwards])[0].days) == 1


def test_whole_areas_and_a_few_days_are_not_told_as_constant() -> None:
    daily = [Spot(1, area="A01", day=FIRST + timedelta(days=at)) for at in range(100)]
    assert "constant" not in flagged(town(spots=daily))
    short = town(spots=[spot(1, 9, FIRST)], last_day=FIRST + timedelta(days=5))
    assert "constant" not in flagged(short)
    week = town(
        spots=[spot(1, 9, FIRST + timedelta(days=at)) for at in range(7)], last_day=FIRST + timedelta(days=6)
    )
    assert "constant" in flagged(week)
