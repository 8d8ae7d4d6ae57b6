"""`study_gate`: how often the gate opens wrongly, and how often rightly, on made-up stops."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

SEEDS, PLANTED, PERSONS = 100, 20, 5_000


def number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100_000:
        raise ArgumentTypeError(f"“{text}” is not a number from 1 to 100,000.")
    return int(text)


class Command(BaseCommand):
    help = (
        "Learns from made-up ledgers, in which nothing tells how a stop ends and in which something does, and prints how "
        "often the gate opened. Leaves with 1 when it opens on chance more often than its level says, or misses what is planted."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seeds", type=number, default=SEEDS, help=f"ledgers of pure chance ({SEEDS})")
        parser.add_argument(
            "--planted", type=number, default=PLANTED, help=f"ledgers with something to find ({PLANTED})"
        )
        parser.add_argument(
            "--persons", type=number, default=PERSONS, help=f"persons stopped in each ({PERSONS:,})"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        from prediction.stops.study import study

        good = True
        for found in study(options["seeds"], options["planted"], options["persons"]):
            good = good and found.as_it_should
            low, high = found.interval
            if options["json"]:
                self.stdout.write(
                    json.dumps({**asdict(found), "share": found.share, "low": low, "high": high})
                )
            else:
                self.stdout.write(
                    f"{found.truth:24} open in {found.opened} of {found.seeds} ({low:.1%} to {high:.1%}), "
                    f"{found.persons:,} persons each"
                )
            self.stdout.flush()
        if not good:
            raise SystemExit(1)
