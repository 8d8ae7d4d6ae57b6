"""Takes a file in, or an archive of files. `check` says what would happen, `load` does it; both read the same way.

Used by pages and commands alike.
"""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings
from django.db import connection

from ledger.imports import archives, single
from ledger.imports.crew import Progress
from ledger.imports.reader import Unreadable
from ledger.imports.report import Report
from ledger.imports.source import Source
from ledger.imports.sources import source_named
from ledger.models import ImportRun

LARGE = 10_000  # new rows from which the planner's statistics are brought up to date at once


def check(run: ImportRun, path: Path | None = None, progress: Progress | None = None) -> Report:
    """Read a file and say what loading it would do. Stores nothing but that."""
    return _take_in(run, path, progress or _no_progress, storing=False)


def load(run: ImportRun, path: Path | None = None, progress: Progress | None = None) -> Report:
    """Load a file: all of it, or with `run.partial` its good rows, or nothing. Loading a loaded run again adds nothing."""
    return _take_in(run, path, progress or _no_progress, storing=True)


def _take_in(run: ImportRun, path: Path | None, progress: Progress, storing: bool) -> Report:
    begun = time.perf_counter()
    if done := single.already_loaded(run):
        return done
    try:
        source = _source_of(run)
        place = path or upload_path(run)
        several = place.is_file() and archives.has_parts(place, source, run.options)
        kind_of_file = archives if several else single
    except Unreadable as sentence:
        return single.fail(run, str(sentence), begun)
    except OSError as error:
        return single.fail(run, single.about_disk(error), begun)
    report: Report = kind_of_file.take_in(run, source, place, progress, storing)
    if report.stored and report.rows_new >= LARGE and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return report


def _source_of(run: ImportRun) -> Source:
    source = source_named(run.source)
    if source is None:
        raise Unreadable(f"There is no source “{run.source}”.")
    return source.for_file(run.file_name, run.options)


def upload_path(run: ImportRun) -> Path:
    """Where the file of an upload is kept."""
    if not run.stored_name:
        raise Unreadable("The file is no longer kept. Choose it again.")
    return Path(settings.UPLOADS) / run.stored_name


def _no_progress(done: int, rows: int) -> None:
    pass
