"""Ledgers that the tests of a whole file share: written once in a transaction, taken back at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time
from typing import Any

import pytest
from django.db import transaction


@contextmanager
def kept_for_now(blocker: Any) -> Iterator[None]:
    """The database is open inside; whatever is written is gone afterwards."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def stocked(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Forty stops that differ in everything, some of it unknown. For tests that only read."""
    with kept_for_now(django_db_blocker):
        write_forty_stops()
        yield


def write_forty_stops() -> None:
    from ledger.tests.factories import make_agency, make_stop

    for number in range(40):
        make_stop(
            agency=make_agency("India", "India") if number % 3 else make_agency("USA", "USA"),
            on=date(2024 + number % 2, 1 + number % 12, 3),
            at=time(number % 24) if number % 5 else None,
            violation=("Speeding", "DUI", None)[number % 3],
            race=("White", "Asian", None)[number % 3],
            vehicle=f"AB{number % 7}",
            drugs=number % 2 == 0,
            age=(None, 17, 24, 25, 70)[number % 5],
            gender=number % 3,
            searched=(True, False, None)[number % 3],
            arrested=number % 4 == 0,
            stop={"duration_band": number % 4},
        )
