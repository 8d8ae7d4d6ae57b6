"""`check_methods`: published figures recomputed by our functions, ours beside theirs."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from insights.fairness.checks import Results, as_json, run_checks


class Command(BaseCommand):
    help = "Recomputes published results from published counts. Leaves with 1 when one differs."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="one JSON object: checks, skipped, passed, failed"
        )
        parser.add_argument(
            "--data", type=Path, help="folder with published files, for the checks of whole files"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path | None = options["data"]
        if folder is not None and not folder.is_dir():
            raise CommandError(
                f"There is no folder “{folder}”. Name the folder that holds the published files."
            )
        results = run_checks(folder)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(results), indent=1, ensure_ascii=False))
        else:
            self._print(results)
        if results.failed:
            raise SystemExit(1)

    def _print(self, results: Results) -> None:
        for check in results.checks:
            mark = "pass" if check.passed else "FAIL"
            self.stdout.write(
                f"{mark}  {check.name}: ours {check.ours:.6g}, theirs {check.theirs:.6g} ± {check.tolerance:g}"
            )
            self.stdout.write(f"      {check.source}")
        for one in results.skipped:
            self.stdout.write(f"skip  {one.name}: needs {one.missing}")
        for other in results.differences:
            self.stdout.write(
                f"note  {other.name}: printed {other.theirs:g}, ours {other.ours:.4g}. {other.why}"
            )
        passed = len(results.checks) - results.failed
        self.stdout.write(f"{passed} passed, {results.failed} failed, {len(results.skipped)} skipped.")
