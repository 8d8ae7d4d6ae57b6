"""The raw data in a real browser. In a file of its own: the ledger that `test_rows` keeps open would block its clean-up."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from ledger.tests.factories import make_agency, make_stop
from securecheck.tests.browser import assert_accessible, assert_clean

OWN, DATA = "Riverton Police", "/insights/data/"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_page_is_clean_accessible_and_fits_the_screen(page_as: Any, size: str) -> None:
    for number in range(30):
        make_stop(make_agency(OWN), vehicle=f"KA{number}", at=time(number % 24))
    page = page_as("Supervisor", size)
    for address in (DATA, f"{DATA}?view=columns", f"{DATA}?hour=3"):
        page.goto(address)
        assert_clean(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert_accessible(page)
    page.goto(DATA)
    page.click("text=Next")
    assert page.locator("tbody tr").count() == 5
