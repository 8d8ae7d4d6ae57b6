"""A sheet of an XLSX file as a table. Needs memory for one row and the workbook's shared texts, whatever the file holds.

Cells come as texts, as the CSV file of the same table would have them: days as YYYY-MM-DD, times as HH:MM:SS, `1.0` as 1,
formulas as the value that was last computed. Rows without any value are passed over.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, BinaryIO, NamedTuple

from ledger.imports.numberformats import PLAIN, Format, as_text, column_of, letters_of
from ledger.imports.reader import LONGEST_LINE, MOST_COLUMNS, Record, Unreadable
from ledger.imports.source import Source, listed
from ledger.imports.workbook import (
    TOO_LARGE,
    Attributes,
    Workbook,
    local,
    new_parser,
    unescape,
)

MOST_ROWS = 1_048_576  # of any sheet
MOST_CELLS = 16_384  # of any row
LONGEST_CELL = 131_072  # as in CSV
HEADER_WITHIN = 20  # rows: a title may stand above the header
STRETCH, MOST_OF_STRETCH = (
    50_000,
    100_000_000,
)  # rows, and characters in them: few texts may be referred to by many cells
NOT_AVAILABLE = "#N/A"


class Row(NamedTuple):
    """The filled cells of a row by column, counted from 0, and what is wrong with it."""

    cells: dict[int, str]
    problem: str


class Sheet:
    """The table of one sheet. Its header is the first row that suits the source, else the first row with a value."""

    def __init__(self, book: Workbook, name: str, source: Source, size: int) -> None:
        self.sheet, self._size, self._read = name, size, 0
        self._whole = book.size_of(name) or 1
        self._rows = self._filled(book)
        first = list(islice(self._rows, HEADER_WITHIN))
        if not first:
            raise Unreadable(f"The sheet “{name[:60]}” is empty.")
        headers = [as_header(_texts(row)) for row in first]
        at = header_among(headers, source.fits)
        self.header = headers[at]
        self.fits = source.fits(self.header)
        if len(self.header) > MOST_COLUMNS:
            raise Unreadable(
                f"The header has {len(self.header):,} columns. At most {MOST_COLUMNS:,} are read."
            )
        self._first = first[at + 1 :]

    def __iter__(self) -> Iterator[Record]:
        number = 0
        for rows in (self._first, self._rows):
            for row in rows:
                number += 1
                yield self._record(number, row)

    def tell(self) -> int:
        """Bytes of the file taken in so far, by the share of the sheet that is read."""
        return self._size * self._read // self._whole

    def _record(self, number: int, row: Row) -> Record:
        width = max(len(self.header), max(row.cells, default=-1) + 1)
        problem = row.problem
        if width > MOST_COLUMNS:
            width, problem = MOST_COLUMNS, f"has a value beyond the {MOST_COLUMNS:,} columns that are read"
        cells = [row.cells.get(column, "") for column in range(width)]
        return Record(number, [] if problem else cells, as_line(cells), problem)

    def _filled(self, book: Workbook) -> Iterator[Row]:
        cells = _Cells(book)
        for read in book.blocks(self.sheet, cells.parser):
            self._read = read
            while cells.rows:
                yield cells.rows.popleft()


def open_sheet(file: BinaryIO, sheet: str, source: Source) -> Sheet:
    """The sheet of that name, or where none is named the first one that the source reads."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    book = Workbook(file)
    if sheet and sheet not in book.sheets:
        raise Unreadable(f"The workbook has no sheet “{sheet[:60]}”. It has: {listed(book.sheets[:20])}.")
    if sheet:
        return Sheet(book, sheet, source, size)
    tried = [found for name in book.shown if (found := _tried(book, name, source, size))]
    if not tried:
        raise Unreadable("The workbook is empty. Choose one with a header and rows.")
    return next((found for found in tried if found.fits), tried[0])


def header_among(lines: list[list[str]], fits: Callable[[list[str]], bool]) -> int:
    """Which of a sheet's first rows is the header: the first that suits, else the first with several names, else the first."""
    several = (at for at, line in enumerate(lines) if sum(map(bool, line)) > 1)
    return next((at for at, line in enumerate(lines) if fits(line)), next(several, 0))


def first_rows(book: Workbook, sheet: str, most: int) -> list[list[str]]:
    """The first rows of a sheet that hold a value."""
    cells = _Cells(book)
    for _ in book.blocks(sheet, cells.parser):
        if len(cells.rows) >= most:
            break
    return [_texts(row) for row in islice(cells.rows, most)]


