"""References of stops and persons are checked by the database, whoever writes: a statement at a time, as foreign keys are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, connection, transaction

from ledger.models import Agency, Area, ImportRun, Officer, Person, Post, Race, Stop, StopPrivate, Violation
from ledger.tests.factories import make_agency, make_stop

PARENTS: list[tuple[str, str, type[Any]]] = [
    ("ledger_stop", "agency_id", Agency),
    ("ledger_stop", "post_id", Post),
    ("ledger_stop", "area_id", Area),
    ("ledger_stop", "officer_id", Officer),
    ("ledger_stop", "violation_id", Violation),
    ("ledger_stop", "import_run_id", ImportRun),
    ("ledger_stop", "author_id", User),
    ("ledger_person", "race_id", Race),
    ("ledger_person", "stop_id", Stop),
    ("ledger_stopprivate", "stop_id", Stop),
]


def copy_with(table: str, column: str, value: int) -> None:
    """Insert a copy of the table's first row, with another parent."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 1")
        row = dict(zip([one.name for one in cursor.description], cursor.fetchone(), strict=True))
        if table != "ledger_stopprivate":
            row["id"] += 1000
        row |= {"number": row["number"] + 1000} if "number" in row else {}
        row |= {"position": 7} if "position" in row else {}
        row |= {"import_row": 1} if column == "import_run_id" else {}
        row[column] = value
        names, marks = ", ".join(f'"{name}"' for name in row), ", ".join(["%s"] * len(row))
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "column", "parent"), PARENTS)
def test_a_row_whose_parent_is_not_there_is_refused(table: str, column: str, parent: type[Any]) -> None:
    make_stop(vehicle="AB1")
    with pytest.raises(IntegrityError, match=f"{column} of a row of {table}"):
        copy_with(table, column, 32_000)


@pytest.mark.django_db
def test_a_correction_of_no_stop_is_refused() -> None:
    stop = make_stop()
    with pytest.raises(IntegrityError):
        Stop.objects.create(
            number=stop.number,
            version=2,
            supersedes_id=32_000,
            agency_id=stop.agency_id,
            stopped_on="2026-01-05",
        )


@pytest.mark.django_db
def test_a_row_whose_parents_are_there_is_taken() -> None:
    stop = make_stop(vehicle="AB1")
    copy_with("ledger_stop", "violation_id", Violation.objects.order_by("-pk")[0].pk)
    copy_with("ledger_person", "race_id", Race.objects.order_by("-pk")[0].pk)
    assert (Stop.objects.count(), Person.objects.filter(stop=stop).count()) == (2, 2)
    assert StopPrivate.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("parent", [Agency, Violation, Race, User])
def test_a_parent_that_is_referred_to_is_not_deleted(parent: type[Any]) -> None:
    author = User.objects.create_user("author")
    stop = make_stop(violation="Speeding", race="White", stop={"author": author})
    used = {
        Agency: stop.agency_id,
        Violation: stop.violation_id,
        Race: stop.persons.get().race_id,
        User: author.pk,
    }[parent]
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {parent._meta.db_table} WHERE id = %s", [used])


@pytest.mark.django_db(transaction=True)
def test_a_parent_does_not_go_while_a_row_that_refers_to_it_is_being_written() -> None:
    """As under a foreign key: the row's transaction holds its parents until it ends."""
    make_stop(violation="Speeding")
    spare = Violation.objects.create(pk=900, label="Spare")
    written, done = Event(), Event()

    def write() -> None:
        try:
            with transaction.atomic():
                copy_with("ledger_stop", "violation_id", spare.pk)
                written.set()
                done.wait(10)
        finally:
            written.set()
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        written.wait(10)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '300ms'")
            with pytest.raises(DatabaseError):
                cursor.execute("DELETE FROM ledger_violation WHERE id = 900")
            cursor.execute("RESET lock_timeout")
        done.set()
        writing.result()
    assert Stop.objects.filter(violation=spare).count() == 1


@pytest.mark.django_db
def test_many_rows_are_checked_at_once_and_one_bad_one_refuses_all() -> None:
    stop = make_stop(agency=make_agency("India", "India"))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_person (stop_id, position, role, gender, outcome, search_bases, contraband) "
            "SELECT CASE WHEN n = 500 THEN 999999 ELSE %s END, n, 0, 0, 0, '{}', '{}' "
            "FROM generate_series(2, 900) n",
            [stop.pk],
        )
    assert Person.objects.count() == 1
