"""XLSX files: cells as their CSV would have them, sheets by name or by header, and what hostile workbooks get."""

from __future__ import annotations

import csv
import io
import random
import tempfile
import tracemalloc
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.imports import numberformats, xlsx
from ledger.imports import workbook as workbook_module
from ledger.imports.columns import Text
from ledger.imports.reader import Record, Unreadable
from ledger.imports.source import Source
from ledger.imports.table import format_of, open_table
from ledger.models import Stop
from ledger.tests.import_files import EXAMPLES, HEADER, ROW, checked, line, loaded, written
from ledger.tests.workbooks import by_hand, cells, workbook


class TwoColumns(Source):
    """A file of names and values."""

    name = "two-columns"
    columns = {"name": Text("name", longest=80), "value": Text("value", longest=80)}


def records(path: Path, sheet: str = "", source: Source | None = None) -> list[Record]:
    with path.open("rb") as file:
        return list(open_table(source or TwoColumns(), file, {"sheet": sheet}))


def values(path: Path, sheet: str = "") -> list[str]:
    """The second column of a sheet."""
    return [record.problem or record.cells[1] for record in records(path, sheet)]


def refused(path: Path, sheet: str = "") -> str:
    with pytest.raises(Unreadable) as why:
        records(path, sheet)
    return str(why.value)


def read_or_refused(path: Path) -> bool:
    """Whether a file is read, or refused in a sentence; any other error fails the test."""
    try:
        return isinstance(records(path), list)
    except Unreadable as why:
        return str(why).endswith(".")


HEAD = ("name", "value")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (date(2020, 1, 2), "2020-01-02"),
        (datetime(2020, 1, 2, 3, 4, 5), "2020-01-02 03:04:05"),
        (datetime(2020, 1, 2), "2020-01-02"),
        (date(1900, 1, 15), "1900-01-15"),
        (date(1900, 3, 1), "1900-03-01"),
        (date(9999, 12, 30), "9999-12-30"),
        (time(8, 5), "08:05:00"),
        (time(0, 0, 1), "00:00:01"),
        (timedelta(hours=30), "30:00:00"),
        (1, "1"),
        (1.0, "1"),
        (20.5, "20.5"),
        (0.1 + 0.2, "0.3"),
        (-71.4128, "-71.4128"),
        (0.56, "0.56"),
        (123456789012345, "123456789012345"),
        (1e30, "1e+30"),
        (True, "TRUE"),
        (False, "FALSE"),
        ("007", "007"),
        ("two\nlines", "two\nlines"),
        ("  padded ", "  padded "),
        ("_x0041_", "A"),
        ("#N/A", "N/A"),
        (None, ""),
        ("   ", ""),
    ],
)
def test_a_cell_is_read_as_its_csv_would_have_it(tmp_path: Path, cell: Any, text: str) -> None:
    assert values(workbook(tmp_path / "a.xlsx", S=[HEAD, ("a", cell)])) == [text]


@pytest.mark.parametrize(
    ("code", "number", "text"),
    [
        ("yyyy-mm-dd", "43832", "2020-01-02"),
        ("dd/mm/yyyy", "43832.75", "2020-01-02"),
        ("d mmm yy h:mm", "43832.75", "2020-01-02 18:00:00"),
        ("[$-409]m/d/yy h:mm AM/PM;@", "43832.5", "2020-01-02 12:00:00"),
        ("h:mm", "43832.75", "18:00:00"),
        ("mm:ss", "0.5", "12:00:00"),
        ("[h]:mm", "1.5", "36:00:00"),
        ("00000", "501", "00501"),
        ('0.0 "days"', "3.50", "3.5"),
        ("[Red]0", "3", "3"),
        ("yyyy", "-5", "-5"),
        ("yyyy", "1e300", "1e300"),
        ("yyyy", "nan", "nan"),
        ("General", "43832", "43832"),
    ],
)
def test_a_number_is_shown_by_its_format(code: str, number: str, text: str) -> None:
    assert numberformats.as_text(number, numberformats.format_of_code(code), starts_1904=False) == text


def test_workbooks_that_begin_with_1904_have_other_day_numbers() -> None:
    shown = numberformats.format_of_code("yyyy-mm-dd")
    assert numberformats.as_text("42370", shown, starts_1904=True) == "2020-01-02"


