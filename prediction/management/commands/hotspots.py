"""`manage.py hotspots`: looks for hot spots of reported crime, and prints how well they foretold."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger.models import Agency
from prediction.hotspots.asking import look_where_due
from prediction.hotspots.finding import agencies_with_crimes
from prediction.jobs import Busy, alone
from prediction.models import HotspotRun, JobAct


class Command(BaseCommand):
    help = "Looks for hot spots of every agency with reported crimes, or of one, and prints the back-tests by month."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--agency", default="", metavar="NAME", help="Of this agency alone.")
        parser.add_argument("--json", action="store_true", help="One JSON object, and nothing else.")

    def handle(self, *args: Any, **options: Any) -> None:
        agencies = self._agencies(options["agency"])
        try:
            with alone(JobAct.HOTSPOTS.value):
                runs = look_where_due(lambda *_: None, agencies)
        except Busy as sentence:
            raise CommandError(str(sentence)) from sentence
        if options["json"]:
            self.stdout.write(json.dumps([as_json(run) for run in runs], indent=1, ensure_ascii=False))
            return
        for run in runs:
            self._print(run)

    def _agencies(self, name: str) -> list[Agency]:
        found = [one for one in agencies_with_crimes() if not name or one.name.casefold() == name.casefold()]
        if name and not found:
            raise CommandError(f"There are no reported crimes of “{name[:60]}”. Import them first.")
        return found

    def _print(self, run: HotspotRun) -> None:
        self.stdout.write(f"{run.agency}, {run.subject}: {run.why or f'{run.incidents:,} crimes'}")
        for one in run.tests:
            if one["pai"] is not None:
                self.stdout.write(
                    f"  {one['month'][:7]}  PAI {one['pai']:5.1f} ({one['low']:.1f} to {one['high']:.1f})  PEI {one['pei']:.2f}  "
                    f"{one['n']} of {one['of']} in {one['flagged']} of {one['cells']} cells"
                )


def as_json(run: HotspotRun) -> dict[str, Any]:
    """A look as data: ratios unrounded."""
    return {
        "agency": run.agency.name,
        "subject": run.subject,
        "first": run.first.isoformat() if run.first else None,
        "last": run.last.isoformat() if run.last else None,
        "incidents": run.incidents,
        "clusters": run.clusters.count(),
        "tests": run.tests,
        "why": run.why,
    }
