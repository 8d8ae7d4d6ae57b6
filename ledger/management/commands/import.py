"""Imports files from the command line, with the engine that the pages use."""

from __future__ import annotations

import json
import resource
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from ledger.imports import engine
from ledger.imports.report import Report
from ledger.imports.sources import offered_sources, source_named
from ledger.models import Agency, ImportRun

GOOD, UNREADABLE, SOME_REFUSED = 0, 1, 2
SHOWN = 20  # errors printed for people; --json has all that are kept


class Command(BaseCommand):
    help = (
        "Import files. All rows of a file go in, or none when one is refused; --partial loads the good ones. "
        "Exit code 0 when all rows were good, 2 when some were refused, 1 when a file cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="Kind of file; `manage.py sources` lists them.")
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument(
            "--agency", default="", metavar="NAME", help="Whose stops they are; made if unknown."
        )
        parser.add_argument("--dry-run", action="store_true", help="Check only, store nothing.")
        parser.add_argument(
            "--partial", action="store_true", help="Load the good rows although others are refused."
        )
        parser.add_argument(
            "--json", action="store_true", help="Print one JSON object a file and nothing else."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if source_named(options["source"]) is None:
            names = ", ".join(source.name for source in offered_sources())
            raise CommandError(
                f"There is no source “{options['source']}”. Known are: {names}.", returncode=UNREADABLE
            )
        codes = [self.take_in(path, options) for path in options["files"]]
        if worst := UNREADABLE if UNREADABLE in codes else max(codes):
            sys.exit(worst)

    def take_in(self, path: Path, options: dict[str, Any]) -> int:
        """Import one file, print its report, and give its exit code."""
        run = begin(options["source"], path, options["agency"].strip(), partial=options["partial"])
        act = engine.check if options["dry_run"] else engine.load
        try:
            report = act(run, path)
        except DatabaseError as error:
            why = str(error).splitlines()[0]
            raise CommandError(
                f"{path}: nothing was stored, the database said: {why}", returncode=UNREADABLE
            ) from error
        report.file = str(path)
        self.stdout.write(as_json(report) if options["json"] else as_text(report))
        if report.message and options["json"]:
            self.stderr.write(report.message)
        return UNREADABLE if report.message else SOME_REFUSED if report.rows_refused else GOOD


def begin(source: str, path: Path, agency: str, partial: bool) -> ImportRun:
    """The run of a file given on the command line: nobody's, and its file is not kept."""
    found = Agency.objects.filter(name__iexact=agency).first() if agency else None
    notes = {"agency": agency} if agency and not found else {}
    return ImportRun.objects.create(
        source=source, file_name=path.name[:255], agency=found, partial=partial, notes=notes
    )


def as_json(report: Report) -> str:
    plain = report.as_dict() | {"seconds": report.seconds, "peak_mb": peak_megabytes()}
    return json.dumps(plain, ensure_ascii=False)


def peak_megabytes() -> int:
    """Most memory that this process has held."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // 1_000_000


def as_text(report: Report) -> str:
    if report.message:
        return f"{report.file}: {report.message}"
    done = "loaded" if report.stored else "checked, nothing stored"
    lines = [
        f"{report.file}: {done} in {report.seconds:.1f} s",
        f"  {report.rows_read:,} rows: {report.rows_new:,} new, {report.rows_same:,} already there, "
        f"{report.rows_refused:,} refused; {report.rows_flagged:,} of the new ones ask for a second look",
        *(f"  {note['rows']:,} of them {note['what']}" for note in report.notes.get("noticed", [])),
        *(f"  {error}" for error in report.errors[:SHOWN]),
    ]
    more = len(report.errors) - SHOWN + report.notes.get("errors_left_off", 0)
    if more > 0:
        lines.append(f"  … and {more:,} more errors; --json prints them")
    if report.rows_refused and not report.stored:
        lines.append("  Mend the rows, or load the good ones with --partial.")
    return "\n".join(lines)
