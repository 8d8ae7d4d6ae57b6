"""What an XLSX file says of itself: its sheets, its shared texts, and which number formats are dates.

Read as a stream by expat: nothing is held but what is asked for, no entity is expanded, and what a part may unpack to, how long
a tag and how many entries are is bounded. Of the libraries, openpyxl keeps a row as a tree (a row of three million empty cells:
950 MB) and python-calamine a sheet as a full rectangle (two cells in opposite corners end the process).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import Any, BinaryIO
from xml.parsers import expat

from ledger.imports.containers import DAMAGES, open_zip
from ledger.imports.numberformats import Format, Formats
from ledger.imports.reader import Unreadable

BLOCK = 1 << 16
MOST_PARTS = 10_000
LARGEST_PART = 2 << 30  # unpacked; what spreadsheet programs can still open is far smaller
LONGEST_TAG = 1 << 20
HIGHEST_RATIO = 200  # unpacked to packed; sheets pack 10 to 50 times smaller
FREE_OF_RATIO = 10 << 20
MOST_TEXT = 128 << 20  # bytes of all shared texts together
SHORT, MOST_SHORT = 100, 100_000  # characters; texts that are kept ready
MOST_SHEETS = 1_000
DAMAGED = (
    "The workbook is damaged or cut off. Open it in a spreadsheet program, save it anew and choose it again."
)
TOO_LARGE = "Unpacked the workbook is too large. Save the sheet as “CSV UTF-8” and choose that file."
Attributes = dict[str, str]
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Workbook:
    """An opened XLSX file. Refuses what is not safe to read, and to read more than `most` unpacked bytes of it."""

    def __init__(self, file: BinaryIO, most: int = LARGEST_PART) -> None:
        self._left = most
        self._zip = open_zip(file)
        parts = self._zip.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_PART:
            raise Unreadable(TOO_LARGE)
        self._parts = {part.filename: part for part in parts}
        self.starts_1904 = False
        self._states: dict[str, str] = {}
        self._paths = self._read_sheets()

    @property
    def sheets(self) -> list[str]:
        """The names of all sheets that hold cells, in their order."""
        return list(self._paths)

    @property
    def shown(self) -> list[str]:
        """The sheets that are not hidden; all where all are."""
        return [name for name in self._paths if not self._states[name]] or self.sheets

    def size_of(self, sheet: str) -> int:
        """Bytes of a sheet, unpacked."""
        return self._parts[self._paths[sheet]].file_size

    def blocks(self, sheet: str, parser: Any) -> Iterator[int]:
        """Let a parser read a sheet. Gives the bytes read after each block."""
        return self._blocks(self._paths[sheet], parser)

    @cached_property
    def texts(self) -> SharedTexts:
        """The texts that cells refer to by number."""
        found = SharedTexts()
        found.come_from(
            self._blocks(path, found.parser) for path in self._related("xl/workbook.xml", "sharedStrings")[:1]
        )
        return found

    @cached_property
    def formats(self) -> list[Format]:
        """What each style of cells shows."""
        found = Formats()
        for path in self._related("xl/workbook.xml", "styles")[:1]:
            self._read(path, found.begin, found.end)
        return found.of_styles()

    def _read_sheets(self) -> dict[str, str]:
        """The path of each sheet by its name."""
        if "xl/workbook.xml" not in self._parts:
            raise Unreadable(self._about_other_kinds())
        named: list[Attributes] = []

        def begin(name: str, attributes: Attributes) -> None:
            if name == "sheet" and len(named) < MOST_SHEETS:
                named.append(attributes)
            elif name == "workbookPr":
                self.starts_1904 = attributes.get("date1904", "") in ("1", "true")

        self._read("xl/workbook.xml", begin)
        targets = self._relations("xl/workbook.xml")
        found: dict[str, str] = {}
        for sheet in named:
            kind, path = targets.get(sheet.get("id", ""), ("", ""))
            if kind == "worksheet" and path in self._parts:
                name = sheet.get("name", "")
                found.setdefault(name, path)
                self._states.setdefault(name, sheet.get("state", "visible").replace("visible", ""))
        if not found:
            raise Unreadable("The workbook has no sheet with cells.")
        return found

    def _about_other_kinds(self) -> str:
        if "xl/workbook.bin" in self._parts:
            return "The file is a binary workbook (XLSB). Save it as “Excel workbook (.xlsx)” and choose it again."
        if "content.xml" in self._parts:
            return "The file is an OpenDocument spreadsheet. Save it as “Excel (.xlsx)” or CSV and choose it again."
        return DAMAGED

    def _related(self, path: str, kind: str) -> list[str]:
        return [
            target for one, target in self._relations(path).values() if one == kind and target in self._parts
        ]

    def _relations(self, path: str) -> dict[str, tuple[str, str]]:
        """Kind and path of what a part refers to, by id."""
        folder, name = posixpath.split(path)
        found: dict[str, tuple[str, str]] = {}

        def begin(tag: str, attributes: Attributes) -> None:
            if tag == "Relationship" and len(found) < MOST_PARTS:
                target = posixpath.normpath(
                    posixpath.join("/" + folder, attributes.get("Target", ""))
                ).lstrip("/")
                found[attributes.get("Id", "")] = (posixpath.basename(attributes.get("Type", "")), target)

        relations = f"{folder}/_rels/{name}.rels"
        if relations in self._parts:
            self._read(relations, begin)
        return found

    def _read(self, path: str, begin: Callable[[str, Attributes], None], end: Any = None) -> None:
        for _ in self._blocks(path, new_parser(begin, end)):
            pass

    def _blocks(self, path: str, parser: Any) -> Iterator[int]:
        """Feed a part to a parser, block by block; what the archive says of its size is an upper bound that holds."""
        part, fed = self._parts[path], 0
        if part.flag_bits & 1:
            raise Unreadable("The workbook is locked with a password. Save it without one.")
        if part.file_size > FREE_OF_RATIO and part.file_size > HIGHEST_RATIO * max(part.compress_size, 1):
            raise Unreadable(
                f"The workbook unpacks to more than {HIGHEST_RATIO} times its size, which no table does."
            )
        try:
            for block in self._unpacked(part):
                parser.Parse(block, False)
                fed += len(block)
                self._left -= len(block)
                if self._left < 0:
                    raise Unreadable(TOO_LARGE)
                if fed - parser.CurrentByteIndex > LONGEST_TAG:
                    raise Unreadable(DAMAGED)
                yield fed
            parser.Parse(b"", True)
            yield fed
        except expat.ExpatError as error:
            raise Unreadable(DAMAGED) from error

    def _unpacked(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        try:
            with self._zip.open(part) as file:
                while block := file.read(BLOCK):
                    yield block
        except (*DAMAGES, OSError) as error:
            raise Unreadable(DAMAGED) from error


def new_parser(begin: Callable[[str, Attributes], None], end: Callable[[str], None] | None = None) -> Any:
    """A parser that calls by local names. A document type, which entities would need, is refused."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype

    def begin_local(name: str, attributes: Attributes) -> None:
        begin(local(name), {local(key): value for key, value in attributes.items()})

    parser.StartElementHandler = begin_local
    if end:
        parser.EndElementHandler = lambda name: end(local(name))
    return parser


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2] if ":" in name else name


