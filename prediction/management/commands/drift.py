"""`manage.py drift`: looks whether the last whole month is still like those before it, and keeps what was found."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from prediction.drift.looking import look
from prediction.jobs import Busy, alone
from prediction.models import DriftReport, JobAct
from prediction.problems import TooLittle


class Command(BaseCommand):
    help = (
        "Compares the last whole month with the twelve before it: PSI and missing share of every input, shares of the ends, "
        "and what runs in use said of stops that came since. Prints it and keeps it for the page."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="One JSON object, and nothing else.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with alone(f"{JobAct.DRIFT.value} "):
                report = look()
        except (TooLittle, Busy) as sentence:
            raise CommandError(str(sentence)) from sentence
        if options["json"]:
            self.stdout.write(json.dumps(as_json(report), indent=1, ensure_ascii=False))
            return
        self.stdout.write(
            f"{report.month:%B %Y} beside {report.reference_first} to {report.reference_last}: {report.get_state_display()}"
        )
        for one in report.measures:
            since = f", since {one['since']}" if one["since"] else ""
            self.stdout.write(f"  {one['state']:6} {one['kind']:12} {one['told']}{since}")


def as_json(report: DriftReport) -> dict[str, Any]:
    return {
        "month": f"{report.month:%Y-%m}",
        "reference": {"first": report.reference_first.isoformat(), "last": report.reference_last.isoformat()},
        "state": report.state,
        "measures": report.measures,
    }