def test_a_workbook_holds_what_its_csv_holds(tmp_path: Path, db: None) -> None:
    typed = {"stop_date": date(2026, 1, 5), "stop_time": time(8, 5), "driver_age": 30.0, "is_arrested": False}
    book = workbook(tmp_path / "stops.xlsx", Log=[HEADER.split(","), (ROW | typed).values()])
    assert loaded(written(tmp_path, [line()])).rows_new == 1
    again = loaded(book)
    assert (again.rows_same, again.rows_new, again.message) == (1, 0, "")
    assert Stop.objects.count() == 1


def test_every_row_of_a_large_csv_is_the_same_in_a_workbook(tmp_path: Path) -> None:
    """Against the CSV reader, through openpyxl as the writer."""
    path = EXAMPLES / "securecheck-duplicates.csv"
    rows = list(csv.reader(io.StringIO(path.read_text())))
    book = workbook(tmp_path / "a.xlsx", S=rows)

    class Any_(TwoColumns):
        columns = {name: Text(name, longest=80) for name in rows[0]}

    found = records(book, source=Any_())
    assert [record.cells for record in found] == rows[1:]
    assert [record.number for record in found] == list(range(1, len(rows)))
    assert [next(csv.reader([record.text])) for record in found] == rows[1:]


def test_blank_rows_and_a_title_above_the_header_are_passed_over(tmp_path: Path) -> None:
    rows = [("Stops of 2026",), (), HEAD, (None, None), ("a", 1), (" ", None), ("b", 2)]
    found = records(workbook(tmp_path / "a.xlsx", S=rows))
    assert [(record.number, record.cells) for record in found] == [(1, ["a", "1"]), (2, ["b", "2"])]


def test_a_merged_title_stands_in_its_first_cell(tmp_path: Path) -> None:
    import openpyxl

    path = workbook(tmp_path / "a.xlsx", S=[("Stops of 2026",), HEAD, ("a", 1)])
    book = openpyxl.load_workbook(path)
    book["S"].merge_cells("A1:B1")
    book.save(path)
    assert values(path) == ["1"]


def test_values_beside_the_table_stay_in_the_recorded_row(tmp_path: Path) -> None:
    (record,) = records(workbook(tmp_path / "a.xlsx", S=[HEAD, ("a", 1, None, "a, remark")]))
    assert record.cells == ["a", "1", "", "a, remark"]
    assert record.text == 'a,1,,"a, remark"'


def test_the_sheet_that_the_source_reads_is_found_and_the_user_overrules(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", Notes=[("read me",)], Empty=[], One=[HEAD, ("a", 1)], Two=[HEAD, ("a", 2)]
    )
    assert values(path) == ["1"]
    assert values(path, "Two") == ["2"]
    assert refused(path, "Three") == (
        "The workbook has no sheet “Three”. It has: “Notes”, “Empty”, “One”, “Two”."
    )
    assert refused(path, "Empty") == "The sheet “Empty” is empty."


def test_hidden_sheets_are_read_by_name_only(tmp_path: Path) -> None:
    import openpyxl

    path = workbook(tmp_path / "a.xlsx", Old=[HEAD, ("a", 1)], New=[HEAD, ("a", 2)])
    book = openpyxl.load_workbook(path)
    book["Old"].sheet_state = "hidden"
    book.save(path)
    assert values(path) == ["2"]
    assert values(path, "Old") == ["1"]


def test_formulas_give_the_value_last_computed_and_without_one_the_row_is_refused(tmp_path: Path) -> None:
    computed = (
        '<row r="2"><c/><c><f>1+1</f><v>2</v></c></row><row r="3"><c/><c t="str"><f>A1</f><v></v></c></row>'
    )
    never = '<row r="4"><c/><c><f>1+1</f></c></row>'
    path = by_hand(tmp_path / "a.xlsx", cells(*HEAD) + computed + never)
    assert values(path) == [
        "2",
        "has a formula that was never computed; open the file in a spreadsheet program and save it",
    ]


def test_error_cells_refuse_the_row_and_not_available_is_unknown(tmp_path: Path) -> None:
    rows = '<row><c t="e"><v>#N/A</v></c><c><v>1</v></c></row><row><c><v>1</v></c><c t="e"><v>#REF!</v></c></row>'
    found = records(by_hand(tmp_path / "a.xlsx", cells(*HEAD) + rows))
    assert found[0].cells == ["N/A", "1"]
    assert (found[1].problem, found[1].cells) == ("holds the error #REF! in column B", [])
    assert found[1].text == "1,#REF!"


