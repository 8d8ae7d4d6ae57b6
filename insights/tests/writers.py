"""Several writers at once, each on a connection of its own, who log, correct, import, undo and rebuild at random.

What they do follows from a seed; in which order they meet does not, and must not matter.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import connection

from insights import facts
from insights.tests.securecheck_file import write_file
from ledger.entry import PersonEntry, StopEntry
from ledger.imports.undo import UndoRefused, undo
from ledger.models import Agency, ImportRun, Race, Stop, Violation
from ledger.recording import NotRecorded, correct_stop, record_stop
from ledger.tests.factories import make_agency, make_post, make_user
from ledger.tests.import_files import loaded

ACTS = ("log", "log", "log", "log", "correct", "correct", "correct", "correct", "import", "undo", "rebuild")
AGENCIES = ("India", "USA")  # those of the files too, so that all meet in the same cells
FIRST_DAY, DAYS = date(2018, 11, 20), 1500
MARK = (True, False, None)


@dataclass
class Ledger:
    """What the writers know of each other: stops and imports that anyone may take up. Lists, since appending is atomic."""

    folder: Path
    officers: list[User]
    posts: dict[int, int]
    violations: list[int | None]
    races: list[int | None]
    stops: list[int] = field(default_factory=list)
    runs: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    @classmethod
    def empty(cls, folder: Path) -> Ledger:
        agencies = [make_agency(name, name) for name in AGENCIES]
        return cls(
            folder,
            officers=[make_user("Supervisor", agency) for agency in agencies],
            posts={agency.pk: make_post(f"Bridge of {agency}", agency).pk for agency in agencies},
            violations=[
                None,
                *Violation.objects.filter(label__in=["Speeding", "DUI"]).values_list("pk", flat=True),
            ],
            races=[None, *Race.objects.filter(label__in=["White", "Asian"]).values_list("pk", flat=True)],
        )


class Writer:
    def __init__(self, ledger: Ledger, seed: str) -> None:
        self.ledger, self.chance, self.seed = ledger, random.Random(seed), seed

    def work(self, acts: int) -> None:
        try:
            for place in range(acts):
                name = self.chance.choice(ACTS)
                act: Callable[[int], None] = getattr(self, name if name != "import" else "take_in")
                act(place)
                self.ledger.done.append(name)
        finally:
            connection.close()

    def log(self, place: int) -> None:
        user = self.chance.choice(self.ledger.officers)
        officer = user.officer
        saved = record_stop(
            self.entry(officer.agency_id), author=user, officer=officer, client_key=uuid4(), request=None
        )
        self.ledger.stops.append(saved.stop.pk)

    def correct(self, place: int) -> None:
        """The next version of anybody's stop, elsewhere in the cubes. Who comes second is refused, and that is right."""
        if not self.ledger.stops:
            return
        before = Stop.objects.with_parts().get(pk=self.chance.choice(self.ledger.stops[-12:]))
        entry = replace(self.entry(before.agency_id), words=f"{self.seed} {place}")
        user = self.chance.choice(self.ledger.officers)
        try:
            after = correct_stop(before, entry, reason="A random change", author=user, request=None)
            self.ledger.stops.append(after.pk)
        except NotRecorded as why:
            self.ledger.refused.append(str(why))

    def take_in(self, place: int) -> None:
        path = self.ledger.folder / f"{self.seed}-{place}.csv"
        loaded(write_file(path, seed=self.chance.randrange(10**6), rows=12, gaps=False))
        run = ImportRun.objects.filter(file_name=path.name).latest("pk")
        self.ledger.runs.append(run.pk)
        self.ledger.stops += list(Stop.objects.filter(import_run=run)[:2].values_list("pk", flat=True))

    def undo(self, place: int) -> None:
        if not self.ledger.runs:
            return
        try:
            undo(ImportRun.objects.get(pk=self.chance.choice(self.ledger.runs)), None, "at random")
        except UndoRefused as why:
            self.ledger.refused.append(str(why))

    def rebuild(self, place: int) -> None:
        """A repair in the middle of it all changes nothing."""
        if place % 2:
            facts.rebuild(Agency.objects.get(name=self.chance.choice(AGENCIES)).pk, (2021, 1 + place % 12))
        else:
            facts.rebuild()

    def entry(self, agency_id: int) -> StopEntry:
        chance, ledger = self.chance, self.ledger
        return StopEntry(
            agency_id=agency_id,
            stopped_on=FIRST_DAY + timedelta(days=int(chance.triangular(0, DAYS, 900))),
            stopped_at=chance.choice([None, time(chance.randrange(24), 5)]),
            post_id=chance.choice([None, ledger.posts.get(agency_id)]),
            violation_id=chance.choice(ledger.violations),
            drugs_related=chance.choice(MARK),
            duration_minutes=chance.choice([None, chance.randint(1, 90)]),
            duration_band=chance.randint(0, 3),
            vehicle=chance.choice(["", f"RJ01AB{chance.randrange(6):04}"]),
            persons=tuple(self.person() for _ in range(chance.choice([1, 1, 1, 2, 3]))),
        )

    def person(self) -> PersonEntry:
        chance = self.chance
        return PersonEntry(
            gender=chance.randint(0, 3),
            race_id=chance.choice(self.ledger.races),
            age=chance.choice([None, chance.randint(1, 90)]),
            age_band=chance.randint(0, 7),
            outcome=chance.randint(0, 5),
            arrested=chance.choice(MARK),
            searched=chance.choice(MARK),
            contraband_found=chance.choice(MARK),
        )


def write_at_once(folder: Path, seed: int, writers: int = 4, acts: int = 22) -> Ledger:
    """Let them all work. Whatever one of them raises beyond a refusal is raised here."""
    ledger = Ledger.empty(folder)
    with ThreadPoolExecutor(writers) as pool:
        at_work = [pool.submit(Writer(ledger, f"{seed}-{number}").work, acts) for number in range(writers)]
        faults: list[Any] = [one.exception() for one in at_work]
    if found := [fault for fault in faults if fault]:
        raise found[0]
    return ledger
