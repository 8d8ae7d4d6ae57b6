"""An insight as a spreadsheet (Office Open XML): a sheet for each table, and one with all that must go with the figures.

Numbers are numbers, in the format of the page. Text is text: no cell is ever a formula, whatever it begins with, also
not after it was clicked and edited. openpyxl is loaded when a spreadsheet is asked for, not when the web process starts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from insights.columns import HIDDEN, Column
from insights.reading import Reading
from insights.relation import Rows

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NUMBER_FORMATS = {
    "count": "#,##0",
    "number": "0",
    "percent": "0.0%",
    "minutes": "0.0",
    "change": "+0.0%;\u22120.0%;0.0%",
    "ratio": "0.00",
    "fraction": "0.0000",
}
MOST_TEXT = 32_000  # a cell takes 32,767 characters
NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # what XML cannot hold
FORMULA = re.compile(r"[\s\ufeff\u200b']*[=+\-@＝＋－＠]")
NO_TITLE = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class Sheet:
    title: str
    columns: dict[str, Column]
    rows: Rows


def workbook(reading: Reading, sheets: Sequence[Sheet]) -> bytes:
    """The file. Rows are written one by one, so that a long table takes no more memory than a short one."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for sheet in sheets:
        _write_table(book, sheet)
    _write_notes(book, reading)
    book.properties.title, book.properties.creator = reading.insight.question, "SecureCheck"
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def response(name: str, reading: Reading, sheets: Sequence[Sheet]) -> HttpResponse:
    """A download. `name` is made by us."""
    reply = HttpResponse(workbook(reading, sheets), content_type=TYPE)
    reply["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply


def new_sheet(book: Workbook, title: str, widths: Iterable[int]) -> Any:
    """An empty sheet with its head frozen."""
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(NO_TITLE.sub(" ", title)[:31])
    for at, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.freeze_panes = "A2"
    return sheet


def _write_table(book: Workbook, table: Sheet) -> None:
    from openpyxl.utils import get_column_letter

    sheet = new_sheet(book, table.title, [_width(table, key) for key in table.columns])
    sheet.append([cell(sheet, column.label, bold=True) for column in table.columns.values()])
    styles = {key: NUMBER_FORMATS.get(column.format, "") for key, column in table.columns.items()}
    for row in table.rows:
        sheet.append([cell(sheet, row[key], style) for key, style in styles.items()])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table.rows) + 1}"


def _width(table: Sheet, key: str) -> int:
    """Characters that a column has room for."""
    texts = [row[key] for row in table.rows if isinstance(row[key], str)]
    return min(48, max(8, *map(len, [table.columns[key].label, *texts])) + 3)


def _write_notes(book: Workbook, reading: Reading) -> None:
    sheet = new_sheet(book, "Notes", (20, 26, 100))
    sheet.append([cell(sheet, head, bold=True) for head in ("Part", "Name", "Text")])
    for section, name, text in reading.notes():
        sheet.append([cell(sheet, section, bold=True), cell(sheet, name), cell(sheet, text, wrapped=True)])


def cell(sheet: Any, value: Any, style: str = "", *, bold: bool = False, wrapped: bool = False) -> Any:
    """A cell: numbers as they are, nothing as an empty cell, all else as text that is never run."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    if value is None:
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = WriteOnlyCell(sheet, value)
        number.number_format = style or "General"
        return number
    text = NO_TEXT.sub("\ufffd", str(value))[:MOST_TEXT]
    made = WriteOnlyCell(sheet, text)
    made.data_type = "s"  # openpyxl takes what begins with = for a formula
    made.quotePrefix = bool(FORMULA.match(text))  # and a spreadsheet would, once the cell is edited
    made.font = Font(bold=bold)
    made.alignment = Alignment(
        vertical="top", wrap_text=wrapped, horizontal="right" if text == HIDDEN else None
    )
    return made
