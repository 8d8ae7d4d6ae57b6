"""`manage.py import` and `manage.py sources`: exit codes, JSON and plain words."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ledger.models import Agency, ImportRun, Stop
from ledger.tests.import_files import EXAMPLES, line, written

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
