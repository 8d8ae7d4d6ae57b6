"""Cleaning a large file on several processors. The pieces come back in the order of the file.

A process of the crew knows the source, the header and what `Known` holds; it never uses the database.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ledger.imports import crew_member
from ledger.imports.complaints import Complaint
from ledger.imports.known import Known
from ledger.imports.source import Source

if TYPE_CHECKING:
    from ledger.imports.chunk import Chunk
    from ledger.imports.cleaning import Cleaner
    from ledger.imports.reader import PlainBlock
    from ledger.imports.table import Table

LARGE = 16 << 20  # bytes of a file from which a crew is worth its start
Progress = Callable[[int, int], None]  # told the bytes and the records read so far; may raise to stop


@dataclass
class Cleaned:
    """A piece of a file, cleaned: rows as COPY reads them, and what is wrong with the others."""

    columns: list[str]
    lines: bytes
    complaints: list[Complaint]
    read: int
    whole: int
    refused: int
    empty: Counter[str]
    noticed: dict[str, list[int]]
    agencies: dict[str, str]  # spellings that this piece brings


def cleaned(
    source: Source, table: Table, known: Known, key: bytes, size: int, progress: Progress
) -> Iterator[Cleaned]:
    """Clean a whole file. Of a large one the plain pieces go to a crew."""
    from ledger.imports.chunk import pieces
    from ledger.imports.cleaning import Cleaner

    cleaner = Cleaner(source, table.header, known)
    members = os.process_cpu_count() if hasattr(os, "process_cpu_count") else os.cpu_count()
    worth_it = size >= LARGE and (members or 1) > 1 and not source.remembers
    crew = _Crew(cleaner, key, members or 1) if worth_it else _Alone(cleaner, key)
    read = 0
    with crew:
        for done in crew.work(pieces(table)):
            read += done.read
            yield done
            progress(table.tell(), read)


def clean_one(cleaner: Cleaner, key: bytes, piece: PlainBlock | Chunk) -> Cleaned:
    from ledger.imports import lines

    before = set(cleaner.known.agencies)
    batch = cleaner.clean_piece(piece)
    columns, text = lines.staged(cleaner.source, batch, key)
    new = {low: name for low, name in cleaner.known.agencies.items() if low not in before}
    return Cleaned(
        columns,
        text,
        batch.complaints,
        batch.read,
        batch.whole,
        batch.refused,
        batch.empty,
        batch.noticed,
        new,
    )


class _Alone:
    """Cleans in this process."""

    def __init__(self, cleaner: Cleaner, key: bytes) -> None:
        self.cleaner, self.key = cleaner, key

    def __enter__(self) -> _Alone:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def work(self, pieces: Iterator[PlainBlock | Chunk]) -> Iterator[Cleaned]:
        return (clean_one(self.cleaner, self.key, piece) for piece in pieces)


class _Crew(_Alone):
    """Gives plain blocks to other processes, at most two ahead of each; what needs care is cleaned here."""

    def __init__(self, cleaner: Cleaner, key: bytes, members: int) -> None:
        super().__init__(cleaner, key)
        self.members = members
        task = pickle.dumps((cleaner.source, cleaner.header, cleaner.known, key))
        # A process with one thread can be copied as it stands; one with several cannot without risk.
        way = "fork" if threading.active_count() == 1 else "forkserver"
        context: Any = multiprocessing.get_context(way)
        self.pool = ProcessPoolExecutor(members, context, initializer=crew_member.begin, initargs=(task,))

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown(wait=True, cancel_futures=True)

    def work(self, pieces: Iterator[PlainBlock | Chunk]) -> Iterator[Cleaned]:
        from ledger.imports.reader import PlainBlock

        waiting: deque[tuple[PlainBlock | Chunk, Future[Cleaned] | None]] = deque()
        for piece in pieces:
            given = self.pool.submit(crew_member.clean, piece) if isinstance(piece, PlainBlock) else None
            waiting.append((piece, given))
            while len(waiting) > 2 * self.members or (waiting and waiting[0][1] is None):
                yield self._take(*waiting.popleft())
        while waiting:
            yield self._take(*waiting.popleft())

    def _take(self, piece: PlainBlock | Chunk, given: Future[Cleaned] | None) -> Cleaned:
        """The cleaned piece. One that spells a new agency otherwise than an earlier piece did is cleaned again, here."""
        if given is None:
            return clean_one(self.cleaner, self.key, piece)
        done = given.result()
        if any(self.cleaner.known.agency(name) != name for name in done.agencies.values()):
            return clean_one(self.cleaner, self.key, piece)
        return done
