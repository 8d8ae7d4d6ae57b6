"""The one CSV writer: nothing in a download runs as a formula, and nothing is lost on the way back."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import csvsafe

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\rx",
    "\nx",
    " =1",
    "\u00a0=1",
    "\ufeff=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "'=1",
    "''-2",
    "plain\n=1",
    "plain\r\n@x",
    "plain\r+x",
    "plain\n \u00a0-x",
]
PLAIN = [
    "",
    "Speeding",
    "O'Hara",
    "'quoted'",
    "a=b",
    "30+ Min",
    "KA01AB1234",
    "two\nlines",
    "two\r\nlines",
    "１２",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_that_would_run_gets_an_apostrophe(text: str) -> None:
    escaped = csvsafe.escape(text)
    assert escaped != text
    for line in escaped.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        assert not line.lstrip(" \t\u00a0\ufeff").startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert csvsafe.escape(text) == text
    assert csvsafe.unescape(text) == text


def test_line_ends_inside_a_cell_stay_whole() -> None:
    assert csvsafe.escape("a\r\n=b") == "a\r\n'=b"


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\n ab\u00a0\ufeff＝1"), max_size=12) | st.text(max_size=20))
def test_unescaping_gives_back_every_text(text: str) -> None:
    assert csvsafe.unescape(csvsafe.escape(text)) == text


@given(
    st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=2, max_size=2))
)
def test_a_written_file_is_read_back(rows: list[list[str]]) -> None:
    file = io.StringIO(newline="")
    assert csvsafe.write(file, ["a", "b"], rows) == len(rows)
    file.seek(0)
    read = list(csv.reader(file, strict=True))[1:]
    assert [[csvsafe.unescape(text) for text in row] for row in read] == rows


def test_numbers_are_numbers_and_texts_are_quoted() -> None:
    row = [-5, -0.25, None, True, date(2026, 3, 2), time(9, 5), datetime(2026, 3, 2, 9, 5), "-5"]
    assert list(csvsafe.lines(["n"], [row]))[1] == (
        '-5,-0.25,"","TRUE","2026-03-02","09:05:00","2026-03-02 09:05:00","\'-5"\r\n'
    )


def test_a_download_says_what_it_is() -> None:
    reply = csvsafe.response("stops.csv", ["vehicle"], [["=1"]])
    assert b"".join(reply.streaming_content).decode() == '\ufeff"vehicle"\r\n"\'=1"\r\n'  # type: ignore[arg-type]
    assert reply["Content-Disposition"] == 'attachment; filename="stops.csv"'
    assert reply["X-Content-Type-Options"] == "nosniff"


def test_a_file_name_from_a_user_is_not_taken() -> None:
    with pytest.raises(ValueError, match="not a plain file name"):
        csvsafe.response('x".csv\r\nSet-Cookie: a=b', ["a"], [])
