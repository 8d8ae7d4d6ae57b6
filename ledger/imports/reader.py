"""Reads the records of a CSV file exactly: no record is padded, shifted or lost, and the faulty one is named.

Knows nothing of sources or of the database. Needs memory for one record, whatever the file holds.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from io import BytesIO, StringIO, TextIOWrapper
from itertools import islice
from typing import BinaryIO, NamedTuple

from ledger.imports.otherfiles import EMPTY, SAVE_AS, about_other_file

LONGEST_LINE = 1_000_000  # characters; also of a record of several lines
BLOCK = 2_000_000  # characters that are looked at together
MOST_RECORDS = (
    50_000  # of a block: a character a record would else fill the memory with what is wrong with each
)
MOST_COLUMNS = 1_000
_BAD_BYTE = re.compile("[\udc80-\udcff]")  # what a byte that is no UTF-8 is decoded to


class Unreadable(Exception):
    """The file as a whole cannot be read. Its text is a sentence for people."""


class _Broken(Exception):
    """The record at hand cannot be read."""


class _BadByte(Exception):
    """A byte that is not UTF-8."""


class Record(NamedTuple):
    """One record of a file. `number` counts from 1, the header and empty lines not counted."""

    number: int
    cells: list[str]
    text: str
    problem: str = ""


class PlainBlock(NamedTuple):
    """Whole lines without quotation marks or anything else that asks for care: each is a record."""

    first: int  # number of the first record
    records: int
    text: str


class _Lines:
    """The lines of a text, of bounded length; those of a broken record can be given back."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._text = TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self._size = 0

    def begin_record(self) -> None:
        self.taken, self._size = [], 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._read()
        self.taken.append(line)
        self._size += len(line)
        if self._size > LONGEST_LINE:
            raise _Broken(f"is longer than {LONGEST_LINE:,} characters; is a quotation mark never closed?")
        return line

    def _read(self) -> str:
        line = self._again.popleft() if self._again else self._text.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        if not line.isascii() and (bad := _BAD_BYTE.search(line)):
            raise _BadByte(f"0x{ord(bad[0]) - 0xDC00:02X}")
        if len(line) >= LONGEST_LINE and not line.endswith(("\n", "\r")):
            self._skip_line()
            self.taken.append(line[:200] + "…")
            raise _Broken(f"has a line of more than {LONGEST_LINE:,} characters")
        return line

    def read_block(self) -> str:
        """The next lines together, the last one whole unless it is overlong. Empty at the end."""
        text = self._text.read(BLOCK)
        if text and not text.endswith("\n"):
            text += self._text.readline(LONGEST_LINE)
        return text

    def _skip_line(self) -> None:
        while (rest := self._text.readline(LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
            pass

    def give_back(self, lines: list[str]) -> None:
        self._again.extendleft(reversed(lines))

    def give_back_after(self, lines: list[str]) -> None:
        """Lines to be read after those that wait already."""
        self._again.extend(lines)

    @property
    def has_again(self) -> bool:
        """Whether lines that were given back wait to be read."""
        return bool(self._again)

    def tell(self) -> int:
        """Bytes of the file taken in so far."""
        return self._file.tell()


class Reader:
    """The header and the records of a CSV file. Broken records come out with their `problem` and the reading goes on."""

    def __init__(self, file: BinaryIO) -> None:
        _refuse_other_files(file)
        self._lines = _Lines(file)
        self._csv = csv.reader(self._lines, strict=True)
        self.number = 0
        self.header = self._read_header()

    @classmethod
    def of_block(cls, block: PlainBlock, header: list[str]) -> Reader:
        """A reader of a block alone, below a header that is known."""
        reader = cls.__new__(cls)
        reader._lines = _Lines(BytesIO(block.text.encode("utf-8-sig")))
        reader._csv = csv.reader(reader._lines, strict=True)
        reader.number, reader.header = block.first - 1, header
        return reader

    def tell(self) -> int:
        """Bytes of the file taken in so far."""
        return self._lines.tell()

    def _read_header(self) -> list[str]:
        try:
            cells = next((cells for cells in self._csv if cells), None)
        except _BadByte as bad:
            raise Unreadable(f"The header holds the byte {bad}, which is not UTF-8. {SAVE_AS}") from None
        except (csv.Error, _Broken):
            raise Unreadable("The first line is no header of a CSV file. Is it a CSV file?") from None
        if cells is None:
            raise Unreadable(EMPTY)
        if any("\0" in cell for cell in cells):
            raise Unreadable(
                f"The file is not text, or not in UTF-8: its first line holds NUL bytes. {SAVE_AS}"
            )
        if len(cells) > MOST_COLUMNS:
            raise Unreadable(f"The header has {len(cells):,} columns. At most {MOST_COLUMNS:,} are read.")
        return [cell.strip().strip("\ufeff").strip() for cell in cells]

    def __iter__(self) -> Iterator[Record]:
        while (record := self._next()) is not None:
            yield record

    def blocks(self) -> Iterator[PlainBlock | list[Record]]:
        """The same records, many together: as plain lines where they can be split without care, else read with it."""
        while (text := self._lines.read_block()) or self._lines.has_again:
            if text and not self._lines.has_again and _is_plain(text):
                for part in _parts(text):
                    block = PlainBlock(self.number + 1, part.count("\n") + (not part.endswith("\n")), part)
                    self.number += block.records
                    yield block
            else:
                self._lines.give_back_after(StringIO(text, newline="").readlines())
                yield from self._given_back()

    def _given_back(self) -> Iterator[list[Record]]:
        """What was given back, record by record, as many at once as a block holds."""
        records, size = list[Record](), 0
        while self._lines.has_again and (record := self._next()) is not None:
            records.append(record)
            size += len(record.text)
            if size > BLOCK or len(records) == MOST_RECORDS:
                yield records
                records, size = [], 0
        if records:
            yield records

    def _next(self) -> Record | None:
        cells: list[str] = []
        while not cells:
            self._lines.begin_record()
            try:
                cells = next(self._csv)
            except StopIteration:
                return None
            except _BadByte as bad:
                place = f"Row {self.number + 1} holds the byte {bad}, which is not UTF-8"
                raise Unreadable(f"{place}. {SAVE_AS}") from None
            except (csv.Error, _Broken) as error:
                return self._broken(_in_plain_words(error, self._is_torn()))
        text = "".join(self._lines.taken)
        if "\0" in text:
            return self._broken("holds a NUL character, which is not text")
        if len(cells) != len(self.header):
            return self._broken(self._about_width(len(cells)))
        self.number += 1
        return Record(self.number, cells, text.rstrip("\r\n"))

    def _is_torn(self) -> bool:
        """Whether the record at hand is the last and its line is not ended."""
        return bool(self._lines.taken) and not self._lines.taken[-1].endswith(("\n", "\r"))

    def _about_width(self, width: int) -> str:
        if width < len(self.header) and self._is_torn():
            return f"is cut off: the file ends after {width} of {len(self.header)} cells"
        more = "; is a comma in a cell without quotation marks?" if width > len(self.header) else ""
        return f"has {width} cells where the header has {len(self.header)}{more}"

    def _broken(self, problem: str) -> Record:
        """The record as refused. If later lines of it are rows of their own, a stray quotation mark had swallowed them."""
        self.number += 1
        first, *later = self._lines.taken
        if any(self._is_a_row(line) for line in later):
            self._lines.give_back(later)
            return Record(self.number, [], first.rstrip("\r\n"), "has a quotation mark that is never closed")
        return Record(self.number, [], "".join([first, *later]).rstrip("\r\n"), problem)

    def _is_a_row(self, line: str) -> bool:
        try:
            return len(next(csv.reader([line], strict=True), [])) == len(self.header)
        except csv.Error:
            return False


def _is_plain(text: str) -> bool:
    """Whether every line is a record whose cells are what stands between the commas."""
    if '"' in text or "\0" in text or "\n\n" in text or text.startswith(("\n", "\r")):
        return False
    if "\r" in text and (text.count("\r") != text.count("\r\n") or "\n\r\n" in text):
        return False
    return text.isascii() or not _BAD_BYTE.search(text)


def _parts(text: str) -> Iterator[str]:
    """A block of plain lines, cut where it has too many."""
    if text.count("\n") <= MOST_RECORDS:
        yield text
        return
    lines = StringIO(text, newline="\n")
    while part := "".join(islice(lines, MOST_RECORDS)):
        yield part


def split_plain(block: PlainBlock, width: int) -> tuple[list[list[str]], list[str]] | None:
    """Cells and lines of a plain block; nothing when a record asks for care after all."""
    text = block.text.removesuffix("\n").replace("\r\n", "\n").removesuffix("\r")
    lines = text.split("\n")
    rows = [line.split(",") for line in lines]
    longest = csv.field_size_limit()
    if any(len(cells) != width for cells in rows) or any(len(line) > longest for line in lines):
        return None
    return rows, lines


def read_with_care(block: PlainBlock, header: list[str]) -> list[Record]:
    """The records of a plain block one by one, with what is wrong with each."""
    reader = Reader.of_block(block, header)
    return list(reader)


def _in_plain_words(error: Exception, torn: bool) -> str:
    words = str(error)
    if isinstance(error, _Broken):
        return words
    if "unexpected end" in words:
        return "is cut off inside a quoted cell" if torn else "has a quotation mark that is never closed"
    if "expected after" in words:
        return "has a quotation mark inside a quoted cell; write it twice"
    if "field larger" in words:
        return f"has a cell of more than {csv.field_size_limit():,} characters; is a quotation mark never closed?"
    return "is not well-formed CSV"


def _refuse_other_files(file: BinaryIO) -> None:
    start = file.read(4096)
    file.seek(0)
    if sentence := about_other_file(start):
        raise Unreadable(sentence)
