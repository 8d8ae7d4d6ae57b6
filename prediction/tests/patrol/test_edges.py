"""Shifts and policies at the edges: one area, a day of 23 or 25 hours, a floor above the cap, nothing to weigh, days that cannot be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from insights.tests.conftest import kept_for_now
from ledger.choices import OffenceGroup as Group
from ledger.models import Agency, Area, Incident
from ledger.tests.factories import make_user
from ledger.tests.stops import signed_in
from prediction.crime.rates import expected_by_group
from prediction.models import PatrolPlan, PatrolPolicy
from prediction.patrol.demand import Shift
from prediction.patrol.making import Asked, make_plan
from prediction.patrol.planning import Impossible, allocate
from prediction.patrol.policy import Policy
from prediction.patrol.showing import warnings
from prediction.tests.crime.made_up import make_city

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
SPRING, AUTUMN = date(2026, 3, 29), date(2025, 10, 26)


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[Agency]:
    with kept_for_now(django_db_blocker):
        agency = make_city()
        area = Area.objects.create(agency=agency, kind="neighbourhood", name="Only drugs")
        first = Incident.objects.first()
        for number in range(60):
            Incident.objects.create(
                import_run=first.import_run,
                import_row=number,
                agency=agency,
                key=f"drugs-{number}",
                group=Group.DRUGS.value,
                month=date(2025, 5, 1),
                reported_on=date(2025, 5, 1 + number % 28),
                occurred_on=date(2025, 5, 1 + number % 28),
                occurred_at=first.occurred_at or datetime(2025, 1, 1, 20).time(),
                area=area,
            )
        call_command("train", "crime", json=True, stdout=StringIO())
        yield agency


def plan_for(city: Agency, **changes: Any) -> PatrolPlan:
    asked = {
        "agency": city,
        "kind": "neighbourhood",
        "day": date(2025, 7, 5),
        "start": 20,
        "hours": 8,
        "units": 2,
    }
    return make_plan(Asked(**(asked | changes)), make_user("Analyst"), seed=5)


def under(policy: Policy) -> None:
    PatrolPolicy.objects.create(body=policy.told(), reason="Tried.", user=make_user("Supervisor"))


def of(plan: PatrolPlan, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in plan.body["areas"] if one["name"] == name)
    return found


def test_hours_last_as_the_clock_has_them() -> None:
    def lasting(day: date, start: int, hours: int) -> list[float]:
        return Shift(datetime(day.year, day.month, day.day, start), hours, LONDON).lasting

    assert lasting(SPRING, 0, 4) == [1, 0, 1, 1]
    assert lasting(AUTUMN, 0, 4) == [1, 2, 1, 1]
    assert lasting(SPRING - timedelta(days=1), 22, 5) == [1, 1, 1, 0, 1]  # over midnight
    assert lasting(date(2025, 7, 5), 0, 24) == [1] * 24


def test_nothing_is_planned_in_an_hour_that_never_comes(city: Agency) -> None:
    plan = plan_for(city, day=SPRING, start=0, hours=24)
    assert (plan.body["skipped"], plan.body["repeated"]) == ([1], [])
    assert len(plan.body["visits"]) + plan.body["left"] == 23 * 2 * 3
    assert {one["hour"] for one in plan.body["visits"]} == set(range(24)) - {1}
    assert not [cell for cell in plan.body["cells"] if cell[1] == 1]
    docks = Area.objects.get(name="Docks").pk
    rates = expected_by_group([docks], SPRING, Policy().groups)
    by_hand = sum(one.expected for one in rates if one.weekday == 7 and one.hour != 1)
    assert of(plan, "Docks")["expected"] == pytest.approx(by_hand)
    assert "Clocks go forward at 01:00 and skip an hour" in " ".join(warnings(plan))


def test_an_hour_that_comes_twice_expects_twice_as_much(city: Agency) -> None:
    plan = plan_for(city, day=AUTUMN - timedelta(days=1), start=22, hours=8)
    assert (plan.body["skipped"], plan.body["repeated"]) == ([], [3])
    docks = Area.objects.get(name="Docks").pk
    rates = expected_by_group([docks], AUTUMN, Policy().groups)
    by_hand = sum(
        one.expected * (2 if (one.weekday, one.hour) == (7, 1) else 1)
        for one in rates
        if (one.weekday == 6 and one.hour >= 22) or (one.weekday == 7 and one.hour < 6)
    )
    assert of(plan, "Docks")["expected"] == pytest.approx(by_hand)
    assert "The hour from 01:00 comes twice" in " ".join(warnings(plan))
    assert plan.clock == "22:00 to 06:00"


def test_a_shift_of_a_whole_day_over_midnight_has_every_hour_once(city: Agency) -> None:
    plan = plan_for(city, start=18, hours=24)
    assert plan.expires - plan.begins == timedelta(hours=24)
    docks = Area.objects.get(name="Docks").pk
    rates = expected_by_group([docks], plan.day, Policy().groups)
    by_hand = sum(one.expected for one in rates if (one.weekday, one.hour >= 18) in ((6, True), (7, False)))
    assert of(plan, "Docks")["expected"] == pytest.approx(by_hand)
    assert max(one["start"] + one["minutes"] for one in plan.body["visits"]) <= 24 * 60


def test_one_area_gets_all_visits_up_to_the_cap(city: Agency) -> None:
    hill = Area.objects.get(name="Hill").pk
    plan = plan_for(city, areas=(hill,))
    assert of(plan, "Hill")["visits"] == len(plan.body["visits"]) == 48
    assert of(plan, "Hill")["minutes_share"] == 1.0
    under(Policy(cap=0.5))
    plan = plan_for(city, areas=(hill,))
    assert (len(plan.body["visits"]), plan.body["left"]) == (24, 24)


def test_where_only_discoveries_were_recorded_nothing_draws_a_patrol(city: Agency) -> None:
    under(Policy(explore=0.0, severity={**Policy().severity, Group.DRUGS: 1000.0}))
    told = of(plan_for(city), "Only drugs")
    assert (told["visits"], told["reported_share"]) == (0, 0.0)
    assert told["expected"] < 0.01  # no more than of any area of which nothing is known
    assert told["option"]
    assert str(Group.DRUGS.value) not in told["mix"]


def test_a_floor_goes_before_the_cap_and_is_marked(city: Agency) -> None:
    under(Policy(floor=5, cap=0.5, explore=0.0))
    plan = plan_for(city, hours=4)
    told = of(plan, "Only drugs")
    assert told["visits"] == 5  # although the cap allows none: nothing was reported there
    assert of(plan, "Hill")["visits"] == 5
    assert len(plan.body["visits"]) + plan.body["left"] == 24
    under(Policy(floor=20))
    with pytest.raises(Impossible, match="need 80 visits, but the units can make 24"):
        plan_for(city, hours=4)


def test_each_visit_says_how_much_better_than_one_at_random_it_is(city: Agency) -> None:
    under(Policy())
    plan = plan_for(city)
    harm = {(area, hour): 0.0 for area, hour, _ in plan.body["cells"]}
    rates = {
        (one.area, one.weekday, one.hour, one.group): one.expected
        for one in expected_by_group([one["area"] for one in plan.body["areas"]], plan.day, Policy().groups)
    }
    for (area, weekday, hour, group), number in rates.items():
        place = hour - 20 if weekday == 6 else hour + 4
        if (weekday == 6 and hour >= 20) or (weekday == 7 and hour < 4):
            harm[area, place] = harm.get((area, place), 0.0) + number * Policy().severity[Group(group or 0)]
    mean = sum(harm.values()) / (8 * len(plan.body["areas"]))
    by_area: Counter[int] = Counter()
    for one in plan.body["visits"]:
        assert one["lift"] == pytest.approx(harm.get((one["area"], one["hour"]), 0.0) / mean)
        by_area[one["area"]] += one["lift"]
    for told in plan.body["areas"]:
        if told["visits"]:
            assert told["lift"] == pytest.approx(by_area[told["area"]] / told["visits"])
            assert f"A visit here meets {told['lift']:.1f} times" in told["reason"]
    every = sum(one["lift"] for one in plan.body["visits"]) / len(plan.body["visits"])
    assert plan.body["lift"] == pytest.approx(every)


def test_no_units_and_no_hours_are_refused_in_words(city: Agency) -> None:
    assert allocate({(1, 0): 1.0}, [1], 1, 0).visits == Counter()
    for wrong in ({"units": 0}, {"hours": 0}, {"units": -1}, {"hours": 25}, {"start": 24}):
        with pytest.raises(Impossible, match="A plan needs a unit at least"):
            plan_for(city, **wrong)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"units": "0"}, "greater than or equal to 1"),
        ({"units": "201"}, "less than or equal to 200"),
        ({"units": "1.5"}, "whole number"),
        ({"hours": "25"}, "less than or equal to 24"),
        ({"start": "24"}, "less than or equal to 23"),
        ({"day": "9999-12-31"}, "Choose a day from 1 January 1990 to"),
        ({"day": "0001-01-01"}, "Choose a day from 1 January 1990 to"),
        ({"day": "tomorrow"}, "Write the day as"),
        ({"kind": "county"}, "county is not one of the available choices"),
        ({"areas": "999999"}, "One of these areas is not there"),
    ],
)
def test_a_shift_that_cannot_be_is_refused_in_words(city: Agency, changes: dict[str, str], said: str) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    sent = {
        "agency": city.pk,
        "kind": "neighbourhood",
        "day": f"{tomorrow}",
        "start": 18,
        "hours": 8,
        "units": 2,
    }
    before = PatrolPlan.objects.count()
    reply = signed_in("Analyst").post(reverse("plan-patrol"), sent | changes)
    assert reply.status_code == 200
    assert said in reply.content.decode()
    assert PatrolPlan.objects.count() == before
