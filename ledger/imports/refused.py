"""The refused rows of an import: by cause, one by one, and as a file to mend and import again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Min, QuerySet

from ledger.imports.source import REFUSED_BECAUSE
from ledger.models import ImportRun, RefusedRow


@dataclass(frozen=True)
class Cause:
    """One thing that is wrong with many rows."""

    number: int
    column: str
    message: str
    errors: int
    first_row: int


def causes(run: ImportRun) -> list[Cause]:
    """What is wrong, the commonest first."""
    found = (
        RefusedRow.objects.filter(import_run=run)
        .order_by()
        .values("column", "message")
        .annotate(errors=Count("pk"), first_row=Min("row"))
        .order_by("-errors", "column", "message")
    )
    return [Cause(number, **values) for number, values in enumerate(found, 1)]


def errors_of(run: ImportRun, cause: Cause | None) -> QuerySet[RefusedRow]:
    """The errors in the order of the file, all or those of one cause."""
    found = RefusedRow.objects.filter(import_run=run)
    return found.filter(column=cause.column, message=cause.message) if cause else found


def mending_header(run: ImportRun) -> list[str]:
    return [*run.notes.get("header", []), REFUSED_BECAUSE]


def rows_to_mend(run: ImportRun) -> Iterator[list[str]]:
    """Each refused record as its file had it, and in a last column why it was refused."""
    width = len(run.notes.get("header", []))
    for text, reason in refused_records(run):
        cells = _cells(text)
        more = f"; cells too many: {' | '.join(cells[width:])}" if len(cells) > width else ""
        yield [*(cells + [""] * width)[:width], reason + more]


def refused_records(run: ImportRun) -> Iterator[tuple[str, str]]:
    """Each refused record, as it was kept, and all that is wrong with it."""
    errors = RefusedRow.objects.filter(import_run=run).order_by("row", "id").iterator(chunk_size=2000)
    for row, group in groupby(errors, key=lambda error: error.row):
        found = list(group)
        reasons = [f"{error.column}: {error.message}" if error.column else error.message for error in found]
        yield next((error.text for error in found if error.text), ""), f"row {row}: {'; '.join(reasons)}"


def is_map(run: ImportRun) -> bool:
    """Whether the refused records are features of a map."""
    return str(run.notes.get("format")) == "geojson"


def _cells(text: str) -> list[str]:
    """The cells of a record that may be broken, read as far as it goes. Lines end as in CSV: of the other signs that end
    one in Unicode, such as U+2028, any may stand in a cell."""
    return next(csv.reader(io.StringIO(text, newline="")), [])
