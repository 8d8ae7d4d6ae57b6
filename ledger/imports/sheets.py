"""Which sheets of a workbook a source reads, and which are left."""

from __future__ import annotations

from typing import BinaryIO

from ledger.imports.reader import Unreadable
from ledger.imports.source import Source
from ledger.imports.workbook import Workbook
from ledger.imports.xlsx import HEADER_WITHIN, as_header, first_rows

LARGE = 1 << 16  # bytes of a sheet that surely holds something


def read_by(file: BinaryIO, source: Source) -> list[str]:
    """The sheets that a source reads, hidden ones aside."""
    file.seek(0)
    book = Workbook(file)
    return [name for name in book.shown if _fits(book, name, source)]


def left_beside(file: BinaryIO, read: list[str]) -> list[str]:
    """The sheets with cells that are not among those that are read, hidden ones too. The place in the file stays."""
    at = file.tell()
    file.seek(0)
    try:
        book = Workbook(file)
        return [name for name in book.sheets if name not in read and _holds_something(book, name)]
    finally:
        file.seek(at)


def _holds_something(book: Workbook, name: str) -> bool:
    """Whether a sheet is not empty. One that is large, or cannot be read, is not looked through for it."""
    try:
        return book.size_of(name) > LARGE or bool(first_rows(book, name, 1))
    except Unreadable:
        return True


def _fits(book: Workbook, sheet: str, source: Source) -> bool:
    return any(source.fits(as_header(line)) for line in first_rows(book, sheet, HEADER_WITHIN))
