"""From records to cleaned rows, a chunk at a time. Needs pandas, and neither database nor files of ours."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice, repeat
from typing import Any, TextIO

import pandas as pd

from ledger.imports.complaints import LONGEST_TEXT, Complaint, storable
from ledger.imports.known import Known
from ledger.imports.reader import Record
from ledger.imports.source import Source
from ledger.imports.table import Table

CHUNK = 50_000
DIGEST_BYTES = 16
Progress = Callable[[int, int], None]  # told the bytes and the records read so far; may raise to stop


@dataclass
class Batch:
    """The cleaned rows of some records, by record number, and what is wrong with the others."""

    rows: pd.DataFrame
    texts: list[str]
    complaints: list[Complaint]
    read: int
    refused: int
    empty: Counter[str] = field(default_factory=Counter)  # empty cells by column of the file
    noticed: dict[str, list[int]] = field(
        default_factory=dict
    )  # what is odd about rows taken in: their numbers


def batches(source: Source, table: Table, known: Known, progress: Progress) -> Iterator[Batch]:
    """Read a whole file. The header is judged before the first record."""
    cleaner = Cleaner(source, table.header, known)
    records, read = iter(table), 0
    while chunk := list(islice(records, CHUNK)):
        yield cleaner.clean(chunk)
        read += len(chunk)
        progress(table.tell(), read)


class Cleaner:
    """Cleans the records of one file: every column as a whole, every error of every row."""

    def __init__(self, source: Source, header: list[str], known: Known) -> None:
        self.source, self.header, self.known = source, header, known
        self.places = source.places(header)

    def clean(self, records: list[Record]) -> Batch:
        """Clean one chunk."""
        whole = [record for record in records if not record.problem]
        frame, complaints, empty = self._columns(whole)
        complaints += [
            Complaint(record.number, "", record.text[:80], record.problem)
            for record in records
            if record.problem
        ]
        complaints += self._of_other_agencies(frame, whole)
        complaints += self._in_the_future(frame, whole)
        for wrong, target, message in self.source.judge(frame, self.known):
            complaints += self._say(wrong, whole, target, message)
        texts = {record.number: record.text for record in records}
        refused = _mark_first(complaints, texts)
        good = frame[~frame.index.isin(refused)].copy()
        noticed = self._noticed(good)
        rows = self._finished(good)
        kept = [texts[number] for number in rows.index] if self.source.kind.keeps_record else []
        return Batch(rows, kept, complaints, len(records), len(refused), empty, noticed)

    def _columns(self, whole: list[Record]) -> tuple[pd.DataFrame, list[Complaint], Counter[str]]:
        """The declared columns, cleaned, what is wrong with their cells, and how often each column says nothing."""
        index = pd.Index([record.number for record in whole], dtype="int64")
        columns: dict[str, Any] = {}
        complaints, empty = [], Counter[str]()
        for target, place in self.places.items():
            texts = [record.cells[place] for record in whole]
            cells = self.source.columns[target].read(texts, self.known)
            columns[target] = cells.values.to_numpy()
            complaints += [
                Complaint(whole[at].number, self.header[place], texts[at], cells.problems[at])
                for at in cells.problems.notna().to_numpy().nonzero()[0]
            ]
            empty[self.header[place]] = cells.empty
        for place in set(range(len(self.header))) - set(self.places.values()):
            empty[self.header[place]] = sum(not record.cells[place].strip() for record in whole)
        if self.source.kind.has_agency and "agency" not in columns:
            columns["agency"] = self.known.only_agency
        return pd.DataFrame(columns, index=index), complaints, empty

    def _of_other_agencies(self, frame: pd.DataFrame, whole: list[Record]) -> list[Complaint]:
        """Rows of another agency than the one that is imported for."""
        only = self.known.only_agency
        if not (only and "agency" in self.places):
            return []
        other = frame["agency"].notna() & (frame["agency"] != only)
        return self._say(other, whole, "agency", f"is another agency; this import is for {only} only")

    def _in_the_future(self, frame: pd.DataFrame, whole: list[Record]) -> list[Complaint]:
        """Rows with a date later than the agency's clock, or where no agency matters, than the clock of the time zone that
        is first to have a new day."""
        zone_of = self.source.time_zone_of
        names = frame["agency"] if "agency" in frame else pd.Series("", index=frame.index)
        clocks = {
            name: self.known.clock(name, zone_of(name) if name else "Pacific/Kiritimati")
            for name in names.dropna().unique()
        }
        now, complaints = names.map(clocks).astype("str"), []
        for day, time in self.source.kind.not_later.items():
            if day in self.places:
                at = frame[time].fillna("00:00:00") if time in frame else "00:00:00"
                later = (frame[day] + " " + at).astype("str") > now  # what is missing is not greater
                complaints += self._say(later, whole, day, "is in the future")
        return complaints

    def _say(self, wrong: pd.Series, whole: list[Record], target: str, message: str) -> list[Complaint]:
        place = self.places.get(target)
        rows = (whole[at] for at in wrong.to_numpy(dtype=bool).nonzero()[0])
        if place is None:
            return [Complaint(row.number, "", row.text[:80], message) for row in rows]
        return [Complaint(row.number, self.header[place], row.cells[place], message) for row in rows]

    def _noticed(self, good: pd.DataFrame) -> dict[str, list[int]]:
        """The numbers of the records that are odd, by what is odd about them."""
        found = (
            (what, good.index[odd.to_numpy(dtype=bool)]) for odd, what in self.source.notice(good, self.known)
        )
        return {what: numbers.tolist() for what, numbers in found if len(numbers)}

    def _finished(self, good: pd.DataFrame) -> pd.DataFrame:
        """The rows as targets, with nothing for unknown."""
        rows = self.source.finish(good, self.known)
        if unknown := set(rows.columns) - {*self.source.kind.targets, "apart"}:
            raise TypeError(f"source {self.source.name} gives {sorted(unknown)}, which are no targets")
        return rows.astype(object).where(rows.notna(), None)


def _mark_first(complaints: list[Complaint], texts: dict[int, str]) -> set[int]:
    """Put complaints in the order of the file, with the whole record at the first of each. Returns the refused rows."""
    complaints.sort(key=lambda complaint: complaint.row or 0)
    refused: set[int] = set()
    for complaint in complaints:
        if complaint.row is not None and complaint.row not in refused:
            refused.add(complaint.row)
            complaint.text = storable(texts[complaint.row], LONGEST_TEXT)
    return refused


def digests(rows: pd.DataFrame, key: bytes, identity: tuple[str, ...] = ()) -> Iterator[str]:
    """A keyed digest of what tells one row from another, in hex: what is unknown leaves no trace, so later columns change
    nothing.

    The agency is not in it: a digest is looked up within its agency, which may be renamed.
    """
    names = sorted(identity or set(rows.columns) - {"agency", "apart"})
    parts = [_named(name, rows[name].tolist()) for name in names]
    start = blake2b(key=key, digest_size=DIGEST_BYTES)
    for content in zip(*parts, strict=True):
        digest = start.copy()
        digest.update("".join(content).encode())
        yield digest.hexdigest()


def _named(name: str, values: list[str | None]) -> list[str]:
    """Each value as `name=value` with an end that no value holds; nothing where it is unknown."""
    part = {value: f"{name}={value}\0" for value in set(values) if value is not None}
    return ["" if value is None else part[value] for value in values]


def spool(source: Source, batch: Batch, key: bytes, file: TextIO) -> None:
    """Write the cleaned rows as COPY reads them, in the order of the kind's staging table; unknown is an empty cell."""
    rows, kind = batch.rows, source.kind
    constants = {**source.constants, **_defaults(rows)}
    own: dict[str, Iterable[object]] = {
        "row": rows.index,
        "digest": digests(rows, key, kind.identity),
        "recorded": batch.texts,
    }

    def column(name: str) -> Iterable[object]:
        return own.get(name, rows[name] if name in rows else repeat(constants.get(name), len(rows)))

    csv.writer(file, lineterminator="\n").writerows(zip(*map(column, kind.staged), strict=True))


def _defaults(rows: pd.DataFrame) -> dict[str, str | int]:
    """Part 1 where every record is one row; equal rows are kept apart unless the source says otherwise."""
    if rows.index.is_unique:
        return {"part": 1, "apart": "t"}
    rows["part"] = rows.groupby(level=0).cumcount() + 1
    return {"apart": "t"}
