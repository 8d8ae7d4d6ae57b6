"""Several at once: the same upload twice, a load beside an undo, a correction beside an undo."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from insights.models import StopFact
from ledger.imports import engine, store
from ledger.imports.source import Source
from ledger.imports.undo import UndoRefused, undo
from ledger.models import ImportKey, ImportRun, ImportUndo, Stop
from ledger.tests.import_files import EXAMPLES, begun, line, loaded, written

pytestmark = pytest.mark.django_db(transaction=True)
GOOD = EXAMPLES / "securecheck-good.csv"


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do these at the same time, each on a connection of its own. Gives back what each returned or raised."""
    barrier = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(10)
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def test_the_same_file_loaded_twice_at_once_is_loaded_once(tmp_path: Path) -> None:
    path = written(tmp_path, [line(stop_time=f"{n // 60}:{n % 60:02}:00") for n in range(600)])
    runs = [begun(path) for _ in range(4)]
    reports = at_once(*(lambda run=run: engine.load(run, path) for run in runs))  # type: ignore[misc]
    assert sorted((report.rows_new, report.rows_same) for report in reports) == [(0, 600)] * 3 + [(600, 0)]
    assert Stop.objects.count() == StopFact.objects.count() == 600


def test_one_run_loaded_by_two_workers_is_loaded_once() -> None:
    run = begun(GOOD)
    reports = at_once(*[lambda: engine.load(ImportRun.objects.get(pk=run.pk), GOOD)] * 2)
    assert [(report.rows_new, report.stored) for report in reports] == [(3, True), (3, True)]
    assert Stop.objects.count() == 3


def test_a_load_waits_for_the_undo_of_the_same_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever comes first, the file ends up loaded once or undone and loaded again, never lost."""
    loaded(GOOD)
    first, second = ImportRun.objects.get(), begun(GOOD)
    at_once(lambda: undo(first, None, "wrong file"), lambda: engine.load(second, GOOD))
    second.refresh_from_db()
    assert Stop.objects.current().count() == StopFact.objects.count() == ImportKey.objects.count()
    assert (second.rows_new, Stop.objects.current().count()) in ((3, 3), (0, 0))


def correct(stop: Stop) -> Stop:
    with transaction.atomic():
        return Stop.objects.create(
            number=stop.number,
            version=stop.version + 1,
            supersedes=stop,
            agency_id=stop.agency_id,
            stopped_on=stop.stopped_on,
        )


def test_a_correction_and_an_undo_at_once_end_with_one_of_them() -> None:
    for _ in range(3):
        ImportKey.objects.all().delete()
        loaded(GOOD)
        run = ImportRun.objects.latest("pk")
        stop = Stop.objects.filter(import_run=run).earliest("pk")
        results = at_once(lambda run=run: undo(run, None, "wrong"), lambda stop=stop: correct(stop))  # type: ignore[misc]
        refused = [result for result in results if isinstance(result, Exception)]
        assert len(refused) == 1
        assert isinstance(refused[0], UndoRefused | IntegrityError)
        assert ImportUndo.objects.filter(import_run=run).exists() == isinstance(refused[0], IntegrityError)


def test_two_undos_at_once_end_with_one() -> None:
    loaded(GOOD)
    run = ImportRun.objects.get()
    results = at_once(*[lambda: undo(run, None, "wrong file")] * 2)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "UndoRefused"]
    assert ImportUndo.objects.count() == 1


def test_an_officers_stop_is_saved_while_a_load_is_being_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loads wait for each other; logging a stop waits for none of them."""
    from ledger.tests.factories import make_agency, make_stop

    make_agency("Canada", "Canada")
    insert = store.insert_new
    saved: list[Any] = []

    def insert_and_look(kind: Source, run: ImportRun) -> None:
        insert(kind, run)
        saved.extend(at_once(lambda: make_stop(make_agency("Canada", "Canada"), vehicle="ON12AB3456")))

    monkeypatch.setattr(store, "insert_new", insert_and_look)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
    loaded(EXAMPLES / "open-policing-with-age.csv", "open-policing", "State Police")
    assert isinstance(saved[0], Stop)
