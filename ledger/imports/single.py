"""One file: read and cleaned outside any transaction, then compared with the ledger and, if wanted, stored in one."""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ledger import audit
from ledger.choices import AuditVerb, ImportState
from ledger.imports import containers, crew, features, rights, sheets, store
from ledger.imports.complaints import LONGEST_SENTENCE, Complaint, Complaints, Oddities, storable
from ledger.imports.crew import Cleaned, Progress
from ledger.imports.formats import refuse_format
from ledger.imports.geojson import GeoJson
from ledger.imports.known import Known, from_database
from ledger.imports.reader import Unreadable
from ledger.imports.report import Report, report_of
from ledger.imports.source import Source
from ledger.models import Agency, ImportRun

if TYPE_CHECKING:
    from ledger.imports.table import Table

MOSTLY_EMPTY = 0.3  # share of empty cells from which a column is named in the report
FOUND_OUT = (
    *("state", "message", "finished_at", "seconds", "digest", "size", "agency", "agencies", "notes"),
    *("rows_read", "rows_new", "rows_same", "rows_refused", "rows_flagged"),
)


@dataclass
class _Read:
    """A file read and cleaned, the good rows waiting in the staging table."""

    read: int = 0
    whole: int = 0
    refused: int = 0
    complaints: Complaints = field(default_factory=Complaints)
    notes: dict[str, Any] = field(default_factory=dict)

    def add(self, piece: Cleaned) -> None:
        self.read, self.refused = self.read + piece.read, self.refused + piece.refused
        self.whole += piece.whole
        self.complaints.add(piece.complaints)


def take_in(run: ImportRun, source: Source, path: Path, progress: Progress, storing: bool) -> Report:
    """Check or load one file. Whatever is wrong with it as a whole is said in the report."""
    begun = time.perf_counter()
    try:
        rights.check(run, source)
        look_at(run, path)
        if source.is_archive:
            raise Unreadable(f"Files of the kind “{source.name}” are ZIP archives, and this is not one.")
        with (
            containers.unzipped(path) as plain,
            store.one_at_a_time(storing),
            store.staging(source.kind),
        ):
            found = _read(run, source, plain, progress, storing)
            return _settle(run, source, found, storing, begun)
    except Unreadable as sentence:
        return fail(run, str(sentence), begun)
    except OSError as error:
        return fail(run, about_disk(error), begun)


def already_loaded(run: ImportRun) -> Report | None:
    """The report of a run that was loaded before; nothing is done a second time."""
    run.refresh_from_db()
    return report_of(run, [], stored=True) if run.state == ImportState.LOADED else None


def look_at(run: ImportRun, path: Path) -> None:
    """Note size and digest. A file that is not the one checked before is refused."""
    if not path.exists():
        raise Unreadable(f"There is no file “{run.file_name}”. Choose it again.")
    if not path.is_file():
        raise Unreadable(f"“{run.file_name}” is not a file.")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if run.digest and run.digest != digest:
        raise Unreadable("The file is not the one that was checked. Choose it again.")
    run.digest, run.size = digest, path.stat().st_size


def _read(run: ImportRun, source: Source, path: Path, progress: Progress, storing: bool) -> _Read:
    """Read and clean the file into the staging table, outside any transaction of ours."""
    from ledger.imports.table import Trimmed, format_of, open_table

    known = _known(run, source)
    found, empty, odd = _Read(), Counter[str](), Oddities()
    with path.open("rb") as file:
        refuse_format(format_of(file), source, source.name)
        table = open_table(source, file, run.options)
        _note_sheets(run, file, table)
        size, key = path.stat().st_size, settings.SECURECHECK_KEY
        for piece in crew.cleaned(source, table, known, key, size, progress):
            found.add(piece)
            empty += piece.empty
            odd.add(piece.noticed)
            if piece.lines:
                store.stage(source.kind, piece.columns, piece.lines, storing)
        found.notes = {"header": table.header, "extra_columns": source.unknown(table.header)}
        if isinstance(table, GeoJson):
            found.notes["format"] = "geojson"
            if found.complaints.kept:
                features.keep(table, found.complaints.kept)
        if isinstance(table, Trimmed) and table.rows_passed_over:
            found.notes["passed_over"] = {"rows": table.rows_passed_over, "first": table.passed_over}
    found.notes |= _about_empty(empty, found.whole)
    if odd.found:
        found.notes["noticed"] = odd.as_notes()
    if found.complaints.left_off:
        found.notes["errors_left_off"] = found.complaints.left_off
    return found