def _refuse_doctype(*_: Any) -> None:
    raise Unreadable(DAMAGED)


class SharedTexts:
    """Texts in one buffer, so that many short ones take little room, read as far as they are asked for.

    Phonetic readings of a text are left out.
    """

    def __init__(self) -> None:
        self.parser = new_parser(self._begin, self._end)
        self._blocks: Iterator[int] = iter(())
        self._content = bytearray()
        self._ends = array("Q", [0])
        self._short: dict[int, str] = {}
        self._phonetic = False

    def come_from(self, parts: Iterable[Iterator[int]]) -> None:
        """The blocks that feed the parser."""
        self._blocks = chain.from_iterable(parts)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> str:
        if number in self._short:
            return self._short[number]
        while number >= len(self) and next(self._blocks, None) is not None:
            if len(self._content) > MOST_TEXT or len(self) > MOST_TEXT // 8:
                raise Unreadable(TOO_LARGE)
        if not 0 <= number < len(self):
            raise IndexError(number)
        text = unescape(self._content[self._ends[number] : self._ends[number + 1]].decode())
        if len(text) < SHORT and len(self._short) < MOST_SHORT:
            self._short[number] = text
        return text

    def _begin(self, name: str, _: Attributes) -> None:
        if name == "rPh":
            self._phonetic = True
        elif name == "t" and not self._phonetic:
            self.parser.CharacterDataHandler = self._add

    def _end(self, name: str) -> None:
        if name == "t":
            self.parser.CharacterDataHandler = None
        elif name == "rPh":
            self._phonetic = False
        elif name == "si":
            self._ends.append(len(self._content))

    def _add(self, text: str) -> None:
        self._content += text.encode()


def unescape(text: str) -> str:
    """Text as it was meant: `_x000D_` stands for a character that XML cannot hold."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(escaped: re.Match[str]) -> str:
    """The character, unless it is none that text can hold."""
    code = int(escaped[1], 16)
    return chr(code) if code and not 0xD800 <= code < 0xE000 else escaped[0]
