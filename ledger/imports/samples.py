"""What helps to judge a checked file: how its columns were understood, and whether it was loaded before."""

from __future__ import annotations

import copy
from dataclasses import dataclass

from ledger.choices import ImportState
from ledger.imports import xlsx
from ledger.imports.columns import Column
from ledger.imports.engine import upload_path
from ledger.imports.look import Look, look
from ledger.imports.reader import Unreadable
from ledger.imports.source import Source
from ledger.imports.sources import source_named
from ledger.imports.table import reads_plainly
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
    "report": "Number of the report",
    "occurred_on": "Date of occurrence",
    "occurred_at": "Time of occurrence",
    "nibrs": "Offence code (NIBRS)",
    "group": "Group of offences",
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
        bound = source.for_file(run.file_name, run.options)
        table = table_for(bound, look_at(run), str(run.options.get("sheet", "")))
        columns = bound.for_header(table.header).columns
        return [ColumnUse(label_of(target), *table.under(column)) for target, column in columns.items()]
    except (Unreadable, OSError):
        return []


def look_at(run: ImportRun) -> Look:
    """A look at the kept file of a run."""
    with upload_path(run).open("rb") as file:
        return look(file)


def label_of(target: str) -> str:
    """What a target is called on pages."""
    return LABELS.get(target, target.replace("_", " ").capitalize())


@dataclass(frozen=True)
class Beginning:
    """The header of a table and its first rows, each as long as the header; and the header's first line as it stands."""

    header: list[str]
    rows: list[list[str]]
    first_line: list[str]

    def under(self, column: Column, first: int = SAMPLES) -> tuple[str, list[str]]:
        """The name of a column in the file, and its first values; empty where the file has not got it."""
        name = column.found_in(self.header)
        return name, self.values(name, first) if name else []

    def values(self, name: str, first: int = SAMPLES) -> list[str]:
        place = self.header.index(name)
        return [row[place] for row in self.rows[:first]]


def table_for(source: Source, seen: Look, sheet: str = "") -> Beginning:
    """The table that a source reads, as a look shows it. Refuses a file in which none is seen."""
    in_sheets = seen.format == "xlsx"
    tables = [
        table.lines
        for table in seen.tables
        if table.lines and (not (sheet and in_sheets) or table.name == sheet)
    ]
    if in_sheets:
        tables = [_below_title(lines, source) for lines in tables]
    if not tables:
        raise Unreadable("No table is seen at the beginning of the file.")
    lines = next((lines for lines in tables if source.fits(lines[0])), tables[0])
    width = len(lines[0])
    lines = [[*line, *[""] * width][:width] for line in lines]
    return Beginning(*_joined(source, lines), lines[0])


def _below_title(lines: list[list[str]], source: Source) -> list[list[str]]:
    headers = [xlsx.as_header(line) for line in lines]
    at = xlsx.header_among(headers, source.fits)
    return [headers[at], *lines[at + 1 :]]


def _joined(source: Source, lines: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """The names of the columns and the rows below, where a header has several lines."""
    if reads_plainly(source):
        return lines[0], lines[1:]
    more = 1
    while more < len(lines) and source.is_more_header(lines[more]):
        more += 1
    try:
        header = copy.copy(source).join_header(lines[:more])
    except Unreadable:  # something must be said first: the names of the first line serve until then
        header = lines[0]
    return header, lines[more:]


def said_of(run: ImportRun) -> list[tuple[str, str]]:
    """What was said of a file because it does not say it itself."""
    source, values = source_named(run.source), run.options.get("values", {})
    return (
        [(one.label, values[name]) for name, one in source.parameters.items() if values.get(name)]
        if source
        else []
    )


def chosen_of(run: ImportRun) -> list[tuple[str, str]]:
    """The fields whose column was chosen by hand, with that column; empty for "nowhere"."""
    return [(label_of(target), name) for target, name in run.options.get("columns", {}).items()]


def loaded_before(run: ImportRun) -> ImportRun | None:
    """An earlier load of the very same file that still counts."""
    same = ImportRun.objects.filter(digest=run.digest, state=ImportState.LOADED, undo=None)
    return same.exclude(pk=run.pk).select_related("user").order_by("pk").first()