def _tried(book: Workbook, name: str, source: Source, size: int) -> Sheet | None:
    try:
        return Sheet(book, name, source, size)
    except Unreadable as why:
        if "is empty" in str(why):
            return None
        raise


def as_header(texts: list[str]) -> list[str]:
    """A row as names of columns: in one line each."""
    return [" ".join(text.split()) for text in texts]


def _texts(row: Row) -> list[str]:
    """The cells up to the last one that is filled."""
    return [row.cells.get(column, "") for column in range(max(row.cells, default=-1) + 1)]


def as_line(cells: list[str]) -> str:
    """A row as one line of CSV."""
    line = ",".join(cells)
    if line.count(",") == len(cells) - 1 and not any(mark in line for mark in '"\r\n'):
        return line[:LONGEST_LINE]
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()[:LONGEST_LINE]


class _Cells:
    """Takes a sheet's events in and puts complete rows into `rows`."""

    def __init__(self, book: Workbook) -> None:
        self.rows: deque[Row] = deque()
        self._book, self._starts_1904 = book, book.starts_1904
        self._shared, self._formats = book.texts, book.formats
        self._count = self._stretch = 0
        self._phonetic = False
        self._begin_row()
        self._begin_cell({})
        self.parser = _parser_of(self)

    def begin(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name in ("v", "t") and not self._phonetic:
            self.parser.CharacterDataHandler = self._add
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._begin_row()
        elif name == "rPh":
            self._phonetic = True

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self.parser.CharacterDataHandler = None
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self._phonetic = False

    def _begin_row(self) -> None:
        self._filled: dict[int, str] = {}
        self._problem = ""
        self._column, self._seen, self._row_length = -1, 0, 0

    def _begin_cell(self, attributes: Attributes) -> None:
        self._column = column_of(attributes.get("r", ""), self._column + 1)
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._text: list[str] = []
        self._length, self._formula, self._phonetic = 0, False, False
        self._seen += 1
        if self._seen > MOST_CELLS:
            raise Unreadable(TOO_LARGE)

    def _add(self, text: str) -> None:
        self._length += len(text)
        if self._length <= LONGEST_CELL:
            self._text.append(text)

    def _end_cell(self) -> None:
        if not self._text:
            if self._formula and self._kind != "str":
                self._wrong(
                    "has a formula that was never computed; open the file in a spreadsheet program and save it"
                )
            return
        if self._length > LONGEST_CELL:
            self._wrong(f"has a cell of more than {LONGEST_CELL:,} characters")
            return
        text = self._value("".join(self._text))
        if text and not text.isspace():
            self._row_length += len(text)
            if self._row_length > LONGEST_LINE:
                self._wrong(f"is longer than {LONGEST_LINE:,} characters")
            else:
                self._filled[self._column] = text

    def _value(self, text: str) -> str:
        if self._kind == "s":
            return self._of_shared(text)
        if self._kind == "b":
            return "TRUE" if text.strip() == "1" else "FALSE"
        if self._kind == "e":
            return self._of_error(text)
        if self._kind == "n":
            return as_text(text, self._format(), self._starts_1904)
        return unescape(text)

    def _of_shared(self, text: str) -> str:
        try:
            return self._shared[int(text)]
        except (ValueError, IndexError):
            self._wrong("refers to a text that the workbook does not have")
            return ""

    def _of_error(self, text: str) -> str:
        """“Not available” is an unknown value; the other errors hide one."""
        if text == NOT_AVAILABLE:
            return "N/A"
        self._wrong(f"holds the error {text[:20]} in column {letters_of(self._column)}")
        return text

    def _format(self) -> Format:
        try:
            return self._formats[int(self._style)] if self._style else PLAIN
        except (ValueError, IndexError):
            return PLAIN

    def _wrong(self, problem: str) -> None:
        self._problem = self._problem or problem

    def _end_row(self) -> None:
        self._count += 1
        self._stretch = self._stretch + self._row_length if self._count % STRETCH else 0
        if self._count > MOST_ROWS or self._stretch > MOST_OF_STRETCH:
            raise Unreadable(TOO_LARGE)
        if self._filled or self._problem:
            self.rows.append(Row(self._filled, self._problem))
        self._begin_row()


def _parser_of(cells: _Cells) -> Any:
    """As `workbook.new_parser`, without a dictionary a cell: these are called for every cell."""
    parser = new_parser(cells.begin)
    parser.StartElementHandler = lambda name, attributes: cells.begin(local(name), attributes)
    parser.EndElementHandler = lambda name: cells.end(local(name))
    return parser
