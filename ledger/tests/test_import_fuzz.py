"""Whatever a file holds, it is read or refused in a sentence, each of its rows is accounted for, and of a refused file
nothing is written. How to look deeper: `fuzzing.py`.
"""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports import engine, lines
from ledger.imports.reader import Reader, Unreadable
from ledger.imports.report import Report
from ledger.imports.source import Source
from ledger.imports.sources import source_named
from ledger.imports.table import open_table
from ledger.models import ImportRun
from ledger.tests.fuzzing import (
    AGENCY,
    SOURCES,
    as_csv,
    examples_of_maps,
    files,
    fuzzed,
    garbled,
    options_of,
    seeds,
    tables,
)
from ledger.tests.import_files import EXAMPLES, batches, known_by_hand

OF_A_RUN = ("importrun", "refusedrow", "auditevent")  # what a refused file may leave behind
each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)


def known_for(source: Source) -> Any:
    return known_by_hand(only_agency="" if source.names_agency else AGENCY)


def take_apart(source: Source, data: bytes) -> int:
    """Read and clean a file, and hold what comes out against what went in. Returns the records; -1 where it is refused."""
    read = 0
    try:
        source = source.for_file("file.csv", options_of(source))
        table = open_table(source, io.BytesIO(data))
        for batch in batches(source, table, known_for(source)):
            refused = {complaint.row for complaint in batch.complaints}
            assert len(refused) == batch.refused
            assert refused.isdisjoint(batch.rows.index)
            assert (refused | set(batch.rows.index)) <= set(range(read + 1, read + batch.read + 1))
            read += batch.read
            columns, text = lines.staged(source, batch, b"key")
            for line in text.decode().splitlines() if text.isascii() else text.decode().split("\n")[:-1]:
                assert line.count("\t") == len(columns) - 1
    except Unreadable:
        return -1
    return read


@fuzzed(quick=100)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"\x1f\x8b", b"{", b"a,b\n"):
        lines = 1 + data.count(b"\n") + data.count(b"\r")
        assert take_apart(SOURCES[0], start + data) <= lines


@each_source
@fuzzed(quick=12)
@given(st.data())
def test_any_cells_of_a_source_are_read_or_refused(source: Source, data: st.DataObject) -> None:
    """And the second time as the first: a source keeps nothing of a file for the next one."""
    file = data.draw(files(source))
    assert take_apart(source, file) == take_apart(source, file)


@each_source
def test_the_examples_of_a_source_are_read(source: Source) -> None:
    found = examples_of_maps(source.name) or [as_csv(rows) for rows in seeds(source.name)]
    assert max(take_apart(source, data) for data in found) > 0


@fuzzed(quick=60)
@given(st.data())
def test_a_csv_file_is_read_as_the_csv_module_reads_it(data: st.DataObject) -> None:
    """Where every record has the width of the header, reading loses, joins and shifts nothing."""
    rows = data.draw(tables(SOURCES[0]))
    rows = [row for row in rows if row and not any("\0" in cell for cell in row)]
    if not rows or {len(row) for row in rows} != {len(rows[0])} or not any(map(str.strip, rows[0])):
        return
    found = list(Reader(io.BytesIO(as_csv(rows, quoting=csv.QUOTE_ALL))))
    assert [(record.number, record.cells, record.problem) for record in found] == [
        (number, cells, "") for number, cells in enumerate(rows[1:], 1)
    ]


@contextmanager
def thrown_away() -> Iterator[Path]:
    """A folder and a database, both as they were before when it is over."""
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        yield Path(folder)
        transaction.set_rollback(True)


def written() -> dict[str, int]:
    """The rows of every table that files are loaded into."""
    tables = [
        model._meta.db_table
        for label in ("ledger", "insights")
        for model in apps.get_app_config(label).get_models()
    ]
    tables = [table for table in tables if not table.endswith(OF_A_RUN)]
    counts = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(counts)
        return dict(cursor.fetchall())


def taken_in(path: Path, source: Source, partial: bool) -> Report:
    run = ImportRun.objects.create(
        source=source.name,
        file_name=path.name,
        partial=partial,
        options=options_of(source),
        notes={} if source.names_agency else {"agency": AGENCY},
    )
    return engine.load(run, path)


def loadable(report: Report, partial: bool) -> bool:
    """Whether a file of which this is told must be in the ledger. What is not has its reasons told."""
    return not (report.message or (report.rows_refused and not partial))


def load(source: Source, data: bytes, name: str = "file.csv", partial: bool = False) -> Report:
    """Load a file, and hold what was written against what the report says."""
    with thrown_away() as folder:
        path = folder / name
        path.write_bytes(data)
        before = written()
        report = taken_in(path, source, partial)
        if not loadable(report, partial):
            assert written() == before
            return report
        assert report.rows_read == report.rows_new + report.rows_same + report.rows_refused
        after = written()
        again = taken_in(path, source, partial)
        assert (again.rows_new, again.rows_refused) == (0, report.rows_refused)
        assert written() == after
        return report


@pytest.mark.django_db
@each_source
@fuzzed(quick=6)
@given(st.data())
def test_a_file_is_loaded_as_the_report_says_or_leaves_nothing(source: Source, data: st.DataObject) -> None:
    partial = data.draw(st.booleans())
    report = load(source, data.draw(files(source)), partial=partial)
    assert report.stored == loadable(report, partial)


@pytest.mark.django_db
@fuzzed(quick=25)
@given(st.data())
def test_a_garbled_archive_is_loaded_or_leaves_nothing(data: st.DataObject) -> None:
    packed = io.BytesIO()
    method = data.draw(
        st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    )
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr(
            "2024-03/2024-03-btp-street.csv",
            (EXAMPLES / "police-uk-street/2024-03-btp-street.csv").read_bytes(),
        )
        archive.writestr(
            "é/2024-04-essex-outcomes.csv",
            (EXAMPLES / "police-uk-outcomes/2024-04-essex-outcomes.csv").read_bytes(),
        )
    source = source_named("police-uk-archive")
    assert source is not None
    report = load(source, data.draw(garbled(packed.getvalue())), "archive.zip")
    assert report.stored == loadable(report, partial=False)


@pytest.mark.django_db
@fuzzed(quick=15)
@given(st.data())
def test_a_garbled_gzip_file_is_loaded_or_leaves_nothing(data: st.DataObject) -> None:
    packed = gzip.compress((EXAMPLES / "securecheck-good.csv").read_bytes(), mtime=0)
    report = load(SOURCES[0], data.draw(garbled(packed)), "file.csv.gz")
    assert report.stored == loadable(report, partial=False)
