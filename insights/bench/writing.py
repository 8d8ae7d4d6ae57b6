"""What writing costs: an import, one stop, and sixteen desks of one agency and month at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from datetime import time as clock
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from django.contrib.auth.models import Group, User
from django.core.management import call_command

from insights import cubes, facts
from insights.bench.together import WRITERS, write_together
from ledger.entry import PersonEntry, StopEntry
from ledger.imports import engine
from ledger.models import Agency, ImportRun, Officer
from ledger.recording import record_stop

IMPORTED = 65_538  # rows, as many as the public file has
SAVES = 60
SEED = 7


def make_officer(agency: Agency) -> User:
    user = User.objects.create_user("bench")
    user.groups.add(Group.objects.get(name="Officer"))
    Officer.objects.create(agency=agency, number="BENCH", user=user)
    return user


@contextmanager
def timed(owner: Any, name: str) -> Iterator[list[float]]:
    """Seconds of each call of a function, while inside."""
    act, taken = getattr(owner, name), list[float]()

    def watched(*args: Any, **options: Any) -> Any:
        started = time.perf_counter()
        try:
            return act(*args, **options)
        finally:
            taken.append(time.perf_counter() - started)

    with patch.object(owner, name, watched):
        yield taken


def import_file(folder: Path) -> dict[str, float]:
    """Rows a second of a whole import, and the seconds that its facts and its cubes took of it."""
    path = folder / "import.csv"
    call_command("make_stops", IMPORTED, seed=SEED, csv=path, verbosity=0, stdout=open("/dev/null", "w"))  # noqa: SIM115
    run = ImportRun.objects.create(source="securecheck", file_name=path.name)
    with timed(facts, "add_import") as whole, timed(cubes, "fold") as folded:
        report = engine.load(run, path)
    if not report.stored or report.rows_new != IMPORTED:
        raise RuntimeError(f"The import of the bench failed: {report.message or report.errors[:3]}")
    return {
        "rows": report.rows_new,
        "seconds": report.seconds,
        "rows_per_second": round(report.rows_new / report.seconds),
        "facts_seconds": round(sum(whole) - sum(folded), 3),
        "cubes_seconds": round(sum(folded), 3),
    }


def entry(agency: Agency, number: int, vehicle: str) -> StopEntry:
    """A stop of the agency's last month; what is recorded differs from one to the next."""
    person = PersonEntry(
        role=1, gender=1 + number % 2, race_id=1 + number % 5, age=18 + number % 50, outcome=2,
        arrested=number % 20 == 0, searched=number % 12 == 0,
    )  # fmt: skip
    return StopEntry(
        agency_id=agency.pk,
        stopped_on=date(2025, 12, 1) + timedelta(days=number % 28),
        stopped_at=clock(number * 5 % 24, number % 60),
        violation_id=1 + number % 8,
        drugs_related=number % 40 == 0,
        duration_band=1,
        vehicle=vehicle,
        persons=(person,),
    )


def save_one(user: User) -> dict[str, float]:
    """Milliseconds of saving one stop through the product's own function, and of facts and cubes in it. Medians."""
    officer, whole = user.officer, []
    with timed(facts, "add_stops") as counted:
        for number in range(SAVES):
            started = time.perf_counter()
            record_stop(
                entry(officer.agency, number, _plate()),
                author=user,
                officer=officer,
                client_key=uuid4(),
                request=None,
            )
            whole.append(time.perf_counter() - started)
    return {
        "save_ms": round(median(whole) * 1000, 2),
        "facts_and_cubes_ms": round(median(counted) * 1000, 2),
    }


def _plate() -> str:
    return f"Z{uuid4().hex[:9].upper()}"


def measure(
    user: User, folder: Path, pgbench: Path, say: Callable[[str], None]
) -> dict[str, dict[str, float]]:
    """An import, single saves, and many writers at once. Ends with a look whether the cubes are still right."""
    say("import")
    found = {"import": import_file(folder)}
    say("one stop saved")
    found["save"] = save_one(user)
    say(f"{WRITERS} writers")
    found["together"] = write_together(entry(user.officer.agency, 1, _plate()), user, pgbench, folder)
    if wrong := cubes.differences():
        raise RuntimeError(f"After the writers the cubes differ from the facts: {wrong}")
    return found
