"""The database itself keeps the ledger: whoever asks, a row is never changed."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Model

from ledger.choices import AuditVerb
from ledger.models import AuditEvent, ImportRun, ImportUndo, Person, ReviewDecision, Stop
from ledger.tests.factories import make_stop, make_user

pytestmark = pytest.mark.django_db
LEDGER: list[type[Model]] = [Stop, Person, ImportUndo, ReviewDecision, AuditEvent]
NAMES = [model.__name__ for model in LEDGER]


@pytest.fixture(autouse=True)
def rows() -> None:
    run = ImportRun.objects.create(source="securecheck", file_name="a.csv")
    stop = make_stop(stop={"flags": 8})
    user = make_user()
    ReviewDecision.objects.create(stop=stop, user=user)
    ImportUndo.objects.create(import_run=run, user=user, reason="wrong file")
    AuditEvent.objects.create(verb=AuditVerb.SIGN_IN)


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)


@pytest.mark.parametrize("model", LEDGER, ids=NAMES)
def test_a_row_is_not_updated(model: type[Model]) -> None:
    key = model._meta.pk.attname
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        model._default_manager.update(**{key: 0})


@pytest.mark.parametrize("model", LEDGER, ids=NAMES)
def test_a_row_is_not_saved_over(model: type[Model]) -> None:
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        model._default_manager.get().save(force_update=True)


@pytest.mark.parametrize("model", LEDGER, ids=NAMES)
def test_a_row_is_not_deleted(model: type[Model]) -> None:
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        run(f"DELETE FROM {model._meta.db_table}")
    assert model._default_manager.count() == 1


@pytest.mark.parametrize("model", LEDGER, ids=NAMES)
def test_a_table_is_not_emptied(model: type[Model]) -> None:
    """The tests' own clean-up has this trigger disabled, so it is enabled here, inside a transaction of its own."""
    table = model._meta.db_table
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        run(
            "SET CONSTRAINTS ALL IMMEDIATE",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER no_truncate",
            f"TRUNCATE {table} CASCADE",
        )
    assert model._default_manager.count() == 1


@pytest.mark.parametrize("model", LEDGER, ids=NAMES)
def test_no_session_setting_is_a_key(model: type[Model]) -> None:
    """As superuser the replica role is had and does not help; as the application's own role it is not even had."""
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        run("SET LOCAL session_replication_role = replica", f"DELETE FROM {model._meta.db_table}")
    assert "never changed" in str(refused.value) or "permission denied" in str(refused.value)
    assert model._default_manager.count() == 1


@pytest.mark.parametrize("model", LEDGER, ids=NAMES)
def test_an_insert_does_not_turn_into_an_update(model: type[Model]) -> None:
    table, key = model._meta.db_table, model._meta.pk.column
    columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        run(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} ON CONFLICT ({key}) DO UPDATE SET {key} = {table}.{key}"
        )


def test_every_model_of_the_list_is_guarded_always() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'no_change' AND tgenabled = 'A'"
        )
        guarded = {table for (table,) in cursor.fetchall()}
    assert guarded >= {model._meta.db_table for model in LEDGER}


def test_a_version_has_one_successor() -> None:
    stop = Stop.objects.get()
    fields = {
        "number": stop.number,
        "version": 2,
        "supersedes": stop,
        "agency": stop.agency,
        "stopped_on": stop.stopped_on,
    }
    Stop.objects.create(**fields)
    with pytest.raises(IntegrityError, match=r"one_successor|one_version"), transaction.atomic():
        Stop.objects.create(**fields)


@pytest.mark.parametrize(
    "change", [{"number": 10**9}, {"version": 3}], ids=["another number", "a version left out"]
)
def test_a_correction_counts_on_from_the_version_before(change: dict[str, int]) -> None:
    stop = Stop.objects.get()
    fields = {
        "number": stop.number,
        "version": 2,
        "supersedes": stop,
        "agency": stop.agency,
        "stopped_on": stop.stopped_on,
    }
    with pytest.raises(IntegrityError, match="counts on from it"), transaction.atomic():
        Stop.objects.create(**{**fields, **change})
