"""`manage.py train FAMILY`: learns, keeps the runs as candidates, and prints how right every rival was."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from prediction import runs, tracking
from prediction.jobs import alone, train_one
from prediction.kinds import Kind, families, kinds_of
from prediction.models import JobAct, ModelRun, RunState
from prediction.problems import TooLittle

FIRST = "Put in use from the command line, as the first of its kind."
ASKED = "Put in use from the command line."


class Command(BaseCommand):
    help = (
        "Learns from the stops or incidents in the ledger, judges every rival on a later period, and keeps the result as a candidate. "
        "The first run of a kind is put in use; later ones wait to be signed off on their page, unless --use is given."
    )

    waiting = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("family", choices=families(), metavar="WHAT", help=", ".join(families()))
        parser.add_argument("--seed", type=int, default=1, help="Of everything that is drawn (1).")
        parser.add_argument("--use", action="store_true", help="Put the new runs in use at once.")
        parser.add_argument("--json", action="store_true", help="One JSON object, and nothing else.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with alone(f"{JobAct.TRAIN.value} {options['family']}", self._wait):
                kept = [self._train(kind, options) for kind in kinds_of(options["family"])]
        except TooLittle as sentence:
            raise CommandError(str(sentence)) from sentence
        if options["json"]:
            self.stdout.write(json.dumps(as_json(kept), indent=1, ensure_ascii=False))
        else:
            for run in kept:
                self._print(run)

    def _train(self, kind: Kind, options: dict[str, Any]) -> ModelRun:
        run = train_one(kind, options["seed"], self._tell if sys.stderr.isatty() else _silent)
        if options["use"] or not runs.was_ever_in_use(kind.name):
            run = runs.sign_off(run, note=ASKED if options["use"] else FIRST)
        tracking.log(run)
        return run

    def _wait(self) -> None:
        """Another does the same: said once, then waited for, so that a script need not."""
        if not self.waiting:
            self.stderr.write("This is being trained already; waiting until it is ready.")
        self.waiting = True

    def _tell(self, done: int, total: int, message: str) -> None:
        self.stderr.write(f"{done}/{total} {message}")

    def _print(self, run: ModelRun) -> None:
        self.stdout.write(
            f"{run.title}: {run.data_rows:,} {_records(run)}, {run.data_first} to {run.data_last}"
        )
        width = max(34, *(len(row["rival"]) for row in run.metrics["rivals"]))
        for row in run.metrics["rivals"]:
            scores = "  ".join(f"{name} {_span(row[name])}" for name in run.metrics["scores"])
            against = f"  against {run.metrics.get('against', 'base')} "
            against = against + _span(row["difference"]) if "difference" in row else ""
            self.stdout.write(f"  {row['rival']:{width}} {scores}{against}")
        if "majority" in run.metrics:
            self.stdout.write(f"  majority accuracy {_span(run.metrics['majority'])}")
        for table in run.card.get("tables", []) if "measures" in run.metrics else ():
            self._print_table(table)
        for sentence in run.card.get("findings", []):
            self.stdout.write(f"  {sentence}")
        self.stdout.write(f"  gate {run.gate}: {run.why}" if run.gate else f"  {run.why}")
        self.stdout.write(f"  {RunState(run.state).label}, {run.seconds:.1f} s, run {run.key}\n")

    def _print_table(self, table: dict[str, Any]) -> None:
        """A table of the card in columns as wide as their widest cell."""
        rows = [table["columns"], *table["rows"]]
        widths = [max(len(str(row[at])) for row in rows) for at in range(len(table["columns"]))]
        for row in rows:
            cells = (f"{cell!s:{width}}" for cell, width in zip(row, widths, strict=True))
            self.stdout.write(f"    {'  '.join(cells).rstrip()}")


def _records(run: ModelRun) -> str:
    return run.of.records if run.of else "records"


def _silent(done: int, total: int, message: str) -> None:
    """Nobody watches."""


def _span(estimate: dict[str, Any]) -> str:
    low, high = estimate["low"], estimate["high"]
    if low is None or high is None:
        return f"{estimate['value']:.4f}"
    return f"{estimate['value']:.4f} ({low:.4f} to {high:.4f})"


def as_json(kept: list[ModelRun]) -> dict[str, Any]:
    """The first run at the top, the others under their kind."""
    first, *others = kept
    return run_json(first) | {"others": {run.kind: run_json(run) for run in others}}


def run_json(run: ModelRun) -> dict[str, Any]:
    return {
        "kind": run.kind,
        "gate": run.gate,
        "why": run.why,
        **run.metrics,
        "findings": run.card.get("findings", []),
        "data": {
            "first": run.data_first.isoformat(),
            "last": run.data_last.isoformat(),
            _records(run): run.data_rows,
            "digest": run.digest,
        },
        "parameters": run.parameters,
        "seed": run.seed,
        "run": str(run.key),
        "state": run.state,
        "seconds": round(run.seconds, 2),
    }
