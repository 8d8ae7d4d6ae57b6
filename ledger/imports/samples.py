"""What helps to judge a checked file: how its columns were understood, and whether it was loaded before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ledger.choices import ImportState
from ledger.imports import xlsx
from ledger.imports.columns import Column
from ledger.imports.engine import upload_path
from ledger.imports.look import Look, look
from ledger.imports.reader import Unreadable
from ledger.imports.source import Source
from ledger.imports.sources import source_named
from ledger.models import ImportRun

SAMPLES = 3
LABELS = {
    "stopped_on": "Date",
    "stopped_at": "Time",
    "violation_id": "Violation",
    "race_id": "Race",
    "words": "In the officer’s words",
    "search_bases": "Kinds of search",
    "duration_band": "Duration",
    "drugs_related": "Drug-related",
    "vehicle": "Vehicle number",
}


@dataclass(frozen=True)
class ColumnUse:
    """One field of ours, the file's column for it (empty when it has none), and its first values."""

    field: str
    column: str
    values: list[str]


def of(run: ImportRun) -> list[ColumnUse]:
    """How each column of an uploaded file is understood. Empty when the file is not kept, and of archives of several kinds."""
    source = source_named(run.source)
    try:
        if source is None or source.is_archive:
            return []
        with upload_path(run).open("rb") as file:
            header, *rows = _table(source, look(file), run.options)
        bound = source.for_file(run.file_name, run.options)
        return [
            _use(target, column, header, rows) for target, column in bound.for_header(header).columns.items()
        ]
    except (Unreadable, OSError):
        return []


def _table(source: Source, seen: Look, options: dict[str, Any]) -> list[list[str]]:
    """The lines of the table that the source reads, its header first. Rows of a sheet are as long as the header here."""
    chosen = options.get("sheet")
    tables = [table.lines for table in seen.tables if table.lines and (not chosen or table.name == chosen)]
    if not tables:
        raise Unreadable("The file shows no table.")
    at = {id(lines): xlsx.header_among(lines, source.fits) if seen.sheets else 0 for lines in tables}
    lines = next((lines for lines in tables if source.fits(lines[at[id(lines)]])), tables[0])
    header, *rows = lines[at[id(lines)] :]
    return [header, *([*row, *[""] * len(header)][: len(header)] for row in rows[:SAMPLES])]


def _use(target: str, column: Column, header: list[str], rows: list[list[str]]) -> ColumnUse:
    name = column.found_in(header)
    values = [cells[header.index(name)] for cells in rows] if name else []
    return ColumnUse(LABELS.get(target, target.replace("_", " ").capitalize()), name, values)


def loaded_before(run: ImportRun) -> ImportRun | None:
    """An earlier load of the very same file that still counts."""
    same = ImportRun.objects.filter(digest=run.digest, state=ImportState.LOADED, undo=None)
    return same.exclude(pk=run.pk).select_related("user").order_by("pk").first()
