"""What a report says beside counts and errors: empty columns, mostly empty ones, lines that are no records, odd rows."""

from __future__ import annotations

import csv
import html
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from ledger.imports import engine
from ledger.imports.remarks import NAMED, remarks
from ledger.models import ImportRun
from ledger.tests.factories import make_user
from ledger.tests.import_files import EXAMPLES, HEADER, begun, line, loaded, written

COLUMNS = HEADER.split(",")


def test_sentences_name_columns_lines_and_rows() -> None:
    assert remarks(
        {
            "empty_columns": ["county", "MPS"],
            "mostly_empty": {"hit_rate": 0.833, "subgeography": 0.301, "age": 1.0},
            "extra_columns": ["column 7, without a name"],
            "passed_over": {"rows": 14, "first": ["Bexley - South,,,", ",,,"]},
            "noticed": [{"what": "were of children", "rows": 12, "first": [3, 9]}],
        }
    ) == [
        "Empty in every row, so unknown: county, MPS.",
        "Empty in more than 30% of the rows: age (99.9%), hit_rate (83.3%), subgeography (30.1%).",
        "Columns of the file that become no field: column 7, without a name.",
        "14 lines are no records and were passed over: “Bexley - South,,,”, ….",
        "12 rows were of children. The first are rows 3, 9.",
    ]


def test_one_of_a_kind_is_told_in_the_singular() -> None:
    assert remarks(
        {
            "passed_over": {"rows": 1, "first": ["Total,3"]},
            "noticed": [{"what": "is odd", "rows": 1, "first": [2]}],
        }
    ) == ["1 line is no record and was passed over: “Total,3”.", "1 row is odd. Row 2."]
    assert remarks({"passed_over": {"files": 2, "first": ["a.pdf", "b.pdf"]}}) == [
        "2 other files of the archive were passed over: “a.pdf”, “b.pdf”."
    ]


def test_a_plain_file_asks_for_no_remark_and_a_very_wide_one_for_a_short_one() -> None:
    assert remarks({"header": COLUMNS, "empty_columns": [], "mostly_empty": {}, "extra_columns": []}) == []
    (said,) = remarks({"empty_columns": [f"c{at}" for at in range(NAMED + 5)]})
    assert said.endswith(f"c{NAMED - 1} and 5 more.")


def with_empty(folder: Path, *empty: str, rows: int = 10, count: int = 0) -> Path:
    """A file of so many rows, of which the first ones have nothing in these columns."""
    none = dict.fromkeys(empty, "")
    return written(folder, [line(**(none if at < count else {})) for at in range(rows)])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "count, mostly, wholly",
    [(2, False, False), (3, False, False), (4, True, False), (9, True, False), (10, False, True)],
)
def test_columns_more_than_30_percent_empty_are_named_and_those_without_a_value_apart(
    tmp_path: Path, count: int, mostly: bool, wholly: bool
) -> None:
    path = with_empty(tmp_path, "driver_race", "vehicle_number", count=count)
    notes = loaded(path).notes
    with path.open(newline="") as file:  # counted a second way
        rows = list(csv.DictReader(file))
    share = sum(not row["driver_race"] for row in rows) / len(rows)
    expected = {"driver_race": share, "vehicle_number": share}
    assert {name: notes["mostly_empty"].get(name) for name in expected if name in notes["mostly_empty"]} == (
        expected if mostly else {}
    )
    assert set(notes["empty_columns"]) == (set(expected) if wholly else set())


@pytest.mark.django_db
def test_words_for_unknown_are_empty_and_a_broken_row_counts_for_no_column(tmp_path: Path) -> None:
    lines = [line(driver_race="NA"), line(driver_race="Unknown"), line(driver_race=" "), "torn,row"]
    notes = loaded(written(tmp_path, lines), partial=True).notes
    assert "driver_race" in notes["empty_columns"]


@pytest.mark.django_db
def test_a_column_that_is_empty_leaves_the_field_unknown(tmp_path: Path) -> None:
    from ledger.models import Person

    loaded(with_empty(tmp_path, "driver_race", count=10))
    assert set(Person.objects.values_list("race", flat=True)) == {None}


@pytest.mark.django_db
def test_the_command_says_it_in_plain_words() -> None:
    out = StringIO()
    path = EXAMPLES / "london-perceptions" / "2015-16 _to_2020-21_groups.csv"
    call_command("import", "london-perceptions", str(path), stdout=out, stderr=StringIO())
    assert "  1 line is no record and was passed over: “Westminster - ORB,,,,”.\n" in out.getvalue()
    out = StringIO()
    call_command(
        "import", "open-policing-rates", str(EXAMPLES / "open-policing-rates" / "city.csv"), stdout=out
    )
    assert (
        "  Empty in more than 30% of the rows: hit_rate (60.0%), inferred_threshold (60.0%), search_rate (60.0%)"
        in out.getvalue()
    )
    assert "  2 rows have a district that is a code, such as 0 or 9999. Rows 2, 3.\n" in out.getvalue()


@pytest.mark.django_db
def test_what_a_check_finds_is_kept_with_the_run(tmp_path: Path) -> None:
    path = with_empty(tmp_path, "driver_race", count=6)
    run = begun(path)
    engine.check(run, path)
    assert ImportRun.objects.get().notes["mostly_empty"] == {"driver_race": 0.6}


@pytest.mark.django_db
def test_the_page_of_an_import_says_the_same_as_the_terminal(client: Client) -> None:
    path = EXAMPLES / "open-policing-rates" / "city.csv"
    user = make_user("Analyst")
    run = begun(path, "open-policing-rates", user=user)
    engine.load(run, path)
    client.force_login(user)
    page = html.unescape(client.get(run.get_absolute_url()).content.decode())
    said = remarks(run.notes)
    assert any(
        sentence.startswith("Empty in more than 30% of the rows: hit_rate (60.0%)") for sentence in said
    )
    assert all(sentence in page for sentence in said)
