"""Archives: each file of one is a run of its own below the archive's run. Without `partial` all go in or none.

All files are checked before the first is loaded; each is then loaded in a transaction of its own, so that desks do not wait
for a large archive. Loading it again after a cut adds what is missing.
"""

from __future__ import annotations

import time
from pathlib import Path

from django.db import transaction

from ledger.choices import ImportState
from ledger.imports import containers, rights, single
from ledger.imports.containers import Entry
from ledger.imports.crew import Progress
from ledger.imports.reader import Unreadable
from ledger.imports.report import COUNTS, Report, report_of
from ledger.imports.source import Source
from ledger.imports.table import format_of
from ledger.models import ImportRun


def is_archive(path: Path) -> bool:
    """Whether a file is a ZIP archive of files (a workbook, which is one too, is not)."""
    with path.open("rb") as file:
        return format_of(file) == "zip"


def take_in(run: ImportRun, source: Source, path: Path, progress: Progress, storing: bool) -> Report:
    """Check or load the files of an archive that the source, or one that it names, can read."""
    begun = time.perf_counter()
    try:
        return _take_in(run, source, path, progress, storing, begun)
    except Unreadable as sentence:
        return single.fail(run, str(sentence), begun)
    except OSError as error:
        return single.fail(run, single.about_disk(error), begun)


def _take_in(
    run: ImportRun, source: Source, path: Path, progress: Progress, storing: bool, begun: float
) -> Report:
    rights.check(run, source)
    single.look_at(run, path)
    chosen, passed_over = _choose(source, containers.entries(path))
    if not chosen:
        raise Unreadable(f"The archive holds no file of the kind “{source.name}”.")
    run.notes["passed_over"] = {"files": len(passed_over), "first": passed_over[:10]}
    reports = _each(run, path, chosen, progress, storing=storing and run.partial)
    good = not any(report.message or report.rows_refused for report in reports)
    if storing and not run.partial and good:
        reports = _each(run, path, chosen, progress, storing=True)
    stored = storing and any(report.stored for report in reports)
    return _sum_up(run, reports, stored, begun)


def _choose(source: Source, entries: list[Entry]) -> tuple[list[tuple[Entry, Source]], list[str]]:
    """The files that are read, with the source of each, and the names of the others."""
    chosen, passed_over = [], []
    for entry in entries:
        found = source.source_of_entry(entry.name)
        if found:
            chosen.append((entry, found))
        else:
            passed_over.append(entry.name)
    return chosen, passed_over


def _each(
    run: ImportRun, path: Path, chosen: list[tuple[Entry, Source]], progress: Progress, storing: bool
) -> list[Report]:
    """Check or load every file. Progress counts unpacked bytes, scaled to the size of the archive."""
    total = sum(entry.size for entry, _ in chosen) or 1
    reports, before, rows = [], 0, 0
    for entry, source in chosen:

        def follow(done: int, read: int, before: int = before, rows: int = rows) -> None:
            progress(run.size * (before + done) // total, rows + read)

        reports.append(_one(run, path, entry, source, follow, storing))
        before, rows = before + entry.size, rows + reports[-1].rows_read
    return reports


def _one(
    run: ImportRun,
    path: Path,
    entry: Entry,
    source: Source,
    follow: Progress,
    storing: bool,
) -> Report:
    part, _ = ImportRun.objects.update_or_create(
        parent=run,
        file_name=entry.name[-255:],
        defaults={
            "source": source.name,
            "agency": run.agency,
            "user": run.user,
            "partial": run.partial,
            "options": run.options,
        },
    )
    if done := single.already_loaded(part):
        return done
    with containers.extracted(path, entry) as file:
        return single.take_in(part, source.for_file(entry.name, run.options), file, follow, storing)


@transaction.atomic
def _sum_up(run: ImportRun, reports: list[Report], stored: bool, begun: float) -> Report:
    """The archive's counts are the sums of its files'."""
    for name in COUNTS:
        setattr(run, name, sum(getattr(report, name) for report in reports))
    parts = ImportRun.objects.filter(parent=run)
    run.agencies = sorted({agency for part in parts for agency in part.agencies})
    failed = [f"{report.file}: {report.message}" for report in reports if report.message]
    run.notes["failed"] = failed[:50]
    state = ImportState.LOADED if stored else ImportState.CHECKED
    if len(failed) == len(reports):
        raise Unreadable(f"No file of the archive could be read. The first: {failed[0]}")
    single.finish(run, state, begun)
    single.note_in_trail(run, "loaded" if stored else "checked")
    report = report_of(run, [error for part in reports for error in part.errors][:1000], stored)
    report.parts = reports
    return report
