"""Compressed files and archives: what goes in, what is refused, and that all of an archive goes in or none."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from ledger.choices import ImportState
from ledger.imports.remarks import remarks
from ledger.imports.undo import undo
from ledger.models import ImportRun, Stop
from ledger.tests.import_files import HEADER, begun, checked, line, loaded
from ledger.tests.workbooks import workbook

pytestmark = pytest.mark.django_db

GOOD = f"{HEADER}\n{line()}\n"
OTHER = f"{HEADER}\n{line(country_name='India')}\n{line(country_name='USA')}\n"
BAD = f"{HEADER}\n{line(driver_age='900')}\n"


def archive(folder: Path, **files: str) -> Path:
    path = folder / "stops.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            file.writestr(name, text)
    return path


def test_a_gzip_file_is_read_as_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "stops.csv.gz"
    path.write_bytes(gzip.compress(GOOD.encode()))
    assert loaded(path).rows_new == 1


@pytest.mark.parametrize("cut", [5, 30])
def test_a_torn_gzip_file_is_refused_in_words(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "stops.csv.gz"
    path.write_bytes(gzip.compress(GOOD.encode())[:-cut])
    assert "damaged or cut off" in loaded(path).message


def test_every_file_of_an_archive_is_a_run_below_the_archive(tmp_path: Path) -> None:
    report = loaded(archive(tmp_path, **{"a.csv": GOOD, "deep/b.csv": OTHER, "read-me.md": "words"}))
    assert (report.stored, report.rows_read, report.rows_new, report.rows_refused) == (True, 3, 3, 0)
    assert [part.file for part in report.parts] == ["a.csv", "deep/b.csv"]
    assert report.notes["passed_over"] == {"files": 1, "first": ["read-me.md"]}
    whole = ImportRun.objects.get(parent=None)
    assert [(part.file_name, part.rows_new) for part in whole.parts.order_by("pk")] == [
        ("a.csv", 1),
        ("deep/b.csv", 2),
    ]
    assert len(whole.agencies) == 3


def book_in(folder: Path, **sheets: list[str]) -> Path:
    """An archive of a CSV file and a workbook of sheets of stops, each row with this country."""
    rows = {
        name: [HEADER.split(","), *(line(country_name=one).split(",") for one in countries)]
        for name, countries in sheets.items()
    }
    book = workbook(folder / "book.xlsx", Notes=[("read", "me")], Empty=[], **rows)
    with zipfile.ZipFile(folder / "stops.zip", "w") as file:
        file.write(book, "deep/book.xlsx")
        file.writestr("a.csv", GOOD)
    return folder / "stops.zip"


def test_every_sheet_of_a_workbook_in_an_archive_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    path = book_in(tmp_path, Jan=["Canada", "India"], Feb=["USA"])
    report = loaded(path)
    assert [(part.file, part.rows_read) for part in report.parts] == [
        ("a.csv", 1),
        ("deep/book.xlsx, sheet Jan", 2),
        ("deep/book.xlsx, sheet Feb", 1),
    ]
    assert (report.rows_new, report.rows_same) == (3, 1)
    assert report.notes["sheets_left"] == ["deep/book.xlsx, sheet Notes"]
    assert "Sheets that were not read: “deep/book.xlsx, sheet Notes”." in remarks(report.notes)
    assert loaded(path).rows_new == 0


def test_a_sheet_that_is_named_is_the_one_that_is_read_of_each_workbook(tmp_path: Path) -> None:
    report = loaded(book_in(tmp_path, Jan=["Canada"], Feb=["USA"]), options={"sheet": "Feb"}, partial=True)
    assert [part.file for part in report.parts] == ["a.csv", "deep/book.xlsx, sheet Feb"]
    assert [part.message for part in report.parts] == [
        "The file is no workbook, so it has no sheets. Leave the sheet out.",
        "",
    ]
    assert report.notes["sheets_left"] == ["deep/book.xlsx, sheet Notes", "deep/book.xlsx, sheet Jan"]


def test_the_sheets_that_are_not_read_of_a_bare_workbook_are_named_too(tmp_path: Path) -> None:
    rows = [HEADER.split(","), line().split(",")]
    one = workbook(tmp_path / "one.xlsx", Stops=rows, Notes=[("read", "me")])
    assert loaded(one).notes["sheets_left"] == ["Notes"]
    two = workbook(tmp_path / "two.xlsx", Jan=rows, Notes=[("read", "me")], Feb=rows)
    assert loaded(two).notes["sheets_left"] == ["Notes"]
    chosen = loaded(two, options={"sheet": "Feb"})
    assert (chosen.parts, chosen.notes["sheets_left"]) == ([], ["Jan", "Notes"])
    alone = workbook(tmp_path / "alone.xlsx", Stops=rows)
    assert remarks(loaded(alone).notes) == remarks({})


def test_a_broken_sheet_that_is_not_asked_for_does_not_stop_the_one_that_is(tmp_path: Path) -> None:
    rows = [HEADER.split(","), line().split(",")]
    whole = workbook(tmp_path / "whole.xlsx", Stops=rows, Broken=[("a", "b")])
    path = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(whole) as good, zipfile.ZipFile(path, "w") as file:
        for part in good.namelist():
            content = good.read(part)
            file.writestr(part, content[:-40] if part.endswith("sheet2.xml") else content)
    report = loaded(path, options={"sheet": "Stops"})
    assert (report.message, report.rows_new, report.notes["sheets_left"]) == ("", 1, ["Broken"])


@pytest.mark.parametrize("content", [b"PK\x03\x04 torn", b"no workbook"])
def test_a_workbook_in_an_archive_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "stops.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a.csv", GOOD)
        file.writestr("book.xlsx", content)
    report = loaded(path)
    assert not report.stored
    assert [bool(part.message) for part in report.parts] == [False, True]


def test_what_a_file_is_and_what_is_taken_is_said_in_good_english(tmp_path: Path) -> None:
    inner = archive(tmp_path, **{"a.csv": GOOD})
    path = tmp_path / "outer.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.write(inner, "inner.csv")
    assert (
        "inner.csv: The file holds a ZIP archive, which is not read inside of another. Unpack it first."
        in loaded(path).message
    )
    found = {}
    for name, source, text in (
        ("map.json", "securecheck", '{"type": "FeatureCollection", "features": []}'),
        ("a.csv", "boundaries", GOOD),
    ):
        (tmp_path / name).write_text(text)
        found[name] = loaded(
            tmp_path / name, source, options={"values": {"kind": "beat"}} if text == GOOD else {}
        )
    assert found["map.json"].message == (
        "The file is a GeoJSON or TopoJSON file; files of the kind “securecheck” are CSV files or Excel workbooks (XLSX)."
    )
    assert found["a.csv"].message == (
        "The file is a CSV file; files of the kind “boundaries” are GeoJSON or TopoJSON files."
    )


def test_one_bad_row_keeps_the_whole_archive_out(tmp_path: Path) -> None:
    report = loaded(archive(tmp_path, **{"a.csv": GOOD, "b.csv": BAD}))
    assert (report.stored, report.rows_new, report.rows_refused) == (False, 1, 1)
    assert not Stop.objects.exists()
    assert loaded(archive(tmp_path, **{"a.csv": GOOD, "b.csv": BAD}), partial=True).stored
    assert Stop.objects.count() == 1


def test_a_check_stores_nothing_and_the_same_archive_twice_adds_nothing(tmp_path: Path) -> None:
    path = archive(tmp_path, **{"a.csv": GOOD, "b.csv": OTHER})
    assert (checked(path).rows_new, Stop.objects.count()) == (3, 0)
    loaded(path)
    assert (loaded(path).rows_same, Stop.objects.count()) == (3, 3)


def test_undoing_an_archive_undoes_its_files(tmp_path: Path) -> None:
    path = archive(tmp_path, **{"a.csv": GOOD, "b.csv": OTHER})
    loaded(path)
    undo(ImportRun.objects.get(parent=None), None, "wrong archive")
    assert not Stop.objects.current().exists()
    assert loaded(path).rows_new == 3


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../a.csv", "leads out"),
        ("/a.csv", "leads out"),
        ("c:/a.csv", "leads out"),
        ("x\\..\\a.csv", "leads out"),
    ],
)
def test_names_that_lead_out_of_an_archive_are_refused(tmp_path: Path, name: str, words: str) -> None:
    report = loaded(archive(tmp_path, **{name: GOOD}))
    assert words in report.message
    assert not ImportRun.objects.filter(parent__isnull=False).exists()


def test_a_bomb_is_not_unpacked(tmp_path: Path, settings: object) -> None:
    report = loaded(archive(tmp_path, **{"a.csv": HEADER + "\n" * 50_000_000}))
    assert "200 times its size" in report.message
    assert ImportRun.objects.get(parent=None).state == ImportState.FAILED


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path, settings: pytest.FixtureRequest) -> None:
    settings.MAX_UNPACKED_BYTES = 100  # type: ignore[attr-defined]
    assert "Unpacked it is larger than" in loaded(archive(tmp_path, **{"a.csv": GOOD})).message
    path = tmp_path / "stops.csv.gz"
    path.write_bytes(gzip.compress(GOOD.encode()))
    assert "Unpacked it is larger than" in loaded(path).message


def test_an_archive_without_any_table_a_torn_one_and_one_with_too_many_files_are_refused(
    tmp_path: Path,
) -> None:
    assert "holds no file of the kind" in loaded(archive(tmp_path, **{"read-me.md": "words"})).message
    path = archive(tmp_path, **{"a.csv": GOOD})
    path.write_bytes(path.read_bytes()[:-30])
    assert "damaged or cut off" in loaded(path).message
    many = archive(tmp_path, **{f"{number}.csv": "" for number in range(10_001)})
    assert "10,001 files" in loaded(many).message


def test_a_run_of_an_archive_can_be_loaded_again_after_a_cut(tmp_path: Path) -> None:
    path = archive(tmp_path, **{"a.csv": GOOD, "b.csv": OTHER})
    run = begun(path)
    from ledger.imports import engine

    engine.check(run, path)
    engine.load(run, path)
    again = engine.load(ImportRun.objects.get(pk=run.pk), path)
    assert (again.stored, Stop.objects.count(), ImportRun.objects.count()) == (True, 3, 3)
