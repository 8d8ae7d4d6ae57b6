"""What helps to judge a checked file: how its columns were understood, and whether it was loaded before."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from ledger.choices import ImportState
from ledger.imports.engine import upload_path
from ledger.imports.reader import Reader, Unreadable
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
    """How each column of an uploaded file is understood. Empty when the file is not kept."""
    source = source_named(run.source)
    try:
        with upload_path(run).open("rb") as file:
            reader = Reader(file)
            records = [record.cells for record in islice(reader, SAMPLES) if record.cells]
            header = reader.header
    except (Unreadable, OSError):
        return []
    uses = []
    for target, column in source.columns.items() if source else ():
        name = column.found_in(header)
        values = [cells[header.index(name)] for cells in records] if name else []
        uses.append(ColumnUse(LABELS.get(target, target.replace("_", " ").capitalize()), name, values))
    return uses


def loaded_before(run: ImportRun) -> ImportRun | None:
    """An earlier load of the very same file that still counts."""
    same = ImportRun.objects.filter(digest=run.digest, state=ImportState.LOADED, undo=None)
    return same.exclude(pk=run.pk).select_related("user").order_by("pk").first()
