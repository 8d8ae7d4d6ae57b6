"""Compressed files and archives, unpacked with limits. Names inside an archive never become paths of ours."""

from __future__ import annotations

import gzip
import lzma
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from django.conf import settings

from ledger.imports.reader import Unreadable

BLOCK = 1 << 20
MOST_ENTRIES = 10_000
LONGEST_NAME = 255  # characters; a run keeps all of it
HIGHEST_RATIO = 200  # unpacked to packed; text of tables packs 5 to 30 times smaller
LARGEST_DIRECTORY = 8 * BLOCK
END_WITHIN = 66_000  # bytes: the end of an archive, a comment of 64 KB, and what stands before
DAMAGED_INSIDE = "The file is damaged inside its archive. Get the archive again."
DAMAGED_GZIP = "The compressed file is damaged or cut off. Get it again."
FREE_OF_RATIO = 10 * BLOCK  # so small that no ratio does harm

# What the libraries raise for packed bytes that are wrong, beside OSError without a number.
DAMAGES = (
    *(zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError, struct.error),
    *(RuntimeError, KeyError, ValueError),  # a name that is no text, a method that is unknown, a password
)


@dataclass(frozen=True)
class Entry:
    """A file of an archive."""

    name: str
    size: int


def is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


@contextmanager
def unzipped(path: Path) -> Iterator[Path]:
    """The file itself, or what a gzip file holds, for as long as it is needed."""
    if not is_gzip(path):
        yield path
        return
    with tempfile.NamedTemporaryFile(suffix=".unpacked") as target:
        with gzip.open(path) as packed, _or(DAMAGED_GZIP):
            _copy(packed, target, path.stat().st_size, "The gzip file")
        yield Path(target.name)


@contextmanager
def _or(damaged: str) -> Iterator[None]:
    """Whatever the libraries say of packed bytes that are wrong, the file is damaged. A full disk is none of it."""
    try:
        yield
    except OSError as error:
        if error.errno:
            raise
        raise Unreadable(damaged) from error
    except DAMAGES as error:
        raise Unreadable(damaged) from error


def entries(path: Path) -> list[Entry]:
    """The files of a ZIP archive in the order of their names. Refuses an archive that is not safe to unpack."""
    with path.open("rb") as file:
        return entries_of(file)


def entries_of(file: BinaryIO) -> list[Entry]:
    """As `entries`, of an open file."""
    with open_zip(file) as archive:
        found = [info for info in archive.infolist() if not info.is_dir()]
    if len(found) > MOST_ENTRIES:
        raise Unreadable(f"The archive holds {len(found):,} files. At most {MOST_ENTRIES:,} are read.")
    for info in found:
        if _leads_out(info.filename):
            raise Unreadable(
                f"The archive holds a file named “{info.filename[:80]}”, which leads out of it. Nothing was read."
            )
        if len(info.filename) > LONGEST_NAME:
            raise Unreadable(f"The archive holds a file whose name has more than {LONGEST_NAME} characters.")
        if info.flag_bits & 1:
            raise Unreadable("The archive is locked with a password. Unpack it first.")
    names = [info.filename for info in found]
    if len(set(names)) < len(names):
        raise Unreadable("The archive holds several files of the same name. Nothing was read.")
    if sum(info.file_size for info in found) > settings.MAX_UNPACKED_BYTES:
        raise Unreadable(_too_large())
    return sorted((Entry(info.filename, info.file_size) for info in found), key=lambda entry: entry.name)


def beginning(file: BinaryIO, name: str, most: int) -> bytes:
    """The first bytes of a file of an archive."""
    with _or(DAMAGED_INSIDE), open_zip(file) as archive, archive.open(name) as entry:
        return entry.read(most)


def beginning_of_gzip(packed: bytes, most: int) -> bytes:
    """The first bytes of what a gzip file holds, by its own first bytes."""
    try:
        return zlib.decompressobj(wbits=31).decompress(packed, most)
    except zlib.error as error:
        raise Unreadable(DAMAGED_GZIP) from error


@contextmanager
def extracted(path: Path, entry: Entry) -> Iterator[Path]:
    """One file of an archive, for as long as it is needed."""
    with tempfile.NamedTemporaryFile(suffix=".unpacked") as target:
        with _opened(path) as archive, _or(DAMAGED_INSIDE):
            packed = archive.getinfo(entry.name).compress_size
            with archive.open(entry.name) as file:
                _copy(file, target, packed, f"“{entry.name[:80]}” in the archive")
        yield Path(target.name)


def opener(path: Path, entry: Entry) -> Callable[[], AbstractContextManager[Path]]:
    """What extracts a file of an archive when it is needed."""
    return lambda: extracted(path, entry)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    with path.open("rb") as file, open_zip(file) as archive:
        yield archive


def open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """An archive whose list of contents fits into memory: Python reads all of it before anybody can count."""
    try:
        if _size_of_directory(file) > LARGEST_DIRECTORY:
            raise Unreadable(f"The archive holds too many files. At most {MOST_ENTRIES:,} are read.")
        return zipfile.ZipFile(file)
    except (*DAMAGES, OSError) as error:
        raise Unreadable("The archive is damaged or cut off. Get it again.") from error


def _size_of_directory(file: BinaryIO) -> int:
    """What the end of an archive says of its list of contents, found where `zipfile` looks for it."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - END_WITHIN))
    tail = file.read()
    file.seek(0)
    end = tail.rfind(b"PK\x05\x06")
    if end < 0:
        return 0
    large = end - 76  # where the larger form stands, if there is one
    if large >= 0 and tail[large:].startswith(b"PK\x06\x06"):
        return int(struct.unpack_from("<Q", tail, large + 40)[0])
    return int(struct.unpack_from("<L", tail, end + 12)[0])


def _leads_out(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0] or "\0" in name


def _copy(source: IO[bytes] | gzip.GzipFile, target: IO[bytes], packed: int, name: str) -> None:
    """Unpack block by block: what a header says of the size is not believed."""
    written = 0
    while block := source.read(BLOCK):
        written += len(block)
        if written > settings.MAX_UNPACKED_BYTES:
            raise Unreadable(_too_large())
        if written > FREE_OF_RATIO and written > HIGHEST_RATIO * max(packed, 1):
            raise Unreadable(
                f"{name} unpacks to more than {HIGHEST_RATIO} times its size, which no table does. Nothing was read."
            )
        target.write(block)
    target.flush()


def _too_large() -> str:
    return (
        f"Unpacked it is larger than {settings.MAX_UNPACKED_BYTES >> 20:,} MB. Split it and import the parts."
    )
