"""`manage.py import` and `manage.py sources`: exit codes, JSON and plain words."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ledger.imports.pace import Pace
from ledger.imports.undo import undo
from ledger.models import Agency, ImportRun, Stop
from ledger.tests.import_files import EXAMPLES, HEADER, line, written
from ledger.tests.workbooks import workbook

pytestmark = pytest.mark.django_db

GOOD = EXAMPLES / "securecheck-good.csv"


def run(*args: Any, **options: Any) -> tuple[int, str, str]:
    """Exit code, output and errors of `import`."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import", *map(str, args), stdout=out, stderr=err, **options)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_a_good_file_ends_with_0_and_one_json_object() -> None:
    code, out, _err = run("securecheck", GOOD, "--json")
    report = json.loads(out)
    assert code == 0
    assert {
        name: report[name]
        for name in ("source", "file", "rows_read", "rows_new", "rows_same", "rows_refused")
    } == {
        "source": "securecheck",
        "file": str(GOOD),
        "rows_read": 3,
        "rows_new": 3,
        "rows_same": 0,
        "rows_refused": 0,
    }
    assert (report["stored"], report["errors"], len(report["digest"])) == (True, [], 64)
    assert report["seconds"] > 0
    assert ImportRun.objects.get().user is None


def test_refused_rows_end_with_2_and_store_nothing() -> None:
    code, out, _err = run("securecheck", EXAMPLES / "securecheck-torn-end.csv", "--json")
    report = json.loads(out)
    assert (code, report["stored"], report["rows_refused"], report["rows_new"]) == (2, False, 1, 1)
    assert set(report["errors"][0]) == {"row", "column", "value", "message"}
    assert report["errors"][0]["row"] == 2
    assert not Stop.objects.exists()


def test_partial_loads_the_good_rows_and_still_ends_with_2() -> None:
    code, out, _err = run("securecheck", EXAMPLES / "securecheck-torn-end.csv", "--partial", "--json")
    assert (code, json.loads(out)["stored"], Stop.objects.count()) == (2, True, 1)


def test_a_dry_run_stores_nothing() -> None:
    code, out, _err = run("securecheck", GOOD, "--dry-run", "--json")
    report = json.loads(out)
    assert (code, report["stored"], report["rows_new"]) == (0, False, 3)
    assert not Stop.objects.exists()
    assert not Agency.objects.exists()


def test_an_unreadable_file_ends_with_1_and_a_sentence() -> None:
    code, out, err = run("securecheck", EXAMPLES / "bomb.csv", "--json")
    report = json.loads(out)
    assert (code, report["stored"], report["rows_read"]) == (1, False, 0)
    assert "gzip" in report["errors"][0]["message"]
    assert "gzip" in err
    code, out, _err = run("securecheck", EXAMPLES / "bomb.csv")
    assert (code, "Nothing was read" in out) == (1, True)


def test_several_files_print_one_object_each_and_the_worst_code_counts(tmp_path: Path) -> None:
    bad = written(tmp_path, [line(driver_age="0")], "bad.csv")
    code, out, _err = run("securecheck", GOOD, bad, tmp_path / "gone.csv", "--json")
    assert code == 1
    assert [json.loads(text)["stored"] for text in out.splitlines()] == [True, False, False]
    assert run("securecheck", GOOD, bad, "--json")[0] == 2


def test_an_agency_that_is_not_known_is_made_when_the_file_is_loaded() -> None:
    file = EXAMPLES / "open-policing-with-age.csv"
    assert run("open-policing", file, "--agency", "State Police", "--dry-run")[0] == 0
    assert not Agency.objects.exists()
    assert run("open-policing", file, "--agency", "State Police")[0] == 0
    agency = Agency.objects.get()
    assert (agency.name, agency.country.name) == ("State Police", "USA")
    assert run("open-policing", file, "--agency", "state police")[0] == 0
    assert Stop.objects.count() == 2


