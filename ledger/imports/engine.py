"""Takes one file in. `check` says what would happen, `load` does it; both read the same way. Used by pages and commands."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from ledger import audit
from ledger.choices import AuditVerb, ImportState
from ledger.imports import store
from ledger.imports.complaints import Complaint, Complaints
from ledger.imports.known import from_database
from ledger.imports.reader import Reader, Unreadable
from ledger.imports.source import Source
from ledger.imports.sources import source_named
from ledger.models import Agency, ImportRun

LARGE = 10_000  # new rows from which the planner's statistics are brought up to date at once
FOUND_OUT = (
    *("state", "message", "finished_at", "seconds", "digest", "size", "agency", "agencies", "notes"),
    *("rows_read", "rows_new", "rows_same", "rows_refused", "rows_flagged"),
)
Progress = Callable[[int], None]


@dataclass
class Report:
    """What a file holds and what became of it. Counts are of records: read = new + same + refused."""

    source: str
    file: str
    digest: str = ""
    rows_read: int = 0
    rows_new: int = 0
    rows_same: int = 0
    rows_refused: int = 0
    rows_flagged: int = 0
    errors: list[Complaint] = field(default_factory=list)
    stored: bool = False
    seconds: float = 0.0
    message: str = ""  # why the file as a whole could not be read
    notes: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The object that `import --json` prints."""
        plain = {name: value for name, value in vars(self).items() if name != "errors"}
        return plain | {"errors": [error.as_dict() for error in self.errors]}


@dataclass
class _Read:
    """A file read and cleaned, the good rows waiting in a spool."""

    spool: TextIO
    read: int = 0
    refused: int = 0
    complaints: Complaints = field(default_factory=Complaints)
    notes: dict[str, Any] = field(default_factory=dict)


def check(run: ImportRun, path: Path | None = None, progress: Progress | None = None) -> Report:
    """Read a file and say what loading it would do. Stores nothing but that."""
    return _take_in(run, path, progress, storing=False)


def load(run: ImportRun, path: Path | None = None, progress: Progress | None = None) -> Report:
    """Load a file: all of it, or with `run.partial` its good rows, or nothing. Loading a loaded run again adds nothing."""
    return _take_in(run, path, progress, storing=True)


def _take_in(run: ImportRun, path: Path | None, progress: Progress | None, storing: bool) -> Report:
    begun = time.perf_counter()
    source = source_named(run.source)
    run.refresh_from_db()
    if run.state == ImportState.LOADED:
        return _report(run, [], stored=True)
    try:
        if source is None:
            raise Unreadable(f"There is no source “{run.source}”.")
        place = path or upload_path(run)
        _look_at_file(run, place)
        with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as spool:
            found = _read(run, source, place, spool, progress or _no_progress)
            report = _settle(run, source, found, storing, begun)
    except Unreadable as sentence:
        return _fail(run, str(sentence), begun)
    except OSError as error:
        return _fail(run, _about_disk(error), begun)
    if report.stored and report.rows_new >= LARGE and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return report


def upload_path(run: ImportRun) -> Path:
    """Where the file of an upload is kept."""
    if not run.stored_name:
        raise Unreadable("The file is no longer kept. Choose it again.")
    return Path(settings.UPLOADS) / run.stored_name


def _look_at_file(run: ImportRun, path: Path) -> None:
    """Note size and digest. A file that is not the one checked before is refused."""
    if not path.exists():
        raise Unreadable(f"There is no file “{path.name}”. Choose it again.")
    if not path.is_file():
        raise Unreadable(f"“{path.name}” is not a file.")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if run.digest and run.digest != digest:
        raise Unreadable("The file is not the one that was checked. Choose it again.")
    run.digest, run.size = digest, path.stat().st_size


