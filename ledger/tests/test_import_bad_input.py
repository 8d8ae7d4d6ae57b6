"""Bad input gets a clear sentence, and nothing is lost or half-written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insights.models import StopFact
from ledger.choices import ImportState
from ledger.models import Agency, ImportKey, ImportRun, RefusedRow, Stop, StopPrivate, Vehicle
from ledger.tests.import_files import EXAMPLES, HEADER, line, loaded, written

pytestmark = pytest.mark.django_db

UNREADABLE = {
    "empty.csv": "empty",
    "blank.csv": "empty",
    "binary.csv": "NUL",
    "bomb.csv": "gzip",
    "spreadsheet.csv": "workbook has no sheet",
    "securecheck-utf-16.csv": "UTF-16",
    "securecheck-latin-1.csv": "Row 2 holds the byte 0xFC",
    "securecheck-lacks-column.csv": "vehicle_number",
    "securecheck-double-column.csv": "twice",
    "securecheck-semicolons.csv": "semicolons",
}
REFUSED = {
    "securecheck-bad-cells.csv": [*range(1, 22)],
    "securecheck-short-and-long.csv": [2, 3],
    "securecheck-stray-quote.csv": [2],
    "securecheck-torn-end.csv": [2],
    "securecheck-torn-quote.csv": [2],
    "securecheck-nul.csv": [2],
}
GOOD = {
    "securecheck-multi-line.csv": 2,
    "securecheck-formula.csv": 1,
    "securecheck-no-newline.csv": 1,
    "securecheck-blank-lines.csv": 2,
    "securecheck-bom-crlf.csv": 2,
    "securecheck-cr-only.csv": 2,
    "securecheck-header-only.csv": 0,
    "securecheck-extra-column.csv": 1,
    "securecheck-gaps.csv": 2,
}


def nothing_is_stored() -> bool:
    return not any(
        model.objects.exists() for model in (Stop, StopPrivate, StopFact, ImportKey, Vehicle, Agency)
    )


@pytest.mark.parametrize("name, words", UNREADABLE.items())
def test_a_file_that_cannot_be_read_is_explained(name: str, words: str) -> None:
    report = loaded(EXAMPLES / name, partial=True)
    assert words in report.message
    assert report.message.endswith(".")
    assert "Traceback" not in report.message
    assert (report.stored, report.rows_read) == (False, 0)
    assert [error.message for error in report.errors] == [report.message]
    assert ImportRun.objects.get().state == ImportState.FAILED
    assert nothing_is_stored()


@pytest.mark.parametrize("name, rows", REFUSED.items())
def test_refused_rows_are_named_and_keep_the_file_out(name: str, rows: list[int]) -> None:
    report = loaded(EXAMPLES / name)
    assert sorted({error.row for error in report.errors if error.row}) == rows
    assert report.rows_refused == len(rows)
    assert report.rows_read == report.rows_new + report.rows_same + report.rows_refused
    assert not report.stored
    assert nothing_is_stored()


@pytest.mark.parametrize("name, rows", REFUSED.items())
def test_the_other_rows_of_such_a_file_go_in_when_asked(name: str, rows: list[int]) -> None:
    report = loaded(EXAMPLES / name, partial=True)
    assert Stop.objects.count() == report.rows_new == report.rows_read - len(rows) > 0


@pytest.mark.parametrize("name, rows", GOOD.items())
def test_odd_but_good_files_go_in_whole(name: str, rows: int) -> None:
    report = loaded(EXAMPLES / name)
    assert (report.rows_read, report.rows_new, report.errors, report.stored) == (rows, rows, [], True)


def test_every_example_is_used() -> None:
    others = {"good", "contradictions", "identical-rows", "superset", "duplicates"}
    used = {*UNREADABLE, *REFUSED, *GOOD, *(f"securecheck-{name}.csv" for name in others)}
    used |= {"open-policing.csv", "open-policing-with-age.csv", "open-policing-later-naming.csv"}
    assert {path.name for path in EXAMPLES.iterdir() if path.is_file()} == used  # folders: of one source each


def test_a_formula_is_kept_as_the_text_that_it_is() -> None:
    loaded(EXAMPLES / "securecheck-formula.csv")
    assert StopPrivate.objects.get().words == "=cmd|' /C calc'!A0"


def test_a_source_that_names_no_agency_asks_for_one() -> None:
    report = loaded(EXAMPLES / "open-policing.csv", "open-policing")
    assert (
        report.message
        == "Files of the source “open-policing” do not say whose stops they are. Name the agency "
        "(in a command: --agency NAME)."
    )


def test_a_missing_file_is_explained(tmp_path: Path) -> None:
    assert loaded(tmp_path / "gone.csv").message == "There is no file “gone.csv”. Choose it again."


def test_dates_of_two_forms_are_never_guessed(tmp_path: Path) -> None:
    report = loaded(written(tmp_path, [line(stop_date="2026-02-01"), line(stop_date="02/01/2026")]))
    assert [(error.row, error.value) for error in report.errors] == [(2, "02/01/2026")]
    assert not report.stored


ODD_CELL = st.one_of(
    st.sampled_from(
        ["", "None", "=1+1", "1e400", "-0", "24:30", "2026-02-30", "\0", '"', "a,b", "\u202e", "9" * 400, "é"]
    ),
    st.text(max_size=8),
)
ROW = st.lists(ODD_CELL, min_size=0, max_size=17).map(",".join)
BODY = st.lists(st.one_of(st.just(line()), ROW), max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODY, ending=st.sampled_from(["\n", "\r\n", "\r"]), cut=st.integers(0, 40))
def test_whatever_a_file_holds_it_is_taken_in_or_refused_whole(
    tmp_path: Path, body: list[str], ending: str, cut: int
) -> None:
    path = tmp_path / "fuzz.csv"
    text = ending.join([HEADER, *body])
    path.write_bytes(text.encode("utf-8", "surrogatepass")[: len(text) - cut if cut < len(text) else None])
    before = Stop.objects.count()
    report = loaded(path)
    assert report.rows_read == report.rows_new + report.rows_same + report.rows_refused
    assert Stop.objects.count() == before + (report.rows_new if report.stored else 0)
    assert report.stored == (not report.errors)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300), with_header=st.booleans())
def test_any_bytes_are_taken_in_or_refused_whole(tmp_path: Path, data: bytes, with_header: bool) -> None:
    path = tmp_path / "fuzz.csv"
    path.write_bytes((HEADER.encode() + b"\n" if with_header else b"") + data)
    report = loaded(path, partial=False)
    assert report.stored == (not report.errors)
    assert bool(report.message) == (ImportRun.objects.latest("pk").state == ImportState.FAILED)


def test_nul_characters_that_a_map_escapes_are_told_and_not_passed_on(tmp_path: Path) -> None:
    """JSON can say NUL in plain characters, so it is not seen before the file is taken apart."""
    options = {"values": {"kind": "beat", "name": "NAME"}}
    points: list[Any] = [[-84.4, 33.7], [-84.3, "a\0b"], [-84.3, 33.8], [-84.4, 33.7]]
    path = map_of(tmp_path, {"NAME": "A"}, points)
    report = loaded(path, "boundaries", partial=True, options=options)
    assert (report.rows_read, report.rows_refused) == (1, 1)
    assert RefusedRow.objects.filter(row=1).exists()
    named = loaded(map_of(tmp_path, {"NA\0ME": "A", "NAME": "A"}, points), "boundaries", options=options)
    assert "NUL" in named.message


def map_of(folder: Path, properties: dict[str, str], points: list[Any]) -> Path:
    path = folder / "areas.geojson"
    shape = {"type": "Polygon", "coordinates": [points]}
    feature = {"type": "Feature", "properties": properties, "geometry": shape}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path