def test_without_an_agency_open_policing_ends_with_1() -> None:
    code, out, _err = run("open-policing", EXAMPLES / "open-policing.csv")
    assert code == 1
    assert "do not say whose stops they are" in out


def test_an_agency_keeps_the_rows_of_others_out() -> None:
    code, out, _err = run("securecheck", GOOD, "--agency", "India", "--partial", "--json")
    report = json.loads(out)
    assert (code, report["rows_new"], report["rows_refused"]) == (2, 1, 2)
    assert {error["message"] for error in report["errors"]} == {
        "is another agency; this import is for India only"
    }


def test_an_unknown_source_names_the_known_ones() -> None:
    with pytest.raises(CommandError, match="Known are: securecheck, open-policing") as caught:
        call_command("import", "post-log", str(GOOD))
    assert caught.value.returncode == 1


def test_people_read_counts_and_the_first_errors() -> None:
    _code, out, _err = run("securecheck", EXAMPLES / "securecheck-bad-cells.csv")
    assert "22 rows: 1 new, 0 already there, 21 refused" in out
    assert "row 11, stop_time: is not a time of day from 0:00 to 23:59 (got “24:30”)" in out
    assert "and 1 more errors" in out
    assert "--partial" in out


def test_the_sources_are_listed_with_their_headers() -> None:
    out = StringIO()
    call_command("sources", stdout=out)
    assert "securecheck: SecureCheck post log" in out.getvalue()
    assert "stop_date,stop_time,county_name" in out.getvalue()
    assert "--agency" in out.getvalue()
    assert "(ZIP)\n  a ZIP archive; the name of each file in it tells" in out.getvalue()


def test_a_folder_is_imported_file_by_file_in_the_order_of_names(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("b.csv", "deep/c.csv", "a.csv"):
        written(tmp_path, [line(driver_age=str(20 + ord(name[-5]) % 9))], name)
    (tmp_path / "read-me.md").write_text("words")
    (tmp_path / ".hidden.csv").write_text("words")
    code, out, err = run("securecheck", tmp_path, "--json")
    reports = [json.loads(text) for text in out.splitlines()]
    assert code == 0
    assert [report["file"] for report in reports] == [
        str(tmp_path / name) for name in ("a.csv", "b.csv", "deep/c.csv")
    ]
    assert Stop.objects.count() == 3
    assert err.strip() == f"{tmp_path}: 2 of 5 files passed over, by the endings of their names."


def test_a_folder_without_such_files_ends_with_1(tmp_path: Path) -> None:
    code, out, err = run("securecheck", tmp_path, "--json")
    assert (code, out) == (1, "")
    assert "holds no file of the kind “securecheck”" in err


def test_each_file_can_be_recognised(tmp_path: Path) -> None:
    unknown = tmp_path / "unknown.csv"
    unknown.write_text("name,colour\na,b\n")
    code, out, _err = run("auto", GOOD, unknown, tmp_path / "gone.csv", "--json")
    found, other, gone = (json.loads(text) for text in out.splitlines())
    assert (code, found["source"], found["stored"]) == (1, "securecheck", True)
    assert other["message"].startswith("The header fits no kind of file known here.")
    assert gone["message"] == "There is no file “gone.csv”."


def test_columns_are_mapped_on_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(GOOD.read_text().replace("driver_age,", "alter,", 1).replace("stop_date,", "tag=x,", 1))
    assert run("securecheck", path)[0] == 1
    code, out, _err = run("securecheck", path, "--map", "age=alter", "--map", "stopped_on=tag=x", "--json")
    assert (code, json.loads(out)["rows_new"]) == (0, 3)
    assert ImportRun.objects.latest("pk").options == {"columns": {"age": "alter", "stopped_on": "tag=x"}}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--map", "agee=alter"), "has no “agee”. It has: “agency”, “stopped_on”"),
        (("--map", "age=gone"), "lacks the column “gone”"),
        (("--map", "stopped_on="), "Choose the column for “stopped_on”"),
        (("--set", "year=2020"), "knows no “year”"),
        (("--sheet", "Log"), "no workbook"),
    ],
)
def test_choices_that_do_not_fit_end_with_a_sentence(options: tuple[str, ...], words: str) -> None:
    _code, out, _err = run("securecheck", GOOD, *options)
    assert words in out


