"""A vehicle is erased while somebody else writes a stop with it: neither fails, and no stop loses its vehicle."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from ledger.erasure import erase_private
from ledger.imports import engine
from ledger.models import StopPrivate, Vehicle
from ledger.recording import record_stop
from ledger.tests.factories import make_stop, make_user
from ledger.tests.import_files import begun, line, written
from ledger.tests.stops import entry

pytestmark = pytest.mark.django_db(transaction=True)


def while_waiting(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """Do `first` and commit it only when `second`, on a connection of its own, waits for it. Gives what `second` gave."""

    def apart() -> Any:
        try:
            return second()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            waiting = pool.submit(apart)
            _until_it_waits(waiting)
        return waiting.result()


def _until_it_waits(other: Future[Any]) -> None:
    """Until one session waits for another; or until the other has ended, which waited for nobody then."""
    blocked = (
        "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) "
        "WHERE NOT granted AND datname = current_database())"
    )
    with connection.cursor() as cursor:
        while not other.done():
            cursor.execute(blocked)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)


def log_it(user: Any) -> Any:
    """Log a stop with the vehicle."""
    officer, key = user.officer, uuid.uuid4()
    return record_stop(entry(), author=user, officer=officer, client_key=key, request=None).stop


def vehicles() -> set[str]:
    return {private.vehicle.number for private in StopPrivate.objects.exclude(vehicle=None)}


def test_a_stop_logged_while_its_vehicle_is_erased_is_saved_with_it() -> None:
    old, user = make_stop(vehicle="LB76KBP"), make_user()
    new = while_waiting(
        lambda: erase_private(old.number, "vehicle", reason="Court order"), lambda: log_it(user)
    )
    assert StopPrivate.objects.get(stop=new).vehicle.number == "LB76KBP"
    assert StopPrivate.objects.get(stop=old).vehicle is None


def test_a_vehicle_that_is_erased_while_a_stop_is_logged_with_it_stays_for_that_stop() -> None:
    old, user = make_stop(vehicle="LB76KBP"), make_user()
    while_waiting(lambda: log_it(user), lambda: erase_private(old.number, "vehicle", reason="Court order"))
    assert StopPrivate.objects.get(stop=old).vehicle is None
    assert vehicles() == {"LB76KBP"}


def test_a_vehicle_that_is_erased_while_an_import_names_it_stays_for_the_import(tmp_path: Path) -> None:
    path, number = written(tmp_path, [line(vehicle_number="LB76KBP")]), "LB76KBP"
    run, old = begun(path), make_stop(vehicle=number)
    while_waiting(
        lambda: engine.load(run, path), lambda: erase_private(old.number, "vehicle", reason="Court order")
    )
    assert StopPrivate.objects.get(stop=old).vehicle is None
    assert vehicles() == {number}
    assert Vehicle.objects.count() == 1
