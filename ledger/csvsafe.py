"""The one writer of CSV. A cell that a spreadsheet would run as a formula is kept as text by a leading apostrophe.

Which cells: those whose first character, after apostrophes and any blank (no-break space and byte-order mark too), is
one of = + - @ or their full-width forms, a tab or a line break; and likewise each further line of a cell. Numbers are
written as numbers. `unescape` is the exact inverse, and the importer applies it: an export imported again gives what
was recorded.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TextIO

from django.http import StreamingHttpResponse

# Beginning of the cell and of every further line in it; never between CR and LF.
_LINE = r"(?:\A|(?<=\n)|(?<=\r)(?!\n))"
_RUNS = r"(?='*[\s\ufeff\u200b]*[=+\-@\t\r\n＝＋－＠])"
_TO_ESCAPE = re.compile(_LINE + _RUNS)
_ESCAPED = re.compile(_LINE + "'" + _RUNS)
BYTE_ORDER_MARK = "\ufeff"


def escape(text: str) -> str:
    """The text as a spreadsheet may see it: no line of it begins like a formula."""
    return _TO_ESCAPE.sub("'", text)


def unescape(text: str) -> str:
    """The text that `escape` was given."""
    return _ESCAPED.sub("", text)


def cell(value: Any) -> Any:
    """A value as it is written: numbers stay numbers, days and times in ISO form, nothing as an empty cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return escape(str(value))


class _Line:
    """A file of one line: keeps what the csv writer wrote last."""

    text = ""

    def write(self, text: str) -> None:
        self.text = text


def lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The lines of a CSV file, one record at a time; texts are always quoted."""
    line = _Line()
    writer = csv.writer(line, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([escape(name) for name in header])
    yield line.text
    for row in rows:
        writer.writerow([cell(value) for value in row])
        yield line.text


def write(file: TextIO, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write a CSV file. Returns the number of records, the header not counted."""
    return sum(file.write(line) > 0 for line in lines(header, rows)) - 1


def response(file_name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A download, streamed. `file_name` is made by us, never by a user: letters, digits, dots and hyphens."""
    if not re.fullmatch(r"[A-Za-z0-9._-]+", file_name):
        raise ValueError(f"“{file_name}” is not a plain file name")
    body = _marked(lines(header, rows))
    reply = StreamingHttpResponse(body, content_type="text/csv; charset=utf-8")
    reply["Content-Disposition"] = f'attachment; filename="{file_name}"'
    reply["X-Content-Type-Options"] = "nosniff"
    return reply


def _marked(parts: Iterator[str]) -> Iterator[str]:
    """With a byte-order mark in front, by which spreadsheets know UTF-8."""
    yield BYTE_ORDER_MARK
    yield from parts
