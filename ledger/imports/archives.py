"""Archives, and workbooks of several sheets that are read: each file or sheet is a run of its own below the run of the whole.
Without `partial` all go in or none.

All files are checked before the first is loaded; each is then loaded in a transaction of its own, so that desks do not wait
for a large archive. Loading it again after a cut adds what is missing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.db import transaction

from ledger.choices import ImportState
from ledger.imports import containers, rights, sheets, single
from ledger.imports.crew import Progress
from ledger.imports.reader import Unreadable
from ledger.imports.report import COUNTS, Report, report_of
from ledger.imports.source import ENDINGS, Source
from ledger.imports.table import format_of
from ledger.models import ImportRun


@dataclass(frozen=True)
class Part:
    """A file of an archive, or a sheet of a workbook, and how it is read."""

    name: str
    source: Source
    options: dict[str, Any]
    size: int
    opened: Callable[[], AbstractContextManager[Path]]


def has_parts(path: Path, source: Source, options: dict[str, Any]) -> bool:
    """Whether a file is a ZIP archive of files, or a workbook of which the source reads several sheets."""
    with path.open("rb") as file:
        found = format_of(file)
        if found == "xlsx" and "xlsx" in source.formats and not options.get("sheet"):
            return len(sheets.read_by(file, source)) > 1
    return found == "zip"


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
    run.notes.pop("sheets_left", None)  # of an earlier check
    parts = _sheets(run, source, path) or _files(run, source, path)
    reports = _each(run, parts, progress, storing=storing and run.partial)
    good = not any(report.message or report.rows_refused for report in reports)
    if storing and not run.partial and good:
        reports = _each(run, parts, progress, storing=True)
    stored = storing and any(report.stored for report in reports)
    return _sum_up(run, reports, stored, begun)


def _files(run: ImportRun, source: Source, path: Path) -> list[Part]:
    """The files of an archive that are read, each by its source. The names of the others are noted."""
    parts, passed_over = [], []
    for entry in containers.entries(path):
        if found := source.source_of_entry(entry.name):
            bound = found.for_file(entry.name, run.options)
            whole = Part(entry.name, bound, run.options, entry.size, containers.opener(path, entry))
            parts += _sheets_of(run, whole) if _may_have_sheets(whole) else [whole]
        else:
            passed_over.append(entry.name)
    if not parts:
        raise Unreadable(f"The archive holds no file of the kind “{source.name}”.")
    run.notes["passed_over"] = {"files": len(passed_over), "first": passed_over[:10]}
    return parts


def _sheets(run: ImportRun, source: Source, path: Path) -> list[Part]:
    """The sheets of a workbook that are read; none where the file is an archive."""
    with path.open("rb") as file:
        if format_of(file) != "xlsx":
            return []
    return _sheets_of(run, Part(run.file_name, source, run.options, run.size, lambda: nullcontext(path)))


def _may_have_sheets(part: Part) -> bool:
    """Whether a file of an archive may be a workbook, by its name."""
    return "xlsx" in part.source.formats and part.name.lower().endswith(ENDINGS["xlsx"])


def _sheets_of(run: ImportRun, book: Part) -> list[Part]:
    """A workbook as a part for each sheet that its source reads, or that was named; the others are noted. One that cannot be
    opened is a part as it is: reading it says why."""
    try:
        with book.opened() as path, path.open("rb") as file:
            named = str(book.options.get("sheet", ""))
            read = [named] if named else sheets.read_by(file, book.source)
            left = sheets.left_beside(file, read)
    except Unreadable:
        return [book]
    if not read:
        return [book]
    inside = book.name != run.file_name
    run.notes.setdefault("sheets_left", []).extend(
        f"{book.name}, sheet {one}" if inside else one for one in left
    )
    return [
        replace(book, name=f"{book.name}, sheet {name}", options={**book.options, "sheet": name})
        for name in read
    ]


def _each(run: ImportRun, parts: list[Part], progress: Progress, storing: bool) -> list[Report]:
    """Check or load every part. Progress counts unpacked bytes, scaled to the size of the whole."""
    total = sum(part.size for part in parts) or 1
    reports, before, rows = [], 0, 0
    for part in parts:

        def follow(done: int, read: int, before: int = before, rows: int = rows) -> None:
            progress(run.size * (before + done) // total, rows + read)

        reports.append(_one(run, part, follow, storing))
        before, rows = before + part.size, rows + reports[-1].rows_read
    return reports


def _one(run: ImportRun, part: Part, follow: Progress, storing: bool) -> Report:
    own, _ = ImportRun.objects.update_or_create(
        parent=run,
        file_name=part.name[-255:],
        defaults={
            "source": part.source.name,
            "agency": run.agency,
            "notes": {"agency": run.notes["agency"]} if run.notes.get("agency") else {},
            "user": run.user,
            "partial": run.partial,
            "options": part.options,
        },
    )
    if done := single.already_loaded(own):
        return done
    with part.opened() as file:
        return single.take_in(own, part.source, file, follow, storing)


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
