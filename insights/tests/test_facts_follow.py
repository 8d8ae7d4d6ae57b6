"""Facts follow the ledger through the product's own ways of writing: log, correct, import, undo. A rebuild finds the same."""

from __future__ import annotations

import random
from datetime import date, time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from insights import cubes, facts
from insights.models import StopFact
from insights.tests import reference
from insights.tests.securecheck_file import random_filters, write_file
from insights.tests.test_twenty_questions import all_differences
from ledger.entry import PersonEntry, StopEntry
from ledger.imports.undo import undo
from ledger.models import ImportRun, Stop, Violation
from ledger.recording import correct_stop, record_stop
from ledger.tests.factories import make_agency, make_stop, make_user

pytestmark = pytest.mark.django_db
COPY = "CREATE TEMP TABLE facts_before ON COMMIT DROP AS SELECT * FROM insights_stopfact"
DIFFERENT = """
    SELECT (SELECT count(*) FROM (TABLE insights_stopfact EXCEPT ALL TABLE facts_before) AS a)
         + (SELECT count(*) FROM (TABLE facts_before EXCEPT ALL TABLE insights_stopfact) AS b)
"""


def rows_a_rebuild_changes() -> int:
    """Facts in which the kept ones and a rebuild from the ledger differ, both ways."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS facts_before")
        cursor.execute(COPY)
        facts.rebuild()
        cursor.execute(DIFFERENT)
        return int(cursor.fetchone()[0])


def logged(**fields: Any) -> Stop:
    officer = make_user("Officer").officer
    person = PersonEntry(role=1, gender=1, age=30, outcome=2, arrested=False, searched=False)
    values = {
        "stopped_on": date(2026, 3, 2),
        "stopped_at": time(23, 5),
        "vehicle": "AB1",
        "persons": (person,),
    } | fields
    entry = StopEntry(agency_id=officer.agency_id, **values)
    return record_stop(entry, author=officer.user, officer=officer, client_key=uuid4(), request=None).stop


def imported(path: Path) -> ImportRun:
    call_command("import", "securecheck", str(path), verbosity=0)
    return ImportRun.objects.latest("id")


def test_a_logged_stop_is_counted_when_it_is_saved() -> None:
    stop = logged()
    assert StopFact.objects.get().stop == stop.pk
    assert (rows_a_rebuild_changes(), cubes.differences()) == (0, {})


def test_every_person_of_a_stop_is_a_fact() -> None:
    logged(persons=(PersonEntry(gender=1, searched=True), PersonEntry(gender=2)))
    assert sorted(StopFact.objects.values_list("gender", "searched")) == [(1, True), (2, None)]
    assert rows_a_rebuild_changes() == 0


def test_a_correction_takes_the_place_of_what_it_corrects() -> None:
    before = logged(persons=(PersonEntry(), PersonEntry()))
    speeding = Violation.objects.get(label="Speeding")
    entry = StopEntry(before.agency_id, date(2025, 12, 31), (PersonEntry(age=17),), violation_id=speeding.pk)
    after = correct_stop(before, entry, reason="a wrong day", author=make_user("Supervisor"), request=None)
    fact = StopFact.objects.get()
    assert (fact.stop, fact.year, fact.month, fact.violation, fact.age_band) == (
        after.pk,
        2025,
        12,
        speeding.pk,
        1,
    )
    assert (rows_a_rebuild_changes(), cubes.differences()) == (0, {})


def test_what_is_rolled_back_leaves_no_fact() -> None:
    with transaction.atomic():
        logged()
        transaction.set_rollback(True)
    assert (StopFact.objects.count(), cubes.differences()) == (0, {})


def test_an_import_is_counted_and_twice_the_same_file_only_once(tmp_path: Path) -> None:
    path = write_file(tmp_path / "stops.csv", seed=3, rows=60, gaps=False)
    imported(path)
    imported(path)
    assert StopFact.objects.count() == 60
    assert (rows_a_rebuild_changes(), cubes.differences()) == (0, {})


def test_an_undone_import_is_gone_and_nothing_else(tmp_path: Path) -> None:
    make_stop()
    run = imported(write_file(tmp_path / "stops.csv", seed=3, rows=60, gaps=False))
    undo(run, make_user("Analyst"), "the wrong file")
    assert StopFact.objects.count() == 1
    assert (rows_a_rebuild_changes(), cubes.differences()) == (0, {})


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_whatever_happens_in_whatever_order_a_rebuild_finds_the_same(seed: int, tmp_path: Path) -> None:
    draw, analyst, supervisor = random.Random(seed), make_user("Analyst"), make_user("Supervisor")
    runs, stops = [], []
    for step in range(14):
        act = draw.choice(("log", "log", "correct", "import", "undo"))
        if act == "log":
            stops.append(logged(stopped_on=date(2026, draw.randint(1, 6), 3), vehicle=f"AB{step}"))
        elif act == "correct" and stops:
            before = stops.pop(draw.randrange(len(stops)))
            entry = StopEntry(
                before.agency_id, date(2026, 7, 1 + step), (PersonEntry(age=draw.randint(1, 99)),)
            )
            stops.append(correct_stop(before, entry, reason="random order", author=supervisor, request=None))
        elif act == "import":
            runs.append(
                imported(write_file(tmp_path / f"{step}.csv", seed=seed * 100 + step, rows=15, gaps=False))
            )
        elif act == "undo" and runs:
            undo(runs.pop(draw.randrange(len(runs))), analyst, "random order")
    assert StopFact.objects.count() == len(stops) + 15 * len(runs), f"seed {seed}"
    assert (rows_a_rebuild_changes(), cubes.differences()) == (0, {}), f"seed {seed}"


def test_a_file_taken_in_by_the_import_gives_the_figures_of_the_reference(tmp_path: Path) -> None:
    path = write_file(tmp_path / "stops.csv", seed=20261120, rows=400, gaps=False)
    imported(path)
    frame = reference.read(path)
    assert all_differences(frame, {}) == []
    for seed in (1, 2, 3):
        filters = {k: v for k, v in random_filters(random.Random(seed)).items() if v not in ("Equipment",)}
        assert all_differences(frame, filters) == [], f"seed {seed}: {filters}"


def test_every_public_excerpt_is_taken_in_as_the_reference_reads_it() -> None:
    from insights.tests.test_twenty_questions import EXCERPTS

    path = EXCERPTS / "traffic_stops_with_vehicle_number.first120.csv"
    if not path.exists():
        pytest.skip("The public excerpt is not on this machine.")
    imported(path)
    assert StopFact.objects.count() == 120
    assert all_differences(reference.read(path), {}) == []


def test_agencies_in_several_countries_keep_their_stops_apart() -> None:
    make_stop(agency=make_agency("A", "India"))
    make_stop(agency=make_agency("B", "USA"))
    assert StopFact.objects.values("country").distinct().count() == 2
