"""Plans held against the patrols that took place: planted cases."""

from __future__ import annotations

from datetime import date, datetime
from random import Random
from typing import Any

import pytest

from insights.audit.placing import holds, place
from ledger.models import Agency, Area, ImportUndo
from ledger.tests.factories import make_agency, make_user
from prediction.patrol.comparing import compare, thirds
from prediction.patrol.matching import BOUNDARY, NAME, OUTSIDE, UNKNOWN, Place
from prediction.patrol.patrolled import patrolled
from prediction.patrol.took_place import Log, Recorded, Shift, stays
from prediction.tests.patrol.recorded import LONDON, at, beats, by_name, log, of, plan_of, square, visit


@pytest.fixture
def agency(db: None) -> Agency:
    return make_agency("Riverton Police", time_zone="Europe/London")


def test_of_three_planned_two_recorded_one_elsewhere_two_were_made(agency: Agency) -> None:
    plan = plan_of(agency, [(0, 5, 12), (0, 25, 12), (1, 70, 14)])
    log(
        agency,
        visit(0, at(18, 10), 12),
        visit(0, at(18, 30), 4),
        visit(0, at(18, 45), 12),  # a third, where two were planned
        visit(1, at(18, 40), 15),  # an hour too early
        visit(3, at(19, 30), 20),  # a beat that is in no plan
        visit(9, at(21, 59), 30),  # in no beat; 1 minute of it lies in the shift
    )
    found = of(plan)
    assert (found["planned"], found["made"], found["made_full"], found["made_in_shift"]) == (3, 2, 2, 3)
    assert found["made_share"] == pytest.approx(2 / 3)
    assert found["made_low"] == pytest.approx(0.2077, abs=1e-4)  # Wilson's interval of 2 in 3
    assert found["made_high"] == pytest.approx(0.9385, abs=1e-4)
    assert (found["minutes_as_planned"], found["minutes_else"], found["minutes_outside"]) == (28, 15, 21)
    assert by_name(found, "101")["share"] == pytest.approx(28 / 43)
    assert (by_name(found, "101")["per_1000"], by_name(found, "102")["per_1000"]) == (28.0, None)
    assert by_name(found, "103") | {"area": 0} == {
        "area": 0,
        "name": "103",
        **dict.fromkeys(("planned", "planned_minutes", "recorded", "recorded_minutes", "made"), 0),
        "residents": 500,
        "per_1000": 0.0,
        "share": 0.0,
        "reported_share": 0.2,
    }


def test_no_record_is_unknown_and_never_nought(agency: Agency) -> None:
    plan = plan_of(agency, [(0, 5, 12)])
    log(make_agency("Lakeside Police"), visit(0, at(18, 10)))
    assert str(patrolled(plan)).startswith("No patrols of Riverton Police are in the ledger.")
    run = log(agency, visit(0, at(18, 10)))
    assert of(plan)["made"] == 1
    ImportUndo.objects.create(import_run=run, user=make_user("Analyst"))
    assert "are in the ledger. Whether the planned visits were made is unknown" in str(patrolled(plan))
    log(agency, visit(0, at(18, 0, date(2025, 1, 2))), visit(0, at(18, 0, date(2025, 5, 6))))
    told = str(patrolled(plan))
    assert "No patrol of Riverton Police is recorded in this shift" in told
    assert "from 2 January 2025 to 6 May 2025" in told
    assert "0%" not in told


def test_patrols_that_are_recorded_elsewhere_only_are_a_known_nought(agency: Agency) -> None:
    plan = plan_of(agency, [(0, 5, 12)])
    log(agency, visit(3, at(18, 10)), visit(3, at(21, 10)))
    found = of(plan)
    assert (found["made"], found["made_share"], found["made_low"], found["minutes_outside"]) == (
        0,
        0.0,
        0.0,
        24,
    )


def test_hours_that_the_log_does_not_reach_are_left_out(agency: Agency) -> None:
    plan = plan_of(agency, [(0, 5, 12), (0, 65, 12), (0, 125, 12), (0, 185, 12)])
    log(agency, visit(0, at(18, 30), 12), visit(0, at(19, 30), 12))
    found = of(plan)
    assert (found["known_hours"], found["planned"], found["beyond_log"], found["made"]) == (2, 2, 2, 2)
    assert [one["known"] for one in found["by_hour"]] == [True, True, False, False]


def test_places_are_told_by_name_where_there_is_no_point_or_boundary(agency: Agency) -> None:
    beats(agency, bounded=False)
    plan = plan_of(agency, [(0, 5, 12), (1, 5, 12), (2, 5, 12)])
    log(
        agency,
        visit(0, at(18, 1), place="  beat   101 "),  # the point helps nobody: no boundaries
        visit(None, at(18, 2), place="102"),
        visit(None, at(18, 3), place="Beat 104"),
        visit(0, at(18, 4), place="The Mall"),
        visit(None, at(21, 4), place="102"),
    )
    found = of(plan)
    assert (found["made"], found["made_most"], found["unplaced"]) == (2, 3, 1)
    assert found["placed_by"] == {BOUNDARY: 0, NAME: 4}
    assert found["minutes_outside"] == 12


def test_where_no_place_is_known_nothing_is_said(agency: Agency) -> None:
    plan = plan_of(agency, [(0, 5, 12)])
    log(agency, visit(None, at(18, 5), place="The Mall"), visit(None, at(18, 9)))
    told = str(patrolled(plan))
    assert "Of the 2 patrols that are recorded in this shift none can be put into an area" in told
    assert "unknown" in told


