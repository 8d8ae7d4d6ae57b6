"""The cubes by place: filled by their migration, read under a filter on posts, and not asked what they cannot hold."""

from __future__ import annotations

import random
from collections import Counter
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from insights import cubes
from insights.codes import Codes
from insights.fairness.cells import ACTIONS, group_cells, rate_cells
from insights.filters import Filters
from insights.models import AgePlaceYear, StopFact, WhoPlaceYear
from insights.models.cubes import PlaceCube
from insights.navigator import best_route
from insights.sizes import UNKNOWN, Sizes
from insights.tests.test_navigator import answer, fill
from ledger.tests.factories import make_agency, make_post, make_stop

pytestmark = pytest.mark.django_db

PLACES: tuple[type[PlaceCube], ...] = (WhoPlaceYear, AgePlaceYear)
CUBES_ARE_CHEAP = Sizes({StopFact._meta.db_table: 1e9}, {}, None, None)


def count_by_hand(group: str, place: str, action: str) -> dict[tuple[int, int], list[int]]:
    """Base and count of an action by group and place, fact by fact."""
    marks = {"searches": "searched", "arrests": "arrested", "drugs": "drugs", "frisks": "frisked"}
    outcomes = {"warnings": 2, "citations": 3}
    found: dict[tuple[int, int], list[int]] = {}
    for fact in StopFact.objects.all():
        if action == "frisks" and fact.frisked is None:
            continue
        yes = fact.outcome == outcomes[action] if action in outcomes else getattr(fact, marks[action]) is True
        counts = found.setdefault((getattr(fact, group), getattr(fact, place)), [0, 0])
        counts[0] += 1
        counts[1] += yes
    return found


def test_the_migration_sums_the_facts_that_are_there() -> None:
    fill(random.Random(5), 300)
    for cube in PLACES:
        cube.objects.all().delete()
    assert set(cubes.differences()) == {cube.__name__ for cube in PLACES}
    migration: Any = import_module("insights.migrations.0015_place_cubes")
    with connection.schema_editor() as editor:
        migration.sum_up(apps, editor)
    assert cubes.differences() == {}
    assert WhoPlaceYear.objects.count() > 100


@pytest.mark.parametrize("action", list(ACTIONS))
@pytest.mark.parametrize("group", ["race", "gender", "age_band"])
@pytest.mark.parametrize("place", ["agency", "post", "area"])
def test_rates_of_every_action_group_and_place_are_those_counted_by_hand(
    place: str, group: str, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(random.Random(11), 250)
    monkeypatch.setattr("insights.relation.sizes", lambda: CUBES_ARE_CHEAP)
    filters = Filters.read({}, Codes())
    by_hand = count_by_hand(group, place, action)
    due = {key: value for key, value in by_hand.items() if key[0] and (place == "agency" or key[1])}
    rows = rate_cells(filters, group, place, action)
    assert {(row["group"], row["place"]): [row["stops"], row[action]] for row in rows} == due
    totals: dict[int, Counter[str]] = {}
    for (code, _), (stops, met) in by_hand.items():
        totals.setdefault(code, Counter()).update({"stops": stops, action: met})
    assert {row["group"]: (row["stops"], row[action]) for row in group_cells(filters, group, action)} == {
        code: (total["stops"], total[action]) for code, total in totals.items()
    }


def test_frisks_are_read_from_the_cubes_that_count_them_only() -> None:
    filters = Filters.read({}, Codes())

    def reads(dims: list[str], measures: list[str], **given: str) -> str:
        return best_route(Filters.read(given, Codes()), dims, measures, CUBES_ARE_CHEAP).reads

    assert reads(["race", "agency"], ["frisks", "frisk_known"]) == "WhoPlaceYear"
    assert reads(["age_band"], ["frisks", "frisk_known"]) == "AgePlaceYear"
    assert reads(["race", "month"], ["frisks", "frisk_known"]) == "facts"
    assert reads(["race"], ["frisks"], searched="yes") == "facts", (
        "no cube counts who was frisked and searched"
    )
    assert best_route(filters, ["race"], ["searches"], CUBES_ARE_CHEAP).reads != "facts"


@pytest.mark.parametrize("words", ["East gate", "Unknown"])
def test_a_filter_on_posts_is_answered_alike_from_the_cube_and_from_the_facts(words: str) -> None:
    agency, chance = make_agency(), random.Random(3)
    posts = [None, make_post("East gate", agency), make_post("West gate", agency)]
    for _ in range(40):
        make_stop(
            agency,
            race=chance.choice([None, "White", "Black"]),
            searched=chance.choice([True, False, None]),
            stop={"post": chance.choice(posts)},
        )
    filters, dims, measures = Filters.read({"post": words}, Codes()), ["race"], ["stops", "searches"]
    route = best_route(filters, dims, measures, CUBES_ARE_CHEAP)
    assert route.reads == "WhoPlaceYear"
    found = answer(route, filters, dims, measures)
    facts = best_route(filters, dims, measures, UNKNOWN)
    assert facts.reads == "facts"
    assert found == answer(facts, filters, dims, measures)
    assert 0 < sum(row[1] for row in found) < 40
