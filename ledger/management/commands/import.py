"""Imports files and folders from the command line, with the engine that the pages use."""

from __future__ import annotations

import json
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from ledger.errors import first_line
from ledger.imports import engine, recognition, single
from ledger.imports.look import look
from ledger.imports.reader import Unreadable
from ledger.imports.remarks import remarks
from ledger.imports.report import Report
from ledger.imports.source import Source
from ledger.imports.sources import offered_sources, source_named
from ledger.management.following import Follower
from ledger.memory import most_held
from ledger.models import Agency, ImportRun

GOOD, UNREADABLE, SOME_REFUSED = 0, 1, 2
AUTO = "auto"  # stands for a source: each file is recognised by header and name
SHOWN = 20  # errors printed for people; --json has all that are kept


class Command(BaseCommand):
    help = (
        "Import files. All rows of a file go in, or none when one is refused; --partial loads the good ones. "
        "Exit code 0 when all rows were good, 2 when some were refused, 1 when a file cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "source", help=f"Kind of file; `manage.py sources` lists them. “{AUTO}” recognises each file."
        )
        parser.add_argument(
            "files", nargs="+", metavar="FILE", type=Path, help="A file, or a folder of files of this kind."
        )
        parser.add_argument(
            "--agency", default="", metavar="NAME", help="Whose records they are; made if unknown."
        )
        parser.add_argument("--sheet", default="", metavar="NAME", help="The sheet of a workbook.")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="FIELD=COLUMN",
            help="The column of the file for a field.",
        )
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="What the file does not say itself.",
        )
        parser.add_argument("--dry-run", action="store_true", help="Check only, store nothing.")
        parser.add_argument(
            "--partial", action="store_true", help="Load the good rows although others are refused."
        )
        parser.add_argument(
            "--json", action="store_true", help="Print one JSON object a file and nothing else."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        given = [options["agency"], options["sheet"], *options["map"], *options["set"]]
        if wrong := next((legible(text) for text in given if legible(text) != text), None):
            raise CommandError(f"“{wrong}” is not text in UTF-8.", returncode=UNREADABLE)
        source = source_named(options["source"])
        if source is None and options["source"] != AUTO:
            names = ", ".join(source.name for source in offered_sources())
            raise CommandError(
                f"There is no source “{options['source']}”. Known are: {names}.", returncode=UNREADABLE
            )
        choices = {
            "sheet": options["sheet"],
            "columns": pairs(options["map"], "--map FIELD=COLUMN"),
            "values": pairs(options["set"], "--set NAME=VALUE"),
        }
        options["options"] = {name: value for name, value in choices.items() if value}
        codes = [self.take_in(path, options) for path in self.files(options["files"], source)]
        if worst := UNREADABLE if UNREADABLE in codes else max(codes, default=UNREADABLE):
            sys.exit(worst)

    def files(self, paths: list[Path], source: Source | None) -> Iterator[Path]:
        """The files, and of folders those whose names end as files of the source do, in the order of their names."""
        for path in paths:
            if not path.is_dir():
                yield path
                continue
            inside = list(files_below(path))
            wanted = [
                file
                for file in inside
                if source is None or source.reads_file_named(str(file.relative_to(path)))
            ]
            if not wanted:
                kind = f" of the kind “{source.name}”" if source else ""
                self.stderr.write(f"{legible(path)}: the folder holds no file{kind}.")
            elif left := len(inside) - len(wanted):
                self.stderr.write(
                    f"{legible(path)}: {left} of {len(inside)} files passed over, by the endings of their names."
                )
            yield from wanted

    def take_in(self, path: Path, options: dict[str, Any]) -> int:
        """Import one file, print its report, and give its exit code."""
        run = begin("" if options["source"] == AUTO else options["source"], path, options)
        act = engine.check if options["dry_run"] else engine.load
        follower = Follower(self.stderr, legible(path.name), path.stat().st_size if path.is_file() else 0)
        try:
            if not run.source:
                run.source = source_of(path)
                run.save(update_fields=["source"])
            report = act(run, path, follower)
        except Unreadable as sentence:
            report = single.fail(run, str(sentence), time.perf_counter())
        except DatabaseError as error:
            raise CommandError(
                f"{legible(path)}: nothing was stored, the database said: {first_line(error)}",
                returncode=UNREADABLE,
            ) from error
        finally:
            follower.end()
        report.file = legible(path)
        self.stdout.write(as_json(report) if options["json"] else as_text(report))
        if report.message and options["json"]:
            self.stderr.write(report.message)
        return UNREADABLE if report.message else SOME_REFUSED if report.rows_refused else GOOD


def legible(name: str | Path) -> str:
    """A name as text that can be kept and printed: bytes that are no UTF-8 are shown as �."""
    return os.fsencode(name).decode("utf-8", "replace")


def pairs(given: list[str], form: str) -> dict[str, str]:
    """`NAME=VALUE` each, as a dictionary. A value may hold further equals signs."""
    if wrong := next((one for one in given if "=" not in one or one.startswith("=")), None):
        raise CommandError(f"“{wrong}” is not understood. Write {form}.", returncode=UNREADABLE)
    return dict(one.split("=", 1) for one in given)


def files_below(folder: Path) -> Iterator[Path]:
    """All files of a folder and the folders in it. Links are not followed out of it."""
    for here, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(here) / name for name in sorted(names))


def source_of(path: Path) -> str:
    """The source that a file is recognised as. Refuses one that is of none."""
    if not path.is_file():
        raise Unreadable(f"There is no file “{legible(path.name)}”.")
    try:
        with path.open("rb") as file:
            seen = look(file)
    except OSError as error:
        raise Unreadable(single.about_disk(error)) from error
    found = recognition.recognise(seen, path.name, offered_sources())
    if found is None:
        raise Unreadable(f"{recognition.about_unknown(seen, offered_sources())} Name the source.")
    return found.source.name


def begin(source: str, path: Path, options: dict[str, Any]) -> ImportRun:
    """The run of a file given on the command line: nobody's, and its file is not kept."""
    agency = options["agency"].strip()
    found = Agency.objects.filter(name__iexact=agency).first() if agency else None
    return ImportRun.objects.create(
        source=source,
        file_name=legible(path.name)[:255],
        agency=found,
        partial=options["partial"],
        notes={"agency": agency} if agency and not found else {},
        options=options["options"],
    )


def as_json(report: Report) -> str:
    plain = report.as_dict() | {"seconds": report.seconds, "peak_mb": most_held()}
    return json.dumps(plain, ensure_ascii=False)


def as_text(report: Report) -> str:
    if report.message:
        return f"{report.file}: {report.message}"
    done = "loaded" if report.stored else "checked, nothing stored"
    lines = [
        f"{report.file}: {done} in {report.seconds:.1f} s",
        f"  {report.rows_read:,} rows: {report.rows_new:,} new, {report.rows_same:,} already there, "
        f"{report.rows_refused:,} refused; {report.rows_flagged:,} of the new ones ask for a second look",
        *(f"  {remark}" for remark in remarks(report.notes)),
        *(f"  {error}" for error in report.errors[:SHOWN]),
    ]
    more = len(report.errors) - SHOWN + report.notes.get("errors_left_off", 0)
    if more > 0:
        lines.append(f"  … and {more:,} more errors; --json prints them")
    if report.rows_refused and not report.stored:
        lines.append("  Mend the rows, or load the good ones with --partial.")
    return "\n".join(lines)
