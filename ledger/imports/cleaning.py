"""From records to cleaned rows, a chunk at a time. Needs pandas, and neither database nor files of ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ledger.imports.chunk import Chunk
from ledger.imports.columns import UNKNOWN as NOTHING
from ledger.imports.complaints import LONGEST_TEXT, Complaint, storable
from ledger.imports.known import Known
from ledger.imports.reader import PlainBlock
from ledger.imports.source import Source


@dataclass
class Batch:
    """The cleaned rows of some records, by record number, and what is wrong with the others."""

    rows: pd.DataFrame
    texts: list[str]
    complaints: list[Complaint]
    read: int
    whole: int  # records that could be split into cells
    refused: int
    empty: Counter[str] = field(default_factory=Counter)  # empty cells by column of the file
    noticed: dict[str, list[int]] = field(
        default_factory=dict
    )  # what is odd about rows taken in: their numbers


class Cleaner:
    """Cleans the records of one file: every column as a whole, every error of every row."""

    def __init__(self, source: Source, header: list[str], known: Known) -> None:
        self.source, self.header, self.known = source.for_header(header), header, known
        self.places = source.places(header)

    def clean_piece(self, piece: PlainBlock | Chunk) -> Batch:
        return self.clean(piece if isinstance(piece, Chunk) else Chunk.of_block(piece, self.header))

    def clean(self, chunk: Chunk) -> Batch:
        """Clean one chunk."""
        frame, complaints, empty = self._columns(chunk)
        texts = dict(zip(chunk.numbers, chunk.texts, strict=True))
        for record in chunk.broken:
            complaints.append(Complaint(record.number, "", record.text[:80], record.problem))
            texts[record.number] = record.text
        complaints += self._of_other_agencies(frame, chunk)
        complaints += self._in_the_future(frame, chunk)
        for wrong, target, message in self.source.judge(frame, self.known):
            complaints += self._say(wrong, chunk, target, message)
        refused = _mark_first(complaints, texts)
        good = frame[~frame.index.isin(refused)].copy() if refused else frame
        noticed = self._noticed(good)
        rows = self._finished(good)
        kept = [texts[number] for number in rows.index] if self.source.kind.keeps_record else []
        return Batch(rows, kept, complaints, chunk.read, len(chunk.rows), len(refused), empty, noticed)

    def _columns(self, chunk: Chunk) -> tuple[pd.DataFrame, list[Complaint], Counter[str]]:
        """The declared columns, cleaned, what is wrong with their cells, and how often each column says nothing."""
        by_place = list(zip(*chunk.rows, strict=True)) or [()] * len(self.header)
        columns: dict[str, Any] = {}
        complaints, empty = [], Counter[str]()
        for target, place in self.places.items():
            cells = self.source.columns[target].read(by_place[place], self.known)
            columns[target] = cells.values
            complaints += [
                Complaint(chunk.numbers[at], self.header[place], by_place[place][at], problem)
                for at, problem in cells.problems.items()
            ]
            empty[self.header[place]] = cells.empty
        for place in set(range(len(self.header))) - set(self.places.values()):
            empty[self.header[place]] = _silent(by_place[place])
        if self.source.kind.has_agency and "agency" not in columns:
            columns["agency"] = self.known.only_agency
        return (
            pd.DataFrame(columns, index=pd.Index(np.array(chunk.numbers, dtype="int64"))),
            complaints,
            empty,
        )

    def _of_other_agencies(self, frame: pd.DataFrame, chunk: Chunk) -> list[Complaint]:
        """Rows of another agency than the one that is imported for."""
        only = self.known.only_agency
        if not (only and "agency" in self.places):
            return []
        other = frame["agency"].notna() & (frame["agency"] != only)
        return self._say(other, chunk, "agency", f"is another agency; this import is for {only} only")

    def _in_the_future(self, frame: pd.DataFrame, chunk: Chunk) -> list[Complaint]:
        """Rows with a date later than the agency's clock, or where no agency matters, than the clock of the time zone that
        is first to have a new day."""
        zone_of = self.source.time_zone_of
        names = frame["agency"] if "agency" in frame else pd.Series("", index=frame.index)
        clocks = {
            name: self.known.clock(name, zone_of(name) if name else "Pacific/Kiritimati")
            for name in names.dropna().unique()
        }
        complaints: list[Complaint] = []
        for day, time in self.source.kind.not_later.items():
            first_today = min(clocks.values(), default="")[:10]
            if day in self.places and max(frame[day].dropna().unique(), default="") >= first_today:
                at = frame[time].fillna("00:00:00") if time in frame else "00:00:00"
                moment = (frame[day] + " " + at).astype("str")
                later = moment > names.map(clocks).astype("str")  # what is missing is not greater
                complaints += self._say(later, chunk, day, "is in the future")
        return complaints

    def _say(self, wrong: pd.Series, chunk: Chunk, target: str, message: str) -> list[Complaint]:
        place = self.places.get(target)
        column = "" if place is None else self.header[place]
        return [
            Complaint(
                chunk.numbers[at],
                column,
                chunk.texts[at][:80] if place is None else chunk.rows[at][place],
                message,
            )
            for at in map(int, wrong.to_numpy(dtype=bool).nonzero()[0])
        ]

    def _noticed(self, good: pd.DataFrame) -> dict[str, list[int]]:
        """The numbers of the records that are odd, by what is odd about them."""
        found = (
            (what, good.index[odd.to_numpy(dtype=bool)]) for odd, what in self.source.notice(good, self.known)
        )
        return {what: numbers.tolist() for what, numbers in found if len(numbers)}

    def _finished(self, good: pd.DataFrame) -> pd.DataFrame:
        """The rows as targets."""
        rows = self.source.finish(good, self.known)
        if unknown := set(rows.columns) - {*self.source.kind.targets, "apart"}:
            raise TypeError(f"source {self.source.name} gives {sorted(unknown)}, which are no targets")
        return rows


def _silent(cells: Sequence[str]) -> int:
    """How many cells say nothing."""
    silent = (cell for cell in set(cells) if not cell.isdigit() and cell.strip().lower() in NOTHING)
    return sum(map(cells.count, silent))


def _mark_first(complaints: list[Complaint], texts: dict[int, str]) -> set[int]:
    """Put complaints in the order of the file, with the whole record at the first of each. Returns the refused rows."""
    complaints.sort(key=lambda complaint: complaint.row or 0)
    refused: set[int] = set()
    for complaint in complaints:
        if complaint.row is not None and complaint.row not in refused:
            refused.add(complaint.row)
            complaint.text = storable(texts[complaint.row], LONGEST_TEXT)
    return refused
