"""The insights in a real browser: chart, filters, both sizes, no offence against the policy, no fault that axe finds."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from ledger.tests.factories import make_agency, make_stop
from securecheck.tests.browser import assert_accessible, assert_clean

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = (
    "/insights/",
    "/insights/arrest-rate-by-age-band/",  # bars with intervals
    "/insights/yearly-stops-and-arrests/",  # lines
    "/insights/arrest-rate-by-country-and-violation/",  # a grid
    "/insights/gender-by-country/?country=India",  # a doughnut
    "/insights/violations-leading-to-search-or-arrest/?hour_min=20&hour_max=4",  # a wide table, an open “More filters”
    "/insights/stops-by-hour/?country=Nowhere",  # an error at its filter
)


@pytest.fixture
def stops() -> None:
    for number in range(48):
        make_stop(
            agency=make_agency("India", "India") if number % 4 else make_agency("USA", "USA"),
            on=date(2023 + number % 3, 1 + number % 12, 5),
            at=time(number % 24),
            violation=("Speeding", "DUI")[number % 3 == 0],
            age=18 + number % 30,
            gender=1 + number % 2,
            arrested=number % 4 == 0,
            searched=number % 5 == 0,
            vehicle="AB1",
            drugs=True,
        )


def widest(page: Any) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("role", ["Policymaker", "Analyst"])
def test_the_pages_are_clean_accessible_and_fit_the_screen(
    page_as: Any, stops: None, role: str, size: str
) -> None:
    page = page_as(role, size)
    for address in PAGES:
        page.goto(address)
        assert_clean(page, expected="400 (Bad Request)" if "Nowhere" in address else "")
        assert widest(page) <= 0, address
        page.reload()
        if "Nowhere" not in address:
            assert_accessible(page)


def test_each_kind_of_chart_is_drawn(page_as: Any, stops: None) -> None:
    page = page_as("Analyst")
    for address in PAGES[1:5]:
        page.goto(address)
        page.wait_for_selector("figure.chart canvas[role=img]")
        assert page.evaluate("Object.values(Chart.instances).length") == 1, address


def test_filters_are_chosen_and_taken_away_by_hand(page_as: Any, stops: None) -> None:
    page = page_as("Analyst")
    page.goto("/insights/gender-by-country/")
    page.select_option("#id_country", "USA")
    page.click("text=Apply")
    assert page.url.endswith("/insights/gender-by-country/?country=USA")
    assert page.locator("tbody tr").count() == page.locator("tbody tr", has_text="USA").count() > 0
    page.click(".active-filter a")
    assert page.url.endswith("/insights/gender-by-country/")


def test_the_page_works_without_scripts(page_as: Any, stops: None) -> None:
    page = page_as("Analyst", java_script_enabled=False)
    page.goto("/insights/arrest-rate-by-age-band/?gender=Male")
    assert page.locator("tbody tr").count() == 4
    assert page.locator(".chart-fallback").is_visible()


def test_paper_holds_the_filters_and_no_buttons(page_as: Any, stops: None) -> None:
    page = page_as("Analyst")
    page.goto("/insights/arrest-rate-by-age-band/?gender=Male")
    page.emulate_media(media="print")
    assert page.locator(".active-filter", has_text="Gender: Male").is_visible()
    assert not page.locator(".page-actions").is_visible()
    assert not page.locator(".filters form").is_visible()
    page.goto("/insights/arrest-rate-by-age-band/")
    assert page.locator(".print-only", has_text="No filters: all stops.").is_visible()
