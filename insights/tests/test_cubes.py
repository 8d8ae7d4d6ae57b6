"""The cubes hold what the facts hold, whatever is written, corrected, undone or repaired."""

from __future__ import annotations

import random
from datetime import date, time
from typing import Any

import pytest
from django.db import DataError, connection, transaction

from insights import cubes, facts, prepared
from insights.models import CUBES, StopFact, Who
from insights.models.cubes import PlaceCube
from ledger import signals
from ledger.models import Person, Stop
from ledger.tests.factories import make_agency, make_stop

pytestmark = pytest.mark.django_db


def random_stop(chance: random.Random) -> Stop:
    mark = [True, False, None]
    return make_stop(
        agency=make_agency(*chance.choice([("North", "India"), ("South", "India"), ("East", "Canada")])),
        on=date(chance.choice([2024, 2025]), chance.randint(1, 3), chance.randint(1, 28)),
        at=chance.choice([None, time(chance.randint(0, 23))]),
        violation=chance.choice([None, "Speeding", "DUI"]),
        race=chance.choice([None, "White", "Black"]),
        drugs=chance.choice(mark),
        age=chance.choice([None, 17, 40]),
        outcome=chance.randint(0, 5),
        searched=chance.choice(mark),
        arrested=chance.choice(mark),
        contraband_found=chance.choice(mark),
        frisked=chance.choice(mark),
        stop={"duration_band": chance.randint(0, 3)},
    )


def correct(before: Stop, **person: Any) -> Stop:
    after = Stop.objects.create(
        number=before.number,
        version=before.version + 1,
        supersedes=before,
        agency=before.agency,
        stopped_on=before.stopped_on,
    )
    Person.objects.create(stop=after, **person)
    signals.stop_corrected.send(sender=correct, old_id=before.pk, new_id=after.pk)
    return after


@pytest.mark.parametrize("seed", range(5))
def test_cubes_follow_the_facts_through_logging_and_correcting(seed: int) -> None:
    chance = random.Random(seed)
    stops = [random_stop(chance) for _ in range(40)]
    for stop in chance.sample(stops, 10):
        correct(stop, gender=chance.randint(0, 3), searched=True)
    assert cubes.differences() == {}
    assert sum(Who.objects.values_list("stops", flat=True)) == StopFact.objects.count() == 40


def test_a_forgotten_minus_one_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = make_stop()
    add = cubes.add
    monkeypatch.setattr(cubes, "add", lambda come, gone=(): add(come))
    correct(stop, gender=2)
    assert set(cubes.differences()) == {cube.__name__ for cube in CUBES}


def test_a_correction_touches_only_what_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells that stay as they are are not written, so nobody waits for them."""
    same = {"role": 1, "age": 30, "outcome": 2, "arrested": False, "searched": False}
    first = correct(make_stop(), gender=1, **same)
    sent: list[str] = []
    execute = prepared.execute

    def watched(statements: Any) -> None:
        sent.extend(sql.split()[2] for sql, _ in statements)
        execute(statements)

    monkeypatch.setattr(prepared, "execute", watched)
    second = correct(first, gender=2, **same)
    assert sorted(set(sent)) == sorted(
        cube._meta.db_table for cube in CUBES if "gender" in cube.key_columns()
    )
    sent.clear()
    correct(second, gender=2, **same)
    assert sent == []
    assert cubes.differences() == {}


def test_an_error_of_the_database_is_one_of_djangos() -> None:
    with pytest.raises(DataError), transaction.atomic():
        prepared.execute([("SELECT 1 / %s", [1]), ("SELECT 1 / %s", [0])])
    assert prepared.rows("SELECT %s + 1 AS two", [1]) == [{"two": 2}]


def test_nothing_is_prepared_where_a_pooler_cannot_keep_it(settings: Any) -> None:
    settings.PREPARED_STATEMENTS = False
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        before = cursor.fetchone()[0]
        correct(make_stop(), gender=2)
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone()[0] == before
    assert cubes.differences() == {}


def test_many_stops_at_once_are_added_like_few() -> None:
    chance = random.Random(21)
    stops = [random_stop(chance).pk for _ in range(30)]
    cells = [list(cube.objects.order_by("pk").values_list()) for cube in CUBES]
    StopFact.objects.all().delete()
    for cube in CUBES:
        cube.objects.all().delete()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(facts, "FEW", 10)
        assert (facts.add_stops(stops), facts.add_stops(stops)) == (30, 0)
    assert [list(cube.objects.order_by("pk").values_list()) for cube in CUBES] == cells
    assert facts.add_stops(stops[:5]) == 0


def test_a_rebuild_mends_every_cube() -> None:
    chance = random.Random(7)
    for _ in range(30):
        random_stop(chance)
    for cube in CUBES:
        cube.objects.filter(year=2024).update(stops=99)
    assert len(cubes.differences()) == len(CUBES)
    facts.rebuild()
    assert cubes.differences() == {}


def test_a_rebuild_of_one_agency_and_month_leaves_sound_cubes() -> None:
    chance = random.Random(8)
    for _ in range(60):
        random_stop(chance)
    agency = make_agency("North")
    Who.objects.filter(agency=agency.pk, year=2025, month=2).update(stops=99)
    assert cubes.differences() != {}
    facts.rebuild(agency.pk, (2025, 2))
    assert cubes.differences() == {}


def test_every_measure_is_a_column_of_every_cube_but_frisks_of_those_by_place_only() -> None:
    frisks = ["frisks", "frisk_known"]
    common = [name for name in cubes.MEASURES if name not in frisks]
    for cube in CUBES:
        own = [
            field.name
            for field in cube._meta.concrete_fields
            if field.name not in (*cube.key_columns(), "country")
        ]
        assert own == [*common, *frisks] if issubclass(cube, PlaceCube) else own == common
