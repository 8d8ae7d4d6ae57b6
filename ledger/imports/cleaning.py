"""From records to cleaned rows, a chunk at a time. Needs pandas, and neither database nor files of ours."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from typing import TextIO

import pandas as pd

from ledger.imports.complaints import LONGEST_TEXT, Complaint, storable
from ledger.imports.known import Known
from ledger.imports.reader import Reader, Record
from ledger.imports.source import TARGETS, Source

CHUNK = 50_000
DIGEST_BYTES = 16
Progress = Callable[[int], None]  # told the bytes read so far; may raise to stop


@dataclass
class Batch:
    """The cleaned rows of some records, by record number, and what is wrong with the others."""

    rows: pd.DataFrame
    texts: list[str]
    complaints: list[Complaint]
    read: int
    refused: int
    filled: set[str] = field(default_factory=set)  # columns of the file that have a value somewhere


def batches(source: Source, reader: Reader, known: Known, progress: Progress) -> Iterator[Batch]:
    """Read a whole file. The header is judged before the first record."""
    cleaner = Cleaner(source, reader.header, known)
    records = iter(reader)
    while chunk := list(islice(records, CHUNK)):
        yield cleaner.clean(chunk)
        progress(reader.tell())


class Cleaner:
    """Cleans the records of one file: every column as a whole, every error of every row."""

    def __init__(self, source: Source, header: list[str], known: Known) -> None:
        self.source, self.header, self.known = source, header, known
        self.places = source.places(header)

    def clean(self, records: list[Record]) -> Batch:
        """Clean one chunk."""
        whole = [record for record in records if not record.problem]
        frame, complaints, filled = self._columns(whole)
        complaints += [
            Complaint(record.number, "", record.text[:80], record.problem)
            for record in records
            if record.problem
        ]
        complaints += self._of_other_agencies(frame, whole)
        complaints += self._in_the_future(frame, whole)
        texts = {record.number: record.text for record in records}
        refused = _mark_first(complaints, texts)
        rows = self._finished(frame[~frame.index.isin(refused)].copy())
        kept = [texts[number] for number in rows.index]
        return Batch(rows, kept, complaints, read=len(records), refused=len(refused), filled=filled)

    def _columns(self, whole: list[Record]) -> tuple[pd.DataFrame, list[Complaint], set[str]]:
        """The declared columns, cleaned, what is wrong with their cells, and which have a value at all."""
        frame = pd.DataFrame(index=pd.Index([record.number for record in whole], dtype="int64"))
        complaints, filled = [], set()
        for target, place in self.places.items():
            cells = [record.cells[place] for record in whole]
            values, problems = self.source.columns[target].read(cells, self.known)
            frame[target] = values.to_numpy()
            complaints += [
                Complaint(whole[at].number, self.header[place], cells[at], problems[at])
                for at in problems.notna().to_numpy().nonzero()[0]
            ]
            if any(cells):
                filled.add(self.header[place])
        if not self.source.names_agency:
            frame["agency"] = self.known.only_agency
        return frame, complaints, filled

    def _of_other_agencies(self, frame: pd.DataFrame, whole: list[Record]) -> list[Complaint]:
        """Rows of another agency than the one that is imported for."""
        only = self.known.only_agency
        if not (only and self.source.names_agency):
            return []
        other = frame["agency"].notna() & (frame["agency"] != only)
        return self._say(other, whole, "agency", f"is another agency; this import is for {only} only")

    def _in_the_future(self, frame: pd.DataFrame, whole: list[Record]) -> list[Complaint]:
        """Rows later than the agency's clock."""
        zone_of = self.source.time_zone_of
        clocks = {name: self.known.clock(name, zone_of(name)) for name in frame["agency"].dropna().unique()}
        time = frame["stopped_at"].fillna("00:00:00") if "stopped_at" in frame else "00:00:00"
        moment = (frame["stopped_on"] + " " + time).astype("str")
        later = moment > frame["agency"].map(clocks).astype("str")  # what is missing is not greater
        return self._say(later, whole, "stopped_on", "is in the future")

    def _say(self, wrong: pd.Series, whole: list[Record], target: str, message: str) -> list[Complaint]:
        place = self.places[target]
        rows = (whole[at] for at in wrong.to_numpy(dtype=bool).nonzero()[0])
        return [Complaint(row.number, self.header[place], row.cells[place], message) for row in rows]

    def _finished(self, good: pd.DataFrame) -> pd.DataFrame:
        """The rows as targets, with nothing for unknown."""
        rows = self.source.finish(good, self.known)
        if unknown := set(rows.columns) - set(TARGETS):
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


def digests(rows: pd.DataFrame, key: bytes) -> Iterator[str]:
    """A keyed digest of each row's content, in hex: what is unknown leaves no trace, so later columns change nothing.

    The agency is not in it: a digest is looked up within its agency, which may be renamed.
    """
    names = sorted(set(rows.columns) - {"agency"})
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
    """Write the cleaned rows as COPY reads them: number, digest, recorded line, targets; unknown is an empty cell."""
    rows = batch.rows
    columns = [rows[name] if name in rows else [source.constants.get(name)] * len(rows) for name in TARGETS]
    marks = ("\\x" + digest for digest in digests(rows, key))
    csv.writer(file, lineterminator="\n").writerows(
        zip(rows.index, marks, batch.texts, *columns, strict=True)
    )
