"""The CSV reader names the faulty record and reads on; other kinds of files are refused in plain words."""

from __future__ import annotations

import csv
import gzip
import io
import tracemalloc

import pytest

from ledger.imports.reader import LONGEST_LINE, Reader, Record, Unreadable
from ledger.tests.import_files import EXAMPLES


def read(data: bytes | str) -> list[Record]:
    return list(Reader(io.BytesIO(data.encode() if isinstance(data, str) else data)))


def problems(data: bytes | str) -> dict[int, str]:
    return {record.number: record.problem for record in read(data) if record.problem}


def test_records_count_from_one_and_empty_lines_do_not_count() -> None:
    records = read("a,b\n\n1,2\n\n\n3,4\n")
    assert [(record.number, record.cells) for record in records] == [(1, ["1", "2"]), (2, ["3", "4"])]


def test_a_cell_may_span_lines_and_the_recorded_line_is_as_written() -> None:
    (record,) = read('a,b\r\n"one\r\ntwo ""three""",4\r\n')
    assert record.cells == ['one\r\ntwo "three"', "4"]
    assert record.text == '"one\r\ntwo ""three""",4'


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(ending: str) -> None:
    assert [record.cells for record in read(ending.join(["\ufeffa,b", "1,2", "3,4"]))] == [
        ["1", "2"],
        ["3", "4"],
    ]


def test_a_byte_order_mark_is_no_part_of_the_header_even_twice() -> None:
    assert Reader(io.BytesIO("\ufeff\ufeffa,b\n".encode())).header == ["a", "b"]


def test_short_and_long_rows_are_named_and_the_others_are_read() -> None:
    data = "a,b,c\n1,2\n1,2,3\n1,2,3,4\n"
    assert problems(data) == {
        1: "has 2 cells where the header has 3",
        3: "has 4 cells where the header has 3; is a comma in a cell without quotation marks?",
    }
    assert [record.cells for record in read(data) if not record.problem] == [["1", "2", "3"]]


def test_a_torn_last_line_is_named_as_such() -> None:
    assert problems("a,b,c\n1,2,3\n1,2") == {2: "is cut off: the file ends after 2 of 3 cells"}
    assert problems('a,b,c\n1,2,3\n1,"tw') == {2: "is cut off inside a quoted cell"}


def test_a_stray_quotation_mark_swallows_no_other_row() -> None:
    records = read('a,b\n1,2\n3,"4\n5,6\n7,8\n')
    assert [(record.number, record.cells) for record in records] == [
        (1, ["1", "2"]),
        (2, []),
        (3, ["5", "6"]),
        (4, ["7", "8"]),
    ]
    assert records[1].problem == "has a quotation mark that is never closed"
    assert records[1].text == '3,"4'


def test_a_stray_mark_that_meets_the_quoted_cell_of_a_later_row_costs_one_row() -> None:
    records = read('a,b\n"1,2\n3,"4,5"\n6,7\n')
    assert [record.number for record in records if record.problem] == [1]
    assert [record.cells for record in records if not record.problem] == [["3", "4,5"], ["6", "7"]]


def test_a_mark_inside_a_quoted_cell_is_explained() -> None:
    assert problems('a,b\n"1"x,2\n3,4\n') == {1: "has a quotation mark inside a quoted cell; write it twice"}


def test_a_nul_is_refused_with_its_row_only() -> None:
    assert problems("a,b\n1,2\n3,\0\n5,6\n") == {2: "holds a NUL character, which is not text"}


def test_a_cell_or_a_line_without_end_is_bounded() -> None:
    wide = "x" * (csv.field_size_limit() + 1)
    assert problems(f"a,b\n1,{wide}\n3,4\n")[1].startswith("has a cell of more than")
    assert list(problems(f"a,b\n1,2\n{'y' * (LONGEST_LINE + 5)},2\n3,4\n")) == [2]
    many = '"' + "\n".join(["z" * 100] * 2000)
    assert [record.cells for record in read(f"a,b\n1,{many}\n3,4\n") if not record.problem] == [["3", "4"]]


def test_a_line_of_100_mb_is_refused_in_little_memory() -> None:
    class Endless(io.RawIOBase):
        """100 MB without a line end, made as it is read."""

        left = 100_000_000
        start = b"a,b\n1,2\n"
        place = 0

        def readable(self) -> bool:
            return True

        def seekable(self) -> bool:
            return True

        def seek(self, place: int, whence: int = 0) -> int:
            self.place, self.left = 0, 100_000_000
            return 0

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            head = self.start[self.place : self.place + len(buffer)]
            body = b"x" * min(len(buffer) - len(head), self.left)
            self.place, self.left = self.place + len(head), self.left - len(body)
            buffer[: len(head) + len(body)] = head + body
            return len(head) + len(body)

    tracemalloc.start()
    records = list(Reader(io.BufferedReader(Endless())))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [bool(record.problem) for record in records] == [False, True]
    assert peak < 20_000_000


@pytest.mark.parametrize(
    "name, words",
    [
        ("empty.csv", "empty"),
        ("blank.csv", "empty"),
        ("bomb.csv", "gzip"),
        ("spreadsheet.csv", "spreadsheet"),
        ("binary.csv", "NUL"),
        ("securecheck-utf-16.csv", "UTF-16"),
    ],
)
def test_what_is_no_csv_is_said_to_be_so(name: str, words: str) -> None:
    with (EXAMPLES / name).open("rb") as file, pytest.raises(Unreadable, match=words):
        Reader(file)


def test_utf_16_without_a_mark_is_noticed() -> None:
    with pytest.raises(Unreadable, match="not in UTF-8"):
        read("a,b\n1,2\n".encode("utf-16-le"))


def test_a_byte_that_is_not_utf_8_is_named_with_its_row() -> None:
    with pytest.raises(Unreadable, match="Row 2 holds the byte 0xFC, which is not UTF-8"):
        read("a,b\n1,2\nü,4\n".encode("latin-1"))
    with pytest.raises(Unreadable, match="The header holds the byte 0xE9"):
        read("é,b\n".encode("latin-1"))


def test_a_gzip_bomb_is_never_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    tracemalloc.start()
    with pytest.raises(Unreadable, match="compressed"):
        read(bomb)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_a_header_of_a_million_columns_is_refused() -> None:
    with pytest.raises(Unreadable, match="At most"):
        read(",".join(["a"] * 5_000) + "\n")


def test_many_stray_marks_take_no_long() -> None:
    """Each broken record looks at its own lines once: reading stays linear."""
    data = "a,b\n" + 'x,"y\n' * 20_000
    assert len(read(data)) >= 10_000
