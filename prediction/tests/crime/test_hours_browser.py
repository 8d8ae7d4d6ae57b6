"""Crime by the hour in a real browser. In a file of its own: the city that other tests keep open would block its clean-up."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from prediction.crime.rivals import RIVALS
from prediction.tests.crime import made_up
from securecheck.tests.browser import PAPER, assert_accessible, assert_clean


@pytest.mark.django_db(transaction=True)
def test_the_page_is_clean_accessible_and_fits_the_screen(
    page_as: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prediction.crime.backtest.RIVALS", RIVALS[:4])
    made_up.make_city()
    call_command("train", "crime", stdout=StringIO())
    for size in ("desktop", "phone"):
        page = page_as("Policymaker", size)
        page.goto("/crime/?area=Docks&days=weekend")
        assert page.locator("svg.hour-bars rect[class^=bar-]").count() == 24 + 3
        assert page.locator("canvas").count() == 1
        assert_clean(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert_accessible(page)
        page.goto("/prediction/crime/record/")
        assert page.locator('[aria-label="Forecasts"] tbody tr').count() == 3
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert_accessible(page)
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    page.goto("/crime/?area=Docks&days=weekend")
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
    page = page_as("Officer")
    page.goto("/crime/")
    page.select_option("[name=area]", label="Docks")
    page.select_option("[name=offence]", "robbery")
    page.click("text=Show the hours")
    assert "offence=robbery" in page.url
    assert page.locator("h1").inner_text() == "Docks by the hour"
    page.goto("/crime/?area=Dokcs")
    assert "Near it: Docks" in page.locator("main").inner_text()
    assert_clean(page, expected="400 (Bad Request)")
