"""The vehicles stopped most often are looked for among those with many persons: quicker, and never another answer."""

from __future__ import annotations

import random

import pytest

from insights import cubes, vehicles
from insights.codes import Codes
from insights.filters import Filters
from insights.models import StopFact, VehicleCount
from insights.tests.test_navigator import fill, random_filters
from insights.vehicles import frequent, most_stopped
from ledger.models import Vehicle

pytestmark = pytest.mark.django_db


def give_vehicles() -> None:
    """Two persons to some stops, and to each stop a vehicle, a few of them again and again."""
    made = Vehicle.objects.bulk_create(Vehicle(number=f"V{number:03}") for number in range(60))
    facts = list(StopFact.objects.order_by("id"))
    for fact in facts:
        fact.stop = fact.id // 3
        fact.vehicle = made[int(60 * random.Random(fact.stop).random() ** 3)].pk if fact.stop % 7 else None
    StopFact.objects.all().delete()
    StopFact.objects.bulk_create(facts)
    cubes.rebuild({})


@pytest.mark.parametrize("seed", range(3))
def test_looking_among_the_frequent_gives_the_same_ten(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vehicles, "TRIED", 12)
    chance, codes = random.Random(seed), Codes()
    fill(chance, 600)
    give_vehicles()
    narrowed = 0
    for number in range(25):
        given = random_filters(chance) if number else {}
        facts = Filters.read(given, codes).facts()
        among = frequent(facts, 10)
        narrowed += among is not facts
        assert most_stopped(among, 10).rows == most_stopped(facts, 10).rows, (seed, given)
    assert narrowed >= 3


def test_a_count_that_forgets_persons_would_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vehicles, "TRIED", 12)
    fill(random.Random(5), 600)
    give_vehicles()
    facts = Filters.read({}, Codes()).facts()
    right = most_stopped(facts, 10).rows
    VehicleCount.objects.filter(vehicle=right[4]["id"]).update(stops=1)
    assert most_stopped(frequent(facts, 10), 10).rows != right


def test_where_too_many_would_be_looked_up_all_facts_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vehicles, "MOST_LOOKED_UP", 10)
    fill(random.Random(5), 600)
    give_vehicles()
    facts = Filters.read({}, Codes()).facts()
    assert frequent(facts, 10) is facts
