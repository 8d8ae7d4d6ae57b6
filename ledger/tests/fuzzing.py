"""What the fuzzing of imports shares: files that look real, and what is done to them.

Quick and the same every time in the suite. Deeper, and different every time, with the number of files to try for each
property in `FUZZ`; hypothesis prints the seed and the smallest file that fails:

    FUZZ=2000 script/test ledger/tests/test_import_fuzz.py -n 0 --hypothesis-seed=7
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from ledger.imports.source import Source
from ledger.imports.sources import offered_sources
from ledger.tests.hostile_cells import HOSTILE
from ledger.tests.import_files import EXAMPLES

DEEP = int(os.environ.get("FUZZ", "0"))
AGENCY = "Riverton Police"
SOURCES = [source for source in offered_sources() if not source.is_archive]
Rows = list[list[str]]
GIVEN = {  # of parameters without choices; the others stay as they are by default
    "period_start": "2019-01-01",
    "period_end": "2019-12-31",
    "year": "2020",
    "client": "springfield",
    "country": "India",
    "source": "ACS 2020, 5 years",
    "zone": "Europe/London",
}

cells = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20))


def fuzzed(quick: int) -> settings:
    """How many files a property is tried with: so many in the suite, `FUZZ` in a deeper run."""
    return settings(
        max_examples=DEEP or quick,
        derandomize=not DEEP,
        database=None,
        deadline=None,
        print_blob=True,
        phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if DEEP else [])],
        report_multiple_bugs=bool(DEEP),
        suppress_health_check=list(HealthCheck),
    )


@cache
def seeds(name: str) -> list[Rows]:
    """The examples of a source as rows, the header first; without any, rows of nothing."""
    paths = [*(EXAMPLES / name).glob("*.csv"), *EXAMPLES.glob(f"{name}*.csv")]
    found = [rows for path in sorted(paths) if len(rows := _rows_of(path)) > 1]
    source = next(source for source in SOURCES if source.name == name)
    return found or [[source.header, [""] * len(source.header)]]


def _rows_of(path: Path) -> Rows:
    try:
        text = path.read_text(encoding="utf-8-sig")
        return [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except (UnicodeDecodeError, csv.Error):
        return []


def options_of(source: Source) -> dict[str, dict[str, str]]:
    """A value for everything that must be said of a file."""
    values = {
        name: GIVEN.get(name) or one.default or (one.choices[0] if one.required and one.choices else "")
        for name, one in source.parameters.items()
    }
    return {"values": values} if values else {}


@st.composite
def tables(draw: st.DrawFn, source: Source) -> Rows:
    """A real-shaped table of a source with some cells, rows or columns not as they should be."""
    seed = draw(st.sampled_from(seeds(source.name)))
    header = [*seed[0]]
    rows = [[*row] for row in draw(st.lists(st.sampled_from(seed[1:]), min_size=0, max_size=6))]
    for _ in range(draw(st.integers(0, 4))):
        draw(st.sampled_from(CHANGES))(draw, header, rows)
    return [header, *rows]


def _change_cell(draw: st.DrawFn, header: list[str], rows: Rows) -> None:
    if rows and (row := draw(st.sampled_from(rows))):
        row[draw(st.integers(0, len(row) - 1))] = draw(cells)


def _change_column(draw: st.DrawFn, header: list[str], rows: Rows) -> None:
    at = draw(st.integers(0, len(header) - 1)) if header else 0
    for row in rows:
        if at < len(row):
            row[at] = draw(cells)


def _change_header(draw: st.DrawFn, header: list[str], rows: Rows) -> None:
    if header:
        header[draw(st.integers(0, len(header) - 1))] = draw(st.one_of(cells, st.sampled_from(header)))


def _drop_column(draw: st.DrawFn, header: list[str], rows: Rows) -> None:
    at = draw(st.integers(0, len(header) - 1)) if header else 0
    for row in (header, *rows):
        del row[at : at + 1]


def _add_column(draw: st.DrawFn, header: list[str], rows: Rows) -> None:
    at = draw(st.integers(0, len(header)))
    header.insert(at, draw(cells))
    for row in rows:
        row.insert(at, draw(cells))


def _repeat_row(draw: st.DrawFn, header: list[str], rows: Rows) -> None:
    if rows:
        rows.insert(draw(st.integers(0, len(rows))), [*draw(st.sampled_from([header, *rows]))])


def _change_width(draw: st.DrawFn, header: list[str], rows: Rows) -> None:
    if rows:
        row = draw(st.sampled_from(rows))
        row[:] = row[: draw(st.integers(0, len(row)))] if draw(st.booleans()) else [*row, draw(cells)]


CHANGES: list[Callable[[st.DrawFn, list[str], Rows], None]] = [
    *(_change_cell, _change_cell, _change_cell, _change_column, _change_header),
    *(_drop_column, _add_column, _repeat_row, _change_width),
]


def as_csv(rows: Iterable[list[str]], end: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end, quoting=quoting).writerows(rows)
    return out.getvalue().encode("utf-8", "surrogatepass")


@st.composite
def garbled(draw: st.DrawFn, data: bytes) -> bytes:
    """Bytes with some cut out, doubled, changed or put in."""
    found = bytearray(data)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(found)))
        to = min(len(found), at + draw(st.sampled_from([0, 1, 2, 7, 60, 4_000])))
        part = found[at:to]
        new = draw(
            st.sampled_from([b"", part * 2, None, b'"', b"\0", b"\r", b"\n", b"\xff\xfe", b"\xef\xbb\xbf"])
        )
        found[at:to] = draw(st.binary(max_size=8)) if new is None else new
    return bytes(found)


VALUES = st.one_of(
    st.sampled_from([None, True, [], {}, [[]], 0, -0.0, 1e308, float("nan"), float("inf"), 10**30, 10**400]),
    st.sampled_from(
        [[0, 0], [200, 100], [[0, 0], [1, 1]], ["a", "b"], {"type": "Point"}, "\ud800", "a\0b", 5, -99]
    ),
    cells,
    st.floats(-200, 200),
    st.integers(-5, 5),
)


@st.composite
def maps(draw: st.DrawFn, source: Source) -> bytes:
    """A GeoJSON or TopoJSON file of a source with some values not as they should be."""
    whole = json.loads(draw(st.sampled_from(examples_of_maps(source.name))))
    for _ in range(draw(st.integers(0, 4))):
        _change_value(draw, whole)
    return json.dumps(whole, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


@cache
def examples_of_maps(name: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((EXAMPLES / name).glob("*json"))]


def _change_value(draw: st.DrawFn, whole: Any) -> None:
    """Go down some way, and there change, drop or repeat a value."""
    part = whole
    for _ in range(draw(st.integers(0, 9))):
        inner = [one for one in _values(part) if isinstance(one, dict | list) and one]
        if not inner:
            break
        part = draw(st.sampled_from(inner))
    keys = list(part) if isinstance(part, dict) else list(range(len(part)))
    if not keys:
        return
    key = draw(st.sampled_from(keys))
    change = draw(st.sampled_from(["value", "value", "value", "drop", "repeat"]))
    if change == "drop":
        del part[key]
    elif change == "repeat" and isinstance(part, list):
        part.insert(0, deepcopy(part[key]))
    else:
        part[key] = deepcopy(draw(VALUES))  # of a value that is changed later the next file knows nothing


def _values(part: Any) -> list[Any]:
    return list(part.values()) if isinstance(part, dict) else list(part)


@st.composite
def files(draw: st.DrawFn, source: Source) -> bytes:
    """A file of a source: its values, or its bytes, not as they should be."""
    if source.formats == ("geojson",):
        data = draw(maps(source))
    else:
        data = as_csv(draw(tables(source)), draw(st.sampled_from(["\n", "\r\n"])))
    return draw(garbled(data)) if draw(st.integers(0, 3)) == 0 else data