def test_a_choice_in_a_wrong_form_is_explained() -> None:
    with pytest.raises(CommandError, match="Write --map FIELD=COLUMN") as caught:
        call_command("import", "securecheck", str(GOOD), "--map", "age")
    assert caught.value.returncode == 1


def test_a_sheet_is_named_and_several_that_fit_all_go_in(tmp_path: Path) -> None:
    rows = {
        name: [HEADER.split(","), line(driver_age=age).split(",")]
        for name, age in (("Jan", "30"), ("Feb", "31"))
    }
    path = workbook(tmp_path / "a.xlsx", Notes=[("read", "me")], **rows)
    code, out, _err = run("securecheck", path, "--sheet", "Feb", "--json")
    assert (code, json.loads(out)["rows_new"]) == (0, 1)
    code, out, _err = run("securecheck", path, "--json")
    report = json.loads(out)
    assert (code, report["rows_read"], report["rows_new"], report["rows_same"]) == (0, 2, 1, 1)
    assert [part["file"] for part in report["parts"]] == ["a.xlsx, sheet Jan", "a.xlsx, sheet Feb"]
    undo(ImportRun.objects.get(parent=None, rows_read=2), None, "wrong workbook")
    assert Stop.objects.current().count() == 1


def test_one_bad_sheet_keeps_the_workbook_out(tmp_path: Path) -> None:
    rows = {
        name: [HEADER.split(","), line(driver_age=age).split(",")]
        for name, age in (("Jan", "30"), ("Feb", "900"))
    }
    path = workbook(tmp_path / "a.xlsx", **rows)
    assert run("securecheck", path)[0] == 2
    assert not Stop.objects.exists()


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_in_a_terminal_only() -> None:
    screen, out = Terminal(), StringIO()
    call_command("import", "securecheck", str(GOOD), "--json", stdout=out, stderr=screen)
    assert "100% securecheck-good.csv: 3 rows" in screen.getvalue()
    assert json.loads(out.getvalue())["rows_new"] == 3
    assert run("securecheck", GOOD, "--json")[2] == ""


@pytest.mark.parametrize(
    ("pace", "words"),
    [
        (Pace(0, 100, 0, 0.0), ""),
        (Pace(50, 100, 1, 1.0), "1 row, 1 a second"),
        (Pace(25, 100, 50_000, 10.0), "50,000 rows, 5,000 a second, about 30 seconds left to read"),
        (Pace(10, 100, 12_345, 100.0), "12,345 rows, 123 a second, about 15 minutes left to read"),
        (Pace(1, 1_000, 10, 60.0), "10 rows, 0 a second, about 17 hours left to read"),
        (Pace(100, 100, 50, 10.0), "50 rows, 5 a second"),
    ],
)
def test_pace_is_said_in_words(pace: Pace, words: str) -> None:
    assert str(pace) == words


def test_the_sources_say_what_their_files_become_and_what_must_be_said() -> None:
    out = StringIO()
    call_command("sources", stdout=out)
    listed = {block.split(":")[0]: block for block in re.split(r"\n(?=\S)", out.getvalue())}
    assert "\n  becomes: survey figures\n  files: CSV, Excel (XLSX)\n" in listed["london-perceptions"]
    assert (
        "  further columns: each is a question, and its cells are percentages\n"
        in listed["london-perceptions"]
    )
    assert "--set period_end=…: Last day, if need be; YYYY-MM-DD" in listed["london-perceptions"]
    assert "--set kind=…: Kind of area; one of beat, zone, " in listed["boundaries"]
    assert "--agency" not in listed["predpol-block-groups"]  # its figures are no agency's
    assert "add --agency NAME" in listed["police-uk-stop-search"]
    assert "--agency" not in listed["securecheck"]
