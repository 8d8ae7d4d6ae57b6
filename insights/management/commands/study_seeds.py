"""`study_seeds`: how often each test of fairness cries wolf, and how often it finds what is planted."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

if TYPE_CHECKING:
    from insights.fairness.calibration import Found

HEAD = ("Test", "Agency", "Flagged", "Rate", "95 % interval", "Seconds a run", "")


def number_of_seeds(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100_000:
        raise ArgumentTypeError(f"“{text}” is not a number of seeds from 1 to 100,000.")
    return int(text)


class Command(BaseCommand):
    help = (
        "Runs every test of fairness on made-up agencies, clean ones and ones with a planted effect, and prints how often "
        "it flags. Leaves with 1 when a clean agency is flagged more often than the level, or a planted effect is missed."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        from insights.fairness.calibration import CLEAN, PLANTED

        parser.add_argument(
            "--clean",
            type=number_of_seeds,
            default=CLEAN,
            help=f"seeds of clean agencies ({CLEAN}); a tenth for the sampled test",
        )
        parser.add_argument(
            "--planted",
            type=number_of_seeds,
            default=PLANTED,
            help=f"seeds with an effect ({PLANTED}); a fifth for the sampled test",
        )
        parser.add_argument("--first", type=number_of_seeds, default=1, help="the seed to begin with (1)")
        parser.add_argument("--test", default="", help="only tests whose name holds this text")
        style = parser.add_mutually_exclusive_group()
        style.add_argument("--json", action="store_true", help="one JSON object a line")
        style.add_argument("--markdown", action="store_true", help="a table for docs/fairness.md")

    def handle(self, *args: Any, **options: Any) -> None:
        from insights.fairness.calibration import study

        if options["markdown"]:
            self.stdout.write(f"| {' | '.join(HEAD)} |\n|{' --- |' * len(HEAD)}")
        good = True
        for found in study(options["clean"], options["planted"], options["test"], options["first"]):
            good = good and found.as_it_should
            self.stdout.write(self._line(found, options))
            self.stdout.flush()
        if not good:
            raise SystemExit(1)

    def _line(self, found: Found, options: dict[str, Any]) -> str:
        if options["json"]:
            return json.dumps(asdict(found), ensure_ascii=False)
        cells = (
            found.test,
            found.agency,
            f"{found.flagged} of {found.seeds}",
            f"{found.rate:.1%}",
            f"{found.low:.1%} to {found.high:.1%}",
            f"{found.seconds:.3f}",
            verdict(found),
        )
        if options["markdown"]:
            return f"| {' | '.join(cells)} |"
        return f"{cells[0]:27} {cells[1]:48} {cells[2]:>10} {cells[3]:>7}  {cells[4]:18} {cells[5]:>8} s  {cells[6]}"


def verdict(found: Found) -> str:
    if found.known_to_mislead:
        return "known to mislead"
    return "ok" if found.as_it_should else "NOT AS IT SHOULD BE"
