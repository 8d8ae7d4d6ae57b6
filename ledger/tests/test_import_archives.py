"""Compressed files and archives: what goes in, what is refused, and that all of an archive goes in or none."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from ledger.choices import ImportState
from ledger.imports.undo import undo
from ledger.models import ImportRun, Stop
from ledger.tests.import_files import HEADER, begun, checked, line, loaded

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