def test_texts_in_runs_are_joined_and_readings_left_out(tmp_path: Path) -> None:
    shared = "<sst><si><r><t>Tok</t></r><r><t>yo</t></r><rPh><t>reading</t></rPh></si></sst>"
    row = '<row><c/><c t="s"><v>0</v></c></row><row><c/><c t="s"><v>7</v></c></row>'
    path = by_hand(tmp_path / "a.xlsx", cells(*HEAD) + row, {"xl/sharedStrings.xml": shared})
    assert values(path) == ["Tokyo", "refers to a text that the workbook does not have"]


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12).filter(
    lambda text: "_x" not in text and not text.startswith(("=", "#"))
)
CELL = st.one_of(
    st.none(),
    TEXT,
    st.integers(-(10**14), 10**14),
    st.booleans(),
    st.dates(date(1900, 3, 1), date(9998, 1, 1)),
    st.floats(-1e6, 1e6).map(lambda number: round(number, 6)),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELL, min_size=2, max_size=6), max_size=6))
def test_any_table_is_read_as_openpyxl_reads_it(tmp_path: Path, rows: list[list[Any]]) -> None:
    import openpyxl

    path = workbook(tmp_path / "a.xlsx", S=[HEAD, *rows])
    read = openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2, values_only=True)
    expected = [[plain(cell) for cell in row] for row in read]
    filled = [row for row in expected if any(row)]
    found = [record.cells for record in records(path)]
    assert [[*row, *[""] * 6][:6] for row in found] == [[*row, *[""] * 6][:6] for row in filled]


