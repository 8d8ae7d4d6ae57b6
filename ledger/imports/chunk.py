"""Some records of a file together, as cleaning wants them: cells by row, lines, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from ledger.imports.reader import PlainBlock, Reader, Record, read_with_care, split_plain
from ledger.imports.table import Table

RECORDS = 20_000
CELLS = 400_000  # of a chunk: each may become a row of its own


@dataclass
class Chunk:
    """Records by number; `rows` and `texts` are of the readable ones, `numbers` theirs."""

    numbers: Sequence[int]
    rows: list[list[str]]
    texts: list[str]
    broken: list[Record] = field(default_factory=list)

    @property
    def read(self) -> int:
        return len(self.numbers) + len(self.broken)

    @classmethod
    def of_records(cls, records: list[Record]) -> Chunk:
        whole = [record for record in records if not record.problem]
        return cls(
            [record.number for record in whole],
            [record.cells for record in whole],
            [record.text for record in whole],
            [record for record in records if record.problem],
        )

    @classmethod
    def of_block(cls, block: PlainBlock, header: list[str]) -> Chunk:
        if split := split_plain(block, len(header)):
            return cls(range(block.first, block.first + block.records), *split)
        return cls.of_records(read_with_care(block, header))


def pieces(table: Table) -> Iterator[PlainBlock | Chunk]:
    """A whole table in pieces: plain blocks, which may be split elsewhere, and chunks."""
    if isinstance(table, Reader):
        for piece in table.blocks():
            yield piece if isinstance(piece, PlainBlock) else Chunk.of_records(piece)
        return
    records, most = iter(table), max(1, min(RECORDS, CELLS // max(len(table.header), 1)))
    while some := list(islice(records, most)):
        yield Chunk.of_records(some)
