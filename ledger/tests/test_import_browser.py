"""Importing in a browser: the page follows the worker by itself, and axe finds nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.models import ImportRun, Stop
from ledger.tests.import_files import EXAMPLES
from ledger.tests.test_import_tasks import check, load

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_file_is_imported_in_the_browser(
    page_as: Callable[..., Any], settings: Any, tmp_path: Path, size: str
) -> None:
    from securecheck.tests.browser import assert_accessible

    settings.UPLOADS = tmp_path
    page = page_as("Analyst", size)
    page.goto("/imports/new/")
    assert_accessible(page)
    page.get_by_label("Files", exact=True).set_input_files(EXAMPLES / "securecheck-bad-cells.csv")
    page.get_by_role("button", name="Check the files").click()
    page.get_by_text("You may leave this page").wait_for()
    assert_accessible(page)
    check(ImportRun.objects.get())
    page.get_by_text("Nothing is stored yet").wait_for()
    assert_accessible(page)
    page.get_by_role("radio", name="Load the good rows").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("Step 3 of 3: loading").wait_for()
    load(ImportRun.objects.get())
    page.get_by_text("Its first stops").wait_for()
    assert_accessible(page)
    page.get_by_role("link", name="Undo this import").click()
    assert_accessible(page)
    page.get_by_label("Why is it undone?").fill("wrong file")
    page.get_by_role("button", name="Undo this import").click()
    page.get_by_text(re.compile("no longer count")).first.wait_for()
    page.goto("/imports/")
    assert_accessible(page)
    assert not Stop.objects.current().exists()


ODD = "Datum,Alter,Dept,Result\n31/01/2024,34,Riverton Police,Warning\n01/02/2024,22,Riverton Police,Arrest\n"


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_columns_of_an_unknown_file_are_chosen_in_the_browser(
    page_as: Callable[..., Any], settings: Any, tmp_path: Path, size: str
) -> None:
    from securecheck.tests.browser import assert_accessible, assert_clean

    settings.UPLOADS = tmp_path / "uploads"
    file = tmp_path / "odd.csv"
    file.write_text(ODD)
    page = page_as("Analyst", size)
    page.goto("/imports/new/")
    page.get_by_label("Files", exact=True).set_input_files(file)
    page.get_by_role("button", name="Check the files").click()
    page.get_by_text("The header fits no kind of file known here").wait_for()
    assert_accessible(page)
    page.get_by_label("What its rows are").select_option("stops-by-mapping")
    page.get_by_role("heading", name="Which column is which").wait_for()
    page.get_by_label("Age", exact=True).select_option("Alter")
    shown = page.locator('[data-first-values-of="id_column-age"]').inner_text()
    assert shown == "34 · 22", "the first values follow the choice"
    page.locator("#id_column-agency").select_option("Dept")
    page.get_by_role("button", name="Check the file").click()
    page.get_by_text("This must be said").first.wait_for()
    assert_accessible(page)
    page.get_by_label("How days are written").select_option("day/month/year")
    page.get_by_label("Country").fill("India")
    page.get_by_role("button", name="Check the file").click()
    page.get_by_text("You may leave this page").wait_for()
    assert_clean(page)
    check(ImportRun.objects.get())
    page.get_by_text("All rows are good").wait_for()
    assert_accessible(page)


def test_several_files_are_followed_and_loaded_together(
    page_as: Callable[..., Any], settings: Any, tmp_path: Path
) -> None:
    from securecheck.tests.browser import assert_accessible

    settings.UPLOADS = tmp_path / "uploads"
    page = page_as("Analyst", "phone")
    page.goto("/imports/new/")
    names = ("securecheck-good.csv", "securecheck-bad-cells.csv", "securecheck-semicolons.csv")
    page.get_by_label("Files", exact=True).set_input_files([EXAMPLES / name for name in names])
    page.get_by_role("button", name="Check the files").click()
    page.get_by_text("1 of 3 files are done").wait_for()
    assert_accessible(page)
    for run in ImportRun.objects.filter(stored_name__gt="").order_by("pk"):
        check(run)
    page.get_by_text("2 files are checked").wait_for()
    page.get_by_text("separated by semicolons").wait_for()
    assert_accessible(page)
    page.get_by_role("button", name="Load the good rows of all checked files").click()
    page.get_by_text("2 under way").wait_for()
    for run in ImportRun.objects.filter(stored_name__gt="").order_by("pk"):
        load(run)
    page.get_by_text("2 loaded").wait_for()
    assert Stop.objects.count() == 3, "the good row of the second file is in the first one too"
