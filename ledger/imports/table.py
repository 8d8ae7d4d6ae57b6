"""A file as a table: a header and records, whatever the format. Chooses the reader, and drops what is no record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Protocol

from ledger.imports.containers import open_zip
from ledger.imports.geojson import GeoJson
from ledger.imports.reader import Reader, Record, Unreadable
from ledger.imports.source import Source
from ledger.imports.xlsx import open_sheet

PEEK = 64
MOST_OF_HEADER = 10  # lines
NAMED = 10  # of the rows that are passed over
NAMES = {"csv": "CSV", "xlsx": "Excel (XLSX)", "geojson": "GeoJSON or TopoJSON", "zip": "ZIP archives"}


class Table(Protocol):
    """A header and the records below it, numbered from 1. Broken records come with their `problem`."""

    header: list[str]

    def __iter__(self) -> Iterator[Record]: ...

    def tell(self) -> int:
        """Bytes of the file taken in so far."""
        ...


def open_table(source: Source, file: BinaryIO, options: dict[str, Any] | None = None) -> Table:
    """The records of a file as a source wants them. Refuses a format that the source does not take."""
    found = format_of(file)
    if found not in source.formats:
        raise Unreadable(
            f"The file is {NAMES[found]}; files of the kind “{source.name}” are "
            f"{' or '.join(NAMES[one] for one in source.formats)}."
        )
    if found not in ("xlsx", "geojson") and (options or {}).get("sheet"):
        raise Unreadable("The file is no workbook, so it has no sheets. Leave the sheet out.")
    reader = _readers().get(found)
    if reader is None:
        raise Unreadable(f"The file is {NAMES[found]}, which cannot be read here. Unpack it first.")
    table = reader(file, options or {}, source)
    return table if reads_plainly(source) else Trimmed(table, source)


def format_of(file: BinaryIO) -> str:
    """The format by the first bytes. What is nothing else is CSV: its reader says what is wrong."""
    start = file.read(PEEK)
    file.seek(0)
    if start.startswith(b"PK\x03\x04"):
        return "xlsx" if _is_workbook(file) else "zip"
    plain = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return "geojson" if plain.startswith(b"{") else "csv"


def _is_workbook(file: BinaryIO) -> bool:
    """Whether a ZIP archive is a workbook, of Excel or another program: its reader says which ones it takes."""
    try:
        with open_zip(file) as archive:
            return any(name.startswith("xl/") or name == "content.xml" for name in archive.namelist())
    except Unreadable:
        return False
    finally:
        file.seek(0)


def _readers() -> dict[str, Callable[[BinaryIO, dict[str, Any], Source], Table]]:
    return {
        "csv": lambda file, options, source: Reader(file),
        "geojson": lambda file, options, source: GeoJson(file, str(options.get("sheet", ""))),
        "xlsx": lambda file, options, source: open_sheet(file, str(options.get("sheet", "")), source),
    }


def reads_plainly(source: Source) -> bool:
    """Whether the first line of a file is its header as it stands, and every other line a record."""
    own = (Source.is_more_header, Source.join_header, Source.passes_over)
    return all(getattr(type(source), one.__name__) is one for one in own)


class Trimmed:
    """A table with the lines of its header joined, and without the rows that are no records. Those are counted."""

    def __init__(self, table: Table, source: Source) -> None:
        self.table, self.source = table, source
        self.rows_passed_over = 0
        self.passed_over: list[str] = []  # the first of them
        self._records = iter(table)
        lines = [table.header]
        while (first := next(self._records, None)) and self._is_more_header(first, len(lines)):
            lines.append([cell.strip() for cell in first.cells])
        self._first = first
        self.header = source.join_header(lines)

    def __iter__(self) -> Iterator[Record]:
        number = 0
        for record in self._all():
            if not record.problem and self.source.passes_over(record.cells):
                self._pass_over(record)
                continue
            number += 1
            yield record._replace(number=number)

    def _is_more_header(self, record: Record, lines: int) -> bool:
        return lines < MOST_OF_HEADER and not record.problem and self.source.is_more_header(record.cells)

    def _pass_over(self, record: Record) -> None:
        self.rows_passed_over += 1
        if len(self.passed_over) < NAMED:
            self.passed_over.append(record.text[:80])

    def _all(self) -> Iterator[Record]:
        if self._first:
            yield self._first
        yield from self._records

    @property
    def sheet(self) -> str:
        """The sheet that is read; empty where the file has none."""
        return str(getattr(self.table, "sheet", ""))

    def tell(self) -> int:
        return self.table.tell()