def _read(run: ImportRun, source: Source, path: Path, spool: TextIO, progress: Progress) -> _Read:
    """Read and clean the file into the spool, outside any transaction of ours."""
    from ledger.imports import cleaning

    known = from_database(_agency_of(run, source))
    if not (source.names_agency or known.only_agency):
        raise Unreadable(
            f"Files of the source “{source.name}” do not say whose stops they are. Name the agency "
            "(in a command: --agency NAME)."
        )
    if known.only_agency and not run.agency:
        run.notes["agency"] = known.only_agency
    found, filled = _Read(spool), set[str]()
    with path.open("rb") as file:
        reader = Reader(file)
        for batch in cleaning.batches(source, reader, known, progress):
            found.read, found.refused = found.read + batch.read, found.refused + batch.refused
            found.complaints.add(batch.complaints)
            filled |= batch.filled
            cleaning.spool(source, batch, settings.SECURECHECK_KEY, spool)
        used = [reader.header[place] for place in source.places(reader.header).values()]
        found.notes = {"header": reader.header, "extra_columns": source.unknown(reader.header)}
    if found.read:
        found.notes["empty_columns"] = [name for name in used if name not in filled]
    if found.complaints.left_off:
        found.notes["errors_left_off"] = found.complaints.left_off
    return found


def _agency_of(run: ImportRun, source: Source) -> str:
    """The one agency that a file is for: by choice, else by the file's name. Empty when its rows say it."""
    chosen = run.agency.name if run.agency else str(run.notes.get("agency", ""))
    told = source.agency_of_file(run.file_name)
    if chosen and told and chosen.casefold() != told.casefold():
        raise Unreadable(
            f"By its name the file is of {told}, and it was to be imported for {chosen}. "
            f"Import it for {told}, or rename the file if its name is wrong."
        )
    return chosen or told


@transaction.atomic
def _settle(run: ImportRun, source: Source, found: _Read, storing: bool, begun: float) -> Report:
    """Compare with the ledger and, when storing, write: stops, keys, facts, counts, audit line, all or none."""
    kept = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if kept.state == ImportState.LOADED:
        run.refresh_from_db()
        return _report(run, [], stored=True)
    store.stage(found.spool)
    wanted = storing and (run.partial or not found.refused)
    if wanted:
        store.wait_for_other_loads()
    new_agencies = store.unknown_agencies()
    if wanted:
        store.make_agencies(source, new_agencies)
        run.agency = Agency.objects.filter(name=run.notes.get("agency")).first() or run.agency
    run.rows_read, run.rows_refused = found.read, found.refused
    run.rows_new, run.rows_flagged = store.find_new(storing=wanted)
    run.rows_same = found.read - found.refused - run.rows_new
    run.notes = {**run.notes, **found.notes, "new_agencies": new_agencies}
    store.replace_refused(run, found.complaints.kept)
    if wanted:
        store.insert_new(run)
    _finish(run, ImportState.LOADED if wanted else ImportState.CHECKED, begun)
    act = "loaded" if wanted else "checked"
    counts: dict[str, Any] = {"new": run.rows_new, "same": run.rows_same, "refused": run.rows_refused}
    audit.record(None, AuditVerb.COLLECTION, "import", run.key, user=run.user, act=act, **counts)
    return _report(run, found.complaints.kept, stored=wanted)


def _finish(run: ImportRun, state: ImportState, begun: float, message: str = "") -> None:
    run.state, run.message = state, message
    run.finished_at, run.seconds = timezone.now(), round(time.perf_counter() - begun, 3)
    run.save(update_fields=FOUND_OUT)


def _fail(run: ImportRun, sentence: str, begun: float) -> Report:
    """The file could not be read: nothing of it is kept but the reason."""
    with transaction.atomic():
        _finish(run, ImportState.FAILED, begun, sentence)
        audit.record(None, AuditVerb.COLLECTION, "import", run.key, done=False, user=run.user, act="failed")
    return _report(run, [Complaint(None, "", "", sentence)], stored=False)


def _report(run: ImportRun, errors: list[Complaint], stored: bool) -> Report:
    counts = {
        name: getattr(run, name)
        for name in ("rows_read", "rows_new", "rows_same", "rows_refused", "rows_flagged")
    }
    return Report(
        source=run.source,
        file=run.file_name,
        digest=run.digest,
        errors=errors,
        stored=stored,
        seconds=run.seconds or 0.0,
        message=run.message,
        notes=run.notes,
        **counts,
    )


def _about_disk(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "There is no room left on the disk. Nothing was stored; make room and try again."
    return f"The file could not be read: {os.strerror(error.errno or 0)}. Nothing was stored."


def _no_progress(done: int) -> None:
    pass
