"""Tables of figures under hostile cells: whatever stands in them, a row is read, refused or passed over, and nothing fails."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.imports.reader import Unreadable
from ledger.imports.table import open_table
from ledger.tests.import_files import batches, known_by_hand, loaded, source

HEADERS = {
    "open-policing-rates": source("open-policing-rates").header,
    "london-survey": source("london-survey").header,
    "london-perceptions": ["Neighbourhood", "Code", "Is the police fair?", "Is it there?"],
    "predpol-departments": source("predpol-departments").header,
    "predpol-counts": source("predpol-counts").header,
    "prediction-locations": source("prediction-locations").header,
    "sensitive-places": source("sensitive-places").header,
    "census-figures": [
        "geoid",
        "state",
        "county",
        "tract",
        "block_group",
        "year",
        "white",
        "white_moe",
        "B01_001E",
    ],
}
LONG = ["geoid", "area_name", "variable", "estimate", "moe", "year"]
VALUES = {
    "predpol-counts": {"client": "x"},
    "prediction-locations": {"client": "x", "dates": "day/month/year"},
    "sensitive-places": {"kind": "school"},
    "census-figures": {"source": "x", "year": "2018"},
}
# What people and programs write, beside any text at all.
LIKELY = st.sampled_from(
    [
        *(
            "",
            " ",
            "NA",
            "N/A",
            "None",
            "-",
            "0",
            "-0",
            "1",
            "1e308",
            "1e999",
            "-1e-400",
            "inf",
            "nan",
            "0,5",
            "1,234",
        ),
        *(
            "50%",
            "±3",
            "-666666666",
            "250,000+",
            "31/3/2021",
            "2021-03-31",
            "0000-00-00",
            "31/13/2021",
            "9999-12-31",
        ),
        *(
            "1500000US120090626001",
            "120090626001",
            "12",
            "Brent",
            "Brent - Kilburn",
            "Current",
            "Total",
            "TRUE",
            "x\0y",
        ),
        *(
            "'=1+1",
            "\ud800".encode("utf-8", "replace").decode(),
            "١٢٣",
            "1" * 5000,
            "\u2028",
            '"',
            "a,b",
            "a\nb",
        ),
    ]
)
CELL = LIKELY | st.text(max_size=12)
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(kind: str, lines: list[list[str]]) -> list[Any]:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(lines)
    content = file.getvalue().encode("utf-8", "ignore")
    bound = source(kind).for_file("2019.csv", {"values": VALUES.get(kind, {})})
    table = open_table(bound, io.BytesIO(content))
    return list(batches(bound, table, known_by_hand()))


def outcome(kind: str, lines: list[list[str]]) -> tuple[list[Any], str]:
    """The batches, or the sentence that says why the file cannot be read."""
    try:
        return read(kind, lines), ""
    except Unreadable as sentence:
        return [], str(sentence)


def cells_below(header: list[str]) -> st.SearchStrategy[list[list[str]]]:
    return st.lists(st.lists(CELL, min_size=len(header), max_size=len(header)), min_size=1, max_size=4)


@pytest.mark.parametrize(
    "kind, header",
    [*HEADERS.items(), ("census-figures", LONG)],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_any_cells_are_read_refused_or_passed_over(kind: str, header: list[str]) -> None:
    @QUICK
    @given(cells_below(header))
    def attempt(rows: list[list[str]]) -> None:
        for batch in outcome(kind, [header, *rows])[0]:
            assert len(set(batch.rows.index)) + batch.refused <= batch.read
            assert set(batch.rows.columns) <= {*source(kind).kind.targets, "apart"}

    attempt()


@pytest.mark.parametrize("kind", HEADERS)
def test_any_header_is_understood_or_refused_in_plain_words(kind: str) -> None:
    @QUICK
    @given(st.lists(st.sampled_from(HEADERS[kind]) | CELL, min_size=1, max_size=8))
    def attempt(header: list[str]) -> None:
        _batches, sentence = outcome(kind, [header, ["1"] * len(header), [""] * len(header)])
        assert not sentence or sentence[-1] in ".?”"

    attempt()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", HEADERS)
def test_what_is_read_can_be_stored_or_is_refused(kind: str, tmp_path: Any) -> None:
    """The longest and strangest cells, through the database: its limits are those of the columns."""
    header = HEADERS[kind]
    strange = ["x" * 5000, "1e300", "2147483648", "𝕏" * 150, "-1e300", "2021-03-31", "120090626001", "0.5"]
    path = tmp_path / "2019.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *([cell] * len(header) for cell in strange)])
    report = loaded(path, kind, partial=True, options={"values": VALUES.get(kind, {})})
    assert report.message == "" or report.message.endswith((".", "?"))
    assert report.rows_read == report.rows_new + report.rows_same + report.rows_refused
