"""Reading many records at once, and cleaning on several processors, give what reading and cleaning one by one give."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.imports import crew, crew_member, reader
from ledger.imports.chunk import Chunk, pieces
from ledger.imports.cleaning import Cleaner
from ledger.imports.reader import PlainBlock, Reader, Unreadable
from ledger.imports.sources import SOURCES
from ledger.tests.import_files import HEADER, known_by_hand, line, source

Rows = list[tuple[int, list[str], str, str]]
PARTS = [
    "a",
    "b,c",
    ",",
    '"',
    '""',
    "\n",
    "\r\n",
    "\r",
    "\0",
    "é",
    "\u2028",
    " ",
    "1,2,3",
    '"x\ny"',
    "\ufeff",
]


def one_by_one(data: bytes) -> Rows | str:
    try:
        return [(r.number, r.cells, r.text, r.problem) for r in Reader(io.BytesIO(data))]
    except Unreadable as sentence:
        return str(sentence)


def many_at_once(data: bytes) -> Rows | str:
    try:
        return [row for piece in pieces(Reader(io.BytesIO(data))) for row in as_rows(piece, data)]
    except Unreadable as sentence:
        return str(sentence)


def as_rows(piece: Any, data: bytes) -> Iterator[tuple[int, list[str], str, str]]:
    chunk = piece if isinstance(piece, Chunk) else Chunk.of_block(piece, Reader(io.BytesIO(data)).header)
    found = {
        n: (n, cells, text, "") for n, cells, text in zip(chunk.numbers, chunk.rows, chunk.texts, strict=True)
    }
    found |= {r.number: (r.number, r.cells, r.text, r.problem) for r in chunk.broken}
    return (found[number] for number in sorted(found))


@given(st.lists(st.sampled_from(PARTS), max_size=60), st.sampled_from([3, 7, 40, 1000]))
@example(["1,2,3", "\r", "\n", "4,5,6"], 6)
@example(['"', "1,2,3", "\n", "1,2,3", "\n"] * 6, 7)
def test_records_are_the_same_whether_read_one_by_one_or_many_at_once(parts: list[str], block: int) -> None:
    data = ("x,y,z\n" + "".join(parts)).encode()
    before, reader.BLOCK = reader.BLOCK, block
    try:
        assert many_at_once(data) == one_by_one(data)
    finally:
        reader.BLOCK = before


def test_a_byte_that_is_no_utf_8_is_found_in_any_block() -> None:
    data = b"x,y,z\n" + b"1,2,3\n" * 50 + b"1,\xe9,3\n"
    assert (
        many_at_once(data)
        == one_by_one(data)
        == ("Row 51 holds the byte 0xE9, which is not UTF-8. Save it as “CSV UTF-8” and choose it again.")
    )


def test_a_file_of_stray_quotation_marks_does_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "BLOCK", 2_000)
    data = b"x,y,z\n" + b'1,"2,3\n' * 5_000
    sizes = [chunk.read for chunk in pieces(Reader(io.BytesIO(data))) if isinstance(chunk, Chunk)]
    assert sum(sizes) == len(one_by_one(data)) == 2_500  # each stray mark takes the next line with it
    assert max(sizes) < 1_000


def file_of(count: int) -> bytes:
    countries = ("Canada", "India", "brazil", "Brazil", "BRAZIL")
    rows = [
        line(country_name=countries[n % 5], driver_age=str(n % 150), stop_time=f"{n % 24}:{n % 60:02}")
        for n in range(count)
    ]
    rows[count // 2] = (
        '2026-01-05,8:05:00,Canada,M,31,30,White,"Speeding, he said",Speeding,FALSE,None,Ticket,FALSE,0-15 Min,FALSE,X1'
    )
    return "\n".join([HEADER, *rows]).encode()


def taken(data: bytes, size: int) -> tuple[list[Any], dict[str, str], list[int]]:
    known, seen = known_by_hand(), list[int]()
    kind = source("securecheck").for_file("x.csv")
    found = crew.cleaned(
        kind, Reader(io.BytesIO(data)), known, b"key", size, lambda done, rows: seen.append(rows)
    )
    plain = [(p.columns, p.lines, [str(c) for c in p.complaints], p.read, p.refused, p.empty) for p in found]
    return plain, known.agencies, seen


def test_a_crew_gives_what_one_process_gives_spellings_of_new_agencies_included(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reader, "BLOCK", 8_000)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    data = file_of(800)
    alone, together = taken(data, 0), taken(data, crew.LARGE)
    assert len(alone[0]) > 5
    assert together == alone
    assert together[1]["brazil"] == "brazil"
    assert sum(piece[3] for piece in together[0]) == together[2][-1] == 800


def test_a_process_tells_the_spellings_of_each_piece_whatever_it_had_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else rows would be spelled by who happened to clean them, and nobody would see that they differ from the first."""
    known = known_by_hand(agencies={"canada": "Canada"})
    cleaner = Cleaner(source("securecheck").for_file("x.csv"), HEADER.split(","), known)
    monkeypatch.setattr(
        crew_member, "_work", {"cleaner": cleaner, "key": b"key", "agencies": dict(known.agencies)}
    )
    said = [
        crew_member.clean(PlainBlock(1, 1, line(country_name=name) + "\n")).agencies
        for name in ("Brazil", "BRAZIL", "Canada")
    ]
    assert said == [{"brazil": "Brazil"}, {"brazil": "BRAZIL"}, {}]


def test_a_source_that_remembers_earlier_rows_is_cleaned_by_one_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reader, "BLOCK", 2_000)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    kind = source("open-policing-rates")
    rows = [f"ZZ,City,City,{at},white,,0.1,,,{at},100" for at in range(300)] * 2
    data = "\n".join([",".join(kind.header), *rows, "ZZ,City,City,7,white,,0.1,,,8,100"]).encode()
    found = crew.cleaned(
        kind, Reader(io.BytesIO(data)), known_by_hand(), b"key", crew.LARGE, lambda done, rows: None
    )
    assert [error.row for piece in found for error in piece.complaints] == [601]


def test_a_fault_while_a_crew_works_reaches_who_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "BLOCK", 8_000)

    def stop(done: int, rows: int) -> None:
        raise InterruptedError

    found = crew.cleaned(
        source("securecheck").for_file("x.csv"),
        Reader(io.BytesIO(file_of(400))),
        known_by_hand(),
        b"key",
        crew.LARGE,
        stop,
    )
    with pytest.raises(InterruptedError):
        list(found)


@pytest.mark.parametrize("kind", SOURCES, ids=lambda kind: kind.name)
def test_every_source_can_be_handed_to_a_crew(kind: Any) -> None:
    import pickle

    copied = pickle.loads(pickle.dumps(kind))  # noqa: S301  our own
    assert list(copied.columns) == list(kind.columns)


def test_a_process_with_threads_works_with_a_crew_too() -> None:
    """The worker has threads: its crew is begun afresh instead of copied."""
    script = """
        import io, os, threading
        import django
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "securecheck.settings")
        def main():
            django.setup()
            from ledger.imports import crew, reader
            from ledger.tests.test_import_blocks import file_of, taken
            os.cpu_count, reader.BLOCK = lambda: 2, 8_000
            threading.Thread(target=threading.Event().wait, daemon=True).start()
            data = file_of(200)
            assert taken(data, crew.LARGE) == taken(data, 0)
            print("same")
        if __name__ == "__main__":
            main()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout == "same\n", done.stderr
