"""Dated predictions against later reports, by hand and against a plain double loop."""

from __future__ import annotations

import random
from datetime import timedelta
from math import cos, radians

from insights.audit.bodies import Later, Spot
from insights.audit.judging import judge
from insights.tests.audit.made_up import FIRST

NORTH = 1 / 111_320  # degrees in a metre


def test_a_prediction_is_right_on_its_day_in_its_box_for_its_kind() -> None:
    spots = [
        Spot(1, -84.0, 33.0, kind="Burglary", day=FIRST, until=FIRST),
        Spot(1, -84.0, 33.0, kind="Robbery", day=FIRST, until=FIRST),
        Spot(1, -84.0, 33.0, kind="Burglary", day=FIRST + timedelta(days=1)),
    ]
    reports = [
        Later(FIRST, -84.0, 33.0 + 74 * NORTH, kind="Burglary"),
        Later(FIRST, -84.0, 33.0 + 76 * NORTH, kind="Robbery"),
    ]
    found = judge(spots, reports)
    assert [(k, v.made, v.right, v.reports, v.foreseen) for k, v in found.items()] == [
        ("", 3, 1, 2, 1),
        ("Burglary", 2, 1, 1, 1),
        ("Robbery", 1, 0, 1, 0),
    ]


def test_several_reports_make_a_prediction_right_once_and_are_each_foreseen() -> None:
    week = Spot(1, area="A1", day=FIRST, until=FIRST + timedelta(days=6))
    reports = [Later(FIRST + timedelta(days=at), area="A1") for at in (0, 6, 7)] + [Later(FIRST, area="A2")]
    one = judge([week], reports)[""]
    assert (one.made, one.right, one.reports, one.foreseen) == (
        1,
        1,
        3,
        2,
    )  # the eighth day was not predicted for
    assert one.recall.value == 2 / 3


def test_undated_predictions_and_none_are_not_judged() -> None:
    assert judge([Spot(5, -84.0, 33.0)], [Later(FIRST, -84.0, 33.0)])[""].made == 0
    assert judge([], [])[""].hit_share.value is None


def test_the_index_of_places_agrees_with_a_plain_double_loop() -> None:
    made = random.Random(5)
    spots = [
        Spot(
            1,
            -84 + made.random() / 100,
            60 + made.random() / 100,
            day=FIRST + timedelta(days=made.randrange(3)),
        )
        for _ in range(150)
    ]
    reports = [
        Later(FIRST + timedelta(days=made.randrange(3)), -84 + made.random() / 100, 60 + made.random() / 100)
        for _ in range(150)
    ]

    def fits(one: Spot, other: Later) -> bool:
        assert None not in (one.latitude, one.longitude, other.latitude, other.longitude)
        north = abs(one.latitude - other.latitude) * 111_320  # type: ignore[operator]
        east = abs(one.longitude - other.longitude) * 111_320 * cos(radians(one.latitude))  # type: ignore[operator, arg-type]
        return one.day == other.day and north <= 75 and east <= 75

    found = judge(spots, reports)[""]
    assert found.right == sum(any(fits(one, other) for other in reports) for one in spots)
    assert found.foreseen == sum(any(fits(one, other) for one in spots) for other in reports)
    assert found.right > 5
