"""`python -m securecheck.bench.prediction [--file FILE --agency NAME] [--record]`: learns how stops end and what they are for from the
demonstration's ledger, and from a published file of stops, each in a database of its own; prints how right every rival was on the
later period, and how long an answer takes."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from securecheck.bench.database import own_database
from securecheck.bench.sources import keep
from securecheck.children import HOUSE
from securecheck.postgres import ServerProblem

if TYPE_CHECKING:
    from prediction.models import ModelRun

PAGE = HOUSE / "docs" / "prediction.md"
FAMILIES = ("outcome", "violation")
SCORES = ("log_loss", "brier", "ece", "difference")
HEADS = [
    "ledger",
    "kind",
    "rival",
    "log-loss",
    "Brier",
    "calibration error",
    "log-loss − base rate's",
    "gate",
]
TIMED = ["ledger", "kind", "persons stopped", "seconds to learn"]
ANSWERED = ["ledger", "asked", "an answer, median", "95 of 100", "the page, median", "95 of 100"]
HOURS, ASKED = (2, 8, 14, 22), 40


@dataclass
class Learned:
    """What a ledger gave: its runs, and seconds of each answer and of each page."""

    ledger: str
    runs: list[ModelRun]
    answers: list[float]
    pages: list[float]

    def scores(self) -> Iterator[list[str]]:
        """A line for each rival; the gate stands beside the one that is served."""
        for run in self.runs:
            for row in run.metrics["rivals"]:
                figures = [span(row.get(name)) for name in SCORES]
                yield [self.ledger, run.kind, row["rival"], *figures, run.gate if row["served"] else ""]

    def times(self) -> Iterator[list[str]]:
        for run in self.runs:
            yield [self.ledger, run.kind, f"{run.data_rows:,}", f"{run.seconds:.1f}"]

    def answered(self) -> list[str]:
        spans = [
            figure
            for some in (self.answers, self.pages)
            for figure in (median(some), quantiles(some, n=20)[-1])
        ]
        return [self.ledger, str(len(self.answers)), *(f"{seconds * 1000:.1f} ms" for seconds in spans)]


def span(estimate: dict[str, float | None] | None) -> str:
    """A figure with its interval, as tables of the documentation write it."""
    if estimate is None or estimate["value"] is None:
        return "–"
    value = f"{estimate['value']:.4f}"
    if estimate["low"] is None or estimate["high"] is None:
        return value.replace("-", "−")
    return f"{value} ({estimate['low']:.4f} to {estimate['high']:.4f})".replace("-", "−")


def learn(ledger: str, say: Callable[[str], None]) -> Learned:
    """Train what can be told of stops from the ledger at hand, put it in use, and ask it."""
    from prediction import runs
    from prediction.jobs import train_one
    from prediction.kinds import kinds_of

    found = []
    for kind in (kind for family in FAMILIES for kind in kinds_of(family)):
        say(f"{ledger}: {kind.name}")
        found.append(runs.sign_off(train_one(kind, 1, lambda *_: None), note="Measured."))
    return Learned(ledger, found, *ask())


def ask() -> tuple[list[float], list[float]]:
    """Seconds of each answer for a program and of each page, for questions that differ; the first of each is not counted."""
    from django.contrib.auth.models import Group, User
    from django.test import Client
    from django.urls import reverse

    from insights.viewer import Viewer
    from prediction.stops.answer import answers, serving_of
    from prediction.stops.question import read
    from prediction.stops.words import StopWords

    serving_of.cache_clear()  # runs of the ledger before had the same numbers
    user = User.objects.create(username="bench")
    user.groups.add(Group.objects.get(name="Analyst"))
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)

    def answer(known: dict[str, str]) -> None:
        words = StopWords()
        answers(read(known, words), Viewer.of(user), words)

    def page(known: dict[str, str]) -> None:
        reply = client.get(reverse("prediction"), known)
        if reply.status_code != 200:
            raise SystemExit(f"The page did not answer: {reply.status_code}.")

    return timed(answer, questions()), timed(page, questions())


def questions() -> list[dict[str, str]]:
    """Violations and hours, each with each, as many as are asked and one more."""
    from ledger.models import Violation

    labels = list(Violation.objects.order_by("pk").values_list("label", flat=True))
    found = [{"violation": label, "hour": str(hour)} for label, hour in product(labels, HOURS)]
    return (found * (ASKED // len(found) + 2))[: ASKED + 1]


def timed(act: Callable[[dict[str, str]], None], asked: list[dict[str, str]]) -> list[float]:
    seconds = []
    for known in asked:
        begun = time.perf_counter()
        act(dict(known))
        seconds.append(time.perf_counter() - begun)
    return seconds[1:]


def demo() -> str:
    from securecheck.demo import load_demo_ledger

    load_demo_ledger()
    return "demonstration"


def published(path: Path, agency: str) -> str:
    from ledger.imports import engine
    from ledger.models import ImportRun

    run = ImportRun.objects.create(
        source="open-policing", file_name=path.name, partial=True, notes={"agency": agency}
    )
    report = engine.load(run, path)
    if not report.stored:
        raise SystemExit(f"{path}: {report.message or 'no row is good'}")
    return agency


def text_of(found: list[Learned]) -> str:
    from securecheck.bench.report import lines

    tables = [
        lines(HEADS, [row for one in found for row in one.scores()]),
        lines(TIMED, [row for one in found for row in one.times()]),
        lines(ANSWERED, [one.answered() for one in found]),
    ]
    return "\n\n".join(tables)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m securecheck.bench.prediction", description=__doc__)
    parser.add_argument("--file", type=Path, help="A published file of stops that open-policing reads.")
    parser.add_argument("--agency", default="Rhode Island State Police", help="Whose stops they are.")
    parser.add_argument("--record", action="store_true", help="Keep the tables in docs/prediction.md.")
    chosen: Any = parser.parse_args(arguments)
    if chosen.file and not chosen.file.is_file():
        parser.error(f"There is no file “{chosen.file}”.")
    ledgers: list[Callable[[], str]] = [demo]
    if chosen.file:
        ledgers.append(lambda: published(chosen.file, chosen.agency))
    from django.core.management import call_command

    found = []
    try:
        for fill in ledgers:
            with own_database():
                call_command("collectstatic", interactive=False, verbosity=0)  # pages name their files
                found.append(learn(fill(), lambda what: print(f"… {what}", file=sys.stderr, flush=True)))
                text = text_of(found)
    except ServerProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    print(text)
    if chosen.record:
        keep(text, PAGE)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "securecheck.settings")
    sys.exit(main())