def test_a_visit_over_full_hours_counts_once_and_its_minutes_where_they_passed(agency: Agency) -> None:
    plan = plan_of(agency, [(0, 5, 12), (0, 65, 12)])
    log(
        agency,
        visit(0, at(17, 50), 80),  # since before the shift: counts in its first hour
        visit(0, at(21, 55), 20),
        visit(0, at(17, 30), None),  # without a length nobody knows whether it reached the shift
        visit(0, at(16, 0), 30),
        visit(0, at(22, 0), 30),
    )
    found = of(plan)
    assert found["recorded"] == 2
    assert [one["recorded_minutes"] for one in found["by_hour"]] == [60, 10, 0, 5]
    assert [one["made"] for one in found["by_hour"]] == [1, 0, 0, 0]


def test_minutes_told_go_before_start_and_end_and_are_spread_over_them() -> None:
    shift = Shift(datetime(2025, 3, 8, 18), 4, LONDON)

    def minutes(ended: datetime | None, told: float | None) -> Any:
        [one] = stays([Recorded("", None, None, at(18, 30), ended, told)], shift)
        return one.minutes

    assert minutes(at(19, 30), 30) == {0: 15.0, 1: 15.0}
    assert minutes(at(19, 30), None) == {0: 30.0, 1: 30.0}
    assert minutes(at(18, 0), 40) == {0: 30.0, 1: 10.0}  # ended before it began: the minutes told hold
    assert minutes(at(18, 0), None) is minutes(None, None) is None
    assert minutes(at(18, 30), 5) == {0: 5.0}
    assert minutes(at(18, 30), 0) == {}
    assert minutes(None, 100_000) == {
        0: 30.0,
        1: 60.0,
        2: 60.0,
        3: 60.0,
    }  # never closed: no more than the shift


def test_an_hour_that_comes_twice_is_one_and_one_that_never_comes_has_nothing() -> None:
    autumn = Shift(datetime(2025, 10, 26, 0), 4, LONDON)
    first = at(1, 30, date(2025, 10, 26))
    [one] = stays([Recorded("", None, None, first, None, 120)], autumn)
    assert one.minutes == {1: 90.0, 2: 30.0}  # 1:30 summer time to 2:30 winter time
    spring = Shift(datetime(2025, 3, 30, 0), 4, LONDON)
    [one] = stays([Recorded("", None, None, at(0, 30, date(2025, 3, 30)), None, 60)], spring)
    assert one.minutes == {0: 30.0, 2: 30.0}


def test_a_log_knows_the_hours_from_its_first_to_its_last_visit() -> None:
    shift = Shift(datetime(2025, 3, 8, 18), 4, LONDON)
    assert Log(at(1), at(23)).knows(shift) == {0, 1, 2, 3}
    assert Log(at(19, 59), at(20, 0)).knows(shift) == {1, 2}
    assert Log(at(23), at(23)).knows(shift) == Log(None, None).knows(shift) == set()


def test_nothing_planned_is_no_division_by_zero() -> None:
    body = {"areas": [{"area": 1, "name": "A", "reported_share": None, "minutes_share": None}], "visits": []}
    [stay] = stays([Recorded("", None, None, at(18), None, None)], Shift(datetime(2025, 3, 8, 18), 1, LONDON))
    found = compare(body, 1, {0}, [stay], [Place(1, NAME)])
    assert (found["made_share"], found["made_low"], found["made_most"], found["unmeasured"]) == (
        None,
        None,
        0,
        1,
    )
    assert found["areas"][0]["share"] is None
    assert [one["patrolled"] for one in thirds(body["areas"], found)] == [None, None, None]


def test_thirds_know_minutes_per_head_only_where_all_residents_are_known(agency: Agency) -> None:
    plan = plan_of(agency, [(0, 5, 12), (2, 25, 10)])
    log(agency, visit(0, at(18, 10), 30), visit(2, at(18, 20), 10))
    few, middling, many = thirds(plan.body["areas"], of(plan))
    assert (few["patrolled"], many["patrolled"]) == (pytest.approx(0.25), pytest.approx(0.75))
    assert (few["per_1000"], few["patrolled_per_1000"]) == (20.0, 20.0)
    assert (many["per_1000"], many["patrolled_per_1000"]) == (12.0, 30.0)
    assert middling["patrolled_per_1000"] is None


def test_one_point_lies_where_the_many_lie() -> None:
    random = Random(3)
    shapes = [
        square(0),
        {"type": "MultiPolygon", "coordinates": [square(2)["coordinates"], square(4)["coordinates"]]},
        {
            "type": "Polygon",
            "coordinates": [
                *square(6)["coordinates"],
                [[0.062, 51.002], [0.068, 51.002], [0.065, 51.008], [0.062, 51.002]],
            ],
        },
    ]
    points = [(random.uniform(-0.01, 0.08), random.uniform(50.995, 51.015)) for _ in range(2000)]
    points += [(0.0, 51.0), (0.01, 51.005), (0.065, 51.004)]
    many = place([x for x, _ in points], [y for _, y in points], shapes)
    one = [next((number for number, shape in enumerate(shapes) if holds(shape, x, y)), -1) for x, y in points]
    assert one == many
    assert set(many) == {-1, 0, 1, 2}


def test_points_outside_the_earths_edges_and_odd_boundaries_break_nothing(agency: Agency) -> None:
    plan = plan_of(agency, [(0, 5, 12)])
    Area.objects.filter(agency=agency, name="102").update(boundary={"type": "Point", "coordinates": [0, 0]})
    log(agency, visit(0, at(18, 5)), visit(None, at(18, 6), latitude=89.9, longitude=-179.9))
    found = of(plan)
    assert (found["made"], found["unplaced"]) == (1, 1)  # 102 has no boundary: the far point may lie in it
    assert OUTSIDE != UNKNOWN