def plain(cell: Any) -> str:
    """What a cell of openpyxl is in CSV, said by other means than ours."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return "" if cell is None or not str(cell).strip() else str(cell)


def test_a_million_empty_columns_cost_nothing(tmp_path: Path) -> None:
    noise = "".join(f'<c r="{numberformats.letters_of(column)}2" s="1"/>' for column in range(10_000))
    path = by_hand(
        tmp_path / "a.xlsx",
        cells(*HEAD)
        + f'<row r="2">{noise}</row><row r="1048576"><c r="XFD1048576"/><c r="B9"><v>5</v></c></row>',
    )
    assert values(path) == ["5"]


def test_what_stands_too_far_to_the_right_is_refused_by_row(tmp_path: Path) -> None:
    rows = '<row><c r="A2"><v>1</v></c><c r="XFD2"><v>9</v></c></row>' + cells("a", "b")
    assert values(by_hand(tmp_path / "a.xlsx", cells(*HEAD) + rows)) == [
        "has a value beyond the 1,000 columns that are read",
        "b",
    ]
    wide = by_hand(tmp_path / "b.xlsx", '<row><c r="XFD1"><v>1</v></c></row>')
    assert refused(wide) == "The header has 16,384 columns. At most 1,000 are read."


HOSTILE_ROWS = {
    "a row without end": ("<row>" + "<c/>" * 20_000 + "</row>", "too large"),
    "one huge tag": (f'<row><c r="{"A" * 3_000_000}"/></row>', "damaged"),
    "cut off": ("<row><c><v>1</v>", "damaged"),
    "no XML": ("&", "damaged"),
}


@pytest.mark.parametrize("name", HOSTILE_ROWS)
def test_hostile_sheets_are_refused_in_words(tmp_path: Path, name: str) -> None:
    rows, words = HOSTILE_ROWS[name]
    assert words in refused(by_hand(tmp_path / "a.xlsx", cells(*HEAD) + rows))


def test_entities_are_never_expanded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    assert "damaged" in refused(by_hand(tmp_path / "a.xlsx", cells("&b;"), before=bomb))
    outside = '<!DOCTYPE x SYSTEM "file:///etc/passwd">'
    assert "damaged" in refused(by_hand(tmp_path / "a.xlsx", cells("a"), before=outside))


def test_a_sheet_that_packs_too_well_is_not_unpacked(tmp_path: Path) -> None:
    assert "200 times its size" in refused(by_hand(tmp_path / "a.xlsx", cells(*HEAD) + "<row/>" * 3_000_000))


def test_few_texts_in_many_cells_do_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long, random_ = "x" * 100_000, random.Random(1)
    many = "".join('<row><c t="s"><v>0</v></c></row>' for _ in range(2000))
    shared = {"xl/sharedStrings.xml": f"<sst><si><t>{long}</t></si></sst>"}
    monkeypatch.setattr(xlsx, "MOST_OF_STRETCH", 5_000_000)
    noise = f"<!--{random_.randbytes(5000).hex()}-->"
    path = by_hand(tmp_path / "a.xlsx", cells(*HEAD) + noise + many, shared)
    tracemalloc.start()
    assert "too large" in refused(path)
    assert tracemalloc.get_traced_memory()[1] < 60_000_000
    tracemalloc.stop()
    one = "<row>" + '<c t="s"><v>0</v></c>' * 20 + "</row>"
    assert values(by_hand(tmp_path / "b.xlsx", cells(*HEAD) + one, shared)) == [
        "is longer than 1,000,000 characters"
    ]


def test_a_cell_that_is_too_long_is_refused_by_row(tmp_path: Path) -> None:
    long = "x" * 200_000
    assert values(by_hand(tmp_path / "a.xlsx", cells(*HEAD) + cells("a", long) + cells("a", "b"))) == [
        "has a cell of more than 131,072 characters",
        "b",
    ]


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/workbook.xml", "<workbook><sheets/></workbook>"),
        ("xl/workbook.xml", "<workbook>"),
        ("xl/_rels/workbook.xml.rels", "<Relationships/>"),
        ("xl/styles.xml", "<styleSheet><cellXfs><xf numFmtId='x'/></cellXfs>"),
        ("xl/sharedStrings.xml", "<sst><si>"),
    ],
)
def test_damaged_parts_are_refused_in_words(tmp_path: Path, part: str, content: str) -> None:
    shared = '<row><c t="s" s="0"><v>0</v></c></row>'
    assert refused(by_hand(tmp_path / "a.xlsx", cells(*HEAD) + shared, {part: content})).endswith(".")


def test_shared_texts_are_read_as_far_as_they_are_asked_for(tmp_path: Path) -> None:
    """A look at the first rows of a large workbook must not cost the whole of it."""
    filler = random.Random(2).randbytes(300_000).hex()
    shared = f"<sst><si><t>name</t></si><si><t>value</t></si><si><t>{filler}</t></si></sst>"
    row = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c t="s"><v>2</v></c></row>'
    path = by_hand(tmp_path / "a.xlsx", row * 20, {"xl/sharedStrings.xml": shared})
    with path.open("rb") as file:
        book = workbook_module.Workbook(file, most=200_000)
        assert (book.texts[0], book.texts[1]) == ("name", "value")
        with pytest.raises(Unreadable, match="too large"):
            book.texts[2]


def test_other_spreadsheets_are_named(tmp_path: Path) -> None:
    assert "OpenDocument" in refused(by_hand_without_workbook(tmp_path / "a.ods", "content.xml"))
    assert "XLSB" in refused(by_hand_without_workbook(tmp_path / "a.xlsb", "xl/workbook.bin"))


def by_hand_without_workbook(path: Path, part: str) -> Path:
    import zipfile

    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, "x")
    return path


def test_a_list_of_contents_without_end_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(by_hand(path, "").read_bytes())
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x05\x06")
    content[at + 12 : at + 16] = (100 << 20).to_bytes(4, "little")
    path.write_bytes(content)
    with path.open("rb") as file:
        assert format_of(file) == "zip"


@cache
def a_workbook() -> bytes:
    """The same bytes every time: openpyxl writes the moment into what it saves."""
    with tempfile.TemporaryDirectory() as folder:
        return workbook(Path(folder) / "a.xlsx", S=[HEAD, ("a", 1), ("b", date(2020, 1, 1))]).read_bytes()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_torn_or_garbled_workbook_is_read_or_refused_in_words(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "a.xlsx"
    content = bytearray(a_workbook())
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(len(content) // 2, len(content)))])
    assert read_or_refused(path)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.sampled_from(
            ["<row>", "</row>", "<c>", "</c>", '<c t="s">', '<c t="e">', '<c r="ZZZ1" s="9">', "<v>", "</v>", "1",
             "-1", "x", "<f/>", "<t>", "</t>", "<is>", "</is>", "<rPh>", "</rPh>", "&#10;"]
        ),
        max_size=40,
    ).map("".join)
)  # fmt: skip
def test_any_order_of_tags_is_read_or_refused_in_words(tmp_path: Path, rows: str) -> None:
    assert read_or_refused(by_hand(tmp_path / "a.xlsx", cells(*HEAD) + rows))


def test_nothing_of_a_refused_workbook_is_stored(tmp_path: Path, db: None) -> None:
    good = workbook(tmp_path / "good.xlsx", Log=[HEADER.split(","), line().split(",")])
    torn = tmp_path / "torn.xlsx"
    torn.write_bytes(good.read_bytes()[:-200])
    assert "damaged" in loaded(torn, partial=True).message
    assert (
        "lacks the columns"
        in loaded(workbook(tmp_path / "other.xlsx", S=[HEAD, ("a", 1)]), partial=True).message
    )
    assert checked(good).rows_new == 1
    assert not Stop.objects.exists()
