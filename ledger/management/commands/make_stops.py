"""Draws made-up stops, into the ledger or into a file."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger.synthesis.calendar import Month
from ledger.synthesis.draw import draw
from ledger.synthesis.effects import Effects
from ledger.synthesis.files import write
from ledger.synthesis.load import NotLoaded, last_full_month, load, refresh_statistics

MOST = 50_000_000


def number_of_stops(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise ArgumentTypeError(f"“{text}” is not a number of stops from 1 to {MOST:,}.")
    return int(text)


def seed(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"“{text}” is not a seed. Give a whole number from 0 on.")
    return int(text)


def month(text: str) -> Month:
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text)
    if not found or int(found[1]) < 1910:
        raise ArgumentTypeError(f"“{text}” is not a month. Write it as 2026-10.")
    return Month(int(found[1]), int(found[2]))


class Command(BaseCommand):
    help = (
        "Draw N made-up stops of 36 months, with planted effects (docs/demo.md), into the ledger or, with --csv, into a "
        "file of the SecureCheck format. The same N, seed and last month always give the same stops."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("total", metavar="N", type=number_of_stops, help="How many stops.")
        parser.add_argument(
            "--seed", type=seed, default=1, metavar="S", help="Another seed gives other stops (1)."
        )
        parser.add_argument("--csv", type=Path, metavar="FILE", help="Write this file; store nothing.")
        parser.add_argument("--until", type=month, metavar="YYYY-MM", help="Last month (the last full one).")
        parser.add_argument(
            "--no-effects", action="store_true", help="Plant nothing: the same world without effects."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        total, until = options["total"], options["until"] or last_full_month()
        effects = Effects.none() if options["no_effects"] else Effects()
        if options["csv"]:
            self.write_file(options["csv"], total, options["seed"], until, effects)
            return
        try:
            report = load(total, options["seed"], until, effects)
        except NotLoaded as sentence:
            raise CommandError(f"The stops were not loaded. {sentence}") from sentence
        refresh_statistics()
        self.stdout.write(
            f"{report.rows_new:,} stops are in the ledger, {report.rows_same:,} were there already "
            f"({report.seconds:.1f} s)."
        )

    def write_file(self, path: Path, total: int, seed: int, until: Month, effects: Effects) -> None:
        try:
            rows = write(path, draw(total, seed, until, effects))
        except OSError as error:
            raise CommandError(f"{path} could not be written: {error.strerror or error}.") from error
        self.stdout.write(f"{rows:,} stops are in {path}.")
