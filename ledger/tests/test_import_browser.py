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
    page.get_by_label("File", exact=True).set_input_files(EXAMPLES / "securecheck-bad-cells.csv")
    page.get_by_role("button", name="Check the file").click()
    page.get_by_text("You may leave this page").wait_for()
    assert_accessible(page)
    check(ImportRun.objects.get())
    page.get_by_text("Nothing is stored yet").wait_for()
    assert_accessible(page)
    page.get_by_role("radio", name="Load the good rows").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("Step 3 of 3: loading").wait_for()
    load(ImportRun.objects.get())
    page.get_by_role("link", name="Undo this import").click()
    assert_accessible(page)
    page.get_by_label("Why is it undone?").fill("wrong file")
    page.get_by_role("button", name="Undo this import").click()
    page.get_by_text(re.compile("no longer count")).first.wait_for()
    page.goto("/imports/")
    assert_accessible(page)
    assert not Stop.objects.current().exists()
