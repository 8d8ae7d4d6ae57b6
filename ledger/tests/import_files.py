"""Files to import in tests: the examples under fixtures/, files made of rows, and taking them in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from ledger.imports import engine
from ledger.imports.chunk import pieces
from ledger.imports.cleaning import Batch, Cleaner
from ledger.imports.known import Known, Words
from ledger.imports.report import Report
from ledger.imports.source import Source
from ledger.imports.sources import source_named
from ledger.imports.table import Table, open_table
from ledger.models import Agency, ImportRun

EXAMPLES = Path(settings.BASE_DIR) / "fixtures" / "import_examples"
SHARED = Path(settings.BASE_DIR).parent / "shared" / "data"
HEADER = (
    "stop_date,stop_time,country_name,driver_gender,driver_age_raw,driver_age,driver_race,violation_raw,violation,"
    "search_conducted,search_type,stop_outcome,is_arrested,stop_duration,drugs_related_stop,vehicle_number"
)
GOOD_LINE = "2026-01-05,8:05:00,Canada,M,31,30,White,Speeding,Speeding,FALSE,None,Ticket,FALSE,0-15 Min,FALSE,ON12AB3456"
ROW = dict(zip(HEADER.split(","), GOOD_LINE.split(","), strict=True))


def line(**changes: str) -> str:
    """A good row of the SecureCheck file, with changes."""
    return ",".join({**ROW, **changes}.values())


def written(folder: Path, lines: Iterable[str], name: str = "stops.csv") -> Path:
    """A SecureCheck file of these lines."""
    path = folder / name
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def begun(path: Path, source: str = "securecheck", agency: str = "", **fields: Any) -> ImportRun:
    """The run of a file, not yet taken in."""
    known = Agency.objects.filter(name=agency).first()
    notes = {"agency": agency} if agency and not known else {}
    return ImportRun.objects.create(source=source, file_name=path.name, agency=known, notes=notes, **fields)


def loaded(path: Path, source: str = "securecheck", agency: str = "", **fields: Any) -> Report:
    return engine.load(begun(path, source, agency, **fields), path)


def checked(path: Path, source: str = "securecheck", agency: str = "", **fields: Any) -> Report:
    return engine.check(begun(path, source, agency, **fields), path)


def said(report: Report) -> list[tuple[int | None, str]]:
    """Row and column of each error."""
    return [(error.row, error.column) for error in report.errors]


def known_by_hand(**changes: Any) -> Known:
    """What cleaning must know, from the fixtures and without a database."""
    lists = {
        "violation": "violations",
        "race": "races",
        "search_basis": "search_bases",
        "contraband": "contraband",
    }
    return Known(words={name: _words(file) for name, file in lists.items()}, **changes)


def _words(file: str) -> Words:
    records = json.loads((Path(settings.BASE_DIR) / "fixtures" / f"{file}.json").read_text())
    codes = {
        word.lower(): record["pk"]
        for record in records
        for word in (*record["fields"]["words"], record["fields"]["label"])
    }
    return Words(codes, [record["fields"]["label"] for record in records])


def batches(source: Source, table: Table, known: Known) -> Iterator[Batch]:
    """A whole file, read and cleaned. The header is judged before the first record."""
    cleaner = Cleaner(source, table.header, known)
    return (cleaner.clean_piece(piece) for piece in pieces(table))


def read_as(kind: str, path: Path, /, known: Known | None = None, **values: str) -> tuple[Any, Table]:
    """A small file as a source reads it, under its own name and with values of parameters: the batch, and the table."""
    bound = source(kind).for_file(path.name, {"values": values})
    with path.open("rb") as file:
        table = open_table(bound, file)
        (batch,) = batches(bound, table, known or known_by_hand())
    return batch, table


def parts_of(batch: Any) -> list[dict[str, Any]]:
    """The targets that each part says something of, with the number of its record as `row`."""
    return [
        {
            "row": int(number),
            **{name: value for name, value in values.items() if value == value and value is not None},
        }
        for number, values in zip(batch.rows.index, batch.rows.to_dict("records"), strict=True)
    ]


def source(name: str) -> Any:
    found = source_named(name)
    assert found is not None
    return found
