"""Lists of NIBRS offence codes: what they say of the codes, and that an undo brings the built-in list back."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from ledger.choices import OffenceGroup
from ledger.imports.undo import undo
from ledger.models import ImportRun, Offence, OffenceEntry
from ledger.tests.import_files import EXAMPLES, SHARED, loaded, said

KIND = "nibrs-codes"
GOOD, BAD = EXAMPLES / KIND / "codes.csv", EXAMPLES / KIND / "bad.csv"
PUBLISHED = SHARED / "nibrs-offense-codes" / "NIBRS_OFFENSE_TYPE.csv"
FIELDS = ("name", "category", "against", "group")

pytestmark = pytest.mark.django_db


def code_list() -> dict[str, tuple[Any, ...]]:
    return {code: rest for code, *rest in Offence.objects.values_list("code", *FIELDS, "our_group")}  # type: ignore[misc]


def test_a_list_says_what_its_codes_are_and_leaves_the_others() -> None:
    before = code_list()
    report = loaded(GOOD, KIND)
    assert (report.rows_new, report.rows_refused) == (5, 0)
    assert list(code_list()["13A"]) == [
        *("Aggravated Assault, as a force names it", "Assault Offenses", "Person", "A"),
        OffenceGroup.ASSAULT,
    ]
    assert list(code_list()["23F"])[2:] == ["Property", "A", OffenceGroup.THEFT_FROM_VEHICLE]
    assert list(code_list()["90I"])[2:] == ["Not a Crime", "", OffenceGroup.OTHER]
    assert {code: said for code, said in code_list().items() if code not in ("13A", "99X")} == {
        code: said for code, said in before.items() if code != "13A"
    }


def test_a_code_of_which_the_crosswalk_knows_nothing_counts_as_other_and_is_named() -> None:
    report = loaded(GOOD, KIND)
    assert code_list()["99X"][-1] == OffenceGroup.OTHER
    assert report.notes["noticed"] == [
        {"what": "named a code that is in no group of ours, and counts as “Other”", "rows": 1, "first": [5]}
    ]


def test_what_is_not_understood_is_told_cell_by_cell() -> None:
    report = loaded(BAD, KIND)
    assert not report.stored
    assert said(report) == [
        (1, "offense_code"),
        (2, "offense_code"),
        (3, "offense_name"),
        (4, "crime_against"),
        (5, "offense_category_name"),
        (6, "offense_group"),
        (7, "offense_code"),
    ]
    assert report.errors[3].message == "is none of: Person, Property, Society, Not a Crime"
    assert not OffenceEntry.objects.exists()


def test_an_undo_brings_back_the_list_before_and_the_built_in_one_at_last(tmp_path: Path) -> None:
    built_in = code_list()
    loaded(GOOD, KIND)
    newer = tmp_path / "newer.csv"
    newer.write_text(GOOD.read_text().replace("as a force names it", "as it is named now"))
    assert loaded(newer, KIND).rows_new == 1
    assert code_list()["13A"][0].endswith("as it is named now")
    undo(ImportRun.objects.get(file_name=newer.name), None, "not yet agreed")
    assert code_list()["13A"][0].endswith("as a force names it")
    undo(ImportRun.objects.get(file_name=GOOD.name), None, "not agreed at all")
    assert {code: said for code, said in code_list().items() if code != "99X"} == built_in
    assert loaded(GOOD, KIND).rows_new == 5


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published files are not beside the checkout")
def test_the_published_list_is_in_the_ledger_as_published() -> None:
    built_in = code_list()
    report = loaded(PUBLISHED, KIND)
    assert (report.rows_read, report.rows_new, report.rows_refused) == (86, 86, 0)
    with PUBLISHED.open(newline="") as file:
        rows = {row["OFFENSE_CODE"]: row for row in csv.DictReader(file)}
    assert {code: tuple(said)[:4] for code, said in code_list().items()} == {
        code: (
            row["OFFENSE_NAME"],
            row["OFFENSE_CATEGORY_NAME"],
            row["CRIME_AGAINST"],
            row["OFFENSE_GROUP"],
        )
        for code, row in rows.items()
    }
    assert {code: said[-1] for code, said in code_list().items()} == {
        code: said[-1] for code, said in built_in.items()
    }
    assert code_list() != built_in
    undo(ImportRun.objects.get(), None, "the list of 2020 is out of date")
    assert code_list() == built_in