def _known(run: ImportRun, source: Source) -> Known:
    """What cleaning must know, with the agency of the file where its rows do not say it."""
    known = from_database(_agency_of(run, source))
    if not (source.names_agency or known.only_agency):
        raise Unreadable(
            f"Files of the source “{source.name}” do not say whose {source.kind.plural} they are. Name the agency "
            "(in a command: --agency NAME)."
        )
    if known.only_agency and not run.agency:
        run.notes["agency"] = known.only_agency
    return known


def _note_sheets(run: ImportRun, file: BinaryIO, table: Table) -> None:
    """The sheet that is read; and of a workbook that is no part of anything, which ones are not."""
    if not (sheet := getattr(table, "sheet", "")):
        return
    run.notes["sheet"] = sheet
    if run.parent_id is None:
        run.notes["sheets_left"] = sheets.left_beside(file, [sheet])


def _about_empty(empty: Counter[str], read: int) -> dict[str, Any]:
    """Columns without any value, and those mostly empty with their share of empty cells."""
    if not read:
        return {}
    named = {column: count for column, count in empty.items() if column}
    return {
        "empty_columns": [column for column, count in named.items() if count == read],
        "mostly_empty": {
            column: round(count / read, 3)
            for column, count in named.items()
            if MOSTLY_EMPTY * read < count < read
        },
    }


def _agency_of(run: ImportRun, source: Source) -> str:
    """The one agency that a file is for: by choice, else by the file's name. Empty when its rows say it, or none is meant."""
    chosen = run.agency.name if run.agency else str(run.notes.get("agency", ""))
    told = source.agency_of_file(run.file_name)
    if chosen and told and chosen.casefold() != told.casefold():
        raise Unreadable(
            f"By its name the file is of {told}, and it was to be imported for {chosen}. "
            f"Import it for {told}, or rename the file if its name is wrong."
        )
    return (chosen or told) if source.kind.has_agency else ""


@transaction.atomic
def _settle(run: ImportRun, source: Source, found: _Read, storing: bool, begun: float) -> Report:
    """Compare with the ledger and, when storing, write: records, keys, facts, counts, audit line, all or none."""
    kept = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if kept.state == ImportState.LOADED:
        run.refresh_from_db()
        return report_of(run, [], stored=True)
    read_by = time.perf_counter()
    store.make_ready(source.kind)
    rights.check_agencies(run, partial(store.waiting_agencies, source.kind))
    wanted = storing and (run.partial or not found.refused)
    new_agencies = store.unknown_agencies(source.kind)
    for name in new_agencies:
        source.country_of(name)  # a source that asks for it says so when the file is checked
    if wanted:
        store.make_agencies(source, new_agencies)
        run.agency = Agency.objects.filter(name=run.notes.get("agency")).first() or run.agency
    run.rows_read, run.rows_refused = found.read, found.refused
    new = source.kind.find_new(storing=wanted)
    run.rows_new, run.rows_flagged = new.new, new.flagged
    run.rows_same = found.read - found.refused - run.rows_new
    run.notes = {**run.notes, **found.notes, "new_agencies": new_agencies}
    store.replace_refused(run, found.complaints.kept)
    compared_by = time.perf_counter()
    if wanted:
        store.insert_new(source, run)
    run.notes["spent"] = {
        "reading": round(read_by - begun, 2),
        "comparing": round(compared_by - read_by, 2),
        "storing": round(time.perf_counter() - compared_by, 2),
    }
    finish(run, ImportState.LOADED if wanted else ImportState.CHECKED, begun)
    note_in_trail(run, "loaded" if wanted else "checked")
    return report_of(run, found.complaints.kept, stored=wanted)


def finish(run: ImportRun, state: ImportState, begun: float, message: str = "") -> None:
    run.state, run.message = state, message
    run.finished_at, run.seconds = timezone.now(), round(time.perf_counter() - begun, 3)
    run.save(update_fields=FOUND_OUT)


def note_in_trail(run: ImportRun, act: str) -> None:
    counts: dict[str, Any] = {"new": run.rows_new, "same": run.rows_same, "refused": run.rows_refused}
    audit.record(None, AuditVerb.COLLECTION, "import", run.key, user=run.user, act=act, **counts)


def fail(run: ImportRun, sentence: str, begun: float) -> Report:
    """The file could not be read: nothing of it is kept but the reason."""
    sentence = storable(sentence, LONGEST_SENTENCE)
    with transaction.atomic():
        finish(run, ImportState.FAILED, begun, sentence)
        audit.record(None, AuditVerb.COLLECTION, "import", run.key, done=False, user=run.user, act="failed")
    return report_of(run, [Complaint(None, "", "", sentence)], stored=False)


def about_disk(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "There is no room left on the disk. Nothing was stored; make room and try again."
    why = os.strerror(error.errno) if error.errno else "it is damaged"
    return f"The file could not be read: {why}. Nothing was stored."
