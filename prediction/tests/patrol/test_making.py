"""Plans from a trained forecast of a made-up city, what was reported afterwards, and what cannot be altered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import InternalError, connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from insights.tests.conftest import kept_for_now
from ledger.choices import OffenceGroup as Group
from ledger.models import Agency, Area, AreaFigure, Incident
from ledger.tests.factories import make_agency, make_user
from prediction.crime.rates import expected_by_group
from prediction.models import PatrolPlan
from prediction.patrol.afterwards import Outcome, afterwards, compared
from prediction.patrol.making import Asked, digest_of, make_plan
from prediction.patrol.planning import Impossible
from prediction.patrol.policy import Policy
from prediction.patrol.reasons import amount, changes, ordinal, trend
from prediction.tests.crime.made_up import make_city
from prediction.tests.patrol import made_up

DAY = date(2025, 7, 5)  # a Saturday, after the data


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[Agency]:
    """The made-up city with its forecast in use."""
    with kept_for_now(django_db_blocker):
        agency = make_city()
        call_command("train", "crime", json=True, stdout=StringIO())
        yield agency


def plan_for(city: Agency, seed: int = 5, **changes: Any) -> PatrolPlan:
    asked = {
        "agency": city,
        "kind": "neighbourhood",
        "day": DAY,
        "start": 20,
        "hours": 8,
        "units": 2,
    } | changes
    return make_plan(Asked(**asked), make_user("Analyst"), seed=seed)


def of(plan: PatrolPlan, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in plan.body["areas"] if one["name"] == name)
    return found


def test_expected_counts_are_those_of_the_served_rates(city: Agency) -> None:
    plan = plan_for(city)
    docks = Area.objects.get(name="Docks")
    hours = [datetime.combine(DAY, time(20)) + timedelta(hours=place) for place in range(8)]
    wanted = {(one.isoweekday(), one.hour) for one in hours}
    rates = expected_by_group([docks.pk], DAY, Policy().groups)
    by_hand = sum(row.expected for row in rates if (row.weekday, row.hour) in wanted)
    assert of(plan, "Docks")["expected"] == pytest.approx(by_hand)
    # The rates that the city was drawn from give 8 × 0.25 = 2 by night, 2 × 0.05 less where it ends at 4.
    assert by_hand == pytest.approx(2, rel=0.25)


def test_by_night_the_docks_come_first_and_by_day_the_market(city: Agency) -> None:
    night, day = plan_for(city), plan_for(city, start=10)
    assert of(night, "Docks")["rank"] == 1
    assert of(day, "Market")["rank"] == 1
    assert of(night, "Docks")["visits"] > of(night, "Hill")["visits"]
    assert night.body["lift"] > 1
    assert "1st of 3 areas by harm" in of(night, "Docks")["reason"]


def test_every_visit_has_count_interval_and_kind_and_none_is_outside_the_shift(city: Agency) -> None:
    plan = plan_for(city)
    assert len(plan.body["visits"]) + plan.body["left"] == 2 * 8 * 3
    for one in plan.body["visits"]:
        assert one["low"] <= one["expected"] + 1
        assert one["expected"] <= one["high"] + 1
        assert one["type"] == "Foot Patrol"  # robbery and theft
        assert 0 <= one["start"] < one["start"] + one["minutes"] <= 8 * 60
    assert Counter(one["area"] for one in plan.body["visits"]) == {
        one["area"]: one["visits"] for one in plan.body["areas"] if one["visits"]
    }
    assert all(one["option"] for one in plan.body["areas"])


def test_the_same_seed_gives_the_same_plan_and_another_another(city: Agency) -> None:
    one, again, other = (plan_for(city, seed=seed) for seed in (5, 5, 6))
    assert one.body == again.body
    assert one.digest == again.digest == digest_of(one.body)
    assert one.body["visits"] != other.body["visits"]


def test_a_shift_over_the_end_of_a_month_takes_each_hour_from_its_own_month(city: Agency) -> None:
    plan = plan_for(city, day=date(2025, 7, 31), start=22, hours=4)
    docks = Area.objects.get(name="Docks").pk
    july, august = (expected_by_group([docks], date(2025, month, 1), Policy().groups) for month in (7, 8))
    by_hand = sum(row.expected for row in july if row.weekday == 4 and row.hour >= 22)
    by_hand += sum(row.expected for row in august if row.weekday == 5 and row.hour < 2)
    assert of(plan, "Docks")["expected"] == pytest.approx(by_hand)


def test_residents_are_told_where_known_and_unknown_else(city: Agency) -> None:
    docks = Area.objects.get(name="Docks")
    run = Incident.objects.first().import_run
    for year, value in ((2010, 900), (2020, 1000)):
        AreaFigure.objects.create(
            import_run=run, import_row=year, area=docks, measure="population", value=value, year=year
        )
    plan = plan_for(city)
    assert (of(plan, "Docks")["residents"], of(plan, "Docks")["residents_year"]) == (1000, 2020)
    assert of(plan, "Hill")["residents"] is None
    AreaFigure.objects.all().delete()


def test_shares_of_reported_harm_are_those_of_the_ledger(city: Agency) -> None:
    told = {one["name"]: one["reported_share"] for one in plan_for(city).body["areas"]}
    harm: Counter[str] = Counter()
    kept = Incident.objects.filter(area__isnull=False, occurred_at__isnull=False)
    for name, group in kept.values_list("area__name", "group"):
        harm[name] += 8 if group == Group.ROBBERY else 1
    whole = sum(harm.values())
    assert told == {name: pytest.approx(number / whole, abs=0.01) for name, number in harm.items()}


def test_only_the_chosen_areas_are_planned(city: Agency) -> None:
    hill = Area.objects.get(name="Hill").pk
    assert [one["name"] for one in plan_for(city, areas=(hill,)).body["areas"]] == ["Hill"]
    with pytest.raises(Impossible, match="knows none of these areas"):
        plan_for(city, areas=(999_999,))


@pytest.mark.django_db
def test_without_a_forecast_there_is_no_plan() -> None:
    with pytest.raises(Impossible, match="No forecast of crime is in use"):
        make_plan(Asked(make_agency(), "beat", DAY, 18, 8, 2), make_user("Analyst"))


# Afterwards


def test_afterwards_counts_what_was_reported_in_the_shift_by_hand(city: Agency) -> None:
    plan = plan_for(city, day=date(2025, 5, 3))
    first = datetime(2025, 5, 3, 20)
    by_hand = Incident.objects.filter(
        area__isnull=False, occurred_at__isnull=False, occurred_on__in=(date(2025, 5, 3), date(2025, 5, 4))
    )
    inside = [
        one
        for one in by_hand
        if first <= datetime.combine(one.occurred_on, one.occurred_at) < first + timedelta(hours=8)
    ]
    found = afterwards(plan)
    assert isinstance(found, Outcome)
    assert found.counted == len(inside)
    assert found.by_area == Counter(one.area_id for one in inside)


def test_afterwards_waits_until_reports_reach_beyond_the_shift(city: Agency) -> None:
    assert "not in the ledger yet" in str(afterwards(plan_for(city)))
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert "is not over" in str(afterwards(plan_for(city, day=tomorrow)))


def test_comparison_by_hand() -> None:
    body = {
        "areas": [
            {"area": 1, "expected": 2.0, "low": 0, "high": 5},
            {"area": 2, "expected": 0.5, "low": 0, "high": 2},
        ],
        "visits": [{"area": 1, "hour": 0}, {"area": 1, "hour": 0}],
    }
    found = compared(body, Counter({(1, 0): 3, (2, 1): 4, (9, 0): 50}), 2)
    assert (found.counted, found.hits, found.visited, found.cells, found.within) == (7, 3, 1, 4, 1)
    assert found.pai == pytest.approx(3 / 7 / 0.25)
    assert found.pei == pytest.approx(3 / 4)
    assert (found.low, found.high) == (0, 6)  # Poisson's 2.5 and 97.5 % points of 2.5
    nothing = compared(body, Counter(), 2)
    assert (nothing.pai, nothing.pei, nothing.counted) == (None, None, 0)


# Words


def test_a_trend_within_chance_is_said_to_be_so() -> None:
    assert "no more than chance" in trend(55, 45)
    assert "more than chance" in trend(80, 40)
    assert "no more" not in trend(80, 40)
    assert "fewer than chance" in trend(40, 80)
    assert "Nothing was reported" in trend(0, 0)


def test_changes_tell_the_largest_first_and_nothing_when_nothing_moved() -> None:
    def body(*visits: int, **policy: Any) -> dict[str, Any]:
        areas = [{"name": f"{place}", "visits": number} for place, number in enumerate(visits)]
        return {"areas": areas, "policy": policy}

    assert changes(body(1), None, "Beat") == ["This is the first plan for these areas."]
    assert "No area’s share" in changes(body(5, 5), body(50, 50), "Beat")[0]
    told = changes(body(6, 3, 1), body(3, 4, 3), "Beat")
    assert told[0] == "Beat 0: 30.0 points more of all visits (30.0% before, 60.0% now)."
    assert told[1].startswith("Beat 2: 20.0 points less")
    assert changes(body(5, cap=1), body(5, cap=2), "Beat") == ["The policy is another one."]


@pytest.mark.parametrize(("number", "text"), [(0.0341, "0.034"), (0.27, "0.27"), (1.94, "1.9"), (12.4, "12")])
def test_amounts_have_two_digits_that_count(number: float, text: str) -> None:
    assert amount(number) == text


def test_places_in_order() -> None:
    assert [ordinal(place) for place in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == (
        ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th"]
    )


# Kept as it was


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql", ["UPDATE prediction_patrolplan SET units = 9", "DELETE FROM prediction_patrolplan"]
)
def test_a_plan_cannot_be_altered(sql: str) -> None:
    made_up.make_plan(make_agency())
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "policy", [Policy(), Policy(severity={3: 1.5}, types={3: "Foot Patrol"}, floor=2, travel=9)]
)
def test_a_policy_is_read_as_it_was_kept(policy: Policy) -> None:
    import json

    assert Policy.of(json.loads(json.dumps(policy.told()))).told() == policy.told()
