"""A hundred hostile files at once, by command and by page: each is read or refused in a sentence, in little memory, and of
those refused nothing is written."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import textwrap
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from ledger.imports import complaints, reader
from ledger.imports.chunk import pieces
from ledger.imports.complaints import Complaint, Complaints
from ledger.imports.reader import PlainBlock, Reader
from ledger.models import Agency, ImportRun, RefusedRow, Stop
from ledger.tests.hostile import GOOD, archive, hostile, names
from ledger.tests.import_files import HEADER, checked, line, loaded, written

MEMORY = 600  # MB that taking in any file may need


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return hostile(tmp_path_factory.mktemp("files"))


def run(*args: Any) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and reports of `import --json`."""
    out = StringIO()
    try:
        call_command("import", *map(str, args), "--json", stdout=out, stderr=StringIO())
    except SystemExit as ended:
        return int(ended.code or 0), [json.loads(one) for one in out.getvalue().splitlines()]
    return 0, [json.loads(one) for one in out.getvalue().splitlines()]


@pytest.mark.django_db
@pytest.mark.parametrize("source", ["securecheck", "auto"])
def test_hostile_files_at_once_are_each_answered_by_the_command(files: list[Path], source: str) -> None:
    assert len(files) > 90
    code, reports = run(source, *files)
    assert code == 1
    assert [report["file"] for report in reports] == list(map(str, files))
    for report in reports:
        assert report["stored"] or report["message"] or report["rows_refused"], report["file"]
        assert report["rows_read"] == report["rows_new"] + report["rows_same"] + report["rows_refused"]
        assert len(report["message"]) < 2_000
    assert Stop.objects.count() == sum(report["rows_new"] for report in reports if report["stored"])
    unread = ImportRun.objects.filter(state="failed", parent=None).values_list("file_name", flat=True)
    assert set(unread) == {Path(report["file"]).name for report in reports if report["message"]}


def test_hostile_files_are_read_in_little_memory(files: list[Path]) -> None:
    """In a process of their own; every source has a try at each. A processor for minutes would mean no end."""
    program = """
        import resource, sys
        from pathlib import Path
        import django
        django.setup()
        from ledger.tests.fuzzing import SOURCES
        from ledger.memory import most_held
        from ledger.tests.test_import_fuzz import take_apart
        resource.setrlimit(resource.RLIMIT_CPU, (600, 600))
        for path in sys.argv[1:]:
            data = Path(path).read_bytes()
            for source in SOURCES:
                take_apart(source, data)
        print(most_held())
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, files)],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    assert int(done.stdout) < MEMORY


def test_pieces_are_bounded_however_short_the_records_are() -> None:
    """A character a record would else make millions of records, and complaints of them, at once."""
    for lines in ("x\n", '"x"\n', "x\r\n"):
        file = Reader(io.BytesIO((f"{HEADER}\n" + lines * (3 * reader.MOST_RECORDS)).encode()))
        found = [piece.records if isinstance(piece, PlainBlock) else piece.read for piece in pieces(file)]
        assert sum(found) == 3 * reader.MOST_RECORDS
        assert max(found) <= reader.MOST_RECORDS


def test_records_that_are_kept_with_their_errors_are_bounded_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(complaints, "MOST_TEXT", 25_000)
    found = Complaints()
    found.add([Complaint(row, "", "", "is wrong", "x" * 10_000) for row in range(10)])
    found.add([Complaint(11, "", "", "is wrong", "")])
    assert (len(found.kept), found.left_off) == (3, 8)


@pytest.mark.django_db
def test_lone_carriage_returns_in_what_is_refused_are_kept(tmp_path: Path) -> None:
    report = checked(written(tmp_path, [line(driver_age='"9\r9"')]))
    assert report.rows_refused == 1
    assert RefusedRow.objects.get().value == "9\r9"


@pytest.mark.django_db
def test_a_file_of_agencies_without_end_makes_none(tmp_path: Path) -> None:
    many = written(tmp_path, [line(country_name=name) for name in names(600)])
    assert "more than 500 agencies" in loaded(many, partial=True).message
    assert not Agency.objects.exists()
    some = written(tmp_path, [line(country_name=name) for name in names(500)])
    assert loaded(some).rows_new == 500


@pytest.mark.django_db
def test_a_file_whose_name_is_no_text_is_read_and_named(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\n.csv"))
    path.write_text(GOOD)
    code, (report,) = run("securecheck", path, tmp_path / "missing\udcff.csv")[0], run("securecheck", path)[1]
    assert code == 1
    assert report["file"].endswith("\ufffd\n.csv")
    assert report["rows_same"] == 1
    with pytest.raises(CommandError, match="is not text in UTF-8"):
        run("securecheck", path, "--agency", "\udcff")


@pytest.mark.django_db
def test_names_of_two_files_in_an_archive_are_never_taken_for_one(tmp_path: Path) -> None:
    """A run keeps 255 characters of a name."""
    path = tmp_path / "a.zip"
    path.write_bytes(archive({f"{letter}{'x' * 260}.csv": GOOD.encode() for letter in "ab"}))
    assert "more than 255 characters" in loaded(path).message
